-- The table with DuckDB, in the folder of the outputs: duckdb -csv -noheader <with_duckdb.sql
-- (SQLite files need DuckDB's extension "sqlite", which it fetches by itself: attach 'FILE.sqlite' as s (type sqlite))
select 'csv', count(*), avg(elevation) from 'merged_data_rasters.csv';
select 'csv.gz', count(*), avg(elevation) from 'merged_data_rasters.csv.gz';
select 'parquet', count(*), avg(elevation) from 'merged_data_rasters.parquet';
