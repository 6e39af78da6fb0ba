// Whether readers find the geometry of a GeoParquet file: hyparquet the coordinates of a GeoJSON's features, in their
// order, DuckDB a column of geometry with a CRS. usage: node geometry.mjs PARQUET GEOJSON. SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

const [path, geojson] = process.argv.slice(2);
const { features } = JSON.parse(readFileSync(geojson));
const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path), compressors });
if (rows.length !== features.length) throw new Error(`${rows.length} rows of ${features.length} features`);
features.forEach(({ geometry }, row) => {
  if (!isDeepStrictEqual(rows[row].geometry ?? null, geometry))
    throw new Error(`row ${row}: ${JSON.stringify(rows[row].geometry)}, not ${JSON.stringify(geometry)}`);
});

const places = features.flatMap(({ geometry }) => geometry?.coordinates.flat(Infinity).filter((_, i) => i % 2 === 0) ?? []);
const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
const [[count, west, type]] = (await connection.runAndReadAll(
  `select count(geometry), min(bbox.xmin), typeof(any_value(geometry)) from '${path}'`)).getRows();
if (Number(count) !== features.filter(({ geometry }) => geometry).length) throw new Error(`duckdb: ${count} geometries`);
if (west !== Math.min(...places)) throw new Error(`duckdb: the west is ${west}`);
if (!/^(GEOMETRY|BLOB)/.test(type)) throw new Error(`duckdb: geometry is ${type}`);
