#!/usr/bin/env bash
# Ranks of an MPI job make the bytes of one run; a rank that is killed ends the job, and another number of ranks makes
# what was missing, and nothing else.
# usage: mpi.sh WEFT [long]. Ends with 77 where there is no MPI.
set -u
weft=$(realpath "$1")
sample=$(realpath "$(dirname "$0")/../../examples/olinda")
if [ ! -e "$(dirname "$weft")/weft_mpi.so" ] || ! command -v mpirun >/dev/null; then
    echo "skipped: weft was built without Open MPI, or there is no mpirun"
    exit 77
fi
. "$(dirname "$0")/../support/script.sh"
# Few cores, root in a container, no network: none of it matters here.
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_btl=self,vader OMPI_MCA_btl_vader_single_copy_mechanism=none
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 TMPDIR=$place
facts() {
    python3 -c 'import json, sys
root = json.load(open(sys.argv[1]))
print(json.dumps([root[key] for key in ("columns", "rows", "outputs", "grid", "warnings")], indent=1))' "$1"
}
same() {
    local file
    for file in whole/merged_data*; do
        case $file in
        *.json) cmp -s <(facts "$file") <(facts "ranks/${file#whole/}") || fail "$1: other statistics" ;;
        *) cmp "$file" "ranks/${file#whole/}" || fail "$1: ${file#whole/} has other bytes" ;;
        esac
    done
    [ ! -e ranks/.weft ] || fail "$1: something is left: $(find ranks/.weft | head)"
}
config() { # RESOLUTION
    cat <<EOF
experiment: job
grid: {crs: 'EPSG:31985', resolution: $1}
threads: 1
memory: {limit: 256MiB}
datasets: [{name: landsat, path: $sample/landsat7.tif}, {name: dem, path: $sample/dem.tif}]
export: {formats: [csv, csv.gz, parquet, sqlite, geotiff], stats: true, checkpoint_interval: 0s}
EOF
}

config 120 >job.yml
"$weft" run --progress none --set output_dir=whole job.yml >log 2>&1 || fail "$(cat log)"
for ranks in 2 ${2:+1 3}; do
    mpirun -np "$ranks" "$weft" run --mpi --shards 5 --set output_dir=ranks job.yml >log 2>&1 ||
        fail "$ranks ranks: exit code $?: $(cat log)"
    [ "$(grep -c 'of 5: made by rank' log)" = 5 ] || fail "$ranks ranks: not 5 ranges: $(cat log)"
    same "$ranks ranks"
    rm -rf ranks
done
# A plain run has nothing to do with it.
LD_DEBUG=files "$weft" run --set output_dir=plain job.yml 2>&1 | grep -q libmpi && fail "a plain run loads MPI"
# An error of a configuration is said by all that meet it, and nobody waits for ever.
timeout 60 mpirun -np 2 "$weft" run --mpi --set output_dir=ranks --set datasets.0.path=nowhere.tif job.yml >log 2>&1
[ $? = 66 ] || fail "a missing input is not exit code 66: $(cat log)"
rm -rf ranks plain whole
[ "${2:-}" ] || exit $bad

config 8 >job.yml
"$weft" run --progress none --set output_dir=whole job.yml >log 2>&1 || fail "$(cat log)"
mpirun -np 3 "$weft" run --mpi --shards 12 --set output_dir=ranks job.yml >log 2>&1 &
launcher=$!
for _ in $(seq 3000); do
    [ "$(grep -c 'made by rank' log)" -ge 3 ] && break
    sleep 0.02
done
victim=$(pgrep -P $launcher | tail -n 1)
kill -KILL "$victim" || fail "no rank to kill"
wait $launcher && fail "the job ends well without a rank: $(cat log)"
done_before=$(find ranks/.weft/shards/job -maxdepth 2 -name '*.metadata.json' | wc -l)
[ "$done_before" -ge 3 ] && [ "$done_before" -lt 12 ] || fail "$done_before of 12 ranges were done"
[ -z "$(find ranks -maxdepth 1 -name 'merged*')" ] || fail "something has its name already"
mpirun -np 2 "$weft" run --mpi --resume --set output_dir=ranks job.yml >log 2>&1 || fail "exit code $?: $(cat log)"
[ "$(grep -c 'of 12: made by rank' log)" = $((12 - done_before)) ] ||
    fail "not $((12 - done_before)) ranges were made: $(cat log)"
same "another number of ranks"
exit $bad
