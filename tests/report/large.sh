#!/usr/bin/env bash
# The report of 100,000 chunks and 1,000,000 samples takes less than 5 s and 2 MB, and says what it leaves out.
# usage: large.sh WEFT
set -u
weft=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
. "$(dirname "$0")/../support/script.sh"
"$weft" run --progress none --set "output_dir=$place/out" "$here/../../config.yml" >/dev/null 2>&1 || fail "the run failed"
sqlite3 out/metrics.sqlite 'pragma journal_mode = delete' >/dev/null
sqlite3 out/metrics.sqlite <"$here/large_record.sql" >/dev/null || fail "no record"
"$weft" report large --db out/metrics.sqlite -o warm.html >/dev/null
# Of its thread, so that other programs of the machine do not count.
TIMEFORMAT='%R %U %S'
took=$({ time "$weft" report large --db out/metrics.sqlite -o large.html >/dev/null || fail "no report" >&2; } 2>&1)
echo "seconds by the wall, of the program, of the system: $took; $(stat -c %s large.html) bytes"
awk -v took="$took" 'BEGIN { split(took, t, " "); exit !(t[2] + t[3] < 5) }' || fail "that is too long"
python3 "$here/page.py" large.html || fail "the page is not what it should be"
for all in 20,000 10,000 100,000; do
    grep -q " of $all\|$all calls\|$all chunks" large.html || fail "it does not say that there are $all"
done
# What SQL counts of the samples.
[ "$(python3 "$here/page.py" large.html memory 0 | sed -n 's/^resample\t\([0-9,]*\)\t.*/\1/p')" = 500,000 ] ||
    fail "samples are not counted"
exit $bad
