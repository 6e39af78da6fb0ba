#!/usr/bin/env bash
# Rows of points and of polygons: time and memory, beside other programs where they are installed (gdallocationinfo,
# python3-rasterio, terra, exactextract), both on two threads; and what masks, an expression and rows.within change about
# the end-to-end job of end_to_end.sh. Prints Markdown.
#
# usage: rows.sh [points POINTS | polygons POLYGONS | one | columns METRES | raster | all]
#        default: all, a million points, 10,000 polygons, cells of 100 m
#        LIMIT=128MiB sets weft's memory.limit; SIDE=20000 the raster's side, in pixels; default 14700, some 680 MB
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-all} count=${2:-}
side=${SIDE:-14700} limit=${LIMIT:-} cache=$PWD/bench/cache work=$PWD/bench/cache/rows tsv=$PWD/bench/cache/rows.tsv
raster=$cache/rows_$side.tif
python=$([ -x /usr/bin/python3 ] && echo /usr/bin/python3 || echo python3) # Debian's, which has Debian's packages
mkdir -p "$work"
: >"$tsv"
[[ $what =~ ^(points|polygons|one|columns|raster|all)$ ]] || {
    echo "usage: ./dev bench rows [points POINTS | polygons POLYGONS | one | columns METRES | all]" >&2
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
    awk -v n="$1" -v s=$((side * 10)) -v corners=8 -v least=100 -v most=1000 -v seed=3 -f bench/polygons.awk >"$work/polygons.geojson"
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
    local strategy
    for strategy in feature-sequential raster-sequential raster-parallel; do # the last has two threads
        command -v exactextract >/dev/null && measure "exactextract, $strategy" exactextract --strategy "$strategy" --threads 2 \
            -r "v:$raster" -p "$work/polygons.geojson" -f id -s "mean(v)" -s "median(v)" -o "$work/exact.csv"
    done
    Rscript -e 'library(terra)' >/dev/null 2>&1 && measure "terra, exact = TRUE" Rscript -e "library(terra); v <- extract(rast('$raster'), vect('$work/polygons.geojson'), mean, exact = TRUE)"
    return 0
}

one() {
    local s=$((side * 10))
    printf '{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32631"}}, "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[0,0],[%d,0],[%d,%d],[0,%d],[0,0]]]}}]}' $s $s $s $s >"$work/one.geojson"
    weft "weft, one polygon over all of it" "{of: polygons, path: $work/one.geojson}" '[average, p5, med, p95, variety]'
}

# A mask of classes in patches for the end-to-end job's canopy, and a disc of a tenth of its grid.
make_mask_and_disc() {
    build/bench/bench_rasters "$cache"
    [ -e "$cache/scl.tif" ] || {
        awk 'BEGIN { srand(4); print "ncols 366\nnrows 366\nxllcorner 0\nyllcorner 0\ncellsize 1"
            for (i = 0; i < 366 * 366; i++) printf "%d%s", rand() * 12, i % 366 == 365 ? "\n" : " " }' >"$work/scl.asc"
        local corners
        corners=$(gdalinfo "$cache/canopy.tif" | sed -n 's/^\(Upper Left\|Lower Right\) *( *\([-0-9.]*\), *\([-0-9.]*\)).*/\2 \3/p' | tr '\n' ' ')
        # shellcheck disable=SC2086 # four numbers
        gdal_translate -q -ot Byte -r nearest -outsize 10980 10980 -a_srs EPSG:32632 -a_ullr $corners -co TILED=YES -co COMPRESS=DEFLATE \
            "$work/scl.asc" "$cache/scl.part.tif"
        mv "$cache/scl.part.tif" "$cache/scl.tif"
    }
    awk 'BEGIN { pi = atan2(0, -1); r = sqrt(0.1 * 204000 * 212000 / pi)
        printf "{\"type\": \"FeatureCollection\", \"crs\": {\"type\": \"name\", \"properties\": {\"name\": \"urn:ogc:def:crs:EPSG::3035\"}}, \"features\": [{\"type\": \"Feature\", \"properties\": {}, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [["
        for (i = 0; i <= 64; i++) printf "%s[%.3f,%.3f]", i ? "," : "", 4249000 + r * cos(i % 64 * pi / 32), 2988000 + r * sin(i % 64 * pi / 32)
        print "]]}}]}" }' >"$work/disc.geojson"
}

# The end-to-end job with other datasets or rows: LABEL CANOPY REST
end_to_end() {
    sed -e "s|path: cache/|path: $cache/|; s|^output_dir:.*|output_dir: $work/out|; s|^threads:.*|threads: 2|; s|\\(name: canopy.*\\)}|\\1$2}|" \
        bench/e2e.yml >"$work/e2e.yml"
    printf '%b' "$3" >>"$work/e2e.yml"
    measure "$1" build/weft run --progress none "$work/e2e.yml"
    rm -rf "$work/out"
}

# In turns, since the machine may be busy; the least CPU time of each counts.
columns() {
    export RESOLUTION=$1
    make_mask_and_disc
    local five='(canopy + elevation) / (cover + 1) + rain - warmth'
    for _ in 1 2 3; do
        end_to_end "end to end, $1 m" "" ""
        end_to_end "with a mask of classes on canopy" ", mask: {path: $cache/scl.tif, values: [3, 8, 9]}" ""
        end_to_end "with a filter of five operands" "" "rows: {where: $five > -1e9}\n"
        end_to_end "with a column of five operands" "" "columns: {five: $five}\n"
        end_to_end "with mask and filter" ", mask: {path: $cache/scl.tif, values: [3, 8, 9]}" "rows: {where: $five > -1e9}\n"
        end_to_end "within a tenth of the grid" "" "rows: {within: {path: $work/disc.geojson}}\n"
    done
}

[ "$what" = columns ] || make_raster
[ "$what" != raster ] || exit 0 # for limits.sh
case "$what" in
points) points "${count:-1000000}" ;;
polygons) polygons "${count:-10000}" ;;
one) one ;;
columns) columns "${count:-100}" ;;
all)
    points 1000000
    polygons 10000
    one
    columns 100
    ;;
esac
[ "$what" = columns ] || printf '\nA raster of %s x %s pixels, %s MiB\n\n' "$side" "$side" $(($(stat -c %s "$raster") / 1048576))
printf '| program | wall s | CPU s | peak MiB |\n| --- | ---: | ---: | ---: |\n'
awk -F '\t' '!($1 in cpu) { order[++n] = $1; cpu[$1] = wall[$1] = 1e9 }
    { if ($2 < wall[$1]) wall[$1] = $2; if ($3 + $4 < cpu[$1]) cpu[$1] = $3 + $4; if ($5 > peak[$1]) peak[$1] = $5 }
    END { for (i = 1; i <= n; i++) printf "| %s | %.2f | %.2f | %.0f |\n", order[i], wall[order[i]], cpu[order[i]], peak[order[i]] }' "$tsv"
