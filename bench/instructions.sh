#!/usr/bin/env bash
# Counts the instructions of small jobs over the bundled sample, and compares weft's own with those that were recorded: a
# count does not depend on how busy a machine is. What libraries take is shown, and not compared: it changes with their
# versions.
# usage: instructions.sh [record]
#   record  writes bench/instructions.tsv anew
# Ends with 1 when a job takes over 10 % more than recorded.
set -euo pipefail
export LC_ALL=C
record=${1:-}
recorded=bench/instructions.tsv
command -v valgrind >/dev/null || {
    echo "instructions: valgrind is missing: apt install valgrind" >&2
    exit 69
}
weft=$PWD/build/weft
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# name, and what is set on top of config.yml: one thread, so that the order of the work is the same each time
jobs=(
    "bilinear to csv|"
    "cubic to parquet|resampling.method=cubic export.formats=[parquet]"
    "average to csv|resampling.method=average grid.resolution=90"
    "average, turned, to geotiff|resampling.method=average grid.crs=EPSG:32633 export.formats=[geotiff]"
    "median to csv.gz|resampling.method=med grid.resolution=90 export.formats=[csv.gz]"
)

# Self costs by object of a file of callgrind's: millions in weft's own files, and in all others. A line of costs begins
# with a position; the one behind calls= is what a called function took, which is counted where it is its own. An object
# has its name where its number first comes, as caller (ob) or called (cob).
by_owner() {
    awk -v own="$(dirname "$weft")/" '
        /^c?ob=/ { id = $1; sub(/^c?ob=/, "", id); if (NF > 1) names[id] = $2; if (/^ob=/) current = id; next }
        /^calls=/ { skip = 1; next }
        /^[0-9+*-]/ { if (skip) { skip = 0; next } cost[current] += $2 }
        END { for (id in cost) if (index(names[id], own) == 1) weft += cost[id]; else others += cost[id]
              printf "%.1f\t%.1f\n", weft / 1e6, others / 1e6 }' "$1"
}

before_of() {
    [ ! -e "$recorded" ] || awk -F '\t' -v name="$1" '$1 == name { print $2 }' "$recorded"
}

echo "| job | million instructions of weft's own | recorded | ratio | of libraries |"
echo "| --- | --- | --- | --- | --- |"
lost=0
for job in "${jobs[@]}"; do
    name=${job%%|*}
    settings=(--set threads=1 --set "output_dir=$scratch/out")
    for setting in ${job#*|}; do settings+=(--set "$setting"); done
    valgrind --tool=callgrind --callgrind-out-file="$scratch/costs" "$weft" run config.yml --progress none \
        "${settings[@]}" >"$scratch/said" 2>&1 || {
        cat "$scratch/said" >&2
        exit 1
    }
    IFS=$'\t' read -r own others < <(by_owner "$scratch/costs")
    printf '%s\t%s\n' "$name" "$own" >>"$scratch/new"
    before=$(before_of "$name")
    ratio=$(awk -v a="$own" -v b="${before:-0}" 'BEGIN { if (b > 0) printf "%.3f", a / b; else print "new" }')
    echo "| $name | $own | ${before:--} | $ratio | $others |"
    awk -v r="$ratio" 'BEGIN { exit !(r != "new" && r > 1.1) }' && lost=1
    rm -rf "$scratch/out"
done
if [ "$record" = record ]; then
    mv "$scratch/new" "$recorded"
elif [ $lost = 1 ]; then
    echo "instructions: a job takes over 10 % more than recorded in $recorded" >&2
    exit 1
fi
