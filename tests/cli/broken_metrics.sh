#!/usr/bin/env bash
# Whatever the metrics database is, a run comes to its end with the same table, and says that it keeps no metrics.
# usage: broken_metrics.sh WEFT [long]
set -u
weft=$(realpath "$1")
long=${2:-}
sample=$(realpath "$(dirname "$0")/../../examples/olinda")
place=$(mktemp -d)
trap 'chmod -R u+w "$place"; rm -rf "$place"' EXIT
cd "$place" || exit 1
bad=0
fail() {
    echo "$*"
    bad=1
}
cat >job.yml <<END
experiment: job
output_dir: out
grid: {crs: EPSG:31985, resolution: 300}
datasets: [{name: dem, path: $sample/dem.tif}]
memory: {sample_interval: 10ms}
END
"$weft" run --progress none job.yml >/dev/null 2>&1 || fail "the first run failed"
whole=$(sha256sum <out/merged_data_job.csv)
sqlite3 out/metrics.sqlite 'pragma journal_mode = delete' >/dev/null
mv out/metrics.sqlite good.sqlite
bytes=$(stat -c %s good.sqlite)

# kind PATH: runs with that database.
kind() {
    local said
    rm -rf out
    said=$("$weft" run --progress none --set "metrics.database=$1" job.yml 2>&1) || fail "$1: exit code $?: $said"
    [ "$(sha256sum <out/merged_data_job.csv)" = "$whole" ] || fail "$1: another table"
    [[ $said == *"no metrics"* || $said == *"metrics are lost"* || $said == *"records were lost"* ]] ||
        fail "$1: nothing is said of it: $said"
}

echo text >text.sqlite
head -c $((bytes / 2)) good.sqlite >half.sqlite
head -c 700 good.sqlite >head.sqlite
# Pages behind the first one are noise.
cp good.sqlite noise.sqlite
dd if=/dev/urandom of=noise.sqlite bs=4096 seek=1 count=$((bytes / 4096 - 1)) conv=notrunc status=none
cp good.sqlite newer.sqlite && sqlite3 newer.sqlite 'pragma user_version = 999'
sqlite3 other.sqlite 'create table t (a)'
mkdir folder.sqlite
touch file
ln -s gone/gone.sqlite link.sqlite
mkfifo pipe.sqlite
for database in text half head noise newer other folder link pipe; do kind "$database.sqlite"; done
kind file/metrics.sqlite
# A table that is there is not the one that is expected; a trigger refuses what is written.
cp good.sqlite table.sqlite && sqlite3 table.sqlite 'alter table memory_samples drop column probe' && kind table.sqlite
cp good.sqlite trigger.sqlite && sqlite3 trigger.sqlite "create trigger no before insert on experiments
    begin select raise(abort, 'no'); end" && kind trigger.sqlite
if [ "$(id -u)" != 0 ]; then
    cp good.sqlite closed.sqlite && chmod 444 closed.sqlite && kind closed.sqlite
    mkdir shut && chmod 555 shut && kind shut/metrics.sqlite
fi
[ "$(cat text.sqlite)" = text ] || fail "a text was written to"

if [ -n "$long" ]; then
    # Somebody has it locked for as long as the run lasts: it waits for that at its end, for 5 s.
    cp good.sqlite locked.sqlite
    python3 -c '
import sqlite3, sys, time
database = sqlite3.connect("locked.sqlite", isolation_level=None)
database.execute("begin exclusive")
print("locked", flush=True)
time.sleep(20)' >locker &
    until grep -q locked locker; do sleep 0.05; done
    begun=$(date +%s)
    kind locked.sqlite
    [ $(($(date +%s) - begun)) -lt 12 ] || fail "it was waited for $(($(date +%s) - begun)) s"
    kill $!
    # A run that is killed leaves all but its last second, however often and whenever that happens.
    for i in 1 2 3 4 5 6; do
        rm -rf out kill.sqlite*
        "$weft" run --progress none --set metrics.database=kill.sqlite --set grid.resolution=2 \
            --set datasets.0.method=lanczos --set merge.streaming_chunk_size=50 --set merge.enable_streaming=true job.yml \
            >said 2>&1 &
        until [ "$(sqlite3 kill.sqlite 'select count(*) > 3 from memory_samples' 2>/dev/null)" = 1 ]; do sleep 0.05; done
        sleep "0.$((1 + i * 13 % 7))"
        killed=$(($(date +%s%N) / 1000000))
        kill -KILL $! || fail "it was over before it was killed: $(cat said)"
        wait $! 2>/dev/null
        last=$(sqlite3 kill.sqlite 'select max(sampled_ms) from memory_samples')
        [ $((killed - last)) -le 1000 ] || fail "kill $i: the last sample is $((killed - last)) ms old"
        [ "$(sqlite3 kill.sqlite 'pragma integrity_check')" = ok ] || fail "kill $i: the database is broken"
    done
fi
exit $bad
