#!/usr/bin/env bash
# What weft catalog takes over many small rasters: ./dev bench catalog [COUNT], 100,000 by default.
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
cat "$place"/*/*/*.tif >/dev/null
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
