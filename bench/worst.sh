#!/usr/bin/env bash
# Rasters that are laid out badly for windows, and settings that are bad for any: each job at its best settings (a limit of
# 2 GiB), and with 96 MiB, with chunks of one grid row, and with both. Wanted: none takes more than 3 times the best.
# Prints Markdown. usage: worst.sh
set -euo pipefail
cd "$(dirname "$0")/.."
cache=bench/cache/worst tsv=bench/cache/worst.tsv
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
gdal_translate -q -of VRT "$source" "$cache/turned.vrt"
corner=($(gdalinfo -json "$source" | tr -d ' \n' | sed 's/.*"geoTransform":\[\([^]]*\)\].*/\1/' | tr ',' ' '))
sed -i "s|<GeoTransform>.*</GeoTransform>|<GeoTransform>${corner[0]}, 14.142135623730951, 14.142135623730951, ${corner[3]}, 14.142135623730951, -14.142135623730951</GeoTransform>|" \
    "$cache/turned.vrt"

# LABEL DATASET METRES SETTINGS..: seconds of the faster of two runs; "refused" and the least limit where it is refused.
seconds() {
    local label=$1 dataset=$2 metres=$3 said
    shift 3
    printf 'experiment: worst\noutput_dir: %s/out\nthreads: 2\ngrid: {crs: "EPSG:3035", resolution: %s}\ndatasets:\n  - %s\nmerge: {enable_streaming: true}\n' \
        "$PWD/$cache" "$metres" "$dataset" >"$cache/job.yml"
    for _ in 1 2; do
        rm -rf "$cache/out"
        sync
        build/bench/bench_measure "$tsv" "$label" build/weft run --progress none "$@" "$cache/job.yml" >"$cache/log" 2>&1 || {
            said=$(grep -o 'at least [0-9.]* [KMG]iB\|memory.limit: [0-9]*MiB' "$cache/log" | head -n 1)
            echo "refused: ${said:-see $cache/log}"
            return
        }
    done
    awk -F '\t' -v l="$label" '$1 == l && (best == "" || $2 < best) {best = $2; cpu = $3 + $4; mib = $5}
        END {printf "%.1f s, %.0f MiB", best, mib}' "$tsv"
}

: >"$tsv"
few='merge.streaming_chunk_size=1' little='memory.limit=96MiB'
printf '| raster | best settings | 96 MiB | chunks of one row | both |\n| --- | ---: | ---: | ---: | ---: |\n'
# NAME DATASET METRES
case_of() {
    local shown=() what
    shown+=("$(seconds "$1 best" "$2" "$3" --set memory.limit=2GiB)")
    shown+=("$(seconds "$1 little" "$2" "$3" --set "$little")")
    shown+=("$(seconds "$1 few" "$2" "$3" --set memory.limit=2GiB --set "$few")")
    shown+=("$(seconds "$1 both" "$2" "$3" --set "$little" --set "$few")")
    printf '| %s' "$1"
    for what in "${shown[@]}"; do
        printf ' | %s' "$what"
        awk -v a="${shown[0]%% *}" -v b="${what%% *}" 'BEGIN {if (b + 0 > 0) printf " (%.1f)", b / a}'
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
