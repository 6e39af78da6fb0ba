# Parquet with pandas, which needs pyarrow for it: python3 with_pandas_and_pyarrow.py out/merged_data_rasters
import sys

import pandas
import pyarrow  # pandas asks for it by itself; here so that its absence is told by name

base = sys.argv[1]

table = pandas.read_parquet(base + ".parquet")
print("parquet", len(table), table["elevation"].mean())
