#!/usr/bin/env python3
"""What a batch costs and gains: the wall time of jobs of a matrix over the bundled sample, by one and two at a time, and what
the batch itself takes for many small jobs. Prints Markdown, for bench/RESULTS.md.

usage: batch.py ratio WEFT [JOBS [ROUNDS [METRES]]]  jobs one by one (weft run) and as a batch with 2 workers and 512 MiB,
                                                     in turn, on grids of 15 metres
       batch.py many WEFT [JOBS]                     jobs of one tile: memory and time of the batch's own
       batch.py workers WEFT [JOBS]                  20 workers under 512 MiB
"""
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

SAMPLE = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "examples", "olinda"))
MIB = 1 << 20
BUDGET = 512 * MIB


def write(name, text):
    with open(name, "w") as out:
        out.write(text)


def write_ratio(jobs, metres=15):
    """The sample by several methods, each job on a grid of its own. 30 metres are the sample's own."""
    write("ratio.yml", f"""
defaults:
  config:
    grid: {{crs: 'EPSG:31985', resolution: {metres}}}
    datasets: [{{name: landsat, path: {SAMPLE}/landsat7.tif}}, {{name: dem, path: {SAMPLE}/dem.tif}}]
jobs:
- name: job_${{method}}_${{n}}
  matrix: {{method: [nearest, bilinear, cubic, average], n: {{from: 1, to: {jobs // 4}}}}}
  set: {{datasets.0.method: '${{method}}', datasets.1.method: '${{method}}', grid.resolution: '{metres}.${{n}}'}}
""")


def write_many(jobs):
    """Tiles of 100 x 100 cells of one raster."""
    side = 1
    while side * side < jobs:
        side += 1
    write("many.yml", f"""
defaults:
  config:
    grid: {{crs: 'EPSG:31985', resolution: 1}}
    datasets: [{{name: dem, path: {SAMPLE}/dem.tif, method: nearest}}]
jobs:
- name: tile_${{n}}
  matrix: {{n: {{from: 100001, to: {100000 + jobs}}}}}
  set: {{grid.bounds: [290000, 9112000, 290100, 9112100]}}
""")


