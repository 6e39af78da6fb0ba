"""Rows of polygons and points against arithmetic and GDAL's tools.

Polygons: the area that each covers of each pixel by clipping it at the pixel's four sides, and every statistic of that;
in another CRS by a grid of sub-pixels, whose centres gdaltransform brings into the polygons' CRS; meshes that tile a
raster against the raster's own sum. Points: gdallocationinfo, in several CRSs.

    rows_oracle.py WEFT SAMPLE FOLDER TIMES
"""

import array
import csv
import json
import math
import os
import random
import shutil
import subprocess
import sys

weft, sample, folder = (os.path.abspath(path) for path in sys.argv[1:4])
times = int(sys.argv[4])
shutil.rmtree(folder, ignore_errors=True)
os.makedirs(folder)
os.chdir(folder)
draw = random.Random(33)


def write_raster(name, values, cols, left, top, size, crs="EPSG:32631", nodata=None):
    """A GeoTIFF of doubles in tiles of 16 pixels."""
    rows = len(values) // cols
    with open(name + ".raw", "wb") as out:
        array.array("d", values).tofile(out)
    with open(name + ".vrt", "w") as out:
        out.write(f'<VRTDataset rasterXSize="{cols}" rasterYSize="{rows}"><SRS>{crs}</SRS>'
                  f'<GeoTransform>{left},{size},0,{top},0,-{size}</GeoTransform><VRTRasterBand dataType="Float64" band="1" '
                  'subClass="VRTRawRasterBand">' + (f"<NoDataValue>{nodata}</NoDataValue>" if nodata is not None else "") +
                  f'<SourceFilename relativeToVRT="1">{name}.raw</SourceFilename><ByteOrder>LSB</ByteOrder></VRTRasterBand></VRTDataset>')
    subprocess.check_call(["gdal_translate", "-q", "-co", "TILED=YES", "-co", "BLOCKXSIZE=16", "-co", "BLOCKYSIZE=16",
                           name + ".vrt", name + ".tif"])


def write_polygons(name, crs, polygons):
    """Polygons are lists of rings without their last corner: outlines turn to the left, holes to the right."""
    with open(name, "w") as out:
        json.dump({"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs}"}},
                   "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates":
                                 [[list(place) for place in ring + ring[:1]] for ring in rings]}} for rings in polygons]}, out)


