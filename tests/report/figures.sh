#!/usr/bin/env bash
# The figures of a run agree: with each other, at each sample; with what the system says of the process meanwhile; and
# wherever they are shown.
# usage: figures.sh WEFT
set -u
weft=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
. "$(dirname "$0")/../support/script.sh"
sql() { sqlite3 -separator $'\t' out/metrics.sqlite "$1"; }
# What a query gives has to be nothing.
none() {
    local found
    found=$(sql "$2")
    [ -z "$found" ] || fail "$1: $(head -n 5 <<<"$found")"
}

cat >job.yml <<END
experiment: figures
output_dir: out
grid: {crs: EPSG:31985, resolution: 12}
datasets:
  - {name: landsat, path: $here/../../examples/olinda/landsat7.tif, method: lanczos}
  - {name: dem, path: $here/../../examples/olinda/dem.tif, method: [average, med]}
merge: {enable_streaming: true, streaming_chunk_size: 100}
export: {formats: [csv, parquet]}
memory: {limit: 256MiB, sample_interval: 50ms}
END
# Runs it, and notes what is resident: milliseconds and bytes, a line a look.
python3 - "$weft" >looks <<'END' || fail "the run failed"
import os, resource, subprocess, sys, time
run = subprocess.Popen([sys.argv[1], "run", "--progress", "none", "job.yml"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
page = os.sysconf("SC_PAGE_SIZE")
while run.poll() is None:
    try:
        with open("/proc/%d/statm" % run.pid) as file:
            print(int(time.time() * 1000), int(file.read().split()[1]) * page)
    except (OSError, IndexError):
        break
    time.sleep(0.002)
sys.exit(run.wait())
END
[ "$(sql 'select count(distinct created_at) > 5 from v_memory_timeline')" = 1 ] || fail "too few samples"

# At each sample: the holders are the ledger, and with what is unmanaged they are what is resident.
none "holders are not the ledger" "select created_at, ledger_gb * 1024, memory_mib, windows_mib + cache_mib + decoders_mib
    + layers_mib + chunks_mib + text_mib + other_mib as held from v_memory_timeline
    where abs(held - ledger_gb * 1024) > 0.05 * memory_mib"
none "holders and unmanaged are not the memory" "select created_at, memory_mib, windows_mib + cache_mib + decoders_mib
    + layers_mib + chunks_mib + text_mib + other_mib + unmanaged_mib as sum from v_memory_timeline
    where abs(sum - memory_gb * 1024) > 0.05 * memory_mib"
# It was resident: some look within 60 ms saw as much, by 5 %.
sql "select sampled_ms, resident_bytes from memory_samples group by sampled_ms" | awk '
    FILENAME == "looks" { at[n] = $1; bytes[n++] = $2; next }
    {
        low = 1e18; high = 0
        for (i = 0; i < n; i++) if (at[i] >= $1 - 60 && at[i] <= $1 + 60) {
            if (bytes[i] < low) low = bytes[i]
            if (bytes[i] > high) high = bytes[i]
        }
        if (high > 0) { looked++; if ($2 < 0.95 * low || $2 > 1.05 * high) print "sample", $0, "is not in", low, high }
    }
    END { if (looked < 5) print "only", looked, "samples were looked at" }' looks - >off
[ -s off ] && fail "$(head -n 5 off)"

# A stage's peak is the timeline's, in every view; the run's is no less; memory moved between stages at all.
none "a stage's peak" "select s.stage, s.peak_memory_gb, max(t.memory_gb) from v_memory_by_stage as s
    join v_memory_timeline as t on t.stage = s.stage group by s.stage having s.peak_memory_gb <> max(t.memory_gb)"
none "a stage's peak, as the run added it up" "select a.stage, a.peak_memory_gb, b.peak_memory_gb from v_stages as a
    join v_memory_by_stage as b using (stage) where a.peak_memory_gb <> b.peak_memory_gb"
none "an operation's peak" "select o.operation, o.peak_memory_gb, max(t.memory_gb) from v_operations as o
    join v_memory_timeline as t using (stage, operation) group by stage, operation
    having o.peak_memory_gb <> max(t.memory_gb)"
none "the run's peak is under a sample's" "select e.peak_memory_gb, t.memory_gb from v_experiments as e, v_memory_timeline as t
    where t.memory_gb > e.peak_memory_gb"
none "the run's peak has two values" "select e.peak_memory_gb * 1073741824, f.value from v_experiments as e, v_pipeline as f
    where f.metric = 'peak_bytes' and f.value <> e.peak_memory_gb * 1073741824"
[ "$(sql 'select count(*) from v_memory_by_stage')" -ge 3 ] || fail "stages are missing"

# weft memory and the report show the same.
"$weft" memory stages job.yml --format csv | sed 1d | sort >by_command
sqlite3 -csv out/metrics.sqlite 'select * from v_memory_by_stage' | tr -d '\r' | sort >by_sql
cut -d , -f 1,2,6- by_command | cmp - <(cut -d , -f 1,2,6- by_sql) || fail "weft memory shows another thing than SQL"
"$weft" report job.yml -o page.html >/dev/null || fail "no report"
python3 "$here/page.py" page.html memory 0 | sed 1d | cut -f 1,2,4 >by_report
# As people read it: a figure behind the point, none from 100 on.
sql "select stage, printf('%,d', samples), case when round(x, 1) >= 100 then printf('%.0f MiB', x) else printf('%.1f MiB', x) end
    from (select stage, samples, peak_memory_gb * 1024 as x from v_memory_by_stage)" | cmp - by_report || fail "the report differs"
# The run's own figures, each operation's calls, each stage's items, each pool's counts.
python3 - >by_report <<'END'
import re
for name, value, note in re.findall("<div><span>([^<]*)</span><b>([^<]*)</b><span>([^<]*)</span></div>", open("page.html").read()):
    if name == "Rows":
        print(name, value, sep="\t")
    if name == "Peak memory":
        print(name, value, note, sep="\t")
END
sql "select 'Rows', printf('%,d', output_rows) from v_experiments;
    select 'Peak memory', case when round(peak_memory_gb * 1024, 1) >= 100 then printf('%.0f MiB', peak_memory_gb * 1024)
    else printf('%.1f MiB', peak_memory_gb * 1024) end, printf('%.0f %% of the limit of %.0f MiB', 100 * peak_memory_gb / limit_gb,
    limit_gb * 1024) from v_experiments" | cmp - by_report || fail "the report's head differs: $(cat by_report)"
# agrees NAME N COLUMNS QUERY: the N-th table of the section says in these columns what the query gives, in any order
agrees() {
    python3 "$here/page.py" page.html "$1" "$2" | sed 1d | cut -f "$3" | tr -d , | sort >by_report
    [ -s by_report ] || fail "the report has no $1"
    sql "$4" | sort | diff - by_report >off || fail "$1: $(head -n 6 off)"
}
agrees time 0 1-3,8 "select stage, operation, calls, slow_calls from v_operations"
agrees time 1 1,3,4 "select stage, items, status from v_stages"
agrees pools 0 2-4 "select created, acquired, reused from v_pools"
# So do the server's answers, and what Prometheus is told.
python3 "$here/served.py" "$weft" job.yml out/metrics.sqlite figures >off 2>&1 || fail "served.py: $(tail -n 3 off)"
[ -s off ] && fail "$(head -n 5 off)"
[ ! -e out/metrics.sqlite-wal ] || fail "a log is left beside the database"
exit $bad
