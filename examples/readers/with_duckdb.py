# The table with DuckDB from Python: python3 with_duckdb.py out/merged_data_rasters
import sys

import duckdb

base = sys.argv[1]

for suffix in ("csv", "csv.gz", "parquet"):
    rows, mean = duckdb.sql(f"select count(*), avg(elevation) from '{base}.{suffix}'").fetchone()
    print(suffix, rows, mean)
