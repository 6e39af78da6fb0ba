#!/usr/bin/env bash
# What the documentation tells a reader to run does what it says: the README's configuration and rows, the check
# against gdalwarp in docs/resampling.md, and the queries of docs/observability.md.
# usage: examples.sh WEFT
set -u
cd "$(dirname "$0")/../.." || exit 1
weft=$(realpath "$1")
root=$PWD
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
bad=0
fail() {
    echo "$*"
    bad=1
}

# The text of the fenced blocks of a language in a page.
fenced() {
    awk -v fence="\`\`\`$2" '$0 == fence { inside = 1; next } $0 == "```" { inside = 0 } inside' "$1"
}

# The README's configuration, beside the sample's files.
mkdir "$place/readme"
cp examples/olinda/*.tif "$place/readme"
fenced README.md yaml >"$place/readme/readme.yml"
[ -s "$place/readme/readme.yml" ] || fail "README.md has no configuration"
"$weft" run --progress none --set experiment=readme "$place/readme/readme.yml" >/dev/null ||
    fail "README.md: its configuration does not run"

# The queries of docs/observability.md, of that run's record.
database=$(find "$place/readme" -name metrics.sqlite | head -n 1) queries=0
while IFS= read -r query; do
    queries=$((queries + 1))
    [ "$("$weft" memory sql "$query" --db "$database" --format csv | wc -l)" -gt 1 ] ||
        fail "docs/observability.md: no answer to $query"
done < <(sed -n 's/^ *weft memory sql "\(.*\)"$/\1/p' docs/observability.md)
[ "$queries" -ge 4 ] || fail "docs/observability.md has $queries queries"
for view in $(sed -n 's/^| `\([a-z]*\)` | `v_.*/\1/p' docs/observability.md); do
    "$weft" memory "$view" --db "$database" >/dev/null || fail "docs/observability.md: weft memory $view"
done

