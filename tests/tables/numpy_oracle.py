"""Masks, expressions, footprint methods and the long layout against numpy, cell by cell.

Rasters are of random numbers with holes, cells are 4 x 4 pixels. numpy says what a mask leaves of them, what a cell's
mean, deviation, percentiles, shares and number of values are, and what expressions over those come to.

    numpy_oracle.py WEFT FOLDER
"""

import csv
import os
import shutil
import subprocess
import sys

try:
    import numpy as np
except ImportError:
    print("SKIPPED: python3-numpy is not there")
    sys.exit(77)

weft, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
SIZE, CELL = 96, 4
DATES = ["20250501", "20250511"]
shutil.rmtree(folder, ignore_errors=True)
os.makedirs(folder)
os.chdir(folder)
random = np.random.default_rng(20250501)


def write(name, values, nodata=None, block=32):
    """A GeoTIFF of one band, through a raw file that GDAL reads."""
    kind = {"uint8": "Byte", "int16": "Int16", "uint16": "UInt16", "float32": "Float32"}[values.dtype.name]
    values.tofile(name + ".raw")
    pixel = 10 * SIZE / len(values)
    with open(name + ".vrt", "w") as out:
        out.write(f'<VRTDataset rasterXSize="{len(values)}" rasterYSize="{len(values)}"><SRS>EPSG:32631</SRS>'
                  f'<GeoTransform>500000,{pixel},0,4600000,0,-{pixel}</GeoTransform><VRTRasterBand dataType="{kind}" band="1" '
                  'subClass="VRTRawRasterBand">' + (f"<NoDataValue>{nodata}</NoDataValue>" if nodata is not None else "") +
                  f'<SourceFilename relativeToVRT="1">{name}.raw</SourceFilename><ByteOrder>LSB</ByteOrder></VRTRasterBand></VRTDataset>')
    subprocess.check_call(["gdal_translate", "-q", "-co", "TILED=YES", "-co", f"BLOCKXSIZE={block}", "-co", f"BLOCKYSIZE={block}",
                           name + ".vrt", name + ".tif"])


red = {d: random.integers(1, 200, (SIZE, SIZE)).astype("<i2") for d in DATES}
nir = {DATES[0]: random.random((SIZE, SIZE)).astype("<f4") * 300}
for values in red.values():
    values[random.random((SIZE, SIZE)) < 0.1] = -1
