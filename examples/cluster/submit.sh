#!/usr/bin/env bash
# Submits a table to Slurm: an array of shards, and a job that joins them when all have ended well.
#
#   submit.sh CONFIG SHARDS [SBATCH OPTION..]        submit.sh config.yml 8 --cpus-per-task=4 --time=2:00:00
#
# Memory is what the plan asks for, unless the options say --mem. A SHARDS of 0 submits nothing and prints the plan's
# memory in MiB. Submit the same once more after a failure: shards that are done end at once.
set -euo pipefail
[ $# -ge 2 ] || {
    sed -n '2,8s/^# \{0,1\}//p' "$0"
    exit 64
}
config=$(realpath "$1") shards=$2
shift 2
here=$(realpath "$(dirname "$0")")
export WEFT=${WEFT:-weft}

# What the job would like, of which weft leaves a tenth free, and half as much again for what a container counts besides.
memory=$("$WEFT" plan --json "$config" | python3 -c '
import json, sys
memory = json.load(sys.stdin)["memory"]
print(max(256, round(memory["peak_estimate_bytes"] / 0.75 / 2**20) + 64))')
[ "$shards" -gt 0 ] || {
    echo "$memory"
    exit
}
array=$(sbatch --parsable --mem="${memory}M" --array=1-"$shards" "$@" "$here/shard.sbatch" "$config")
merge=$(sbatch --parsable --mem="${memory}M" --dependency=afterok:"${array%%;*}" --kill-on-invalid-dep=yes "$@" \
    "$here/merge.sbatch" "$config")
echo "array $array of $shards shards, then $merge joins them"
