#!/usr/bin/env bash
# Whether memory.limit holds: peak resident memory (VmHWM) of whole runs for each workload of bench/memory, limit, number
# of threads and mode; beside it, on the first workload, what GDAL's programs, terra and rioxarray take. A miss is a
# peak over the limit, an exit code other than 0, or an output with another checksum than the workload's first. Once a
# case the plan is asked for its estimate; one below the largest peak is counted as well. Prints Markdown.
#
# It may be stopped at any time and goes on where it was: a run that is done is a line of bench/cache/memory/runs.tsv
# under the checksum of the program and the jobs, an estimate one of estimates.tsv beside it.
#
# usage: memory.sh [REPEATS]     default: 1; the record is 20, which is 1800 runs
set -euo pipefail
cd "$(dirname "$0")/.."
repeats=${1:-1}
cache=bench/cache/memory out=bench/cache/memory/out tsv=bench/cache/memory/runs.tsv
estimates=bench/cache/memory/estimates.tsv measured=$cache/measured log=$cache/run.log
limits=(96 128 256 512 1024) threads=(1 2 8) modes=(streaming in-memory) workloads=(reproject wide layers)
declare -A jobs=([reproject]=bench/memory/reproject.yml [wide]=bench/memory/wide.yml [layers]=$cache/layers.yml)
cpus=$(nproc)
[[ $repeats =~ ^[1-9][0-9]{0,3}$ ]] || {
    echo "usage: ./dev bench memory [REPEATS]" >&2
    exit 64
}

# What a line of runs.tsv holds: key, workload, limit, threads, mode, repeat, wall, user, system, MiB, exit code,
# checksum, seconds in all, what was said. `done_runs` has the first six of those that count.
# A line of estimates.tsv: key, workload, limit, threads, mode, bytes. `done_plans` has the four after the key.
declare -A done_runs=() done_plans=()
key=

read_done_runs() {
    local at workload limit count mode run
    touch "$tsv"
    while IFS=$'\t' read -r at workload limit count mode run _; do
        [ "$at" != "$key" ] || done_runs["$workload $limit $count $mode $run"]=1
    done <"$tsv"
    touch "$estimates"
    while IFS=$'\t' read -r at workload limit count mode _; do
        [ "$at" != "$key" ] || done_plans["$workload $limit $count $mode"]=1
    done <"$estimates"
}

stop() {
    rm -rf "$out" "$measured"
    echo "bench: stopped; ./dev bench memory $repeats goes on" >&2
    exit 130
}

# Runs a command and notes it: workload, limit, threads, mode, repeat, output, command.. Nothing is noted of a run that
# this script's own end cut off.
run_once() {
    local workload=$1 limit=$2 count=$3 mode=$4 run=$5 table=$6 begun=$EPOCHREALTIME sum said='' numbers
    shift 6
    [ -z "${done_runs["$workload $limit $count $mode $run"]:-}" ] || return 0
    rm -rf "$out" "$measured"
    mkdir -p "$out"
    build/bench/bench_measure "$measured" run "$@" >"$log" 2>&1 || said=$(tail -n 2 "$log" | tr '\t\n' '  ')
    numbers=$(cut -f 2- "$measured")
    sum=$(cksum <"$out/$table" 2>/dev/null | tr ' ' -) || sum=none
    rm -rf "$out"
    awk -v OFS='\t' -v from="$begun" -v to="$EPOCHREALTIME" -v said="$said" -v numbers="$numbers" -v sum="$sum" \
        -v which="$key	$workload	$limit	$count	$mode	$run" \
        'BEGIN {print which, numbers, sum, sprintf("%.2f", to - from), said}' >>"$tsv"
}

# Asks the plan and notes it: workload, limit, threads, mode. A plan that fails is a run that fails, which says why.
plan_once() {
    local workload=$1 limit=$2 count=$3 mode=$4 bytes
    [ -z "${done_plans["$workload $limit $count $mode"]:-}" ] || return 0
    bytes=$(build/weft plan --json "${jobs[$workload]}" 2>"$log" |
        sed -n 's/.*"peak_estimate_bytes": *\([0-9]*\).*/\1/p') || bytes=
    [ -n "$bytes" ] || return 0
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$key" "$workload" "$limit" "$count" "$mode" "$bytes" >>"$estimates"
    done_plans["$workload $limit $count $mode"]=1
}

run_matrix() {
    local run workload limit count mode streaming
    for ((run = 1; run <= repeats; run++)); do
        echo "bench: repeat $run of $repeats" >&2
        for workload in "${workloads[@]}"; do
            for limit in "${limits[@]}"; do
                for count in "${threads[@]}"; do
                    for mode in "${modes[@]}"; do
                        streaming=$([ "$mode" = streaming ] && echo true || echo false)
                        export LIMIT=$limit THREADS=$count STREAMING=$streaming
                        plan_once "$workload" "$limit" "$count" "$mode"
                        run_once "$workload" "$limit" "$count" "$mode" "$run" merged_data_memory.csv \
                            build/weft run --progress none "${jobs[$workload]}"
                    done
                done
            done
        done
    done
}

has_terra() { Rscript -e 'quit(status = !requireNamespace("terra", quietly = TRUE))' >/dev/null 2>&1; }
has_rioxarray() { /usr/bin/python3 -c 'import rioxarray' >/dev/null 2>&1; }

# label, whether it is installed, output, command..
run_peer() {
    local label=$1 installed=$2 table=$3
    shift 3
    if ! $installed; then
        echo "bench: $label is not installed" >&2
        return
    fi
    run_once "$label" 0 "$cpus" peer 1 "$table" "$@"
}

run_peers() {
    echo "bench: the others" >&2
    run_peer 'gdalwarp, gdal2xyz' true chain.csv bench/peers/memory_gdal.sh "$cache/large.tif" "$out" "$cpus"
    run_peer terra has_terra terra.csv Rscript bench/peers/memory.R "$cache/large.tif" "$out/terra.csv"
    run_peer rioxarray has_rioxarray rioxarray.csv \
        /usr/bin/python3 bench/peers/memory.py "$cache/large.tif" "$out/rioxarray.csv" "$cpus"
}

# The layers' datasets are a line each.
write_layers() {
    local i
    cat bench/memory/layers.yml
    for i in $(seq -f %03g 0 299); do
        echo "  - {name: layer_$i, path: layer_$i.tif, method: bilinear}"
    done
}

mkdir -p "$cache"
build/bench/bench_memory_rasters "$cache"
write_layers >"${jobs[layers]}"
key=$(cat build/weft "${jobs[@]}" | cksum | tr ' ' -)
read_done_runs
trap stop INT TERM HUP
run_matrix
run_peers
rm -f "$measured"
awk -F '\t' -v key="$key" -v repeats="$repeats" -v cpus="$cpus" -f bench/memory.awk "$estimates" "$tsv"
