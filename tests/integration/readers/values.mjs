// Sends a Parquet file's values to standard output as doubles, row after row, NaN for null: what compare_formats takes.
// usage: node values.mjs duckdb|hyparquet FILE. SPDX-License-Identifier: MIT
import { writeSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

const [reader, path] = process.argv.slice(2);

function send(doubles) {
  const bytes = new Uint8Array(doubles.buffer);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

// value(row): a number, or null or undefined where it is missing. A missing value is null, so NaN is none.
function put(doubles, column, columns, rows, value) {
  for (let row = 0; row < rows; row++) {
    const got = value(row) ?? null;
    if (Number.isNaN(got)) throw new Error(`${reader}: a value that is NaN, in column ${column}`);
    doubles[row * columns + column] = got === null ? NaN : Number(got);
  }
}

async function duckdb() {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '1GB' });
  const result = await (await instance.connect()).stream(`from '${path}'`);
  const columns = result.columnCount;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    const doubles = new Float64Array(chunk.rowCount * columns);
    for (let i = 0; i < columns; i++) {
      const vector = chunk.getColumnVector(i);
      put(doubles, i, columns, chunk.rowCount, (row) => vector.getItem(row));
    }
    send(doubles);
  }
}

async function hyparquet() {
  const file = await asyncBufferFromFile(path), metadata = await parquetMetadataAsync(file);
  const names = metadata.schema.slice(1).map((column) => column.name);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows), doubles = new Float64Array(rows * names.length);
    const chunks = [];
    await parquetRead({ file, metadata, compressors, rowStart, rowEnd: rowStart + rows, onChunk: (c) => chunks.push(c) });
    let got = 0;
    for (const { columnName, columnData, rowStart: first } of chunks) {
      const skipped = first - rowStart;
      put(doubles.subarray(skipped * names.length), names.indexOf(columnName), names.length, columnData.length,
        (row) => columnData[row]);
      got += columnData.length;
    }
    if (got !== rows * names.length) throw new Error(`hyparquet: ${got} values of ${rows} rows`);
    send(doubles);
    rowStart += rows;
  }
}

await { duckdb, hyparquet }[reader]();
