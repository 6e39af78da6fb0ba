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

# One mosaic. A job of GDAL's needs a VRT of all tiles, or an index, before its first value; weft its catalog.
# NEW_GDAL=COMMAND runs a command with a GDAL from 3.9 on. A tenth of the tiles have 64 bands, of which one is read.
bounds=300000,4984000,316000,5000000
job() { # TILES KEYS BOUNDS LABEL WORD
    printf 'experiment: mosaic\noutput_dir: %s\nthreads: 2\ngrid: {crs: "EPSG:32631", resolution: 100, bounds: [%s]}\ndatasets: [{name: t, method: nearest%s, catalog: {file: %s}}]\nmemory: {limit: 512MiB}\n' \
        "$PWD/$place.out" "$3" "$2" "$PWD/$1.gti.gpkg" >"$place.yml"
    /usr/bin/time -f '%e %M' -o "$place.time" "$weft" "$5" "$place.yml" >/dev/null 2>&1
    row "weft $5, $4" ""
}
# Until the first value of the last job is there, on standard output; GDAL's programs have theirs when they end.
first_value() { # LABEL
    local start value rows
    start=$(date +%s.%N)
    exec {rows}< <("$weft" run --set export.name=- "$place.yml" 2>/dev/null)
    read -r _ <&"$rows" && read -r value <&"$rows" # after the names of the columns
    echo "| $1 | $(echo "$(date +%s.%N) - $start" | bc) | | $value |"
    cat <&"$rows" >/dev/null
    exec {rows}<&-
}
warp() { gdalwarp -q -overwrite -t_srs EPSG:32631 -te ${bounds//,/ } -tr 100 100 "$@" "$place.tif"; }
vrt() { gdalbuildvrt -q -overwrite "${@:2}" -input_file_list "$1.txt" "$1.vrt" && warp "$1.vrt"; }
gti() { $NEW_GDAL gdalwarp -q -overwrite -t_srs EPSG:32631 -te ${bounds//,/ } -tr 100 100 "${@:2}" "$PWD/$1.gti.gpkg" "$PWD/$place.tif" 2>&1 | { grep -v 'out of sync' || true; }; }
timed() { # LABEL COMMAND..
    local start
    start=$(date +%s.%N)
    "${@:2}" >/dev/null
    echo "| $1 | $(echo "$(date +%s.%N) - $start" | bc) | | |"
}
for bands in 1 64; do
    tiles=$place.tiles_$bands keys= options=()
    [ $bands = 1 ] || keys=', bands: [17]' options=(-b 17)
    many=$((bands == 1 ? count : count / 10))
    if [ ! -e "$tiles.gti.gpkg" ]; then
        mkdir -p "$tiles"
        build/bench/bench_catalog_rasters tiles "$tiles" $many $bands
        "$weft" catalog scan "$tiles" --catalog "$tiles.gti.gpkg" --progress none
        find "$PWD/$tiles" -name '*.tif' >"$tiles.txt"
    fi
    job "$tiles" "$keys" $bounds "a grid over 100 of $many tiles, 1 band of $bands" run
    first_value "the same, to the first row"
    timed "gdalbuildvrt and gdalwarp" vrt "$tiles" "${options[@]}"
    timed "gdalwarp alone, when there is the VRT" warp "$tiles.vrt"
    [ -z "${NEW_GDAL:-}" ] || timed "gdalwarp of the index (GTI)" gti "$tiles" "${options[@]}"
done
job "$place.tiles_1" "" 300000,4492800,805600,5000000 "a grid over all tiles" plan
rm -rf "$place.out" "$place.tif" "$place.yml"

# Windows overlap by the kernel's support: how many of their blocks are in the cache, and whether one is decoded twice.
gdal_create -q -outsize 6000 6000 -bands 1 -ot Float32 -burn 1 -a_srs EPSG:32631 -a_ullr 300000 5000000 360000 4940000 -co TILED=YES \
    "$place.tif" >/dev/null
printf 'experiment: overlap\noutput_dir: %s\nthreads: 2\ngrid: {crs: "EPSG:32631", resolution: 11}\ndatasets: [{name: t, method: lanczos, path: %s}]\nmemory: {limit: 96MiB}\n' \
    "$PWD/$place.out" "$PWD/$place.tif" >"$place.yml"
/usr/bin/time -f '%e %M' -o "$place.time" "$weft" run "$place.yml" >/dev/null 2>&1
row "lanczos from 24 x 24 blocks" "$(sqlite3 "$place.out/metrics.sqlite" "select printf('%d decoded, %.1f %% of %d found in the cache', created, 100.0 * reused / acquired, acquired) from v_pools_all_runs where pool = 'blocks'")"
rm -rf "$place.out" "$place.tif" "$place.yml"
