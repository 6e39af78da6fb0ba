#!/usr/bin/env bash
# Rows of points and of polygons: time and memory, beside other programs where they are installed (gdallocationinfo,
# python3-rasterio, terra, exactextract), both on two threads. Prints Markdown.
#
# usage: rows.sh [points POINTS | polygons POLYGONS | one | all]   default: all, a million points and 10,000 polygons
#        LIMIT=128MiB sets weft's memory.limit; SIDE=20000 the raster's side, in pixels; default 14700, which is 671 MB
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-all} count=${2:-}
side=${SIDE:-14700} limit=${LIMIT:-} cache=$PWD/bench/cache work=$PWD/bench/cache/rows tsv=$PWD/bench/cache/rows.tsv
raster=$cache/rows_$side.tif
python=$([ -x /usr/bin/python3 ] && echo /usr/bin/python3 || echo python3) # Debian's, which has Debian's packages
mkdir -p "$work"
: >"$tsv"
[[ $what =~ ^(points|polygons|one|all)$ ]] || {
    echo "usage: ./dev bench rows [points POINTS | polygons POLYGONS | one | all]" >&2
    exit 64
}

# A plane with noise, Float32 in deflated tiles of 256: 10 m pixels in UTM 31 N.
make_raster() {
    [ -e "$raster" ] && return
    awk 'BEGIN { srand(1); print "ncols 512\nnrows 512\nxllcorner 0\nyllcorner 0\ncellsize 10"
        for (i = 0; i < 512 * 512; i++) printf "%.2f%s", 100 + 50 * sin(i / 3000) + rand() * 8, i % 512 == 511 ? "\n" : " " }' >"$work/seed.asc"
    gdal_translate -q -of GTiff -r cubic -outsize "$side" "$side" -a_srs EPSG:32631 -a_ullr 0 $((side * 10)) $((side * 10)) 0 \
        -co TILED=YES -co COMPRESS=DEFLATE -co NUM_THREADS=2 -co BIGTIFF=YES -ot Float32 "$work/seed.asc" "$raster.part"
    mv "$raster.part" "$raster"
}

make_points() { # COUNT
    awk -v n="$1" -v s=$((side * 10)) 'BEGIN { srand(2); print "id,x,y"; for (i = 0; i < n; i++) printf "%d,%.3f,%.3f\n", i, rand() * s, rand() * s }' >"$work/points.csv"
}

# Octagons of 100 to 1000 m.
make_polygons() { # COUNT
    awk -v n="$1" -v s=$((side * 10)) 'BEGIN {
        srand(3)
        print "{\"type\": \"FeatureCollection\", \"crs\": {\"type\": \"name\", \"properties\": {\"name\": \"urn:ogc:def:crs:EPSG::32631\"}}, \"features\": ["
        for (i = 0; i < n; i++) {
            x = rand() * s; y = rand() * s; r = 100 + rand() * 900
            printf "%s{\"type\": \"Feature\", \"properties\": {\"id\": %d}, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[", i ? "," : "", i
            for (k = 0; k <= 8; k++) printf "%s[%.3f,%.3f]", k ? "," : "", x + r * cos(k % 8 * 0.785398), y + r * sin(k % 8 * 0.785398)
            print "]]}}"
        }
        print "]}" }' >"$work/polygons.geojson"
}

measure() { # LABEL COMMAND..
    build/bench/bench_measure "$tsv" "$@" >"$work/log" 2>&1 || {
        echo "bench: $1 failed:" >&2
        tail -n 5 "$work/log" >&2
        return 1
    }
}

weft() { # LABEL ROWS METHODS
    printf 'experiment: rows\noutput_dir: %s/out\nthreads: 2\n%sdatasets: [{name: v, path: %s, method: %s}]\nrows: %s\nexport: {checksums: false}\nmetrics: {database: %s/m.sqlite}\n' \
        "$work" "${limit:+memory: {limit: $limit\}$'\n'}" "$raster" "$3" "$2" "$work" >"$work/rows.yml"
    measure "$1" build/weft run --progress none "$work/rows.yml"
}

points() {
    make_points "$1"
    weft "weft, $1 points, nearest" "{of: points, path: $work/points.csv, x: x, y: y, crs: EPSG:32631}" nearest
    tail -n +2 "$work/points.csv" | tr , ' ' | cut -d ' ' -f 2,3 >"$work/places.txt"
    measure "gdallocationinfo" sh -c "gdallocationinfo -valonly -geoloc $raster < $work/places.txt"
    "$python" -c 'import rasterio' 2>/dev/null && measure "rasterio.sample" "$python" -c "
import rasterio
r = rasterio.open('$raster')
sum(1 for v in r.sample([tuple(map(float, l.split())) for l in open('$work/places.txt')]))"
    Rscript -e 'library(terra)' >/dev/null 2>&1 && measure "terra::extract" Rscript -e "library(terra); p <- read.csv('$work/points.csv'); v <- extract(rast('$raster'), as.matrix(p[, 2:3]))"
    return 0
}

polygons() {
    make_polygons "$1"
    weft "weft, $1 polygons, average and med" "{of: polygons, path: $work/polygons.geojson, fields: id}" '[average, med]'
    command -v exactextract >/dev/null && measure "exactextract" exactextract -r "v:$raster" -p "$work/polygons.geojson" -f id -s "mean(v)" -s "median(v)" -o "$work/exact.csv"
    Rscript -e 'library(terra)' >/dev/null 2>&1 && measure "terra, exact = TRUE" Rscript -e "library(terra); v <- extract(rast('$raster'), vect('$work/polygons.geojson'), mean, exact = TRUE)"
    return 0
}

one() {
    local s=$((side * 10))
    printf '{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32631"}}, "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[0,0],[%d,0],[%d,%d],[0,%d],[0,0]]]}}]}' $s $s $s $s >"$work/one.geojson"
    weft "weft, one polygon over all of it" "{of: polygons, path: $work/one.geojson}" '[average, p5, med, p95, variety]'
}

make_raster
case "$what" in
points) points "${count:-1000000}" ;;
polygons) polygons "${count:-10000}" ;;
one) one ;;
all)
    points 1000000
    polygons 10000
    one
    ;;
esac
printf '\nA raster of %s x %s pixels, %s MiB\n\n' "$side" "$side" $(($(stat -c %s "$raster") / 1048576))
printf '| program | wall s | CPU s | peak MiB |\n| --- | ---: | ---: | ---: |\n'
awk -F '\t' '{ printf "| %s | %.1f | %.1f | %.0f |\n", $1, $2, $3 + $4, $5 }' "$tsv"
