#!/usr/bin/env bash
# Ranks on two hosts, which are network namespaces with one file system: MPI's counter and its messages go over TCP. They make
# the bytes of one run, each host makes ranges, and a host that dies ends the job resumable.
# usage: mpi_hosts.sh WEFT. Ends with 77, saying why, where there is no MPI or no namespace can be made.
set -u
weft=$(realpath "$1")
sample=$(realpath "$(dirname "$0")/../../examples/olinda")
skip() {
    echo "skipped: $*"
    exit 77
}
[ -e "$(dirname "$weft")/weft_mpi.so" ] && command -v mpirun >/dev/null || skip "weft was built without Open MPI, or there is no mpirun"
command -v ip >/dev/null || skip "there is no ip (apt-get install iproute2)"
place=$(mktemp -d)
name=weft$$
finish() {
    ip netns del "${name}a" 2>/dev/null
    ip netns del "${name}b" 2>/dev/null
    rm -rf "$place"
}
trap finish EXIT
cd "$place" || exit 1
ip netns add "${name}a" 2>why && ip netns add "${name}b" 2>why || skip "no network namespace can be made: $(cat why)"
ip netns exec "${name}a" unshare --uts true 2>why || skip "no host can have a name of its own: $(cat why)"
ip link add "${name}a" netns "${name}a" type veth peer name "${name}b" netns "${name}b" 2>why || skip "no link between namespaces: $(cat why)"
for host in a b; do
    number=$([ $host = a ] && echo 1 || echo 2)
    ip -n "$name$host" link set lo up && ip -n "$name$host" address add "10.77.0.$number/24" dev "$name$host" &&
        ip -n "$name$host" link set "$name$host" up || skip "no address for a namespace"
done
bad=0
fail() {
    echo "$*"
    bad=1
}
# on HOST COMMAND..: as that host, with its name.
cat >on <<EOF
#!/bin/sh
host=\$1
shift
exec ip netns exec "$name\$host" unshare --uts sh -c 'hostname host'"\$host"'; exec "\$@"' sh "\$@"
EOF
# What MPI starts its daemon on the other host with, in the place of ssh: HOST COMMAND AS A SHELL READS IT
cat >agent <<EOF
#!/bin/sh
shift
echo \$\$ >"$place/daemon"
exec "$place/on" b sh -c "\$*"
EOF
chmod +x on agent
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 TMPDIR=$place
export OMPI_MCA_plm_rsh_agent=$place/agent OMPI_MCA_btl=self,tcp OMPI_MCA_btl_tcp_if_include=10.77.0.0/24
export OMPI_MCA_oob_tcp_if_include=10.77.0.0/24 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
ranks() { timeout 120 ./on a mpirun --host 10.77.0.1:2,10.77.0.2:2 -np "$1" "$weft" run --mpi "${@:2}" job.yml; }

cat >job.yml <<EOF
experiment: job
grid: {crs: 'EPSG:31985', resolution: 60}
threads: 1
memory: {limit: 256MiB}
output_dir: $place/ranks
datasets: [{name: landsat, path: $sample/landsat7.tif}, {name: dem, path: $sample/dem.tif}]
export: {formats: [csv, parquet, geotiff], checkpoint_interval: 0s}
EOF
"$weft" run --progress none --set output_dir="$place/whole" job.yml >log 2>&1 || fail "$(cat log)"
same() {
    for file in whole/*.csv whole/*.parquet whole/*.tif; do cmp "$file" "ranks/${file#whole/}" || fail "$1: ${file#whole/} has other bytes"; done
    [ ! -e ranks/.weft ] || fail "$1: something is left: $(find ranks/.weft | head)"
}
# Hosts are told apart: each rank is alone on its own, and the counter is another host's memory for one of them.
ranks 4 --shards 12 >log 2>&1 || fail "4 ranks on two hosts: exit code $?: $(cat log)"
[ "$(grep -c 'of 12: made by rank' log)" = 12 ] || fail "not 12 ranges: $(cat log)"
for half in '[01]' '[23]'; do grep -q "made by rank $half " log || fail "a host made nothing: $(cat log)"; done
same "two hosts"
rm -rf ranks

# A host dies: its processes are killed, and its daemon. The others end; another number of ranks makes what is missing.
sed -i 's/resolution: 60/resolution: 8/' job.yml
rm -rf whole
"$weft" run --progress none --set output_dir="$place/whole" job.yml >log 2>&1 || fail "$(cat log)"
ranks 4 --shards 16 >log 2>&1 &
launcher=$!
for _ in $(seq 3000); do
    [ "$(grep -c 'made by rank' log)" -ge 3 ] && break
    sleep 0.02
done
for process in $(ip netns pids "${name}b"); do kill -KILL "$process" 2>/dev/null; done
wait $launcher && fail "the job ends well without a host: $(cat log)"
done_before=$(find ranks/.weft/shards/job -maxdepth 2 -name '*.metadata.json' | wc -l)
[ "$done_before" -ge 3 ] && [ "$done_before" -lt 16 ] || fail "$done_before of 16 ranges were done"
ranks 3 --resume >log 2>&1 || fail "exit code $?: $(cat log)"
[ "$(grep -c 'of 16: made by rank' log)" = $((16 - done_before)) ] || fail "not $((16 - done_before)) ranges were made: $(cat log)"
same "behind a host's death"
exit $bad
