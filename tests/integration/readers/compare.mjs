// What a Parquet file says beside its values, read by DuckDB: names, types, key-value metadata, statistics, row groups,
// codec; its size against DuckDB's own of the same table. And csv.gz against the CSV, as DuckDB reads them.
// usage: node compare.mjs BASE CODEC ROWS GRID: BASE.parquet and the others; GRID: weft.grid as JSON.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync, statSync, rmSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';

const [base, codec, kept, grid] = process.argv.slice(2);
const path = `${base}.parquet`, written = JSON.parse(readFileSync(`${base}.metadata.json`, 'utf8'));
const duckdb = await (await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '2GB' })).connect();
const query = async (sql) => (await duckdb.runAndReadAll(sql)).getRowObjectsJS();

// --- columns and their types ---

const types = { Byte: 'UTINYINT', Int16: 'SMALLINT', Int32: 'INTEGER', Float32: 'FLOAT', Float64: 'DOUBLE' };
assert.deepEqual(
  (await query(`describe from '${path}'`)).map((column) => [column.column_name, column.column_type]),
  [['x', 'DOUBLE'], ['y', 'DOUBLE'], ...written.columns.map((column) => [column.name, types[column.type]])],
);

// --- key-value metadata ---

const pairs = Object.fromEntries(
  (await query(`select decode(key) k, decode(value) v from parquet_kv_metadata('${path}')`)).map((p) => [p.k, p.v]),
);
assert.match(pairs['weft.version'], /^\d+\.\d+\.\d+$/);
assert.match(pairs['weft.crs'], /^PROJCRS\["(SIRGAS 2000 \/ UTM zone 25S|ETRS89-extended \/ LAEA Europe)"/);
assert.equal(pairs['weft.rows'], kept);
assert.deepEqual(JSON.parse(pairs['weft.grid']), JSON.parse(grid));
const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
assert.equal(Number(metadata.num_rows), written.rows);
assert.equal(metadata.created_by, `weft version ${pairs['weft.version']}`);

// --- statistics, against what DuckDB itself finds in the values, and that it passes over row groups by them ---

const statistics = await query(`select path_in_schema as name, min(stats_min_value::double) as least,
    max(stats_max_value::double) as greatest, sum(stats_null_count)::int as nulls, count(stats_null_count)::int as known,
    count(*)::int as groups from parquet_metadata('${path}') group by name`);
if (written.rows > 0) assert.equal(statistics.length, written.columns.length + 2);
for (const s of statistics) {
  const [found] = await query(`select min("${s.name}")::double as least, max("${s.name}")::double as greatest,
      (count(*) - count("${s.name}"))::int as nulls from '${path}'`);
  assert.equal(s.known, s.groups);
  assert.deepEqual([Math.fround(s.least), Math.fround(s.greatest), s.nulls],
    [Math.fround(found.least), Math.fround(found.greatest), found.nulls], s.name);
}
assert.equal((await query(`select count(*)::int as n from '${path}' where y > 1e9 or x < -1e9`))[0].n, 0);
const [{ groups, codecs }] = await query(`select count(distinct row_group_id)::int as groups,
    string_agg(distinct compression) as codecs from parquet_metadata('${path}')`);
assert.equal(groups, Math.ceil(written.rows / 65536));
if (written.rows > 0) assert.equal(codecs, { zstd: 'ZSTD', gzip: 'GZIP', none: 'UNCOMPRESSED' }[codec]);

// --- csv.gz: members that follow each other are one text, that of the CSV ---

const texts = (file) => query(`select count(*)::int as n, bit_xor(hash(t))::varchar as hash
    from read_csv('${file}', all_varchar = true, header = true) t`);
assert.deepEqual(await texts(`${base}.csv.gz`), await texts(`${base}.csv`));

// --- size: at most a tenth over what DuckDB writes with the same codec, metadata aside ---

const own = `${base}.duckdb.parquet`;
await duckdb.run(`copy (from '${path}') to '${own}' (format parquet, compression ${codec === 'none' ? 'uncompressed' : codec})`);
const sizes = { weft: statSync(path).size, duckdb: statSync(own).size, gz: statSync(`${base}.csv.gz`).size };
rmSync(own);
assert.ok(sizes.weft <= 1.1 * sizes.duckdb + 4096, `weft ${sizes.weft} bytes, DuckDB ${sizes.duckdb}`);
console.log(`  ${written.rows} rows, ${groups} groups; weft ${sizes.weft} bytes, DuckDB ${sizes.duckdb}, csv.gz ${sizes.gz}`);
