"""The job of bench/e2e.yml with rioxarray: each raster warped onto the grid, all in one dataset, one table written.

usage: rioxarray_table.py CACHE RESOLUTION OUT.csv THREADS

SPDX-License-Identifier: MIT"""

import sys

import rioxarray
import xarray
from rasterio.enums import Resampling
from rasterio.transform import from_origin

METHODS = {
    "elevation": Resampling.bilinear,
    "canopy": Resampling.average,
    "cover": Resampling.nearest,
    "rain": Resampling.bilinear,
    "warmth": Resampling.cubic,
}


def main(cache, resolution, out, threads):
    cell = float(resolution)
    shape = (round(212000 / cell), round(204000 / cell))
    layers = {}
    for name, method in METHODS.items():
        source = rioxarray.open_rasterio(f"{cache}/{name}.tif", masked=True)
        layers[name] = source.squeeze("band", drop=True).rio.reproject(
            "EPSG:3035",
            shape=shape,
            transform=from_origin(4147000, 3094000, cell, cell),
            resampling=method,
            num_threads=int(threads),
        )
    table = xarray.Dataset(layers).drop_vars("spatial_ref").to_dataframe(dim_order=["y", "x"]).reset_index()
    table[["x", "y", *METHODS]].to_csv(out, index=False)


main(*sys.argv[1:])
