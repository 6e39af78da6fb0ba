#!/usr/bin/env python3
"""Whether a run's figures are the same in SQL, in the server's answers and for Prometheus. Prints what differs, and nothing
where all agree.

usage: served.py WEFT CONFIG DATABASE EXPERIMENT
"""
import json
import re
import sqlite3
import subprocess
import sys
import urllib.request

weft, config, database, experiment = sys.argv[1:]
GIB = 1 << 30
compared = 0


def same(what, a, b):
    global compared
    compared += 1
    if a is None or b is None or abs(a - b) > 1e-9 * max(abs(a), abs(b)):
        print(f"{what}: {a} and {b}")


def sql(query):
    return connection.execute(query).fetchall()


def get(path):
    with urllib.request.urlopen(url + path, timeout=20) as answer:
        return answer.read().decode()


def api(path):
    return json.loads(get("api/admin/" + path))


connection = sqlite3.connect(database)
server = subprocess.Popen([weft, "serve", config, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True)
try:
    url = server.stdout.readline().strip()
    prometheus = {}
    for line in get("metrics").splitlines():
        sample = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if not line.startswith("#") and sample:
            labels = dict(re.findall(r'(\w+)="([^"]*)"', sample[2] or ""))
            labels.pop("experiment", None)
            prometheus[sample[1], *labels.values()] = float(sample[3])

    # The run.
    (peak, limit, seconds, rows, cells), = sql("""select peak_memory_gb, limit_gb, seconds, output_rows, grid_cols * grid_rows
        from v_experiments""")
    run = api(f"experiments/{experiment}")
    for name, value, key, scale in (("weft_memory_peak_bytes", peak, "peak_bytes", GIB), ("weft_memory_limit_bytes", limit, "limit_bytes", GIB),
                                    ("weft_run_duration_seconds", seconds, "seconds", 1), ("weft_run_output_rows", rows, "output_rows", 1)):
        same(name, prometheus.get((name,)), value * scale)
        same(key, run[key], value * scale)
    same("weft_run_cells", prometheus.get(("weft_run_cells",)), cells)
    same("weft_run_done_cells", prometheus.get(("weft_run_done_cells",)), cells)

    # Every sample, each stage's peak, and the latest sample with its holders.
    timeline = sql("select resident_bytes, ledger_bytes from memory_samples order by sampled_ms, id")
    history = api("memory-history?limit=2000")["items"]
    same("samples", len(history), len(timeline))
    for number, (shown, kept) in enumerate(zip(history, timeline)):
        same(f"sample {number}", shown["resident_bytes"], kept[0])
        same(f"sample {number}, ledger", shown["ledger_bytes"], kept[1])
    for stage, most in sql("select stage, peak_memory_gb from v_memory_by_stage"):
        same(f"peak of {stage}", max(item["resident_bytes"] for item in history if item["stage"] == stage), most * GIB)
    now = api("memory-stats")
    same("weft_memory_resident_bytes", prometheus.get(("weft_memory_resident_bytes",)), timeline[-1][0])
    same("latest sample", now["resident_bytes"], timeline[-1][0])
    for holder, key in (("windows", "window"), ("cache", "cache"), ("decoders", "decoder"), ("layers", "layer"), ("chunks", "chunk"),
                        ("text", "text"), ("other", "other"), ("unmanaged", "unmanaged")):
        same(f"held by {holder}", prometheus.get(("weft_memory_holder_bytes", holder)), now[key + "_bytes"])
    same("usage", prometheus.get(("weft_memory_usage_ratio",)), now["usage_percent"] / 100)

    # Operations, pools, alerts, adaptations.
    shown = {(item["stage"], item["operation"]): item for item in api("operations")["items"]}
    for stage, operation, calls, seconds in sql("select stage, operation, calls, seconds from v_operations where calls > 0"):
        same(f"calls of {operation}", shown[stage, operation]["calls"], calls)
        same(f"seconds of {operation}", shown[stage, operation]["seconds"], seconds)
    for operation, calls, seconds in sql("select operation, sum(calls), sum(seconds) from v_operations where calls > 0 group by 1"):
        same(f"weft_operation_calls_total of {operation}", prometheus.get(("weft_operation_calls_total", operation)), calls)
        same(f"weft_operation_seconds_total of {operation}", prometheus.get(("weft_operation_seconds_total", operation)), seconds)
    shown = {item["pool"]: item for item in api("pool-stats")["items"]}
    for pool, created, acquired in sql("select pool, created, acquired from v_pools"):
        same(f"created by {pool}", shown[pool]["created"], created)
        same(f"acquired of {pool}", shown[pool]["acquired"], acquired)
        same(f"weft_pool_created_total of {pool}", prometheus.get(("weft_pool_created_total", pool)), created)
        same(f"weft_pool_acquired_total of {pool}", prometheus.get(("weft_pool_acquired_total", pool)), acquired)
    same("alerts", len(api("alerts")["items"]), sql("select count(*) from v_memory_alerts")[0][0])
    same("adaptations", len(api("adaptations")["items"]), sql("select count(*) from v_memory_adaptations")[0][0])
    same("weft_memory_alerts_total", sum(value for key, value in prometheus.items() if key[0] == "weft_memory_alerts_total"),
         sql("select count(*) from v_memory_alerts")[0][0])
    if compared < 60:
        print(f"only {compared} figures were compared")
finally:
    server.terminate()
    server.wait()
    connection.close()
