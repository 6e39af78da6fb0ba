#!/usr/bin/env bash
# Rasters that are laid out badly for windows, and settings that are bad for any: each job at its best settings (a limit of
# 2 GiB), and with 96 MiB or the least limit that is accepted, with chunks of one grid row, and with both: seconds, the
# limit, and how many times the best it takes; wanted is 3 at most. Prints Markdown. usage: worst.sh
set -euo pipefail
cd "$(dirname "$0")/.."
cache=bench/cache/worst tsv=bench/cache/worst.tsv
MOST=100 # seconds
mkdir -p "$cache"
build/bench/bench_rasters bench/cache >&2
source=bench/cache/canopy.tif

# NAME OPTIONS..: the canopy, or what the options make of it.
make_raster() {
    [ -e "$cache/$1.tif" ] || {
        gdal_translate -q --config GDAL_PAM_ENABLED NO -co COMPRESS=DEFLATE -co BIGTIFF=IF_SAFER "${@:2}" "$source" "$cache/$1.part.tif"
        mv "$cache/$1.part.tif" "$cache/$1.tif"
    }
}
bands=()
for _ in {1..300}; do bands+=(-b 1); done
make_raster rows -co BLOCKYSIZE=1
make_raster tiles_4096 -co TILED=YES -co BLOCKXSIZE=4096 -co BLOCKYSIZE=4096
make_raster bands_300 -srcwin 4000 4000 1200 1200 -ot Int16 "${bands[@]}" -co INTERLEAVE=PIXEL -co TILED=YES
# The same pixels, turned by 45 degrees about their first corner: 20 m a pixel along both sides.
turn() {
    local corner
    gdal_translate -q -of VRT "$source" "$cache/turned.vrt"
    corner=($(gdalinfo -json "$source" | tr -d ' \n' | sed 's/.*"geoTransform":\[\([^]]*\)\].*/\1/' | tr ',' ' '))
    sed -i "s|<GeoTransform>.*</GeoTransform>|<GeoTransform>${corner[0]}, 14.142135623730951, 14.142135623730951, ${corner[3]}, 14.142135623730951, -14.142135623730951</GeoTransform>|" \
        "$cache/turned.vrt"
    source=$cache/turned.vrt make_raster turned -co TILED=YES
}
[ -e "$cache/turned.tif" ] || turn

# LABEL DATASET METRES MiB SETTINGS..: of the faster of two runs. A limit that is refused gives way to the least that the refusal names.
seconds() {
    local label=$1 dataset=$2 metres=$3 limit=$4 least
    shift 4
    printf 'experiment: worst\noutput_dir: %s/out\nthreads: 2\ngrid: {crs: "EPSG:3035", resolution: %s}\ndatasets:\n  - %s\nmerge: {enable_streaming: true}\n' \
        "$PWD/$cache" "$metres" "$dataset" >"$cache/job.yml"
    least=$(build/weft plan --set memory.limit="${limit}MiB" "$@" "$cache/job.yml" 2>&1 >/dev/null | sed -n 's/.*: \([0-9]*\) MiB is the least.*/\1/p')
    for _ in 1 2; do
        rm -rf "$cache/out"
        sync
        build/bench/bench_measure "$tsv" "$label" timeout $MOST build/weft run --progress none --set memory.limit="${least:-$limit}MiB" "$@" "$cache/job.yml" \
            >"$cache/log" 2>&1 || {
            printf 'over %d s, %d MiB' $MOST "${least:-$limit}"
            return
        }
    done
    awk -F '\t' -v l="$label" -v limit="${least:-$limit}" '$1 == l && (best == "" || $2 < best) {best = $2}
        END {printf "%.1f s, %d MiB", best, limit}' "$tsv"
}

: >"$tsv"
few='merge.streaming_chunk_size=1'
printf '| raster | best settings | 96 MiB, or the least | chunks of one row | both |\n| --- | ---: | ---: | ---: | ---: |\n'
# NAME DATASET METRES
case_of() {
    local shown=() what
    shown+=("$(seconds "$1 best" "$2" "$3" 2048)")
    shown+=("$(seconds "$1 little" "$2" "$3" 96)")
    shown+=("$(seconds "$1 few" "$2" "$3" 2048 --set "$few")")
    shown+=("$(seconds "$1 both" "$2" "$3" 96 --set "$few")")
    printf '| %s' "$1"
    for what in "${shown[@]}"; do
        printf ' | %s' "$what"
        what=${what#over }
        awk -v a="${shown[0]%% *}" -v b="${what%% *}" 'BEGIN {printf " (%.1f)", b / a}'
    done
    printf ' |\n'
}
place=$PWD/$cache
case_of 'strips of one row' "{name: v, path: $place/rows.tif, method: bilinear}" 100
case_of 'tiles of 4096 x 4096' "{name: v, path: $place/tiles_4096.tif, method: bilinear}" 100
case_of '300 bands, interleaved by pixel' "{name: v, path: $place/bands_300.tif, method: bilinear}" 100
case_of 'turned by 45 degrees, average' "{name: v, path: $place/turned.tif, method: average}" 100
case_of 'strips of one row, turned grid' "{name: v, path: $place/rows.tif, method: average}" 100
rm -rf "$cache/out" "$cache/job.yml" "$cache/log"
