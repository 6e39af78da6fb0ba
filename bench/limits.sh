#!/usr/bin/env bash
# Whether memory.limit holds for large tables of rows: millions of points over 20 rasters, many polygons over one of
# 20000 x 20000 pixels, one polygon over all of it, and the tables of tables.sh. Prints Markdown, peak beside limit; ends
# with 1 where a run took more or failed.
#
# usage: limits.sh [points COUNT | polygons COUNT | one | tables | all]..   default: all, 10 million points, 100,000 polygons
#        LIMIT=128 MiB, THREADS=2
set -euo pipefail
cd "$(dirname "$0")/.."
limit=${LIMIT:-128} threads=${THREADS:-2} cache=$PWD/bench/cache work=$PWD/bench/cache/limits tsv=$PWD/bench/cache/limits.tsv
large=$cache/rows_20000.tif side=200000 # metres: 20000 pixels of 10 m
mkdir -p "$work"
: >"$tsv"

usage() {
    echo "usage: ./dev bench limits [points COUNT | polygons COUNT | one | tables | all].." >&2
    exit 64
}

# The raster of rows.sh.
make_large() {
    [ -e "$large" ] || SIDE=20000 bench/rows.sh raster
}

# 20 of 4000 x 4000 pixels of 50 m over the same ground, each of other pixels; every fourth in another CRS.
make_twenty() {
    local i crs
    for ((i = 0; i < 20; i++)); do
        [ -e "$cache/limits_$i.tif" ] && continue
        gdal_translate -q -srcwin $((i * 800)) $((i * 700)) 4000 4000 -a_ullr 0 $side $side 0 -co TILED=YES -co COMPRESS=DEFLATE \
            "$large" "$work/part.tif"
        if [ $((i % 4)) -eq 3 ]; then
            gdalwarp -q -t_srs EPSG:3857 -ts 4000 4000 -co TILED=YES -co COMPRESS=DEFLATE "$work/part.tif" "$work/warped.tif"
            mv "$work/warped.tif" "$work/part.tif"
        fi
        mv "$work/part.tif" "$cache/limits_$i.tif"
    done
}

# LABEL DATASETS ROWS
run() {
    printf 'experiment: limits\noutput_dir: %s/out\nthreads: %s\nmemory: {limit: %sMiB}\ndatasets:\n%b\nrows: %s\nexport: {formats: [parquet]}\n' \
        "$work" "$threads" "$limit" "$2" "$3" >"$work/limits.yml"
    rm -rf "$work/out"
    echo "bench: $1" >&2
    build/bench/bench_measure "$tsv" "$1" build/weft run --progress none "$work/limits.yml" >"$work/log" 2>&1 || tail -n 5 "$work/log" >&2
    rm -rf "$work/out"
}

points() { # COUNT
    local i datasets=
    make_large
    make_twenty
    for ((i = 0; i < 20; i++)); do
        datasets+="  - {name: r$i, path: $cache/limits_$i.tif, method: $([ $((i % 2)) -eq 0 ] && echo nearest || echo bilinear)}\n"
    done
    awk -v n="$1" -v s=$side 'BEGIN { srand(5); print "id,x,y"; for (i = 0; i < n; i++) printf "%d,%.3f,%.3f\n", i, rand() * s, rand() * s }' >"$work/points.csv"
    run "$1 points over 20 rasters" "$datasets" "{of: points, path: $work/points.csv, x: x, y: y, crs: EPSG:32631, fields: id}"
    rm "$work/points.csv"
}

# Hexagons of 50 to 1000 m, wherever they fall.
polygons() { # COUNT
    make_large
    awk -v n="$1" -v s=$side -v corners=6 -v least=50 -v most=1000 -v seed=6 -f bench/polygons.awk >"$work/polygons.geojson"
    ogr2ogr -q "$work/polygons.fgb" "$work/polygons.geojson"
    run "$1 polygons over 20000 x 20000 pixels" "  - {name: v, path: $large, method: [average, med, max]}" "{of: polygons, path: $work/polygons.fgb, fields: id}"
    rm "$work"/polygons.*
}

one() {
    make_large
    printf '{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32631"}}, "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[0,0],[%d,0],[%d,%d],[0,%d],[0,0]]]}}]}' \
        $side $side $side $side >"$work/one.geojson"
    run "one polygon over all of it" "  - {name: v, path: $large, method: [average, p5, med, p95, variety]}" "{of: polygons, path: $work/one.geojson}"
}

number() { # WORD DEFAULT: the count behind a word, where one is
    [[ ${1:-} =~ ^[0-9]+$ ]] && echo "$1" || echo "$2"
}

tables=0
[ $# -gt 0 ] || set -- all
while [ $# -gt 0 ]; do
    word=$1
    shift
    case "$word" in
    points) points "$(number "${1:-}" 10000000)" ;;
    polygons) polygons "$(number "${1:-}" 100000)" ;;
    one) one ;;
    tables) tables=1 ;;
    all)
        points 10000000
        polygons 100000
        one
        tables=1
        ;;
    *) usage ;;
    esac
    [[ ${1:-} =~ ^[0-9]+$ ]] && shift
done
printf '\n| run | limit MiB | peak MiB | wall s | CPU s | exit code |\n| --- | ---: | ---: | ---: | ---: | ---: |\n'
awk -F '\t' -v limit="$limit" '{ printf "| %s | %d | %.1f | %.0f | %.0f | %d |\n", $1, limit, $5, $2, $3 + $4, $6; bad += $5 > limit || $6 != 0 } END { exit bad > 0 }' "$tsv" || bad=1
if [ $tables = 1 ]; then
    echo
    bench/tables.sh
fi
exit "${bad:-0}"
