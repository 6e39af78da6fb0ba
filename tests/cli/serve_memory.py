#!/usr/bin/env python3
"""A run that is served stays inside its limit, server and reports and all, while many ask.

usage: serve_memory.py WEFT [long]
"""
import http.client
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

MIB = 1 << 20
LONG = sys.argv[2:] == ["long"]
weft = os.path.realpath(sys.argv[1])
sample = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../examples/olinda"))
PATHS = ("report", "metrics", "api/admin/progress", "api/admin/memory-history?limit=2000", "api/admin/grid", "api/admin/experiments/served")


def ask(url, counts, over):
    """Asks for all in turn, until the run is over."""
    while not over.is_set():
        for path in PATHS:
            try:
                with urllib.request.urlopen(url + path, timeout=20) as answer:
                    answer.read()
                    code = answer.status
            except urllib.error.HTTPError as refused:
                code = refused.code
            except (OSError, http.client.HTTPException):
                return
            counts[path, code] = counts.get((path, code), 0) + 1


def serve(limit, metres, wants_reports):
    """Runs a job of which less is in memory than it would like, and asks."""
    with open("job.yml", "w") as out:
        out.write(f"""
experiment: served
output_dir: out
grid: {{crs: 'EPSG:31985', resolution: {metres}}}
datasets: [{{name: landsat, path: {sample}/landsat7.tif, method: lanczos}}, {{name: dem, path: {sample}/dem.tif, method: [average, med]}}]
export: {{formats: [csv, parquet]}}
memory: {{limit: {limit}MiB, sample_interval: 20ms}}
""")
    with open("said", "w") as said:
        run = subprocess.Popen([weft, "run", "job.yml", "--progress", "none", "--serve=127.0.0.1:0"], stderr=said, stdout=subprocess.DEVNULL)
    url = None
    while not url:
        url = re.search(r"serving at (http://127\.0\.0\.1:\d+/)", open("said").read())
        if run.poll() is not None:
            sys.exit("it is not served: " + open("said").read())
        time.sleep(0.01)
    counts, over = {}, threading.Event()
    askers = [threading.Thread(target=ask, args=(url[1], counts, over)) for _ in range(4)]
    for asker in askers:
        asker.start()
    _, status, usage = os.wait4(run.pid, 0)
    over.set()
    for asker in askers:
        asker.join()
    answered = sum(number for (_, code), number in counts.items() if code == 200)
    reports = counts.get(("report", 200), 0)
    print(f"peak {usage.ru_maxrss / 1024:.1f} MiB of {limit}, {answered} answers, {reports} reports", flush=True)
    if status != 0:
        sys.exit(f"the run ended with {status}: " + open("said").read())
    others = {key: number for key, number in counts.items() if key[1] not in (200, 404, 503)}
    if others or answered < 20 or (wants_reports and reports < 1):
        sys.exit(f"not answered as they should be: {counts}")
    if usage.ru_maxrss * 1024 > limit * MIB:
        sys.exit("more than the limit")


with tempfile.TemporaryDirectory() as place:
    os.chdir(place)
    # Where little is free a run spares nothing for a report.
    for limit, wants_reports in ((80, False), (96, False), (128, False), (192, True), (256, True)) if LONG else ((96, False),):
        serve(limit, 8 if LONG else 12, wants_reports)
