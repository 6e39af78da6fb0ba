#!/usr/bin/env bash
# weft report: one page that needs nothing else, with the figures that SQL gives; and what it says where it cannot.
# usage: report.sh WEFT
set -u
weft=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
sample=$here/../../examples/olinda
. "$here/../support/script.sh"
sql() { sqlite3 -separator $'\t' out/metrics.sqlite "$1"; }
table() { python3 "$here/page.py" "$@"; }
same() { [ "$2" = "$3" ] || fail "$1: the page has \"$2\", SQL \"$3\""; }

# A name with marks of HTML in it, and a file with one that is no UTF-8.
cp "$sample/dem.tif" $'d<b>&\xff.tif'
cat >job.yml <<END
experiment: hill
grid: {crs: EPSG:31985, resolution: 90}
datasets:
  - {name: dem, path: "d<b>&*.tif", method: average}
  - {name: landsat, path: $sample/landsat7.tif}
  - {name: geoid, path: $sample/geoid.tif}
export: {formats: [csv]}
memory: {sample_interval: 10ms}
metrics: {database: out/metrics.sqlite}
END
"$weft" run --progress none job.yml >/dev/null 2>&1 || fail "the run failed"
"$weft" report job.yml -o page.html >said || fail "no report"
grep -qx page.html said || fail "it does not say where the page is: $(cat said)"
table page.html || fail "the page is not what it should be"
[ -e page.html.part ] && fail "a part file is left"
grep -q 'd&lt;b&gt;&amp;' page.html || fail "marks of HTML are not written as such"

# Its figures are SQL's: stages, operations, the longest calls, outputs.
mib="case when round(x / 1048576, 1) >= 100 then printf('%.0f', x / 1048576) else printf('%.1f', x / 1048576) end || ' MiB'"
same samples "$(table page.html memory 0 | tail -n +2 | cut -f 1-2)" "$(sql 'select stage, samples from v_memory_by_stage')"
same peaks "$(table page.html memory 0 | tail -n +2 | cut -f 4)" \
    "$(sql "select $mib from (select peak_memory_gb * 1073741824 as x from v_memory_by_stage)")"
same least "$(table page.html memory 0 | tail -n +2 | cut -f 5)" \
    "$(sql "select $mib from (select min_memory_gb * 1073741824 as x from v_memory_by_stage)")"
same averages "$(table page.html memory 0 | tail -n +2 | cut -f 3)" \
    "$(sql "select $mib from (select avg_memory_gb * 1073741824 as x from v_memory_by_stage)")"
same calls "$(table page.html time 0 | tail -n +2 | cut -f 1-3)" \
    "$(sql "select stage, operation, printf('%,d', calls) from v_operations order by seconds desc")"
same slow "$(table page.html slow 0 | tail -n +2 | cut -f 1-3)" \
    "$(sql 'select ended_at, stage, operation from v_slow_operations order by seconds desc limit 20')"
same hash "$(table page.html outputs 0 | tail -n +2 | cut -f 1,4)" \
    "merged_data_hill.csv	$(sha256sum out/merged_data_hill.csv | cut -d ' ' -f 1)"
same pools "$(table page.html pools 0 | tail -n +2 | cut -f 2-4 | sort)" \
    "$(sql "select printf('%,d', created), printf('%,d', acquired), printf('%,d', reused) from v_pools" | sort)"
verdict=$(sql 'select verdict from v_experiments')
grep -q "<p>B${verdict:1}</p>" page.html || fail "the verdict is not there: $verdict"
grep -q "$(sql 'select command from v_experiments')" page.html || fail "no command to repeat it"
# From WGS 84 to SIRGAS 2000, which PROJ knows to a metre; whether dem's datum is another one depends on its version.
same accuracy "$(table page.html inputs 2 | cut -f 1 | grep -x geoid)" "geoid"

# Pictures that the run wrote are in it, made smaller, as long as they are what it wrote.
"$weft" run --progress none --set experiment=seen --set 'export.formats=[png]' job.yml >/dev/null 2>&1 || fail "no pictures"
"$weft" report seen -o seen.html >/dev/null || fail "no report with pictures"
table seen.html || fail "the page with pictures is not what it should be"
grep -q 'data:image/png' seen.html || fail "no picture is in the page"
echo more >>out/merged_data_seen.png
"$weft" report seen -o - | grep -c 'data:image/png' >/dev/null && fail "a picture is in the page that is another one now"
head -c 100 /dev/zero >out/merged_data_seen.png && sqlite3 out/metrics.sqlite "update experiments set metadata_json =
    json_set(metadata_json, '\$.outputs[0].bytes', 100) where experiment_id = 'seen'"
"$weft" report seen -o - | grep -c 'data:image/png' >/dev/null && fail "what is no picture is in the page"

# What a run did otherwise: the number is a size, or how often.
sqlite3 out/metrics.sqlite "insert into run_events (run_id, happened_ms, kind, subject, count, detail) select run_id, 0, 'fallback',
    'merge.chunk_size', 270, 'instead of 401' from experiments where experiment_id = 'seen'"
"$weft" report seen -o event.html >/dev/null || fail "no report with an event"
same events "$(table event.html pressure 0 | cut -f 2-5)" \
    $'Kind\tWhat\tnumber\tDetail\nfallback\tmerge.chunk_size\t270\tinstead of 401'

