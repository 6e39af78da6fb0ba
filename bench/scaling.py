#!/usr/bin/env python3
"""What a table in shards costs, and how long it takes on many cores: costs are measured with the bundled sample, times
simulated from them, up to 10^12 cells. docs/scaling.md explains the model.

usage: scaling.py measure WEFT > costs.json     CPU seconds of parts of a run, of this machine
       scaling.py draw costs.json > scaling.svg  and a table on standard error
"""
import heapq
import json
import math
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile

SAMPLE = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "examples", "olinda"))
LAYERS = 8
# Of the storage that all cores share, and of the one machine that joins: bytes a second. Assumed, not measured.
STORAGE = 20e9
ONE_STREAM = 1e9
RANGES_A_CORE = 16


def cpu_seconds(arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(weft):
    place = tempfile.mkdtemp()
    config = os.path.join(place, "job.yml")

    def write(resolution, formats):
        with open(config, "w") as out:
            out.write(f"experiment: job\nthreads: 1\ngrid: {{crs: 'EPSG:31985', resolution: {resolution}}}\n"
                      f"datasets: [{{name: a, path: {SAMPLE}/landsat7.tif}}, {{name: b, path: {SAMPLE}/dem.tif}}, "
                      f"{{name: c, path: {SAMPLE}/geoid.tif}}]\n"
                      f"export: {{formats: [{formats}], checksums: false}}\n")
        plan = json.loads(subprocess.run([weft, "plan", "--json", config], check=True, capture_output=True).stdout)
        return plan["grid"]["cols"] * plan["grid"]["rows"]

    def run(resolution, formats, *words):
        cells = write(resolution, formats)
        shutil.rmtree(os.path.join(place, "out"), ignore_errors=True)
        return cells, min(cpu_seconds([weft, "run", *words, config]) for _ in range(2))

    small, start = run(300, "csv")
    costs = {}
    for name in ("csv", "parquet"):
        cells, seconds = run(6, name)
        costs[name + "_cell"] = (seconds - start) / (cells - small)
        costs[name + "_bytes"] = os.path.getsize(os.path.join(place, "out", "merged_data_job." + name)) / cells
    # The cells alone: what decoding and resampling cost, and little else.
    cells, seconds = run(6, "geotiff", "--shard", "1/1")
    costs["cells_cell"] = (seconds - start) / (cells - small)
    # Joining: of copies by the byte, of what is written of cells by the cell.
    costs["join_cell"] = cpu_seconds([weft, "merge-shards", config]) / cells
    write(6, "csv")
    subprocess.run([weft, "run", "--shard", "1/1", config], check=True, capture_output=True)
    costs["copy_byte"] = (cpu_seconds([weft, "merge-shards", config]) - start / 2) / (costs["csv_bytes"] * cells)
    costs["start"] = start
    shutil.rmtree(place)
    return costs


def simulate(costs, cells, cores, name, joined):
    """Seconds: each core takes the next range, as fast as it is, or as the storage lets all of them."""
    ranges = cores * RANGES_A_CORE if cores > 1 else 1
    a_range = cells / ranges
    per_cell = costs[name + "_cell"]
    # Bytes that all write; sources are read at about as many.
    floor = 2 * costs[name + "_bytes"] * cells / STORAGE
    rng = random.Random(1)
    speed = [rng.uniform(0.8, 1.0) if cores > 1 else 1.0 for _ in range(cores)]
    free = [(0.0, core) for core in range(cores)]
    heapq.heapify(free)
    end = 0.0
    for _ in range(ranges):
        at, core = heapq.heappop(free)
        at += (costs["start"] + a_range * per_cell) / speed[core]
        end = max(end, at)
        heapq.heappush(free, (at, core))
    end = max(end, floor)
    if joined and cores > 1:
        end += costs["start"] + costs[name + "_bytes"] * cells * max(costs["copy_byte"], 1 / ONE_STREAM)
    return end


SIZES = [10 ** (8 + step / 2) for step in range(9)]
LINES = [(1, False, "1 core"), (16, True, "16 cores, joined"), (1000, True, "1000 cores, joined"),
         (1000, False, "1000 cores, before they are joined")]


def words(seconds):
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"


def draw(costs, name="parquet"):
    width, height, left, top, right, bottom = 640, 420, 70, 20, 20, 50
    times = {line: [simulate(costs, cells, line[0], name, line[1]) for cells in SIZES] for line in LINES}
    low, high = 0, math.ceil(math.log10(max(map(max, times.values()))))

    def x(cells):
        return left + (math.log10(cells) - 8) / 4 * (width - left - right)

    def y(seconds):
        return top + (high - math.log10(max(seconds, 1))) / (high - low) * (height - top - bottom)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
           f'font-size="12">', f'<rect width="{width}" height="{height}" fill="white"/>']
    for power in range(8, 13):
        out.append(f'<path d="M{x(10**power):.0f} {top}V{height - bottom}" stroke="#ddd"/>'
                   f'<text x="{x(10**power):.0f}" y="{height - bottom + 18}" text-anchor="middle">10'
                   f'<tspan dy="-5" font-size="9">{power}</tspan></text>')
    for seconds, label in ((1, "1 s"), (60, "1 min"), (3600, "1 h"), (86400, "1 d"), (864000, "10 d")):
        if y(seconds) >= top:
            out.append(f'<path d="M{left} {y(seconds):.0f}H{width - right}" stroke="#ddd"/>'
                       f'<text x="{left - 6}" y="{y(seconds) + 4:.0f}" text-anchor="end">{label}</text>')
    for line, color in zip(LINES, ("#444", "#1b7837", "#b2182b", "#2166ac")):
        points = " ".join(f"{x(c):.1f},{y(t):.1f}" for c, t in zip(SIZES, times[line]))
        dash = ' stroke-dasharray="6 3"' if line[0] > 1 and not line[1] else ""
        out.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"{dash}/>')
    for number, (line, color) in enumerate(zip(LINES, ("#444", "#1b7837", "#b2182b", "#2166ac"))):
        out.append(f'<text x="{left + 12}" y="{top + 18 + 16 * number}" fill="{color}">{line[2]}</text>')
    out.append(f'<text x="{(left + width - right) / 2}" y="{height - 10}" text-anchor="middle">cells of {LAYERS} '
               f'columns, {name}</text></svg>')
    print("\n".join(out))
    for cells in (1e8, 1e10, 1e12):
        print("| 10^%d |" % round(math.log10(cells)),
              " | ".join(words(simulate(costs, cells, line[0], name, line[1])) for line in LINES), "|", file=sys.stderr)


if sys.argv[1:2] == ["measure"] and len(sys.argv) == 3:
    json.dump(measure(os.path.realpath(sys.argv[2])), sys.stdout, indent=1)
    print()
elif sys.argv[1:2] == ["draw"] and len(sys.argv) == 3:
    with open(sys.argv[2]) as stream:
        draw(json.load(stream))
else:
    sys.exit(__doc__)