def run(name, datasets, rows):
    with open(name + ".yml", "w") as out:
        out.write(f"experiment: {name}\ndatasets: [{datasets}]\nrows: {{{rows}}}\n")
    done = subprocess.run([weft, "run", "--progress", "none", name + ".yml"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{name}: exit {done.returncode}: {done.stderr}")
    with open(f"out/merged_data_{name}.csv") as table:
        return list(csv.DictReader(table))


def near(what, got, want, tolerance):
    if (got == "") != (want is None) or (want is not None and abs(float(got) - want) > tolerance * max(1, abs(want))):
        sys.exit(f"{what}: {got or 'missing'}, and it should be {want}")


# --- polygons in the raster's own CRS: exact areas ---


def clip(ring, axis, sign, limit):
    """The part of a ring on one side of a line (Sutherland and Hodgman); its area is right where it falls into pieces."""
    out = []
    for i, at in enumerate(ring):
        before = ring[i - 1]
        a, b = sign * (before[axis] - limit), sign * (at[axis] - limit)
        if (a >= 0) != (b >= 0):
            t = a / (a - b)
            cut = [before[0] + t * (at[0] - before[0]), before[1] + t * (at[1] - before[1])]
            cut[axis] = limit
            out.append(tuple(cut))
        if b >= 0:
            out.append(at)
    return out


def area(ring):
    if not ring:
        return 0
    x0, y0 = ring[0]
    return sum((ring[i - 1][0] - x0) * (ring[i][1] - y0) - (ring[i][0] - x0) * (ring[i - 1][1] - y0) for i in range(len(ring))) / 2


def weights(rings, cols, rows):
    """The area of each pixel that the rings cover, in pixels; (0, 0) is the lower left corner. By row, then column."""
    out = {}
    for ring in rings:
        for row in range(max(0, math.floor(min(y for _, y in ring))), min(rows, math.ceil(max(y for _, y in ring)))):
            band = clip(clip(ring, 1, 1, row), 1, -1, row + 1)
            if not band:
                continue
            for col in range(max(0, math.floor(min(x for x, _ in band))), min(cols, math.ceil(max(x for x, _ in band)))):
                covered = area(clip(clip(band, 0, 1, col), 0, -1, col + 1))
                out[row, col] = out.get((row, col), 0) + covered
    return {at: w for at, w in out.items() if w > 1e-12}


def star(x, y, size, corners):
    out = []
    for i in range(corners):
        far, angle = size * draw.uniform(0.3, 1), 2 * math.pi * (i + draw.uniform(0, 0.5)) / corners
        out.append((x + far * math.cos(angle), y + far * math.sin(angle)))
    return out


def quantile(pairs, share):
    """The smallest value at or under which lies the share of the area."""
    under, all_of_it = 0, math.fsum(w for _, w in pairs)
    for value, w in sorted(pairs):
        under += w
        if under >= share * all_of_it - 1e-9 * all_of_it:
            return value


def statistics(pairs, covered, whole):
    if not pairs:
        return dict.fromkeys(["average", "sum", "min", "max", "med", "p90", "variety", "count", "coverage", "stdev", "rms", "mode"])
    total = math.fsum(w for _, w in pairs)
    mean = math.fsum(v * w for v, w in pairs) / total
    by_value = {}
    for v, w in pairs:
        by_value[v] = by_value.get(v, 0) + w
    most = max(by_value.values())
    return {"average": mean, "sum": math.fsum(v * w for v, w in pairs), "min": min(by_value), "max": max(by_value),
            "med": quantile(pairs, 0.5), "p90": quantile(pairs, 0.9), "variety": len(by_value), "count": total,
            "coverage": min(1, total / whole), "stdev": math.sqrt(math.fsum(w * (v - mean) ** 2 for v, w in pairs) / total),
            "rms": math.sqrt(math.fsum(w * v * v for v, w in pairs) / total),
            "mode": min(v for v, w in by_value.items() if w >= most - 1e-9 * total)}


def exact_areas():
    cols, rows = 45, 37
    values = [float(draw.randint(-40, 200)) for _ in range(cols * rows)]
    for i in draw.sample(range(cols * rows), 150):
        values[i] = -99.0
    write_raster("small", values, cols, 1000, 1370, 10, nodata=-99)
    polygons = [[[(3, 4), (4, 4), (4, 5), (3, 5)]], [[(3.5, 4.5), (4.5, 4.5), (4.5, 5.5), (3.5, 5.5)]],  # unit squares
                [[(5, 5), (12, 5), (5, 11)]], [[(20.25, 3.125), (33.5, 9), (18, 30.75)]],  # triangles
                [[(2, 2), (30, 3), (33, 30), (4, 33)], [(10, 10), (10, 20), (20, 20), (20, 10)], [(22, 22), (25, 25), (26, 21)]],  # holes
                [[(7.1, 7.1), (7.2, 7.1), (7.2, 7.3)]], [[(-20, -20), (80, -20), (80, 80), (-20, 80)]],  # in a pixel; all of it
                [[(40, 30), (60, 30), (60, 50), (40, 50)]], [[(100, 100), (101, 100), (101, 101)]]]  # over the edge; away
    for _ in range(40 * times):
        polygons.append([star(draw.uniform(-2, cols), draw.uniform(-2, rows), 10 ** draw.uniform(-0.7, 1.4), draw.randint(3, 12))])
    write_polygons("exact.geojson", 32631, [[[(1000 + 10 * x, 1000 + 10 * y) for x, y in ring] for ring in rings] for rings in polygons])
    names = list(statistics([], 0, 0))
    table = run("exact", f"{{name: v, path: small.tif, method: [{', '.join(names)}]}}", "of: polygons, path: exact.geojson")
    for number, (rings, row) in enumerate(zip(polygons, table, strict=True)):
        covered = weights(rings, cols, rows)
        pairs = [(values[(rows - 1 - r) * cols + c], w) for (r, c), w in sorted(covered.items())]
        pairs = [(v, w) for v, w in pairs if v != -99]
        for name, want in statistics(pairs, covered, sum(area(ring) for ring in rings)).items():
            near(f"polygon {number}: {name}", row["v_" + name], want, 1e-9)
    print(f"{len(table)} polygons, {len(names)} statistics of each, by exact areas")


# --- polygons in another CRS: sub-pixels ---


def transform(places, source, target):
    done = subprocess.run(["gdaltransform", "-output_xy", "-s_srs", source, "-t_srs", target], text=True, capture_output=True,
                          input="".join(f"{x:.9f} {y:.9f}\n" for x, y in places), check=True)
    return [tuple(map(float, line.split())) for line in done.stdout.splitlines()]


def inside(rings, x, y):
    odd = False
    for ring in rings:
        for i, (x1, y1) in enumerate(ring):
            x0, y0 = ring[i - 1]
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
                odd = not odd
    return odd


def sub_pixels():
    """Pixels of 20 km, so that sides of polygons in degrees are much bent: a straight line in UTM would be pixels off."""
    cols, rows, parts = 30, 24, 4 * times
    values = [float(draw.randint(0, 9)) for _ in range(cols * rows)]
    write_raster("wide", values, cols, 200000, 6480000, 20000)
    # At random in each: sides that run along the sub-pixels would be off the same way in all of them.
    places = [(200000 + 20000 * (c + (i + draw.random()) / parts), 6480000 - 20000 * (r + (j + draw.random()) / parts))
              for r in range(rows) for j in range(parts) for c in range(cols) for i in range(parts)]
    places = transform(places, "EPSG:32631", "EPSG:4326")

    def corners_of(ring):
        return [((x - 200000) / 20000, (y - 6480000) / 20000) for x, y in transform(ring, "EPSG:4326", "EPSG:32631")]

    polygons = [[[(-1, 54.5), (7.4, 54.5), (7.4, 58), (-1, 58)]], [[(-1, 54.6), (7, 58), (-1, 58)]],
                [[(0, 55), (6, 55.2), (5.5, 57.9), (0.1, 57.5)], [(2, 56), (2, 57), (4, 57), (4, 56)]],
                [[(1, 56), (2, 56.5), (1.2, 57)]]]
    write_polygons("degrees.geojson", 4326, polygons)
    table = run("degrees", "{name: v, path: wide.tif, method: [count, average, share], classes: {3: three}}",
                "of: polygons, path: degrees.geojson")
    for number, (rings, row) in enumerate(zip(polygons, table, strict=True)):
        in_it = []
        for k, (x, y) in enumerate(places):
            if inside(rings, x, y):
                in_it.append(values[k // (cols * parts) // parts * cols + k % (cols * parts) // parts])
        count = len(in_it) / parts**2
        # A sub-pixel on a side is off by 0.5 at most, and 0.3 in the mean; there are 2 of them a side of one.
        border = sum(math.dist(at, ring[i - 1]) for ring in map(corners_of, rings) for i, at in enumerate(ring))
        # Bent sides are cut until they are within a hundredth of a pixel.
        slack = 4 * 0.3 * math.sqrt(2 * border * parts) / parts**2 + 0.01 * border
        got = {name: float(row["v_" + name]) for name in ("count", "average", "three")}
        for name, value, want in (("count", got["count"], count), ("sum", got["count"] * got["average"], sum(in_it) / parts**2),
                                  ("area of 3", got["count"] * got["three"], in_it.count(3) / parts**2)):
            if abs(value - want) > slack * (9 if name == "sum" else 1):
                sys.exit(f"polygon {number} in degrees: {name}: {value}, and it should be {want}, to {slack}")
    print(f"{len(table)} polygons in degrees, by {parts**2} sub-pixels a pixel")


# --- meshes that tile a raster ---


def mesh(cols, rows, left, bottom, right, top):
    """Crooked triangles and quadrangles that share all of their corners; the outer ones are on the box."""
    at = {}
    for r in range(rows + 1):
        for c in range(cols + 1):
            x, y = c + (draw.uniform(-0.3, 0.3) if 0 < c < cols else 0), r + (draw.uniform(-0.3, 0.3) if 0 < r < rows else 0)
            at[c, r] = (left + (right - left) * x / cols, bottom + (top - bottom) * y / rows)
    for r in range(rows):
        for c in range(cols):
            ring = [at[c, r], at[c + 1, r], at[c + 1, r + 1], at[c, r + 1]]
            if draw.random() < 0.5:
                yield [ring]
            else:
                yield [[ring[0], ring[1], ring[2]]]
                yield [[ring[0], ring[2], ring[3]]]


def tiles():
    """Values of 14 digits, and of both signs."""
    cols, rows = 210, 190
    box = (400000, 5000000 - rows * 100, 400000 + cols * 100, 5000000)
    rasters = {name: [draw.uniform(low, high) for _ in range(cols * rows)] for name, low, high in (("large", 9e13, 1e14), ("signs", -1e6, 1e6))}
    for name, values in rasters.items():
        write_raster(name, values, cols, 400000, 5000000, 100)
    mesh_of_box = list(mesh(9, 7, *box))
    write_polygons("own.geojson", 32631, mesh_of_box + list(mesh(1, 1, *box)))
    write_polygons("far.geojson", 4326, list(mesh(9, 7, 1.6, 44.9, 2.1, 45.2)))
    datasets = ", ".join(f"{{name: {name}, path: {name}.tif, method: [sum, count]}}" for name in rasters)
    own, far = (run(crs, datasets, f"of: polygons, path: {crs}.geojson") for crs in ("own", "far"))
    far = [row for row in far if row["large_count"] != ""]  # others lie beside the rasters
    for what, some in (("a mesh", own[:len(mesh_of_box)]), ("the box", own[len(mesh_of_box):]), ("a mesh in degrees", far)):
        for name, values in rasters.items():
            near(f"{name}: {what} covers", sum(float(row[name + "_count"]) for row in some), cols * rows, 1e-12 if what == "the box" else 1e-9)
            near(f"{name}: the sums of {what} are", math.fsum(float(row[name + "_sum"]) for row in some), math.fsum(values), 1e-9)
    print("meshes in two CRSs have the sums of what they tile")


# --- points ---


def points():
    boxes = {"EPSG:31985": (287000, 9109000, 300000, 9122000), "EPSG:4326": (-34.93, -8.06, -34.80, -7.93),
             "EPSG:3857": (-3888000, -901500, -3874500, -886000), "EPSG:32724": (948000, 9107000, 962000, 9122000)}
    total = 0
    for number, (crs, (left, bottom, right, top)) in enumerate(boxes.items()):
        places = [(round(draw.uniform(left, right), 7), round(draw.uniform(bottom, top), 7)) for _ in range(700 * times)]
        with open("points.csv", "w") as out:
            out.write("x,y\n" + "".join(f"{x:.7f},{y:.7f}\n" for x, y in places))
        table = run(f"points{number}", f"{{name: a, path: {sample}/landsat7.tif, bands: [4], method: nearest}}, "
                    f"{{name: b, path: {sample}/dem.tif, method: nearest}}, {{name: c, path: {sample}/geoid.tif, method: nearest}}",
                    f"of: points, path: points.csv, x: x, y: y, crs: {crs}")
        for column, path, band in (("a", "landsat7", "4"), ("b", "dem", "1"), ("c", "geoid", "1")):
            said = subprocess.run(["gdallocationinfo", "-valonly", "-l_srs", crs, "-b", band, f"{sample}/{path}.tif"], text=True,
                                  input="".join(f"{x:.7f} {y:.7f}\n" for x, y in places), capture_output=True).stdout.split("\n")
            for place, row, text in zip(places, table, said):
                missing = text == "" or (path == "geoid" and abs(float(text) + 88.8888) < 1e-3)
                near(f"{path} at {place} in {crs}", row[column], None if missing else float(text), 1e-6)
                total += not missing
    print(f"{total} values at points in {len(boxes)} CRSs are those of gdallocationinfo")
    assert total > 2500 * times


exact_areas()
sub_pixels()
tiles()
points()
os.chdir("/")
shutil.rmtree(folder)
