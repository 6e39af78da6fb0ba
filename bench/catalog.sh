#!/usr/bin/env bash
# What weft catalog takes over many small rasters, and what a mosaic of as many tiles takes until a grid over 100 of them has its
# values, beside GDAL: ./dev bench catalog [COUNT], 100,000 by default.
set -euo pipefail
count=${1:-100000}
weft=build/weft
place=bench/cache/catalog_$count
list=$place.txt
index=$place.gpkg
if [ ! -e "$list" ]; then
    mkdir -p "$place"
    build/bench/bench_catalog_rasters make "$place" "$count"
    find "$PWD/$place" -name '*.tif' >"$list"
fi
rm -f "$index" "$index"-wal "$index"-shm
scan() { /usr/bin/time -o "$place.time" -f '%e %M' "$weft" catalog scan "$place" --catalog "$index" --progress none "$@"; }
row() { echo "| $1 | $(awk '{ printf "%.2f | %.0f", $1, $2 / 1024 }' "$place.time") | $2 |"; }
xargs cat <"$list" >/dev/null # in the page cache, for all
echo "| $count rasters | wall s | peak MiB | it says |"
echo "| --- | ---: | ---: | --- |"
echo "| opened alone, two threads | $(build/bench/bench_catalog_rasters open <"$list") | | |"
said=$(scan --pattern '{tile}_{date:%Y%m%d}_{band}.tif' --threads 2) && row "first scan" "$said"
said=$(scan) && row "nothing has changed" "$said"
head -n 10 "$list" | xargs touch
sleep 0.1
said=$(scan) && row "10 files have changed" "$said"
said=$(scan --threads 2 --pattern '{tile}_{date:%Y%m%d}_{what}.tif') && row "another pattern: all are opened" "$said"
rows=$("$weft" catalog list --catalog "$index" --bbox 1,44.9,1.05,45 --format csv | wc -l)
for _ in 1 2 3 4 5; do
    /usr/bin/time -o "$place.time" -f '%e %M' "$weft" catalog list --catalog "$index" --bbox 1,44.9,1.05,45 --format csv >/dev/null
    cat "$place.time"
done | sort -n | head -n 1 >"$place.best" && mv "$place.best" "$place.time"
row "list --bbox, the best of five" "$((rows - 1)) rasters"
awk -v n="$count" -f bench/stac.awk >"$place.json"
rm -f "$place.stac.gpkg"
said=$(/usr/bin/time -f '%e %M' -o "$place.time" "$weft" catalog import "$place.json" --catalog "$place.stac.gpkg") && row "import of STAC items" "$said"
rm "$place.json" "$place.stac.gpkg"
for words in --version schema memory; do
    for _ in 1 2 3 4 5; do
        /usr/bin/time -o "$place.time" -f '%e %M' "$weft" $words >/dev/null 2>&1 || true
        cat "$place.time"
    done | sort -n | head -n 1 >"$place.best" && mv "$place.best" "$place.time"
    row "weft $words, the best of five" ""
done
/usr/bin/time -o "$place.time" -f '%e %M' gdalinfo --version >/dev/null && row "gdalinfo --version" ""

# One mosaic. A job of GDAL's needs a VRT of all tiles, or an index, before its first value; weft its catalog. GTI=COMMAND runs
# a command with a GDAL from 3.9 on.
tiles=$place.tiles
index=$tiles.gti.gpkg
if [ ! -e "$index" ]; then
    build/bench/bench_catalog_rasters tiles "$tiles" "$count"
    "$weft" catalog scan "$tiles" --catalog "$index" --progress none
fi
job() { # LABEL BOUNDS COMMAND..
    printf 'experiment: mosaic\noutput_dir: %s\nthreads: 2\ngrid: {crs: "EPSG:32631", resolution: 100, bounds: [%s]}\ndatasets: [{name: t, catalog: {file: %s}}]\nmemory: {limit: 512MiB}\n' \
        "$tiles.out" "$2" "$PWD/$index" >"$tiles.yml"
    /usr/bin/time -f '%e %M' -o "$place.time" "$weft" "${@:3}" "$tiles.yml" >/dev/null
    row "weft $3, $1" ""
}
warp() { gdalwarp -q -overwrite -te 300000 4984000 316000 5000000 -tr 100 100 "$1" "$tiles.tif"; }
job "a grid over 100 tiles" 300000,4984000,316000,5000000 run
find "$PWD/$tiles" -name '*.tif' >"$tiles.txt"
vrt() { gdalbuildvrt -q -overwrite -input_file_list "$tiles.txt" "$tiles.vrt" && warp "$tiles.vrt"; }
timed() { # LABEL COMMAND..
    local start
    start=$(date +%s.%N)
    "${@:2}" >/dev/null
    echo "| $1 | $(echo "$(date +%s.%N) - $start" | bc) | | |"
}
timed "gdalbuildvrt and gdalwarp" vrt
timed "gdalwarp alone, when there is the VRT" warp "$tiles.vrt"
[ -z "${GTI:-}" ] || timed "gdalwarp of the index (GTI)" $GTI gdalwarp -q -overwrite -te 300000 4984000 316000 5000000 -tr 100 100 "$PWD/$index" "$tiles.tif"
job "a grid over all tiles" 300000,4492800,805600,5000000 plan
rm -rf "$tiles.out" "$tiles.tif" "$tiles.yml"
