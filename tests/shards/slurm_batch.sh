#!/usr/bin/env bash
# weft batch --slurm: what it asks Slurm for, behind what, and that the record knows what was made. An sbatch of this test's
# runs each script at once, as Slurm would.
# usage: slurm_batch.sh WEFT [long]
set -u
weft=$(realpath "$1")
sample=$(realpath "$(dirname "$0")/../../examples/olinda")
. "$(dirname "$0")/../support/script.sh"
mkdir bin night
# Numbers are counted from 11. What waits for the end of all runs when the test says so. A job with a failed task, or whose dependency is not met, has failed.
cat >bin/sbatch <<'EOF'
#!/usr/bin/env bash
number=$(($(cat "$QUEUE/last" 2>/dev/null || echo 10) + 1))
echo $number >"$QUEUE/last"
echo "$number $*" >>"$QUEUE/submitted"
script=${*: -1}
if [[ "$*" == *afterany* ]]; then
    echo $number
    exec cp "$script" "$QUEUE/at_the_end"
fi
for word in "$@"; do
    [[ $word == --dependency=afterok:* ]] || continue
    for needed in $(tr : ' ' <<<"${word#*:}"); do
        [ -e "$QUEUE/$needed.ok" ] || { echo $number; exit; }
    done
done
log=$(sed -nE 's/^#SBATCH --output="(.*)"$/\1/p' "$script" | sed "s/%[Aj]/$number/")
array=$(sed -nE 's/^#SBATCH --array=1-([0-9]+).*/\1/p' "$script")
ok=yes
for task in $(seq "${array:-1}"); do
    variables=()
    [ -z "$array" ] || variables=(SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_MIN=1 "SLURM_ARRAY_TASK_MAX=$array" SLURM_ARRAY_TASK_STEP=1 "SLURM_ARRAY_TASK_COUNT=$array")
    env "${variables[@]}" sh "$script" >>"${log//%a/$task}" 2>&1 || ok=
done
[ -z "$ok" ] || touch "$QUEUE/$number.ok"
echo $number
EOF
cat >bin/squeue <<'EOF'
#!/bin/sh
cat "$QUEUE/queued" 2>/dev/null
exit 0
EOF
chmod +x bin/*
export QUEUE=$place/queue PATH=$place/bin:$PATH
anew() { rm -rf "$QUEUE" && mkdir "$QUEUE"; }
anew
cp "$sample/dem.tif" night/dem.tif
cat >night.yml <<EOF
workers: 2
defaults:
  config:
    grid: {crs: 'EPSG:31985', resolution: 500}
    output_dir: $place/night/out
    datasets: [{name: dem, path: night/dem.tif}]
jobs:
- {name: all, needs: 'r*', set: {grid.resolution: 300}, timeout: 90min}
- {name: "r\${r}", matrix: {r: [600, 700]}, set: {grid.resolution: '\${r}'}}
EOF
at_the_end() { sh "$QUEUE/at_the_end" >collected 2>&1; }
batch() { "$weft" batch "$@" >said 2>log; }

# The dry run is what a shell would do; it writes nothing.
batch night.yml --slurm --dry-run || fail "the dry run ends with $?: $(cat log)"
[ ! -e .weft ] || fail "the dry run writes"
grep -qx '#SBATCH --array=1-2%2' said || fail "no array of two: $(cat said)"
grep -qx '#SBATCH --time=90' said || fail "not the entry's time: $(cat said)"
grep -q '^job2=$(sbatch --parsable --kill-on-invalid-dep=yes --dependency="afterok:$job1" ' said || fail "no dependency: $(cat said)"
# Memory is what the jobs would like, of three quarters of Slurm's grant.
sed 's/resolution: 500/resolution: 3/; /^- {name: "r/d; s/needs: .r\*., set: {grid.resolution: 300}, //' night.yml >large.yml
batch large.yml --slurm --dry-run || fail "the dry run ends with $?: $(cat log)"
mem=$(sed -nE 's/^#SBATCH --mem=([0-9]+)M$/\1/p' said | head -n 1)
"$weft" batch large.yml --dry-run --format json | python3 -c '
import json, sys
mem, wished = int(sys.argv[1]), json.load(sys.stdin)[0]["desired_mib"]
assert mem > 128 and abs(mem * 0.75 - wished) <= 2, (mem, wished)' "$mem" || fail "not the memory of the plan"

# What it makes is what the batch makes, and the record knows.
batch night.yml --slurm || fail "exit code $?: $(cat log said)"
grep -q '^11: 2 jobs, each with ' said && grep -q '^12: 1 job, each with .* and 90 min$' said && grep -q '^13: notes what was made$' said ||
    fail "not three submissions: $(cat said)"
grep -q '^12 --parsable --kill-on-invalid-dep=yes --dependency=afterok:11 ' queue/submitted || fail "12 does not wait: $(cat queue/submitted)"
grep -q '^13 --parsable --kill-on-invalid-dep=yes --dependency=afterany:11:12 ' queue/submitted || fail "13 does not wait: $(cat queue/submitted)"
at_the_end || fail "what was made is not noted: $(cat collected)"
mv night/out slurm_out
mv .weft slurm_weft
batch night.yml || fail "the batch itself: $(cat log said)"
for file in slurm_out/*.csv; do cmp "$file" "night/out/${file##*/}" || fail "$file has other bytes"; done
[ "$(ls slurm_out/*.csv | wc -l)" = 3 ] || fail "not three tables"
rm -rf night/out .weft
mv slurm_out night/out
mv slurm_weft .weft
batch night.yml --dry-run
[ "$(grep -c ' unchanged ' said)" = 3 ] || fail "the record does not know: $(cat said)"
batch night.yml --slurm && grep -q 'nothing is to be done' said || fail "what is done is submitted: $(cat said log)"

