#!/usr/bin/env bash
# Five runs, each made to be held up by one thing, and what the verdict says of them.
# usage: verdict.sh WEFT
set -u
weft=$(realpath "$1")
sample=$(realpath "$(dirname "$0")/../../examples/olinda/dem.tif")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place" || exit 1
bad=0

# 16 million pixels of terrain, which deflate takes its time over, and the same as they are.
gdalwarp -q -ot Float64 -r cubicspline -ts 4000 4000 -co TILED=YES -co BLOCKXSIZE=512 -co BLOCKYSIZE=512 \
    -co COMPRESS=DEFLATE -co PREDICTOR=3 "$sample" packed.tif || exit 1
gdal_translate -q -co TILED=YES packed.tif plain.tif || exit 1
# Twelve blocks of 32 MiB, six in a row.
gdal_translate -q -outsize 12288 4096 -co TILED=YES -co BLOCKXSIZE=2048 -co BLOCKYSIZE=2048 -co COMPRESS=DEFLATE \
    -co PREDICTOR=3 -co ZLEVEL=1 packed.tif large.tif || exit 1
pixel=$(gdalinfo packed.tif | sed -n 's/^Pixel Size = (\([0-9.]*\),.*/\1/p')

# JOB FILE METHOD RESOLUTION CRS FORMAT; CRS "": the file's
job() {
    cat >"$1.yml" <<END
experiment: $1
output_dir: out
threads: 2
grid: {${5:+crs: $5, }resolution: $4}
datasets: [{name: dem, path: $2, method: $3}]
merge: {enable_streaming: true}
export: {formats: [$6]}
memory: {limit: 1GiB}
END
}
times() { awk -v a="$1" -v b="$pixel" 'BEGIN { printf "%.12g", a * b }'; }

expect() {
    local bound
    bound=$(grep -oE '"bound_by": "[a-z]+"' "$2" | cut -d '"' -f 4)
    [ "$bound" = "$1" ] && return
    echo "expected $1: $(grep -oE '"verdict": "[^"]*"' "$2")"
    bad=1
}

# One cell for 80 x 80 pixels: all blocks are decoded for a table of 2,500 rows.
job decoding packed.tif nearest "$(times 80)" "" csv
"$weft" run --progress none --json decoding.yml >decoding.json || bad=1
expect decoding decoding.json

# A kernel of some 26 x 26 pixels for each of 800,000 cells, turned against the pixels, so that it does not part into rows and columns.
job resampling plain.tif lanczos 0.0001 EPSG:4326 parquet
"$weft" run --progress none --json resampling.yml >resampling.json || bad=1
expect resampling resampling.json

# Four million cells of all their digits, packed so that little is written.
job text plain.tif nearest "$(times 2)" "" csv.gz
"$weft" run --progress none --json text.yml >text.json || bad=1
expect text text.json

# Who takes the table takes nothing for two seconds.
job disk plain.tif nearest "$(times 8)" "" csv
"$weft" run --progress json --set export.name=- disk.yml 2>disk.json | { sleep 2; cat >/dev/null; }
expect disk disk.json

# The least that does has room for four of the blocks, and rows of windows go along six: most are decoded again for each row.
job memory large.tif nearest "[$(times 13), $(times 40)]" "" csv
echo 'resampling: {window_size: 32, min_window_size: 32, critical_window_size: 32}' >>memory.yml
least=$("$weft" plan --set memory.limit=1MiB memory.yml 2>&1 | grep -oE '[0-9]+ MiB is the least' | cut -d ' ' -f 1)
"$weft" run --progress none --json --set "memory.limit=${least}MiB" memory.yml >memory.json 2>/dev/null || bad=1
expect memory memory.json
decoded() {
    "$weft" memory sql "select value from v_pipeline where experiment_id = '$1' and metric = 'blocks_decoded'" \
        --format csv --db out/metrics.sqlite | tail -n 1 | cut -d . -f 1
}
# The refusal and the plan name a limit with which no time is lost to memory, but for a MiB by which processes differ; the plan with that
# one is silent about it.
would='s/.*with \([0-9]*\) MiB it would lose no time to memory.*/\1/p'
refused=$("$weft" plan --set memory.limit=1MiB memory.yml 2>&1 | sed -n "$would")
planned=$("$weft" plan --set "memory.limit=${least}MiB" memory.yml 2>&1 | sed -n "$would")
[ "${planned:-0}" -gt "$least" ] && [ "$((${refused:-0} + 2))" -ge "$planned" ] || { echo "$refused and $planned MiB would lose no time"; bad=1; }
again=$("$weft" plan --set "memory.limit=$((planned + 2))MiB" memory.yml 2>&1 | sed -n "$would")
[ -z "$again" ] || { echo "of $planned MiB, $again MiB would lose no time"; bad=1; }
[ "$(decoded memory)" -gt 18 ] || { echo "$(decoded memory) blocks were decoded with $least MiB"; bad=1; }
# What it says would have been enough loses nothing to memory: each block is decoded once.
enough=$(grep -oE '"enough_bytes": [0-9]+' memory.json | cut -d ' ' -f 2)
"$weft" run --progress none --json --set "memory.limit=${enough}B" --set experiment=enough memory.yml >enough.json || bad=1
lost=$("$weft" memory sql "select value < 0.05 from v_pipeline where experiment_id = 'enough' and metric = 'share_memory'" \
    --format csv --db out/metrics.sqlite | tail -n 1)
[ "$lost" = 1 ] || { echo "$enough B were not enough"; bad=1; }
[ "$(decoded enough)" = 12 ] || { echo "$(decoded enough) of 12 blocks were decoded with $enough B"; bad=1; }
exit $bad