# An earlier run, standard output, a name, a database.
"$weft" run --progress none --set grid.resolution=120 job.yml >/dev/null 2>&1 || fail "the second run failed"
"$weft" report --run 1 --db out/metrics.sqlite -o - | cmp - page.html || fail "run 1 is another one now"
"$weft" report hill -o - | grep -c 'Run 3 of' >/dev/null || fail "the latest run of hill is not the third"
"$weft" report out/metrics.sqlite >/dev/null && [ -s report.html ] || fail "no report.html"

# A run that failed, and one that was never ended.
gdal_translate -q -co TILED=YES -co BLOCKXSIZE=256 -co BLOCKYSIZE=256 "$sample/dem.tif" whole.tif
head -c -20000 whole.tif >cut.tif
"$weft" run --progress none --set experiment=broken --set datasets.0.path=cut.tif job.yml >/dev/null 2>&1 &&
    fail "half a file did"
"$weft" report broken -o broken.html >/dev/null || fail "no report of a run that failed"
table broken.html >problems
grep -v 'drawings: each' problems && fail "of a run that failed"
grep -q 'did not finish' broken.html || fail "it does not say that it failed"
sqlite3 out/metrics.sqlite "insert into experiments (run_id, experiment_id, started_ms, weft_version, mode, limit_bytes,
    threads, grid_cols, grid_rows, layers) values (99, 'dead', 1, '0', 'streaming', 1, 1, 0, 0, 1)"
"$weft" report dead -o dead.html >/dev/null || fail "no report of a run that was killed"
grep -q 'has not said that it ended' dead.html || fail "it does not say that it may have been killed"
grep -q 'cells; 1 layer<' dead.html || fail "one layer is not one"

# A batch: two jobs at once, one tried twice, one that failed.
sqlite3 out/metrics.sqlite "insert into job_metrics (batch, job, attempt, started_ms, ended_ms, exit_code, cause, message,
    threads, granted_bytes, peak_bytes, cpu_seconds, output_rows, output_bytes, log) values
    ('night', 'a', 1, 1000, 3000, 71, 'memory', 'too <little>', 1, 100000000, 99000000, 1, 0, 0, 'a.1.log'),
    ('night', 'a', 2, 4000, 9000, 0, 'done', null, 1, 200000000, 150000000, 4, 10, 100, 'a.2.log'),
    ('night', 'b', 1, 1000, 5000, 66, 'input missing', 'gone.tif', 1, 100000000, 9000000, 1, 0, 0, 'b.1.log')"
"$weft" report --batch out/metrics.sqlite -o batch.html >/dev/null || fail "no report of a batch"
table batch.html || fail "the page of a batch is not what it should be"
# Without -o its own page is replaced, too, and a run's. A pipe is not waited for.
rm -f report.html
says 0 report.html "$weft" report --batch out/metrics.sqlite
says 0 report.html "$weft" report --batch out/metrics.sqlite
cmp batch.html report.html || fail "the page of a batch was not replaced"
says 0 report.html "$weft" report hill
rm report.html && mkfifo report.html
says 74 'is a pipe' timeout -k 1 20 "$weft" report hill
rm report.html
same retries "$(table batch.html retries 0 | tail -n +2 | cut -f 1-4,7-8)" "memory	1	2 s	1	a	too <little>"
same failed "$(table batch.html failed 0 | tail -n +2)" "b	1	input missing	66		gone.tif	b.1.log"
same grants "$(table batch.html memory 0 | tail -n +2 | cut -f 1,4)" "a	75 %
b	9 %"
grep -q '1 of 2 jobs are done, in 3 attempts' batch.html || fail "its verdict is wrong"

# What cannot be done is said, and leaves nothing.
"$weft" report out/metrics.sqlite >/dev/null || fail "a page of weft's is not replaced"
echo '<html><title>My survey</title>' >report.html
says 74 "another program's page, which is left as it is" "$weft" report out/metrics.sqlite
grep -q 'My survey' report.html || fail "another program's report.html is gone"
"$weft" report out/metrics.sqlite -o report.html >/dev/null || fail "what is named is not replaced"
rm -f report.html
says 65 'did you mean hill?' "$weft" report hil
says 66 'there is no such metrics database' "$weft" report --db gone.sqlite
says 65 'there is no run 7' "$weft" report --run 7
says 64 'number of a run' "$weft" report --run none
says 64 'not of both' "$weft" report hill --batch night.yml
says 66 'gone.yml' "$weft" report --batch gone.yml
says 65 'not YAML' "$weft" report --batch page.html
echo text >text.sqlite
says 65 'not a database' "$weft" report --db text.sqlite
says 74 'nowhere' "$weft" report hill -o nowhere/page.html
says 64 'has no option -x' "$weft" report -x
if [ "$(id -u)" != 0 ]; then
    mkdir closed && chmod 500 closed
    says 77 closed "$weft" report hill -o closed/page.html
fi
says 74 'No space left' bash -c "'$weft' report hill -o - >/dev/full"
[ -e report.html ] && fail "a page is left of a report that failed"
find . -name '*.part' | grep . && fail "part files are left"
exit $bad
