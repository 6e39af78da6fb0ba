# The table as points with geopandas: python3 with_geopandas.py out/merged_data_rasters
import json
import sys

import geopandas
import pandas

base = sys.argv[1]
crs = json.load(open(base + ".metadata.json"))["grid"]["crs"]

table = pandas.read_csv(base + ".csv")
points = geopandas.GeoDataFrame(table, geometry=geopandas.points_from_xy(table["x"], table["y"]), crs=crs)
assert points.crs.to_epsg() == 31985 and points.geometry.x[0] == table["x"][0]
print("csv", len(points), points["elevation"].mean())
