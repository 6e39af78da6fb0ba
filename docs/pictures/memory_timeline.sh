#!/usr/bin/env bash
# Draws docs/pictures/memory_timeline.png: a real run in a container of 384 MiB that a neighbour fills in two steps,
# from the run's own records.
# usage: memory_timeline.sh WEFT    (as root: it makes a cgroup; gnuplot-nox and sqlite3 are needed)
#
# SPDX-License-Identifier: MIT
set -euo pipefail
weft=$(realpath "$1")
cd "$(dirname "$0")/../.."
place=$(mktemp -d)
group=""
for known in /sys/fs/cgroup/memory /sys/fs/cgroup; do
    if [ -e "$known/memory.usage_in_bytes" ] || [ -e "$known/cgroup.controllers" ]; then
        group=$known/weft-timeline-$$
        break
    fi
done
limit=$((384 << 20))

tidy() {
    for _ in 1 2 3 4 5; do rmdir "$group" 2>/dev/null && break || sleep 0.2; done
    rm -rf "$place"
}
trap tidy EXIT

# tail keeps what comes until a line or the input ends: so many MiB more with each.
neighbour() {
    echo "$BASHPID" >"$group/cgroup.procs"
    sleep 2
    head -c 246M /dev/zero
    sleep 2.5
    head -c 75M /dev/zero
    sleep 2.5
}

mkdir "$group"
if [ -e "$group/memory.max" ]; then
    echo $limit >"$group/memory.max"
else
    echo $limit >"$group/memory.limit_in_bytes"
fi
cat >"$place/job.yml" <<END
experiment: timeline
output_dir: $place/out
threads: 1
grid: {crs: 'EPSG:31985', resolution: 2, extent: landsat}
datasets:
  - {name: landsat, path: $PWD/examples/olinda/landsat7.tif}
  - {name: elevation, path: $PWD/examples/olinda/dem.tif}
  - {name: geoid, path: $PWD/examples/olinda/geoid.tif}
resampling: {window_size: 1024, transform_tolerance: 0} # so that it takes a while
export: {formats: [parquet]}
merge: {enable_streaming: true, streaming_chunk_size: 600, min_chunk_size: 75}
memory: {limit: 192MiB, sample_interval: 50ms}
END
(
    echo "$BASHPID" >"$group/cgroup.procs"
    exec "$weft" run "$place/job.yml" --progress none
) &
run=$!
neighbour | (
    echo "$BASHPID" >"$group/cgroup.procs"
    exec tail >/dev/null
)
wait $run

# Seconds since the run began, and what is drawn against them.
records() {
    sqlite3 -separator ' ' "$place/out/metrics.sqlite" "
        with began as (select started_ms / 1000.0 as s from experiments) $1"
}
seconds="(unixepoch(substr(created_at, 1, 19)) + ('0' || substr(created_at, 20, 4)) - (select s from began))"
records "select distinct $seconds, memory_gb * 1024, ledger_gb * 1024 from v_memory_timeline order by 1" >"$place/memory"
records "select distinct sampled_ms / 1000.0 - (select s from began), usage_percent from memory_samples order by 1" \
    >"$place/usage"
records "select $seconds, usage_percent, level from v_memory_alerts" >"$place/alerts"
for size in window_size chunk_size block_cache_bytes; do
    records ", changes as (select $seconds as s, old_value, new_value from v_memory_adaptations
            where parameter = '$size')
        select 0, 100.0 union all
        select s, 100.0 * new_value / (select max(old_value) from changes) from changes union all
        select * from (select (select max($seconds) from v_memory_timeline),
            100.0 * new_value / (select max(old_value) from changes) from changes order by s desc limit 1)" \
        >"$place/$size"
done
gnuplot -e "place='$place'; picture='docs/pictures/memory_timeline.png'" docs/pictures/memory_timeline.gnuplot
sqlite3 -header "$place/out/metrics.sqlite" "select * from v_memory_alerts; select created_at, parameter, old_value,
    new_value, reason from v_memory_adaptations"
