#!/usr/bin/env bash
# Large tables at 128 MiB: 365 dates of 4 variables, wide and long, and a table of 500 folders. ./dev bench tables
set -euo pipefail
weft=$PWD/build/weft
place=$PWD/bench/cache/tables
mkdir -p "$place"
cd "$place"
axis() { # NAME UNITS START STEP
    printf '<Array name="%s"><DataType>Float64</DataType><DimensionRef ref="%s"/><Attribute name="units"><DataType>String</DataType><Value>%s</Value></Attribute><RegularlySpacedValues start="%s" increment="%s"/></Array>' "$1" "$1" "$2" "$3" "$4"
}
if [ ! -e year.nc ]; then
    {
        echo '<VRTDataset><Group name="/"><Dimension name="time" size="365" indexingVariable="time"/>'
        echo '<Dimension name="lat" size="24" indexingVariable="lat"/><Dimension name="lon" size="24" indexingVariable="lon"/>'
        axis time "days since 2025-01-01" 0 1
        axis lat degrees_north 11.5 -1
        axis lon degrees_east 0.5 1
        for name in tas pr ws rh; do
            printf '<Array name="%s"><DataType>Float32</DataType><DimensionRef ref="time"/><DimensionRef ref="lat"/><DimensionRef ref="lon"/><InlineValuesWithValueElement>' $name
            awk -v k=${#name} 'BEGIN { for (i = 0; i < 365 * 576; i++) printf "<Value>%.3f</Value>", (i * 7919 + k) % 1000 / 8 }'
            echo '</InlineValuesWithValueElement></Array>'
        done
        echo '</Group></VRTDataset>'
    } >year.vrt
    gdalmdimtranslate -q -of netCDF year.vrt year.nc
fi
{
    echo 'grid: {crs: EPSG:4326, resolution: 0.1, bounds: [0, -12, 24, 12]}'
    echo 'resampling: {method: bilinear}'
    echo 'datasets:'
    for name in tas pr ws rh; do echo "  - {name: $name, path: year.nc, variable: $name, crs: EPSG:4326}"; done
    echo 'columns: {zone: {expr: "mod(floor(abs(tas_20250101) * 4), 500)", type: Int16}}'
    echo 'rows: {where: not missing(tas_20250101)}'
    echo 'memory: {limit: 128MiB}'
    echo 'threads: 2'
    echo 'export: {formats: [parquet]}'
} >year.yml
echo "| table | rows | wall s | peak MiB | output MiB |"
echo "| --- | ---: | ---: | ---: | ---: |"
row() { # WORDS SETTING..
    local words=$1 rows
    shift
    rm -rf out
    rows=$(/usr/bin/time -o time -f '%e %M' "$weft" run --progress none --set experiment=year "$@" year.yml 2>/dev/null |
        awk '$1 == "rows" { print $2 $3 }')
    echo "| $words | ${rows%,*} | $(awk '{ printf "%.1f | %.1f", $1, $2 / 1024 }' time) | $(du -sm out | cut -f 1) |"
}
row "365 dates x 4 variables, wide"
row "365 dates x 4 variables, long" --set export.layout=long
row "wide, by 500 zones" --set 'export.partition={by: [zone]}' --set 'export.columns=[zone, tas_20250101, pr_20250101]'
row "long, by 365 dates" --set export.layout=long --set 'export.partition={by: [date]}'
rm -rf out