nir[DATES[0]][random.random((SIZE, SIZE)) < 0.1] = np.nan
scl = {d: random.integers(0, 12, (SIZE // 2, SIZE // 2)).astype("u1") for d in DATES}  # of twice the pixel size
flags = random.integers(0, 65536, (SIZE, SIZE)).astype("<u2")
cloud = random.random((SIZE, SIZE)).astype("<f4") * 100
cover = random.integers(1, 6, (SIZE, SIZE)).astype("u1")
for date in DATES:
    write(f"red_{date}", red[date], -1)
    write(f"scl_{date}", scl[date], block=16)
write(f"nir_{DATES[0]}", nir[DATES[0]])
write("flags", flags)
write("cloud", cloud)
write("cover", cover)

with open("oracle.yml", "w") as out:
    out.write("""
experiment: oracle
grid: {crs: 'EPSG:32631', resolution: 40, extent: lc}
datasets:
  - {name: red, path: "red_{date:%Y%m%d}.tif", method: average, mask: {path: "scl_{date:%Y%m%d}.tif", values: [3, [8, 10]]}}
  - {name: nir, path: "nir_{date:%Y%m%d}.tif", method: average, mask: {path: flags.tif, bits: {3: 1, "10-11": 2}}}
  - {name: clear, path: red_20250501.tif, method: [average, stdev, p1, p30, med, p99, variety, coverage, count], mask: {path: cloud.tif, where: value > 60 or value < 5}}
  - {name: lc, path: cover.tif, method: share, classes: {2: wood, 5: town}}
  - {name: thin, path: red_20250501.tif, method: average, min_coverage: 0.9}
columns:
  ndvi: (nir - red) / (nir + red)
  five: 'sqrt(abs(red_20250501 - clear_average)) + log(lc_wood + 1) * clear_p30 - max(lc_town, 0.5) ^ 2'
  chosen: 'missing(thin) or lc_wood > 0.25 and not clear_average > 100 ? red_20250501 : coalesce(thin, -1)'
  eighth: {expr: red_20250501 / 8, type: Int16}
export: {layout: LAYOUT}
""")


def cells(values):
    """Of each cell, its pixels side by side: [row, col, pixel]."""
    n = len(values) // CELL
    return values.reshape(n, CELL, n, CELL).swapaxes(1, 2).reshape(n, n, CELL * CELL)


def masked(values, away):
    out = values.astype("f8")
    out[(values == -1) | np.isnan(out) | away] = np.nan
    return cells(out)


def percentile(pixels, share):
    """The smallest value at or under which lies at least the share of what has a value."""
    ordered = np.sort(pixels, axis=2)  # NaN last
    count = np.sum(~np.isnan(pixels), axis=2)
    at = np.maximum(np.ceil(share * count).astype(int) - 1, 0)
    return np.take_along_axis(ordered, at[:, :, None], axis=2)[:, :, 0]


def mean(pixels):
    with np.errstate(invalid="ignore"):
        return np.nansum(pixels, axis=2) / np.where(np.all(np.isnan(pixels), axis=2), np.nan, np.sum(~np.isnan(pixels), axis=2))


want = {}
for date in DATES:
    twice = np.kron(scl[date], np.ones((2, 2), "u1"))
    want[f"red_{date}"] = mean(masked(red[date], (twice == 3) | ((twice >= 8) & (twice <= 10))))
want["nir_20250501"] = mean(masked(nir[DATES[0]], ((flags >> 3) & 1 == 1) | ((flags >> 10) & 3 == 2)))
clear = masked(red[DATES[0]], (cloud > 60) | (cloud < 5))
seen = np.sum(~np.isnan(clear), axis=2)
empty = np.where(seen == 0, np.nan, 0)
want["clear_average"] = mean(clear)
with np.errstate(invalid="ignore"):
    want["clear_stdev"] = np.sqrt(mean((clear - mean(clear)[:, :, None]) ** 2))
for name, share in (("p1", 0.01), ("p30", 0.3), ("med", 0.5), ("p99", 0.99)):
    want["clear_" + name] = percentile(clear, share)
want["clear_variety"] = np.array([[len(np.unique(c[~np.isnan(c)])) for c in row] for row in clear]) + empty
want["clear_coverage"] = seen / CELL**2
want["clear_count"] = seen.astype("f8")
want["lc_wood"], want["lc_town"] = (np.mean(cells(cover) == k, axis=2) for k in (2, 5))
thin = masked(red[DATES[0]], np.zeros_like(flags, bool))
want["thin"] = np.where(np.sum(~np.isnan(thin), axis=2) / CELL**2 >= 0.9, mean(thin), np.nan)
f4 = {name: values.astype("f4").astype("f8") for name, values in want.items()}  # as weft's columns hold them
with np.errstate(all="ignore"):
    ndvi = (f4["nir_20250501"] - f4["red_20250501"]) / (f4["nir_20250501"] + f4["red_20250501"])
    want["ndvi_20250501"] = ndvi
    want["ndvi_20250511"] = np.full_like(ndvi, np.nan)
    want["five"] = (np.sqrt(np.abs(f4["red_20250501"] - f4["clear_average"])) + np.log(f4["lc_wood"] + 1) * f4["clear_p30"]
                    - np.maximum(f4["lc_town"], 0.5) ** 2)
    truth = np.isnan(f4["thin"]) | ((f4["lc_wood"] > 0.25) & ~(f4["clear_average"] > 100))
    want["chosen"] = np.where(truth, f4["red_20250501"], np.where(np.isnan(f4["thin"]), -1, f4["thin"]))
    eighth = f4["red_20250501"] / 8
    want["eighth"] = np.sign(eighth) * np.floor(np.abs(eighth) + 0.5)


def read(layout):
    with open("oracle.yml") as config, open(layout + ".yml", "w") as out:
        out.write(config.read().replace("LAYOUT", layout))
    done = subprocess.run([weft, "run", "--progress", "none", "--set", "output_dir=" + layout, layout + ".yml"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"exit {done.returncode}: {done.stderr}")
    with open(f"{layout}/merged_data_oracle.csv") as table:
        rows = list(csv.reader(table))
    return {name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0])}


def compare(name, got, wanted):
    got = np.array([np.nan if text == "" else float(text) for text in got])
    wanted = wanted.ravel()
    if not np.array_equal(np.isnan(got), np.isnan(wanted)):
        at = np.flatnonzero(np.isnan(got) != np.isnan(wanted))[0]
        sys.exit(f"{name}: row {at} is {got[at]}, and numpy says {wanted[at]}")
    with np.errstate(invalid="ignore"):
        off = np.nan_to_num(np.abs(got - wanted) / np.maximum(1, np.abs(wanted)))
    if off.max() > 2e-6:  # float32 holds 1.2e-7 of a value; differences of near values lose a digit
        sys.exit(f"{name}: row {off.argmax()} is {got[off.argmax()]}, and numpy says {wanted[off.argmax()]}")


wide = read("wide")
assert set(wide) == {"x", "y"} | set(want), set(wide) ^ ({"x", "y"} | set(want))
for name, values in want.items():
    compare(name, wide[name], values)
table = read("long")
assert list(table)[:3] == ["x", "y", "date"], list(table)
assert table["date"] == ["2025-05-01", "2025-05-11"] * (SIZE // CELL) ** 2
for name in set(table) - {"x", "y", "date"}:
    for number, date in enumerate(DATES):
        dated = f"{name}_{date}"
        is_dated = any(f"{name}_{d}" in want for d in DATES)
        values = want.get(dated, np.full_like(ndvi, np.nan)) if is_dated else want[name]
        compare(f"{name} of {date}, long", table[name][number::2], values)
print(f"{len(want)} columns of {(SIZE // CELL) ** 2} cells, wide and long")
os.chdir("/")
shutil.rmtree(folder)
