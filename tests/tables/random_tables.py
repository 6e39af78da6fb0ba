"""Tables of random configurations have one answer: whatever threads, limits, windows, chunks and mode, after kills and
--resume, and made of shards, every file of a run has the bytes of the first run.

What is drawn: captured names with dates, a time axis, masks, class shares, percentiles, med mosaics, variables, polygons,
zones, samples, long layout, folders by values, formats; with `rows`, rows that are points or polygons.
The seed is in every message.

    random_tables.py WEFT SAMPLE FOLDER FIRST_SEED SEEDS SETTINGS cells|rows
"""

import csv
import filecmp
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import time

weft, sample, folder = (os.path.abspath(path) for path in sys.argv[1:4])
first_seed, seeds, settings_a_seed = (int(word) for word in sys.argv[4:7])
kind = sys.argv[7]
DATES = ["20250501", "20250506", "20250511", "20250521"]

ZONES = """{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"name": "hills/\\u00e3", "code": 12}, "geometry": {"type": "Polygon", "coordinates":
[[[-34.91, -8.03], [-34.87, -8.03], [-34.86, -7.96], [-34.91, -7.955], [-34.91, -8.03]], [[-34.9, -8.01], [-34.88, -8.0], [-34.89, -7.98], [-34.9, -8.01]]]}},
{"type": "Feature", "properties": {"name": "a, \\"coast\\"", "code": 7}, "geometry": {"type": "Polygon", "coordinates":
[[[-34.88, -8.02], [-34.84, -8.03], [-34.83, -7.97], [-34.87, -7.97], [-34.88, -8.02]]]}}]}"""


def axis(name, way, start, step, size):
    return (f'<Dimension name="{name}" size="{size}" indexingVariable="{name}"/>',
            f'<Array name="{name}"><DataType>Float64</DataType><DimensionRef ref="{name}"/><Attribute name="units">'
            f'<DataType>String</DataType><Value>{way}</Value></Attribute><RegularlySpacedValues start="{start}" increment="{step}"/></Array>')


def make_inputs():
    os.makedirs("s2", exist_ok=True)
    for number, band in enumerate((3, 4, 2, 5)):
        subprocess.check_call(["gdal_translate", "-q", "-b", str(band), "-co", "TILED=YES", "-co", "BLOCKXSIZE=64",
                               "-co", "BLOCKYSIZE=64", f"{sample}/landsat7.tif", f"s2/b{number}.tif"])
    for number, date in enumerate(DATES):
        for name, shift in (("red", 0), ("nir", 1), ("scl", 2)):
            os.symlink(f"b{(number + shift) % 4}.tif", f"s2/{name}_{date}.tif")
    axes = [axis("time", "days since 2025-05-01", 0, 10, 4), axis("lat", "degrees_north", -7.94, -0.02, 6),
            axis("lon", "degrees_east", -34.94, 0.02, 7)]
    values = "".join(f"<Value>{i % 37 + i / 8}</Value>" for i in range(4 * 6 * 7))
    with open("tas.vrt", "w") as out:
        out.write('<VRTDataset><Group name="/">' + "".join(a[0] for a in axes) + "".join(a[1] for a in axes) +
                  '<Array name="tas"><DataType>Float32</DataType><DimensionRef ref="time"/><DimensionRef ref="lat"/>'
                  '<DimensionRef ref="lon"/><InlineValuesWithValueElement>' + values +
                  "</InlineValuesWithValueElement></Array></Group></VRTDataset>")
    subprocess.check_call(["gdalmdimtranslate", "-q", "-of", "netCDF", "tas.vrt", "tas.nc"])
    with open("zones.geojson", "w") as out:
        out.write(ZONES)


