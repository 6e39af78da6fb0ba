#!/usr/bin/env bash
# Whether outputs still have the bytes that they had: 60 configurations, each in every format, against recorded SHA-256 sums.
# For restructuring, where nothing may change. Where a change of bytes is meant, record anew in the commit that makes it.
#
# usage: same_bytes.sh check|record WEFT
#
# Positions come from PROJ, and rasters are compressed by GDAL's libraries: the sums hold for the versions in their first
# line, and the check is skipped (77) with others.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
sample=$here/../../examples/olinda
action=${1:?usage: same_bytes.sh check|record WEFT}
weft=$(realpath "${2:?usage: same_bytes.sh check|record WEFT}")
sums=$here/sums.txt
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"

versions=$("$weft" --version | grep -oE '(GDAL|PROJ|SQLite|zlib|libdeflate|zstd|cairo) [0-9.]+' | tr '\n' ' ' | sed 's/ $//')
if [ "$action" = check ] && [ "$(head -n 1 "$sums")" != "# $versions" ]; then
    echo "skipped: recorded with $(head -n 1 "$sums"), this is $versions"
    exit 77
fi

# Inputs: the sample cut, turned, reprojected and converted, so that every kind of source is among them.
cut() { gdal_translate -q "$@"; }
cut -co TILED=YES -co BLOCKXSIZE=64 -co BLOCKYSIZE=64 -co COMPRESS=DEFLATE "$sample/landsat7.tif" tiled.tif
cut -b 1 -b 2 -co INTERLEAVE=BAND -co COMPRESS=LZW "$sample/landsat7.tif" bands.tif
cut -srcwin 0 0 200 176 -b 1 "$sample/landsat7.tif" west.tif
cut -srcwin 150 0 199 176 -b 1 "$sample/landsat7.tif" east.tif
cut -srcwin 0 176 349 176 -b 1 -a_nodata 0 "$sample/landsat7.tif" south.tif
cut -ot Float64 -a_nodata -9999 "$sample/dem.tif" dem64.tif
cut -ot Int16 -a_scale 0.5 -a_offset 10 "$sample/dem.tif" scaled.tif
gdalwarp -q -t_srs EPSG:4326 "$sample/dem.tif" globe.tif
gdalwarp -q -t_srs EPSG:32724 -r bilinear "$sample/dem.tif" zone24.tif
gdalwarp -q -t_srs '+proj=omerc +lat_0=-8 +lonc=-35 +alpha=40 +k=1 +x_0=0 +y_0=0 +gamma=0 +datum=WGS84 +type=crs' \
    "$sample/dem.tif" turned.tif

# run NAME DATASETS GRID [--set K=V]..: a configuration in every format; the sums of what it wrote.
made=sums.made
echo "# $versions" >"$made"
run() {
    local name=$1 datasets=$2 grid=$3
    shift 3
    printf 'experiment: r\noutput_dir: out\ngrid: %s\ndatasets: %s\n' "$grid" "$datasets" >r.yml
    printf 'export: {formats: [csv, csv.gz, parquet, sqlite, geotiff, cog, png]}\nmemory: {limit: 512MiB}\n' >>r.yml
    if ! "$weft" run --progress none "$@" r.yml >said.txt 2>&1; then
        echo "$name: weft failed:" >&2
        cat said.txt >&2
        exit 1
    fi
    (cd out && find . -type f ! -name '*.metadata.json' ! -name 'metrics.sqlite*' ! -path './.weft/*' | sort |
        xargs sha256sum | sed "s|\./|$name/|") >>"$made"
    rm -rf out
}

utm="{crs: 'EPSG:31985', resolution: 90, extent: a}"
own="{like: a}"
globe="{crs: 'EPSG:4326', resolution: 0.001, extent: a}"
mercator="{crs: 'EPSG:3857', resolution: 110, extent: a}"
equal="{crs: '+proj=laea +lat_0=-8 +lon_0=-36 +type=crs', resolution: [120, 80], extent: a}"
turn="{crs: '+proj=omerc +lat_0=-8 +lonc=-35 +alpha=30 +k=1 +x_0=0 +y_0=0 +gamma=0 +datum=WGS84 +type=crs', resolution: 100, extent: a}"
landsat="[{name: a, path: tiled.tif}]"
three="[{name: a, path: tiled.tif, bands: [1, 4]}, {name: dem, path: '$sample/dem.tif'}, {name: g, path: '$sample/geoid.tif'}]"
mosaic="[{name: a, path: [west.tif, east.tif, south.tif], mosaic: RULE}]"
zones="[{name: a, path: [zone24.tif, globe.tif, dem64.tif], mosaic: RULE}]"

# Every method, in one CRS and reprojected.
for method in nearest bilinear cubic cubicspline lanczos average sum rms mode min max med q1 q3; do
    run "utm-$method" "$three" "$utm" --set resampling.method=$method
    run "globe-$method" "$landsat" "$globe" --set resampling.method=$method --set merge.enable_streaming=true
done
# Grids.
run own-nearest "$landsat" "$own" --set resampling.method=nearest
run mercator-cubic "$three" "$mercator" --set resampling.method=cubic
run equal-average "$three" "$equal" --set resampling.method=average
run turned-bilinear "$three" "$turn" --set threads=1
run turned-exact "$three" "$turn" --set resampling.transform_tolerance=0
run turned-sum "$three" "$turn" --set resampling.method=sum
# Sources.
run scaled "[{name: a, path: scaled.tif}]" "$utm"
run unscaled-not "[{name: a, path: scaled.tif, unscale: false, method: nearest}]" "$utm"
run double "[{name: a, path: dem64.tif, method: cubic}]" "$mercator"
run source-turned "[{name: a, path: turned.tif, method: average}]" "$utm"
run interleaved-by-band "[{name: a, path: bands.tif}]" "$equal"
run nodata-override "[{name: a, path: south.tif, nodata: 255}]" "$own"
# Mosaics, of one lattice and of several.
for rule in first last mean min max; do
    run "mosaic-$rule" "${mosaic/RULE/$rule}" "$utm"
    run "zones-$rule" "${zones/RULE/$rule}" "$globe" --set merge.enable_streaming=true
done
# Settings that must not matter beside ones that do.
run limit-160 "$three" "$utm" --set memory.limit=160MiB --set threads=1 --set merge.enable_streaming=true
run one-thread "$three" "$globe" --set threads=1 --set resampling.window_size=64
run small-chunks "$three" "$utm" --set merge.enable_streaming=true --set merge.streaming_chunk_size=7
run any-row "$three" "$turn" --set export.rows=any --set export.index=true
run complete "$three" "$turn" --set export.rows=complete --set export.precision=5
run semicolons "$three" "$utm" --set 'export.delimiter=;' --set export.nodata=NA
run gzip-1 "$three" "$utm" --set export.gzip_level=1 --set export.parquet_codec=gzip
run no-codec "$three" "$utm" --set export.parquet_codec=none
run stats "$three" "$equal" --set export.stats=true --set threads=4
run eight-threads "$three" "$globe" --set threads=8 --set resampling.method=q1

case "$action" in
record)
    mv "$made" "$sums"
    echo "recorded: $(grep -c . "$sums") lines, $(sed -n 's|.*  \([^/]*\)/.*|\1|p' "$sums" | sort -u | wc -l) configurations"
    ;;
check)
    if ! diff "$sums" "$made" >changed.txt; then
        echo "outputs have other bytes than recorded:"
        sed -n 's|^> .*  ||p' changed.txt | head -40
        exit 1
    fi
    ;;
esac
