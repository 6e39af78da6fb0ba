#!/usr/bin/env bash
# The examples of examples/cluster run on a real Slurm of one node, which this starts and ends: an array, and a job that
# depends on it. The outputs are those of one run.
# usage: slurm.sh WEFT. Ends with 77 where there is no Slurm, or it does not start here.
set -u
export WEFT
WEFT=$(realpath "$1")
root=$(realpath "$(dirname "$0")/../..")
skip() {
    echo "skipped: $*"
    exit 77
}
for program in munged slurmctld slurmd sbatch sinfo; do
    command -v $program >/dev/null || skip "there is no $program (apt-get install slurm-wlm munge)"
done
[ "$(id -u)" = 0 ] || skip "slurmd runs as root alone"
place=$(mktemp -d)
started=()
finish() {
    for process in "${started[@]}"; do kill "$process" 2>/dev/null; done
    wait
    rm -rf "$place"
}
trap finish EXIT
cd "$place" || exit 1
bad=0
fail() {
    echo "$*"
    bad=1
}
# Until a job has left the queue.
wait_for() { for _ in $(seq 600); do [ -n "$(squeue -h -j "$1" 2>/dev/null)" ] || break; sleep 0.2; done; }

node=$(hostname -s)
mkdir spool state
head -c 1024 /dev/urandom >key && chmod 600 key && chmod 711 .
cat >slurm.conf <<EOF
ClusterName=one
SlurmctldHost=$node(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$place/munge.socket
StateSaveLocation=$place/state
SlurmdSpoolDir=$place/spool
SlurmctldPidFile=$place/slurmctld.pid
SlurmdPidFile=$place/slurmd.pid
SlurmctldPort=16817
SlurmdPort=16818
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=2000
PartitionName=all Nodes=$node Default=YES MaxTime=INFINITE
EOF
export SLURM_CONF=$place/slurm.conf
munged --force --foreground --num-threads=1 --key-file="$place/key" --socket="$place/munge.socket" \
    --pid-file="$place/munged.pid" --log-file="$place/munged.log" --seed-file="$place/seed" >munged.out 2>&1 &
started+=($!)
for _ in $(seq 50); do [ -S munge.socket ] && break || sleep 0.1; done
slurmctld -D >slurmctld.out 2>&1 &
started+=($!)
slurmd -D >slurmd.out 2>&1 &
started+=($!)
for _ in $(seq 100); do sinfo -h -o %t 2>/dev/null | grep -q idle && break || sleep 0.2; done
sinfo -h -o %t 2>/dev/null | grep -q idle || skip "Slurm does not start here: $(tail -n 3 slurmctld.out slurmd.out)"

cat >job.yml <<EOF
experiment: job
grid: {crs: 'EPSG:31985', resolution: 90}
datasets: [{name: dem, path: $root/examples/olinda/dem.tif}, {name: landsat, path: $root/examples/olinda/landsat7.tif}]
export: {formats: [csv, csv.gz, parquet, geotiff, sqlite], stats: true}
EOF
"$WEFT" run --progress none --set output_dir=whole job.yml >log 2>&1 || fail "$(cat log)"
said=$("$root/examples/cluster/submit.sh" job.yml 3 --output="$place/%x.%a.log") || fail "submit.sh ends with $?: $said"
merge=$(grep -oE 'then [0-9]+' <<<"$said" | grep -oE '[0-9]+')
wait_for "$merge"
for file in whole/merged_data*; do
    case $file in
    *.json) ;;
    *) cmp "$file" "out/${file#whole/}" || fail "${file#whole/} has other bytes" ;;
    esac
done
grep -q 'shard 2 of 3, as a Slurm array says' weft.2.log || fail "no shard 2: $(cat weft*.log)"

# A batch: arrays behind each other, memory of the plans, and the record knows.
cat >night.yml <<EOF
defaults: {config: job.yml}
jobs:
- {name: coarse, needs: "r*", set: {experiment: coarse, grid.resolution: 300}}
- {name: "r\${r}", matrix: {r: [200, 250]}, set: {experiment: "r\${r}", grid.resolution: "\${r}"}}
EOF
"$WEFT" batch night.yml --slurm >said 2>log || fail "weft batch --slurm ends with $?: $(cat log said)"
"$WEFT" batch night.yml --slurm >again 2>log
[ $? = 73 ] || fail "the same batch is submitted twice: $(cat again log)"
wait_for "$(tail -n 1 said | grep -oE '^[0-9]+')"
"$WEFT" batch night.yml --dry-run >said
[ "$(grep -c ' unchanged ' said)" = 3 ] || fail "the record does not know what Slurm made: $(cat said .weft/batch/night/logs/*)"
"$WEFT" run --progress none --set output_dir=alone --set experiment=coarse --set grid.resolution=300 job.yml >log 2>&1
cmp alone/merged_data_coarse.csv out/merged_data_coarse.csv || fail "a job of a batch has other bytes"

# Its jobs in shards, of which the folder is left.
rm -rf .weft out
"$WEFT" run --progress none --set output_dir=whole --set export.partition=none job.yml >log 2>&1
sed -i 's/formats: .*]/formats: [csv], partition: shards/' job.yml
"$WEFT" batch job.yml --slurm --shards 3 >said 2>log || fail "weft batch --slurm --shards ends with $?: $(cat log said)"
wait_for "$(tail -n 1 said | grep -oE '^[0-9]+')"
cmp <(cat out/merged_data_job/part-*.csv | grep -v ^x) <(grep -v ^x whole/merged_data_job.csv) || fail "the parts are not the table: $(cat .weft/batch/*/logs/*)"

# An array with holes.
sed 's/, partition: shards//' job.yml >whole.yml
sbatch --wait --array=1,3 --output="$place/holes.%a.log" "$root/examples/cluster/shard.sbatch" "$place/whole.yml" >/dev/null &&
    fail "an array with holes ends well"
grep -q 'has holes: 2 indices from 1 to 3' holes.1.log || fail "holes are not seen: $(cat holes.1.log)"
exit $bad
