#!/usr/bin/env bash
# weft batch --serve: jobs that are done, run and wait, as the server beside the batch has them, and what is left behind.
# usage: batch_serve.sh WEFT SHIM
set -u
weft=$(realpath "$1")
shim=$(realpath "$2")
sample=$(realpath "$(dirname "$0")/../../examples/olinda")
place=$(mktemp -d)
batch=
trap '[ -z "$batch" ] || kill -KILL "$batch" 2>/dev/null; rm -rf "$place"' EXIT
cd "$place" || exit 1
bad=0
fail() {
    echo "$*"
    bad=1
}
cat >night.yml <<END
x-base: &base
  grid: {crs: 'EPSG:31985', resolution: 500, bounds: [288500, 9110500, 298500, 9120500]}
  datasets: [{name: geoid, path: $sample/geoid.tif, method: nearest}]
workers: 2
memory: 1GiB
defaults: {config: *base}
jobs: [{name: slow}, {name: quick}, {name: after, needs: [slow]}]
END

# One job hangs until it is stopped.
ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD=$shim WEFT_TEST_DO=hang WEFT_TEST_JOB=/slow.yml \
    "$weft" batch night.yml --serve=127.0.0.1:0 >/dev/null 2>said &
batch=$!
cat >look.py <<'END'
import json, re, sys, time, urllib.error, urllib.request

def wait(what, found):
    for _ in range(400):
        value = found()
        if value:
            return value
        time.sleep(0.05)
    sys.exit("there is no " + what + ": " + open("said").read())

def get(path, **more):
    with urllib.request.urlopen(urllib.request.Request(url + path, **more), timeout=20) as answer:
        return answer.read().decode()

url = wait("address", lambda: re.search(r"serving at (http://127\.0\.0\.1:\d+/)", open("said").read()))[1]
print(url, file=open("url", "w"))

def jobs():
    answer = json.loads(get("api/admin/jobs"))
    by_name = {item["job"]: item for item in answer["items"]}
    return (answer, by_name) if by_name["quick"]["state"] == "done" and by_name["slow"]["state"] == "running" else None

answer, by_name = wait("job that is done beside one that runs", jobs)
assert answer["batch"] == "night" and answer["live"] is True and answer["total"] == 3, answer
assert {state: count for state, count in answer["counts"].items() if count} == {"done": 1, "running": 1, "waiting": 1}, answer
assert answer["budget_bytes"] == 1 << 30, answer
assert answer["granted_bytes"] == by_name["slow"]["granted_bytes"] and 0 < answer["granted_bytes"] <= 1 << 30, answer
assert by_name["quick"]["output_rows"] == 400 and by_name["quick"]["attempts"] == 1, by_name
assert 0 < by_name["quick"]["peak_bytes"] <= by_name["quick"]["granted_bytes"], by_name
assert by_name["after"]["state"] == "waiting" and by_name["after"]["attempts"] == 0, by_name
assert len(json.loads(get("api/admin/jobs?limit=1"))["items"]) == 1
assert 'weft_batch_jobs{state="done"} 1' in get("metrics"), get("metrics")
assert "<html" in get("")
try:
    get("api/admin/jobs", data=b"x")
    sys.exit("a POST is answered")
except urllib.error.HTTPError as refused:
    assert refused.code in (405, 413), refused.code
END
python3 look.py || fail "beside the batch"
kill -TERM $batch
wait $batch
[ $? = 75 ] || fail "SIGTERM: not 75: $(cat said)"
batch=
python3 -c 'import sys, urllib.request
try: urllib.request.urlopen(open("url").read().strip(), timeout=5)
except OSError: sys.exit(0)
sys.exit(1)' || fail "the server outlives its batch"
ls .weft/batch/night/record.sqlite-* 2>/dev/null && fail "files are left beside the record"

# It goes on, served as well; the outputs are those of a run by itself.
"$weft" batch night.yml --serve=127.0.0.1:0 >/dev/null 2>said || fail "it does not go on: $(cat said)"
[ "$(sqlite3 .weft/batch/night/record.sqlite "select count(*) from job_metrics where job = 'quick'")" = 1 ] || fail "a job that was done ran again"
"$weft" run .weft/batch/night/jobs/quick.yml --set output_dir="$PWD/alone" >/dev/null 2>&1
cmp alone/merged_data_quick.csv out/merged_data_quick.csv || fail "other bytes"
"$weft" batch night.yml --serve=example.org:80 >/dev/null 2>&1
[ $? = 64 ] || fail "--serve=example.org:80: not 64"
exit $bad