# The examples beside it; a batch keeps its record beside its file, so that it runs in a copy.
cp -r examples "$place/copy"
for example in examples/*.yml; do
    if grep -q '^jobs:' "$example"; then
        "$weft" batch --progress none "$place/copy/${example#examples/}" >/dev/null || fail "$example does not run"
    else
        "$weft" run --progress none --set output_dir="$place/out" "$example" >/dev/null || fail "$example does not run"
    fi
done

# What the examples of docs/columns.md are about: tiles of two zones on two dates, of which one is half under clouds, and a
# NetCDF file of three days.
tile() { # FILE EPSG XMIN BURN SIZE
    gdal_create -q -of GTiff -ot "${6:-UInt16}" -outsize "$5" "$5" -burn "$4" -a_srs "EPSG:$2" -a_ullr "$3" 5000400 "$(($3 + 400))" 5000000 \
        "$place/readme/s2/$1"
}
mkdir "$place/readme/s2"
for date in 20250503 20250513 20250607 20250707; do
    for zone in "T33 32633 499600" "T32 32632 970000"; do
        read -r name epsg left <<<"$zone"
        tile "${name}_${date}_B04.tif" "$epsg" "$left" $((date == 20250513 ? 9000 : 1000)) 40
        tile "${name}_${date}_B08.tif" "$epsg" "$left" 3000 40
        tile "${name}_${date}_SCL.tif" "$epsg" "$left" $((date == 20250513 ? 9 : 4)) 20 Byte
    done
done
{
    echo '<VRTDataset><Group name="/">'
    echo '<Dimension name="time" size="3" indexingVariable="time"/><Dimension name="lat" size="2" indexingVariable="lat"/>'
    echo '<Dimension name="lon" size="3" indexingVariable="lon"/><Array name="time"><DataType>Float64</DataType>'
    echo '<DimensionRef ref="time"/><Attribute name="units"><DataType>String</DataType><Value>days since 2001-01-01</Value>'
    echo '</Attribute><RegularlySpacedValues start="0" increment="31"/></Array>'
    for axis in "lat north 1.5 -1" "lon east 0.5 1"; do
        read -r name way start step <<<"$axis"
        echo "<Array name=\"$name\"><DataType>Float64</DataType><DimensionRef ref=\"$name\"/><Attribute name=\"units\">"
        echo "<DataType>String</DataType><Value>degrees_$way</Value></Attribute>"
        echo "<RegularlySpacedValues start=\"$start\" increment=\"$step\"/></Array>"
    done
    echo '<Array name="tas"><DataType>Float32</DataType><DimensionRef ref="time"/><DimensionRef ref="lat"/><DimensionRef ref="lon"/>'
    echo '<InlineValuesWithValueElement>'
    for i in {1..18}; do echo "<Value>$i</Value>"; done
    echo '</InlineValuesWithValueElement></Array></Group></VRTDataset>'
} >"$place/readme/climate.vrt"
gdalmdimtranslate -q -of netCDF "$place/readme/climate.vrt" "$place/readme/climate.nc"

# The configurations in docs/columns.md, each in a file of its own, beside the sample's files.
fenced docs/columns.md yaml | awk -v place="$place/readme" '/^experiment:/ { out = place "/columns" ++n ".yml" } { print > out }'
[ -s "$place/readme/columns3.yml" ] || fail "docs/columns.md has not three configurations"
for example in "$place"/readme/columns*.yml; do
    "$weft" run --progress none "$example" >/dev/null || fail "docs/columns.md: $(head -n 1 "$example") does not run"
done
# (3000 - 1000) / (3000 + 1000) is a half in both months: the cloudy day of May does not count. Two of three days count.
awk -F, 'NR > 1 && $3 != "" { n++; if ($3 != 0.5 || $4 != 0.5) exit 1 } END { exit n < 100 }' \
    "$place/readme/out/merged_data_ndvi.csv" || fail "docs/columns.md: the NDVI of its tiles is not a half"
[ "$(head -n 2 "$place/readme/out/merged_data_series.csv" | tr '\n' ' ')" = "x,y,tas_20010101,tas_20010201 0.5,1.5,1,7 " ] ||
    fail "docs/columns.md: the series is $(head -n 2 "$place/readme/out/merged_data_series.csv")"
[ "$(sed -n 3p "$place/readme/out/merged_data_long.csv")" = "0.5,1.5,2001-02-01,-266.15,7" ] ||
    fail "docs/columns.md: the long table's third line is $(sed -n 3p "$place/readme/out/merged_data_long.csv")"
said=$("$weft" columns "$place/readme/columns3.yml" | sed "s|$place/readme/||")
while IFS= read -r line; do
    grep -qxF "$line" <<<"$said" || fail "docs/columns.md shows \"$line\", and weft columns says $said"
done < <(sed -n '/weft columns chosen.yml/,/^$/ s/^    \([^$]\)/\1/p' docs/columns.md)

# The configurations in docs/rows.md, beside the polygons that it shows.
fenced docs/rows.md json >"$place/readme/districts.geojson"
fenced docs/rows.md csv >"$place/readme/occurrences.csv"
fenced docs/rows.md yaml | awk -v place="$place/readme" '/^experiment:/ { out = place "/rows" ++n ".yml" } { print > out }'
[ -s "$place/readme/rows3.yml" ] || fail "docs/rows.md has not three configurations"
for example in "$place"/readme/rows*.yml; do
    "$weft" run --progress none "$example" >/dev/null || fail "docs/rows.md: $(head -n 1 "$example") does not run"
done
# The third occurrence, as GDAL finds it: bands 3 and 4 under it; the last one lies off the rasters.
read -r red nir < <(gdallocationinfo -valonly -wgs84 -b 3 -b 4 examples/olinda/landsat7.tif -34.8577 -8.0119 | tr '\n' ' ')
grep -q '^-34.8577,-8.0119,23,"Iguana iguana, juv.",,' "$place/readme/out/merged_data_predictors.csv" &&
    awk -F, -v red="$red" -v nir="$nir" 'NR == 4 { d = $NF - (nir - red) / (nir + red); bad = d * d > 1e-24 } END { exit bad }' \
        "$place/readme/out/merged_data_predictors.csv" || fail "docs/rows.md: its predictors are $(cat "$place/readme/out/merged_data_predictors.csv")"
# Quantiles in order, all of both districts on the rasters, and a mean within them.
awk -F, 'NR > 1 { n++; if (!($5 < $6 && $6 < $7 && $5 <= $3 && $3 <= $7 && $8 > 0.9 && $10 != "")) exit 1 } END { exit n != 2 }' \
    "$place/readme/out/merged_data_zonal.csv" || fail "docs/rows.md: its zonal statistics are $(cat "$place/readme/out/merged_data_zonal.csv")"
[ "$(tail -n 1 "$place/readme/out/merged_data_predictors.csv")" = "-34.9,-7.5,5,Bradypus variegatus,2025-03-30,," ] ||
    fail "docs/rows.md: its last occurrence is $(tail -n 1 "$place/readme/out/merged_data_predictors.csv")"
[ "$(wc -l <"$place/readme/out/merged_data_training.csv")" = 1001 ] || fail "docs/rows.md: its sample is not of 1000 rows"

# What reads those tables, in R and in Python.
python3 tests/docs/lines.py "$place/readme" docs/columns.md docs/rows.md || fail "docs: lines of R or Python do not run"

# The commands of docs/catalog.md, in a folder with the rasters that they name.
mkdir -p "$place/catalog/rasters"
cp examples/olinda/dem.tif "$place/catalog/rasters/T25_20200105_B04.tif"
cp examples/olinda/geoid.tif "$place/catalog/rasters/T25_20200110_B08.tif"
gdalbuildvrt -q "$place/catalog/rasters/all.vrt" "$place/catalog/rasters/T25_20200105_B04.tif"
printf '{"type": "Feature", "stac_version": "1.0.0", "id": "a", "bbox": [-35, -9, -34, -8], "properties": {}, "assets": {"dem": {"href": "rasters/none.tif"}}}' >"$place/catalog/items.json"
{ printf 'weft() { "%s" "$@"; }\n' "$weft" && fenced docs/catalog.md sh; } >"$place/catalog.sh"
said=$(cd "$place/catalog" && bash -e "$place/catalog.sh" 2>&1) || fail "docs/catalog.md: a command fails: $said"
for word in "3 files in 1 folders: 3 opened, 3 new" "T25_20200105_B04.tif  2020-01-05" "$place/catalog/rasters/all.vrt" \
    "items.json: 1 items, 1 rasters" "index.gpkg: 1 items, 1 rasters" "Feature Count: 4"; do
    grep -qF "$word" <<<"$said" || fail "docs/catalog.md: no \"$word\" in $said"
done

fenced docs/catalog.md yaml >"$place/catalog/dates.yml"
(cd "$place/catalog" && "$weft" run --progress none dates.yml) >/dev/null || fail "docs/catalog.md: its configuration does not run"
[ "$(head -n 1 "$place/catalog/out/merged_data_dates.csv")" = "x,y,red_20200105,nir" ] || fail "docs/catalog.md: other columns"

# The batch file of docs/batch.md: 2 tiles on 7 days, one dropped and one added, and the year.
mkdir "$place/batch"
fenced docs/batch.md yaml >"$place/batch/night.yml"
for name in base year; do
    printf 'experiment: %s\ndatasets: [{name: a, path: a.tif}]\n' "$name" >"$place/batch/$name.yml"
done
sed -i '/^experiment/d' "$place/batch/base.yml"
listed=$("$weft" batch --dry-run --format csv "$place/batch/night.yml" | grep -c ',runs,')
[ "$listed" = 15 ] || fail "docs/batch.md: its batch has $listed jobs that would run, not 15"

# The check against gdalwarp, as it stands, in a folder that looks like the project.
mkdir "$place/project" "$place/project/build"
ln -s "$weft" "$place/project/build/weft"
ln -s "$root/examples" "$place/project/examples"
cp config.yml "$place/project"
fenced docs/resampling.md sh >"$place/check.sh"
said=$(cd "$place/project" && bash -e "$place/check.sh" 2>/dev/null | tail -n 1)
case "$said" in
*"missing on one side only 0") ;;
*) fail "docs/resampling.md: the check against gdalwarp says \"$said\"" ;;
esac
largest=$(sed -E 's/.*largest difference -?([0-9.e+-]+),.*/\1/' <<<"$said")
awk -v d="$largest" 'BEGIN { exit !(d + 0 < 1e-5) }' || fail "docs/resampling.md: off from gdalwarp by $largest"

# The rows that the README shows are rows of that sample. Positions of the check are exact, so the last digits are not
# compared.
shown=$(grep -E '^ +[0-9]+,[0-9]+,' README.md | tr -d ' ')
[ -n "$shown" ] || fail "README.md shows no row"
while IFS= read -r row; do
    made=$(grep -F "$(cut -d, -f1,2 <<<"$row")," "$place/project/out/merged_data_olinda.csv")
    paste -d, <(echo "$row") <(echo "$made") |
        awk -F, 'NF != 20 { exit 1 } { for (i = 1; i <= 10; i++) { d = $i - $(i + 10); if (d * d > 0.0001) exit 1 } }' ||
        fail "README.md shows $row, and weft writes $made"
done <<<"$shown"
exit $bad
