"""The job of bench/memory/reproject.yml with rioxarray: the raster warped onto the grid, and the table written.

usage: memory.py RASTER OUT.csv THREADS

SPDX-License-Identifier: MIT"""

import sys

import rioxarray
from rasterio.enums import Resampling
from rasterio.transform import from_origin


def main(raster, out, threads):
    source = rioxarray.open_rasterio(raster, masked=True).squeeze("band", drop=True)
    value = source.rio.reproject(
        "EPSG:3035",
        shape=(2539, 2539),
        transform=from_origin(4137920, 3300160, 160, 160),
        resampling=Resampling.bilinear,
        num_threads=int(threads),
    )
    table = value.drop_vars("spatial_ref").to_dataframe(name="value").reset_index()
    table[["x", "y", "value"]].to_csv(out, index=False)


main(*sys.argv[1:])