def batch(weft, name, *words):
    """Wall seconds, CPU seconds of all, and the batch's own peak of memory, which is looked at until it ends."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    child = subprocess.Popen([weft, "batch", name + ".yml", "--progress", "none", *words], stdout=subprocess.DEVNULL)
    peak = 0
    while child.poll() is None:
        try:
            with open(f"/proc/{child.pid}/status") as status:
                peak = max([peak] + [int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM")])
        except OSError:
            pass
        time.sleep(0.05)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if child.returncode != 0:
        sys.exit(f"{name}.yml: exit code {child.returncode}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, peak


def record(name):
    return sqlite3.connect(f".weft/batch/{name}/record.sqlite")


def most_granted(name):
    """The largest sum of grants of attempts that were under way at once, and the most of these."""
    events = []
    for began, ended, bytes_ in record(name).execute("select started_ms, ended_ms, granted_bytes from job_metrics"):
        events += [(began, 1, bytes_, 1), (ended, 0, -bytes_, -1)]
    most = most_running = granted = running = 0
    for _, _, bytes_, one in sorted(events):
        granted += bytes_
        running += one
        most, most_running = max(most, granted), max(most_running, running)
    return most, most_running


def counts(name):
    return record(name).execute("select count(*), sum(state = 'done'), sum(attempts) from batch_jobs").fetchone()


def one_by_one(weft, folder, *words):
    """Wall and CPU seconds of the batch's configurations, each run by itself."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    for config in sorted(os.listdir(".weft/batch/ratio/jobs")):
        subprocess.run([weft, "run", f".weft/batch/ratio/jobs/{config}", "--progress", "none", "--set", "memory.limit=512MiB",
                        "--set", f"output_dir={os.getcwd()}/{folder}", *words], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratio(weft, jobs, rounds, metres):
    """Beside the ratio that is asked for: that to runs of one thread, and the most that there can be, where the batch keeps
    two CPUs busy all the time: one by one, a run has two threads, and is alone only while it starts and ends."""
    write_ratio(jobs, metres)
    alone = single = together = busy = 0
    print("| round | one by one | with 1 thread | batch of 2 | ratio | to 1 thread | at most | CPU one by one | CPU of the batch | most granted | jobs done |\n"
          "| --- " + "| ---: " * 10 + "|")
    for number in range(rounds):
        shutil.rmtree(".weft", ignore_errors=True)
        shutil.rmtree("out", ignore_errors=True)
        wall, cpu, _ = batch(weft, "ratio", "--workers", "2", "--memory", "512MiB")
        granted, _ = most_granted("ratio")
        all_jobs, done, attempts = counts("ratio")
        wide, wide_cpu = one_by_one(weft, "alone")
        narrow, _ = one_by_one(weft, "single", "--set", "threads=1")
        for name in os.listdir("out"):
            if name.endswith(".csv"):
                subprocess.run(["cmp", "out/" + name, "alone/" + name], check=True)
        shutil.rmtree("alone")
        shutil.rmtree("single")
        alone, single, together, busy = alone + wide, single + narrow, together + wall, busy + cpu
        print(f"| {number + 1} | {wide:.1f} s | {narrow:.1f} s | {wall:.1f} s | 1 / {wide / wall:.2f} | 1 / {narrow / wall:.2f} "
              f"| 1 / {2 * wide / cpu:.2f} | {wide_cpu:.1f} s | {cpu:.1f} s | {granted / MIB:.0f} MiB | {done} of {all_jobs}, "
              f"{attempts} attempts |", flush=True)
        if granted > BUDGET or done != all_jobs:
            sys.exit("grants passed the budget, or a job was not done")
    print(f"| all | {alone:.1f} s | {single:.1f} s | {together:.1f} s | 1 / {alone / together:.2f} | 1 / {single / together:.2f} "
          f"| 1 / {2 * alone / busy:.2f} | | | | |")


def many(weft, jobs):
    write_many(jobs)
    wall, cpu, peak = batch(weft, "many", "--workers", "2", "--memory", "512MiB")
    in_jobs, between = record("many").execute("select sum(cpu_seconds), sum(ended_ms - started_ms) / 1000.0 from job_metrics").fetchone()
    all_jobs, done, _ = counts("many")
    began = time.monotonic()
    batch(weft, "many", "--workers", "2", "--memory", "512MiB")
    again = time.monotonic() - began
    print("| jobs | wall | a job's CPU | the batch's CPU a job | a worker idle, a job | the batch's peak | again: nothing to do |\n"
          "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    print(f"| {done} of {all_jobs} | {wall:.0f} s | {in_jobs / done * 1000:.0f} ms | {(cpu - in_jobs) / done * 1000:.2f} ms "
          f"| {(2 * wall - between) / done * 1000:.1f} ms | {peak / MIB:.1f} MiB | {again / done * 1000:.2f} ms a job |")


def workers(weft, jobs):
    write_ratio(jobs)
    wall, _, peak = batch(weft, "ratio", "--workers", "20", "--memory", "512MiB")
    granted, running = most_granted("ratio")
    all_jobs, done, attempts = counts("ratio")
    over = record("ratio").execute("select count(*) from job_metrics where peak_bytes > granted_bytes").fetchone()[0]
    print("| jobs | attempts | at once | most granted | over their grant | the batch's peak | wall |\n"
          "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    print(f"| {done} of {all_jobs} | {attempts} | {running} | {granted / MIB:.0f} MiB | {over} | {peak / MIB:.1f} MiB | {wall:.0f} s |")


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("ratio", "many", "workers"):
        sys.exit(__doc__)
    weft = os.path.realpath(sys.argv[2])
    number = [int(word) for word in sys.argv[3:]]
    place = tempfile.mkdtemp()
    os.chdir(place)
    try:
        if sys.argv[1] == "ratio":
            ratio(weft, *(number + [100, 3, 15][len(number):]))
        elif sys.argv[1] == "many":
            many(weft, number[0] if number else 10000)
        else:
            workers(weft, number[0] if number else 100)
    finally:
        os.chdir("/")
        shutil.rmtree(place)


main()