# What cannot be.
refused() { # EXIT_CODE WORDS OPTIONS..
    local code=$1 words=$2
    shift 2
    batch "$@"
    local got=$?
    [ $got = "$code" ] || fail "exit code $got, not $code: $*: $(cat log)"
    grep -qF -- "$words" log || fail "no \"$words\": $(cat log)"
}
sed 's/300}/310}/' night.yml >other.yml
mkdir -p .weft/batch/other/slurm
printf 11 >.weft/batch/other/slurm/queued
echo 11 >queue/queued
refused 73 "are in Slurm's queue" other.yml --slurm
sed '/^jobs:/q' night.yml >own.yml
cat >>own.yml <<EOF
- {name: "a\${n}", matrix: {n: [1, 2]}, set: {grid.resolution: '90\${n}'}}
- {name: a3, needs: b1}
- {name: "b\${n}", matrix: {n: [1, 2]}, needs: "c\${n}", set: {grid.resolution: '91\${n}'}}
- {name: "c\${n}", matrix: {n: [1]}}
- {name: c2, needs: b1}
- {name: "d\${n}", matrix: {n: [1]}, needs: e2}
- {name: "e\${n}", matrix: {n: [1, 2]}, needs: "d1"}
EOF
sed -i 's/needs: "d1"/needs: []/; s/needs: e2/needs: e1/' own.yml
refused 65 "jobs of an entry need jobs of the same entry, or of one that needs it" own.yml --slurm --dry-run
refused 64 "--shards is for --slurm" night.yml --shards 2
rm queue/queued
mv bin/sbatch sbatch
PATH=$place/bin:/usr/bin:/bin
command -v sbatch >there || refused 66 "there is no sbatch" other.yml --slurm
mv sbatch bin/sbatch
[ "${2:-}" ] || exit $bad

# One parameter: one job, and the one that needs it. A job that fails keeps what needs it from beginning, and is not done.
anew
sed -i 's/700/750/' night.yml
batch night.yml --slurm || fail "exit code $?: $(cat log said)"
grep -q '^11: 1 job, ' said && grep -q '^12: 1 job, ' said || fail "not two jobs: $(cat said)"
at_the_end || fail "what was made is not noted: $(cat collected)"
[ "$(cat .weft/batch/night/slurm/1.jobs)" = "$place/.weft/batch/night/jobs/r750.yml" ] || fail "another job: $(cat .weft/batch/night/slurm/1.jobs)"
anew
printf 'no raster' >night/dem.tif
batch night.yml --slurm || fail "exit code $?: $(cat log said)"
at_the_end
[ ! -e queue/11.ok ] && [ ! -e queue/12.ok ] || fail "jobs without an input are done"
grep -q 'not a raster' .weft/batch/night/logs/slurm-11_1.log || fail "no reason: $(cat .weft/batch/night/logs/slurm-11_1.log)"
batch night.yml --dry-run --keep-going
grep -c ' unchanged ' said | grep -qx 0 || fail "a job whose input is none is done: $(cat said)"
cp "$sample/dem.tif" night/dem.tif

# Shards, and what joins them.
anew
rm -rf .weft night/out
batch night.yml --slurm --shards 2 || fail "exit code $?: $(cat log said)"
grep -q '^11: 2 shards of r600, each with ' said && grep -q '^12: joins the shards of r600$' said || fail "no shards: $(cat said)"
grep -q '^12 .*--dependency=afterok:11 ' queue/submitted || fail "12 does not wait for 11: $(cat queue/submitted)"
grep -q '^15 .*--dependency=afterok:12:14 ' queue/submitted || fail "15 does not wait for what is joined: $(cat queue/submitted)"
at_the_end || fail "what was made is not noted: $(cat collected)"
"$weft" run --progress none --set output_dir="$place/alone" .weft/batch/night/jobs/all.yml 2>log || fail "$(cat log)"
cmp alone/merged_data_all.csv night/out/merged_data_all.csv || fail "shards make other bytes"
batch night.yml --dry-run
[ "$(grep -c ' unchanged ' said)" = 3 ] || fail "the record does not know of shards: $(cat said)"

exit $bad
