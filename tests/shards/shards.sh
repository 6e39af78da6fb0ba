#!/usr/bin/env bash
# A table made in shards has the bytes of the table made at once, statistics too; a shard that was killed goes on, and
# the others need not know.
# usage: shards.sh WEFT quick|long
set -u
weft=$(realpath "$1")
long=$([ "$2" = long ] && echo yes)
sample=$(realpath "$(dirname "$0")/../../examples/olinda")
. "$(dirname "$0")/../support/script.sh"

# config NAME RESOLUTION FORMATS [LINE..]: a configuration of the sample.
config() {
    local name=$1 resolution=$2 formats=$3
    shift 3
    {
        echo "grid: {crs: 'EPSG:31985', resolution: $resolution}"
        echo "export: {formats: [$formats], stats: true}"
        echo "datasets: [{name: landsat, path: $sample/landsat7.tif}, {name: dem, path: $sample/dem.tif}]"
        printf '%s\n' "$@"
    } >"$name.yml"
}
quietly() { "$@" >log 2>&1 || fail "exit code $?: $*: $(cat log)"; }
whole() { quietly "$weft" run --set output_dir=whole --set experiment="$1" "$1.yml"; }

# What both made is the same: files by their bytes, and what the metadata says of columns, rows and outputs.
same() {
    local name=$1 file metadata
    for file in whole/merged_data_"$name"*; do
        metadata=$([[ $file == *.metadata.json ]] && echo yes)
        if [ "$metadata" ]; then
            cmp -s <(facts "$file") <(facts "shards/${file#whole/}") || fail "$name, $2: other statistics: $(diff <(facts "$file") <(facts "shards/${file#whole/}"))"
        else
            cmp "$file" "shards/${file#whole/}" || fail "$name, $2: ${file#whole/} has other bytes"
        fi
    done
    [ ! -e shards/.weft ] || fail "$name, $2: the shards' pieces are left: $(find shards/.weft | head)"
    rm -rf shards
}
facts() {
    python3 -c 'import json, sys
root = json.load(open(sys.argv[1]))
print(json.dumps([root[key] for key in ("columns", "rows", "outputs", "grid", "warnings")], indent=1))' "$1"
}
# shard NAME WORDS..: one shard, by the command line's words.
shard() {
    local name=$1
    shift
    quietly "$weft" run --set output_dir=shards "$@" "$name.yml"
}
merge() { quietly "$weft" merge-shards --set output_dir=shards "$1.yml"; }
loop() {
    local i
    for i in $(seq "$2" -1 1); do shard "$1" --shard "$i/$2"; done
    merge "$1"
    same "$1" "$2 shards"
}

everything="csv, csv.gz, parquet, sqlite, geotiff, cog, png"
config job 90 "csv, csv.gz, parquet, sqlite, geotiff"
whole job
loop job 3
# Which cells are rows is known only when they are computed: a group of rows may hold those of several shards.
config some 120 "csv.gz, parquet" "rows: {where: dem > 30}"
whole some
loop some 2
# Cells in polygons, of which a number is drawn: each shard finds the same.
cat >half.geojson <<EOF
{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "EPSG:31985"}}, "features": [{"type": "Feature",
 "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[288900, 9111500], [297000, 9112500], [292000, 9120500],
 [288900, 9111500]]]}}]}
EOF
config drawn 120 "csv.gz, parquet" "rows: {within: {path: half.geojson}, sample: {count: 700}}"
whole drawn
[ "$(zcat whole/merged_data_drawn.csv.gz | wc -l)" = 701 ] || fail "not 700 rows are drawn"
loop drawn 3
# What is missing, or of another configuration, is named, and nothing is made of it.
shard job --shard 2/3
refuses() {
    local words=$1 said
    shift
    said=$("$@" 2>&1)
    [ $? = 65 ] || fail "not exit code 65: $*: $said"
    [[ $said == *"$words"* ]] || fail "no \"$words\": $said"
}
refuses "1 of 3 shards are done; missing: 1, 3" "$weft" merge-shards --set output_dir=shards job.yml
quietly "$weft" plan --shard 2/3 --set output_dir=shards job.yml
grep -q '^shard        2 of 3: 41 rows, from row 37 on$' log || fail "plan --shard: $(cat log)"
grep -q '^output .*/2-of-3/merged_data_job.cells, ' log || fail "plan --shard has no pieces: $(cat log)"
"$weft" run --shard 3/3 --set output_dir=other --set grid.resolution=5 --set export.checkpoint_interval=0s job.yml >other.log 2>&1 &
other=$!
for _ in $(seq 500); do [ -s other/.weft/shards/job/3-of-3/merged_data_job.csv.part ] && break; sleep 0.01; done
kill -STOP $other
shard job --shard 1/3 --set export.rows=any
# Other tests' shards may be at work too.
grep -qE '[1-9][0-9]* other shards? (is|are) at work on this machine' log || fail "no warning of a neighbour: $(cat log)"
kill -KILL $other
wait $other 2>/dev/null
"$weft" runs shards --format csv >log
[ "$(cut -d , -f 1,2,9 log | tr '\n' ' ')" = "experiment_id,state,shard job,finished,1/3 job,finished,2/3 " ] || fail "weft runs: $(cat log)"
"$weft" runs other --format csv | cut -d , -f 1,2,9 | grep -qx job,dead,3/3 || fail "weft runs: $("$weft" runs other)"
shard job --shard 3/3
refuses 'shard 1 of 3 cannot be joined: export.rows was "any" and is "all"' "$weft" merge-shards --set output_dir=shards job.yml
[ -z "$(find shards -maxdepth 1 -name 'merged*')" ] || fail "something was made of shards that do not fit"
head -c 1000 shards/.weft/shards/job/3-of-3/merged_data_job.csv >cut
shard job --shard 1/3
mv cut shards/.weft/shards/job/3-of-3/merged_data_job.csv
refuses "it is not the piece that a shard wrote" "$weft" merge-shards --set output_dir=shards job.yml
rm -rf shards

