# The table with pandas: python3 with_pandas.py out/merged_data_rasters
import sqlite3
import sys

import pandas

base = sys.argv[1]

table = pandas.read_csv(base + ".csv")
print("csv", len(table), table["elevation"].mean())

table = pandas.read_csv(base + ".csv.gz")
print("csv.gz", len(table), table["elevation"].mean())

table = pandas.read_sql("select * from cells", sqlite3.connect(base + ".sqlite"))
print("sqlite", len(table), table["elevation"].mean())