def write_features(name, features):
    with open(name, "w") as out:
        json.dump({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": properties, "geometry": geometry} for properties, geometry in features]}, out)


def make_points():
    """Places over the sample, around it, twice the same, and some without any; fields of all types, some of them empty."""
    draw = random.Random(17)
    with open("points.csv", "w", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(["number", "kind", "label", "seen", "weight", "lon", "lat"])
        for number in range(3000):
            lon, lat = draw.uniform(-34.94, -34.80), draw.uniform(-8.07, -7.92)
            if number % 50 == 7:
                lon, lat = -34.87, -8.0
            there = draw.random() > 0.02
            table.writerow([number, draw.randint(1, 4), draw.choice(["", "a/b", 'so, "x"', "\u00e3"]),
                            draw.choice(["", "2025-05-01", "1999-12-31"]), draw.choice(["", f"{draw.random():.9f}"]),
                            f"{lon:.7f}" if there else "", f"{lat:.7f}" if there else ""])
    subprocess.check_call(["ogr2ogr", "-q", "-s_srs", "EPSG:4326", "-t_srs", "EPSG:31985", "-oo", "X_POSSIBLE_NAMES=lon",
                           "-oo", "Y_POSSIBLE_NAMES=lat", "-oo", "AUTODETECT_TYPE=YES", "points.gpkg", "points.csv"])


def ring(draw, lon, lat, size, turns):
    """A star, each of its corners at a random distance."""
    corners = draw.randint(3, 14)
    way = []
    for i in range(corners):
        far, angle = size * draw.uniform(0.3, 1), 2 * math.pi * i / corners
        way.append((lon + far * math.cos(angle), lat + far * math.sin(angle)))
    return [list(place) for place in (way if turns else way[::-1]) + [way[0] if turns else way[-1]]]


def make_polygons():
    """Stars of a pixel to half of the sample, over each other, with holes and parts; none, far away, and all of it."""
    draw = random.Random(18)
    features = []
    for number in range(400):
        lon, lat, size = draw.uniform(-34.93, -34.81), draw.uniform(-8.06, -7.93), 10 ** draw.uniform(-4, -1.5)
        outer = ring(draw, lon, lat, size, number % 2 == 0)
        geometry = {"type": "Polygon", "coordinates": [outer]}
        if number % 5 == 0:  # sides of the star are 0.15 of the size away from its middle, at least
            hole = [[lon + size * 0.04 * math.cos(a), lat + size * 0.04 * math.sin(a)] for a in (0, 2, 4)]
            geometry["coordinates"].append(hole + hole[:1])
        if number % 7 == 0:
            geometry = {"type": "MultiPolygon", "coordinates": [geometry["coordinates"], [ring(draw, lon + 3 * size, lat, size, True)]]}
        if number % 41 == 0:
            geometry = None
        if number % 43 == 0:
            geometry = {"type": "Polygon", "coordinates": [ring(draw, lon + 1, lat, size, True)]}
        features.append(({"number": number, "kind": number % 4, "label": draw.choice([None, "a/b", "\u00e3"])}, geometry))
    corners = [[-34.95, -8.08], [-34.79, -8.08], [-34.79, -7.91], [-34.95, -7.91], [-34.95, -8.08]]
    features.insert(200, ({"number": -1, "kind": 1, "label": "all"}, {"type": "Polygon", "coordinates": [corners]}))
    write_features("polygons.geojson", features)
    subprocess.check_call(["ogr2ogr", "-q", "-t_srs", "EPSG:31985", "polygons.gpkg", "polygons.geojson"])


def mask(draw):
    return draw.choice(["", ', mask: {path: "s2/scl_{date:%Y%m%d}.tif", values: [60, [70, 90]]}',
                        ', mask: {path: "s2/scl_{date:%Y%m%d}.tif", where: value > 80, missing: keep}',
                        ', mask: {path: "s2/scl_{date:%Y%m%d}.tif", bits: {2: 1, "5-6": 2}}'])


def configuration(draw):
    method = draw.choice(["nearest", "average", "bilinear", "p30", "med"])
    datasets = [f'{{name: red, path: "s2/red_{{date:%Y%m%d}}.tif", dates: [{draw.choice(["2025-05-01", "2025-05-06"])}, 2025-05-21], method: {method}{mask(draw)}}}',
                f'{{name: nir, path: "s2/nir_{{date:%Y%m%d}}.tif", dates: [2025-05-01, 2025-05-11], method: {method}{mask(draw)}}}',
                f"{{name: lc, path: '{sample}/landsat7.tif', bands: [1], method: mode}}"]
    extra = [f"{{name: share, path: '{sample}/landsat7.tif', bands: [1], method: [share, variety, coverage, count], classes: {{66: town, 67: '67'}}}}",
             f"{{name: dem, path: '{sample}/dem.tif', method: [average, stdev, p90], min_coverage: 0.6}}",
             "{name: tas, path: tas.nc, variable: tas, crs: 'EPSG:4326', method: bilinear}",
             "{name: mid, path: [s2/b0.tif, s2/b1.tif, s2/b2.tif], mosaic: med, method: average}",
             "{name: many, path: [s2/b0.tif, s2/b1.tif], mosaic: count, method: nearest, mask: {path: s2/b3.tif, where: value > 60}}"]
    datasets += draw.sample(extra, draw.randint(1, len(extra)))
    zone = draw.random() < 0.7
    rows = []
    if draw.random() < 0.4:
        rows.append("where: lc > 50 or missing(red_20250511)")
    if draw.random() < 0.5:
        rows.append(f"within: {{path: zones.geojson, touch: {draw.choice(['centre', 'any', '0.4'])}}}")
    field = draw.choice(["name", "code"])
    if zone:
        rows.append(f"zone: {{path: zones.geojson, field: {field}}}")
    pick = draw.choice([None, "{share: 0.3, seed: 4}", "{count: 777, seed: 2}", "{by: lc, per: 20}"])
    if pick:
        rows.append("sample: " + pick)
    formats = draw.sample(["csv", "csv.gz", "parquet", "sqlite"], draw.randint(1, 3)) + draw.choice([[], ["geotiff"]])
    if field == "name":  # rasters hold no texts
        formats = [f for f in formats if f != "geotiff" or not zone]
    export = [f"formats: [{', '.join(formats)}]", f"rows: {draw.choice(['all', 'any', 'complete'])}", "checkpoint_interval: 0s"]
    long_layout = draw.random() < 0.5
    by = draw.sample(["lc"] + ([field] if zone else []) + (["date"] if long_layout else []), 1)
    if long_layout:
        export.append("layout: long")
    if draw.random() < 0.5:
        export.append(f"partition: {{by: [{', '.join(by)}]}}")
    if draw.random() < 0.3:
        export.append("index: true")
    if draw.random() < 0.2:
        export.append("stats: true")
    return (f"experiment: drawn\noutput_dir: ${{OUT}}\ngrid: {{crs: 'EPSG:31985', resolution: {draw.choice([97, 150, 61])}, extent: lc}}\n"
            "datasets:\n" + "".join(f"  - {d}\n" for d in datasets) +
            "columns:\n  ndvi: (nir - red) / (nir + red)\n  near: {expr: 'coalesce(ndvi, -1) * 100', type: Int8}\n" +
            ("rows:\n" + "".join(f"  {r}\n" for r in rows) if rows else "") + f"export: {{{', '.join(export)}}}\n")


def export_of(draw, by, long_layout):
    export = [f"formats: [{', '.join(draw.sample(['csv', 'csv.gz', 'parquet', 'sqlite'], draw.randint(1, 3)))}]",
              f"rows: {draw.choice(['all', 'any', 'complete'])}", "checkpoint_interval: 0s"]
    if long_layout:
        export.append("layout: long")
    if draw.random() < 0.5:
        export.append(f"partition: {{by: [{draw.choice(by)}]}}")
    if draw.random() < 0.2:
        export.append("stats: true")
    return export


def rows_configuration(draw):
    """A table of points or polygons."""
    of = draw.choice(["points", "polygons"])
    cell = of == "points" and draw.random() < 0.4
    area = of == "polygons" or cell
    method = draw.choice(["average", "p30", "med", "mode", "sum"] if area else ["nearest", "bilinear", "cubic"])
    datasets = [f'{{name: red, path: "s2/red_{{date:%Y%m%d}}.tif", dates: [{draw.choice(["2025-05-01", "2025-05-06"])}, 2025-05-21], method: {method}{mask(draw)}}}',
                f'{{name: nir, path: "s2/nir_{{date:%Y%m%d}}.tif", dates: [2025-05-01, 2025-05-11], method: {method}{mask(draw)}}}',
                f"{{name: lc, path: '{sample}/landsat7.tif', bands: [1], method: {'mode' if area else 'nearest'}}}"]
    plain = "average" if area else "bilinear"
    extra = [f"{{name: tas, path: tas.nc, variable: tas, crs: 'EPSG:4326', method: {plain}}}",
             f"{{name: mid, path: [s2/b0.tif, s2/b1.tif, s2/b2.tif], mosaic: med, method: {plain}}}",
             f"{{name: all, path: '{sample}/landsat7.tif', method: {draw.choice(['min', 'rms']) if area else 'nearest'}}}",
             f"{{name: many, path: [s2/b0.tif, s2/b1.tif], mosaic: count, method: {'max' if area else 'nearest'}, mask: {{path: s2/b3.tif, where: value > 60}}}}"]
    if area:
        extra += [f"{{name: share, path: '{sample}/landsat7.tif', bands: [1], method: [share, variety, coverage, count], classes: {{66: town, 67: '67'}}}}",
                  f"{{name: dem, path: '{sample}/dem.tif', method: [average, stdev, p90, sum], min_coverage: 0.6}}"]
    else:
        extra.append(f"{{name: dem, path: '{sample}/dem.tif', method: lanczos}}")
    datasets += draw.sample(extra, draw.randint(1, len(extra)))
    kept = draw.random() < 0.7
    fields = ", fields: [" + ", ".join(draw.sample(["number", "label"], draw.randint(1, 2)) + ["kind"]) + "]" if kept else ""
    if of == "polygons":
        rows = f"path: polygons.{draw.choice(['geojson', 'gpkg'])}"
    elif draw.random() < 0.5:
        rows = "path: points.gpkg"
    else:
        rows = "path: points.csv, x: lon, y: lat, crs: EPSG:4326"
    rows = [f"of: {of}", rows + fields]
    if draw.random() < 0.4:
        rows.append("where: lc > 50 or missing(red_20250511)")
    pick = draw.choice([None, None, "{share: 0.3, seed: 4}", "{count: 177, seed: 2}", "{by: lc, per: 20}"])
    if pick:
        rows.append("sample: " + pick)
    long_layout = draw.random() < 0.5
    by = ["lc"] + (["kind"] if kept else []) + (["date"] if long_layout else [])
    grid = f"grid: {{crs: 'EPSG:31985', resolution: {draw.choice([97, 333, 20])}}}\n" if cell else ""
    return (f"experiment: drawn\noutput_dir: ${{OUT}}\n{grid}datasets:\n" + "".join(f"  - {d}\n" for d in datasets) +
            "columns:\n  ndvi: (nir - red) / (nir + red)\n  near: {expr: 'coalesce(ndvi, -1) * 100', type: Int8}\n" +
            f"rows: {{{', '.join(rows)}}}\nexport: {{{', '.join(export_of(draw, by, long_layout))}}}\n")


def run(out, *words, **more):
    return subprocess.run([weft, *words], env={**os.environ, "OUT": out}, capture_output=True, text=True, **more)


def settings(draw):
    words = [f"threads={draw.randint(1, 3)}", f"memory.limit={draw.choice(['128MiB', '256MiB', '1GiB'])}",
             f"resampling.window_size={draw.choice([7, 64, 200, 2048])}"]
    if kind == "rows":
        words += [f"merge.{draw.choice(['', 'streaming_'])}chunk_size={draw.choice([61, 500, 5000])}",
                  f"merge.enable_streaming={draw.choice(['true', 'false'])}"]
    elif draw.random() < 0.6:
        words += ["merge.enable_streaming=true", f"merge.streaming_chunk_size={draw.choice([1, 7, 50, 5000])}"]
    else:
        words += [f"merge.chunk_size={draw.choice([3, 40, 5000])}"]
    return [word for setting in words for word in ("--set", setting)]


def plain(out, draw, words):
    return run(out, "run", "--progress", "none", "drawn.yml", *words)


def killed(out, draw, words):
    """Runs that are killed at any moment, until one comes to its end."""
    for attempt in range(40):
        started = subprocess.Popen([weft, "run", "--progress", "none", "--resume", "drawn.yml", *words],
                                   env={**os.environ, "OUT": out}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            said = started.communicate(timeout=draw.uniform(0.1, 0.6) if attempt < 4 else None)
            return subprocess.CompletedProcess([], started.returncode, *said)
        except subprocess.TimeoutExpired:
            started.send_signal(signal.SIGKILL)
            started.communicate()
    raise AssertionError("no run ends")


def in_shards(out, draw, words):
    count = draw.randint(2, 4)
    for number in draw.sample(range(1, count + 1), count):
        done = run(out, "run", "--progress", "none", "--shard", f"{number}/{count}", "drawn.yml", *words)
        if done.returncode != 0:
            return done
    return run(out, "merge-shards", "--progress", "none", "drawn.yml", *words)


def files_of(out):
    return sorted(os.path.relpath(os.path.join(where, name), out) for where, _, names in os.walk(out) for name in names
                  if not name.startswith("metrics.sqlite") and not name.endswith("metadata.json"))


def check(seed):
    draw = random.Random(seed)
    with open("drawn.yml", "w") as out:
        out.write((rows_configuration if kind == "rows" else configuration)(draw))
    shutil.rmtree("first", ignore_errors=True)
    done = run("first", "run", "--progress", "none", "drawn.yml")
    if done.returncode != 0:
        raise AssertionError(f"seed {seed}: exit {done.returncode}\n{open('drawn.yml').read()}{done.stderr}")
    ways = [killed, in_shards, plain]
    for number in range(settings_a_seed):
        way, words = ways[(number + seed) % len(ways)], settings(draw)
        shutil.rmtree("second", ignore_errors=True)
        done = way("second", draw, words)
        what = f"seed {seed}, {way.__name__}, {' '.join(words)}\n{open('drawn.yml').read()}"
        if done.returncode != 0:
            raise AssertionError(f"{what}exit {done.returncode}\n{done.stderr}")
        if files_of("first") != files_of("second"):
            raise AssertionError(f"{what}{files_of('first')}\n{files_of('second')}")
        differ = filecmp.cmpfiles("first", "second", files_of("first"), shallow=False)
        if differ[1] or differ[2]:
            raise AssertionError(f"{what}these differ: {differ[1:]}")
    return len(files_of("first"))


shutil.rmtree(folder, ignore_errors=True)
os.makedirs(folder)
os.chdir(folder)
make_inputs()
if kind == "rows":
    make_points()
    make_polygons()
begun = time.monotonic()
for seed in range(first_seed, first_seed + seeds):
    print(f"seed {seed}: {check(seed)} files, {time.monotonic() - begun:.1f} s", flush=True)
os.chdir("/")
shutil.rmtree(folder)
