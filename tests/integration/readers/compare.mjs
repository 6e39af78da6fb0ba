// The Parquet file against the CSV of the same run, value for value, with two readers; its metadata, statistics and
// size against DuckDB's own. SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync, statSync, rmSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

const [csvPath, parquetPath, codec, kept] = process.argv.slice(2);

// --- the table as CSV has it ---

const lines = readFileSync(csvPath, 'utf8').trimEnd().split('\n').map((line) => line.split(','));
const names = lines.shift();
const types = { FLOAT: Math.fround, DOUBLE: Number, UTINYINT: Number, SMALLINT: Number, INTEGER: Number };

// The number that a field of the table stands for, in the column's type; null: missing.
function expected(row, column, type) {
  const text = lines[row][column];
  return text === '' ? null : types[type](Number(text));
}

function compare(reader, columns, columnTypes) {
  assert.equal(columns.length, names.length);
  for (let i = 0; i < names.length; i++) {
    assert.equal(columns[i].length, lines.length, `${reader}: rows of ${names[i]}`);
    for (let row = 0; row < lines.length; row++) {
      const want = expected(row, i, columnTypes[i]);
      const got = columns[i][row] ?? null;
      if (!Object.is(want, got)) assert.fail(`${reader}: ${names[i]}, row ${row}: ${got}, not ${want}`);
    }
  }
}

// --- DuckDB ---

const database = await DuckDBInstance.create(':memory:');
const duckdb = await database.connect();
const query = async (sql) => (await duckdb.runAndReadAll(sql)).getRowObjectsJS();

const described = await query(`describe select * from '${parquetPath}'`);
assert.deepEqual(described.map((column) => column.column_name), names);
const columnTypes = described.map((column) => column.column_type);
assert.deepEqual(columnTypes, [
  'DOUBLE', 'DOUBLE', ...Array(6).fill('FLOAT'), 'UTINYINT', 'UTINYINT', 'SMALLINT', 'INTEGER', 'DOUBLE', 'FLOAT', 'SMALLINT',
]);
const columns = (await duckdb.runAndReadAll(`select * from '${parquetPath}'`)).getColumnsJS();
compare('DuckDB', lines.length > 0 ? columns : names.map(() => []), columnTypes);

const pairs = Object.fromEntries(
  (await query(`select decode(key) k, decode(value) v from parquet_kv_metadata('${parquetPath}')`)).map((p) => [p.k, p.v]),
);
assert.match(pairs['weft.version'], /^\d+\.\d+\.\d+$/);
assert.match(pairs['weft.crs'], /^PROJCRS\["SIRGAS 2000 \/ UTM zone 25S"/);
assert.equal(pairs['weft.rows'], kept);
assert.deepEqual(JSON.parse(pairs['weft.grid']), {
  origin: [288750, 9120690], resolution: [15, 15], cols: 666, rows: 666, bounds: [288750, 9110700, 298740, 9120690],
});

// Statistics against what DuckDB itself finds in the values, and that it passes over row groups by them.
const statistics = await query(`select path_in_schema as name, min(stats_min_value::double) as least,
    max(stats_max_value::double) as greatest, sum(stats_null_count)::int as nulls, count(stats_null_count)::int as known,
    count(*)::int as groups from parquet_metadata('${parquetPath}') group by name`);
for (const s of statistics) {
  const [found] = await query(`select min("${s.name}")::double as least, max("${s.name}")::double as greatest,
      (count(*) - count("${s.name}"))::int as nulls from '${parquetPath}'`);
  assert.equal(s.known, s.groups);
  assert.deepEqual([Math.fround(s.least), Math.fround(s.greatest), s.nulls],
    [Math.fround(found.least), Math.fround(found.greatest), found.nulls], s.name);
}
assert.equal((await query(`select count(*)::int as n from '${parquetPath}' where y > 1e9 or landsat_1 < -1e9`))[0].n, 0);
const [{ groups, codecs }] = await query(`select count(distinct row_group_id)::int as groups,
    string_agg(distinct compression) as codecs from parquet_metadata('${parquetPath}')`);
assert.equal(groups, Math.ceil(lines.length / 65536));
if (lines.length > 0) assert.equal(codecs, { zstd: 'ZSTD', gzip: 'GZIP', none: 'UNCOMPRESSED' }[codec]);

// --- csv.gz: DuckDB reads members that follow each other as one text, that of the CSV ---

if (codec === 'zstd' && lines.length > 0) {
  const texts = (path) => `(select *, row_number() over () as line from read_csv('${path}', all_varchar = true))`;
  const [{ n, differing }] = await query(`select count(*)::int as n, (count(*) filter (where a <> b))::int as differing
      from ${texts(`${csvPath}.gz`)} a full join ${texts(csvPath)} b using (line)`.replace('a <> b',
    names.map((name) => `a."${name}" is distinct from b."${name}"`).join(' or ')));
  assert.deepEqual([n, differing], [lines.length, 0]);
}

// --- size: at most a tenth over what DuckDB writes with the same codec, metadata aside ---

const own = 'duckdb.parquet';
await duckdb.run(`copy (select * from '${parquetPath}') to '${own}'
    (format parquet, compression ${codec === 'none' ? 'uncompressed' : codec})`);
const sizes = { weft: statSync(parquetPath).size, duckdb: statSync(own).size };
rmSync(own);
assert.ok(sizes.weft <= 1.1 * sizes.duckdb + 4096, `weft ${sizes.weft} bytes, DuckDB ${sizes.duckdb}`);

// --- hyparquet ---

const file = await asyncBufferFromFile(parquetPath);
const metadata = await parquetMetadataAsync(file);
assert.equal(Number(metadata.num_rows), lines.length);
assert.equal(metadata.created_by, `weft version ${pairs['weft.version']}`);
let rows;
await parquetRead({ file, compressors, rowFormat: 'array', onComplete: (all) => { rows = all; } });
compare('hyparquet', names.map((_, i) => rows.map((row) => row[i])), columnTypes);

console.log(`  ${lines.length} rows, ${names.length} columns, ${groups} groups; weft ${sizes.weft} bytes, DuckDB ${sizes.duckdb}`);