# The commands that docs/scaling.md begins with, as they stand.
mkdir shards
config config 300 "csv, parquet"
whole config
while IFS= read -r command; do
    quietly eval "\"$weft\" ${command#weft } --set output_dir=shards"
done < <(sed '/^Shards find/,$d' "$(dirname "$sample")/../docs/scaling.md" | sed -nE 's/^    (weft [^#]*[^# ]) *(#.*)?$/\1/p')
same config "as docs/scaling.md has it"
[ "$long" ] || exit $bad

# Several groups, members, tiles and parts of statistics, of which shards begin within.
config large 30 "$everything"
whole large
for count in 1 2 7 31; do loop large "$count"; done
config any 40 "$everything" "merge: {enable_streaming: true, streaming_chunk_size: 7}"
sed -i 's/stats: true/stats: true, rows: any, index: true/' any.yml
whole any
for count in 2 7; do loop any "$count"; done
# More shards than rows.
config few 2000 "$everything"
whole few
loop few 31

# Rows so wide that cells are kept in parts of rows.
config wide "[0.5, 3000]" "parquet, geotiff"
whole wide
loop wide 2

# Every scheduler's own variables.
config small 300 "csv, parquet"
whole small
by() { # by WHAT N VARIABLES..: with @ for the index from 1, # for that from 0
    local what=$1 count=$2 i variable
    shift 2
    for i in $(seq 1 "$count"); do
        local set=()
        for variable in "$@"; do
            variable=${variable//@/$i}
            set+=("${variable//#/$((i - 1))}")
        done
        quietly env "${set[@]}" "$weft" run --shard auto --set output_dir=shards ${shards:+--shards "$shards"} small.yml
    done
    merge small
    same small "$count shards, $what"
}
for count in 1 2 7 31; do
    shards=
    by Slurm $count SLURM_ARRAY_TASK_ID=@ SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=$count SLURM_ARRAY_TASK_COUNT=$count
    by AWS $count AWS_BATCH_JOB_ARRAY_INDEX=# AWS_BATCH_JOB_ARRAY_SIZE=$count
    by SGE $count SGE_TASK_ID=@ SGE_TASK_FIRST=1 SGE_TASK_LAST=$count SGE_TASK_STEPSIZE=1
    by LSF $count LSB_JOBINDEX=@ LSB_JOBINDEX_END=$count LSB_JOBINDEX_STEP=1
    by "Open MPI's ranks" $count OMPI_COMM_WORLD_RANK=# OMPI_COMM_WORLD_SIZE=$count
    by ranks $count PMI_RANK=# PMI_SIZE=$count
    by srun $count SLURM_PROCID=# SLURM_NTASKS=$count
    shards=$count
    by Kubernetes "$count" JOB_COMPLETION_INDEX=#
    by PBS "$count" PBS_ARRAY_INDEX=@
    by Torque "$count" PBS_ARRAYID=@
done

# A shard is killed in its midst. The others end; what is missing is named; it goes on where it was.
config killed 6 "csv, parquet, sqlite" "threads: 1"
sed -i 's/stats: true/stats: true, checkpoint_interval: 0s/' killed.yml
whole killed
"$weft" run --shard 2/3 --set output_dir=shards --set merge.streaming_chunk_size=8 killed.yml 2>log &
victim=$!
part=shards/.weft/shards/killed/2-of-3/merged_data_killed.csv.part
for _ in $(seq 3000); do
    [ -e "$part" ] && [ "$(stat -c %s "$part")" -gt 10000000 ] && break
    kill -0 $victim 2>/dev/null || break
    sleep 0.01
done
kill -KILL $victim 2>/dev/null || fail "the shard was done before it could be killed"
wait $victim 2>/dev/null
shard killed --shard 1/3
shard killed --shard 3/3
refuses "2 of 3 shards are done; missing: 2" "$weft" merge-shards --set output_dir=shards killed.yml
quietly "$weft" run --shard 2/3 --resume --set output_dir=shards killed.yml
grep -q "killed continues after row" log || fail "the killed shard did not go on: $(cat log)"
for i in 1 3; do
    quietly "$weft" run --shard $i/3 --resume --set output_dir=shards killed.yml
    grep -q "killed is finished" log || fail "shard $i was made again: $(cat log)"
done
merge killed
same killed "a killed shard"
exit $bad
