#!/usr/bin/env bash
# What a run's record costs: ./dev bench metrics [REPEATS [SECONDS]], 9 and 600 by default. Time with and without it,
# and the size of its log under a reader that asks ten times a second for SECONDS.
set -euo pipefail
repeats=${1:-9}
seconds=${2:-600}
weft=$PWD/build/weft
sample=$PWD/examples/olinda
place=$PWD/bench/cache/metrics
mkdir -p "$place"
cd "$place"
cat >job.yml <<END
experiment: record
output_dir: out
grid: {crs: EPSG:31985, resolution: 4, extent: dem}
datasets:
  - {name: landsat, path: $sample/landsat7.tif, method: cubic}
  - {name: dem, path: $sample/dem.tif}
merge: {enable_streaming: true, streaming_chunk_size: 200}
memory: {limit: 512MiB}
END
touch file # in whose place a folder would have to be, so that no record is kept

# once NAME SAMPLE_INTERVAL DATABASE: seconds by the wall and of all CPUs, to NAME.times
once() {
    rm -rf out
    /usr/bin/time -a -o "$1.times" -f '%e %U %S' "$weft" run --progress none --set "memory.sample_interval=$2" \
        --set "metrics.database=$3" job.yml >/dev/null 2>&1
}
rm -f ./*.times
once warm 1s file/none
for ((i = 0; i < repeats; i++)); do
    # Each pair the other way around.
    if ((i % 2 == 0)); then
        once none 1s file/none
        once kept 1s out/metrics.sqlite
        once often 20ms out/metrics.sqlite
    else
        once often 20ms out/metrics.sqlite
        once kept 1s out/metrics.sqlite
        once none 1s file/none
    fi
done
middle() { sort -n | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int((NR + 2) / 2)]) / 2 }'; }
wall() { awk '{ print $1 }' "$1.times"; }
cpu() { awk '{ print $2 + $3 }' "$1.times"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }
echo "| record | wall s, median | x none | the best | CPU s, median | x none | the best |"
echo "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
for name in none kept often; do
    case $name in none) what="none is kept" ;; kept) what="a sample a second" ;; often) what="50 samples a second" ;; esac
    printf '| %s | %.2f | %s | %s | %.2f | %s | %s |\n' "$what" "$(wall $name | middle)" \
        "$(ratio "$(wall $name | middle)" "$(wall none | middle)")" \
        "$(ratio "$(wall $name | sort -n | head -n 1)" "$(wall none | sort -n | head -n 1)")" "$(cpu $name | middle)" \
        "$(ratio "$(cpu $name | middle)" "$(cpu none | middle)")" \
        "$(ratio "$(cpu $name | sort -n | head -n 1)" "$(cpu none | sort -n | head -n 1)")"
done

# Runs one after the other into one database, while someone reads it.
rm -rf out log.sqlite*
end=$((SECONDS + seconds))
(while ((SECONDS < end)); do
    "$weft" run --progress none --set memory.sample_interval=10ms --set metrics.database=log.sqlite job.yml >/dev/null 2>&1
done) &
runs=$!
python3 - "$seconds" <<'END'
import os, sqlite3, sys, time
end, asked, most, rows = time.time() + float(sys.argv[1]), 0, 0, 0
while time.time() < end:
    begun = time.time()
    if os.path.exists("log.sqlite-wal"):
        most = max(most, os.path.getsize("log.sqlite-wal"))
        try:
            reader = sqlite3.connect("file:log.sqlite?mode=ro", uri=True, timeout=1)
            rows = reader.execute("select count(*) from memory_samples").fetchone()[0]
            reader.execute("select * from v_memory_timeline order by created_at desc limit 100").fetchall()
            reader.close()
            asked += 1
        except sqlite3.OperationalError as error:
            print("not answered:", error)
    time.sleep(max(0, 0.1 - (time.time() - begun)))
print("\nA reader asked %d times in %s s, while %d samples were written: the log had %.1f MiB at most."
      % (asked, sys.argv[1], rows, most / 1048576))
END
wait "$runs"
