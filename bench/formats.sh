#!/usr/bin/env bash
# The job of bench/e2e.yml in each format alone, and in all at once: time, memory and size; and what DuckDB makes
# of the same table as Parquet, with the same codec and with row groups of its own and of weft's size, where the
# readers' test has installed it. Prints Markdown, and what Parquet is to be: at most half of csv.gz or at most a tenth
# over DuckDB's own file, and written as fast as csv.
#
# usage: formats.sh [METRES]     default: 50
set -euo pipefail
cd "$(dirname "$0")/.."
metres=${1:-50}
cache=bench/cache work=bench/cache/formats tsv=bench/cache/formats.tsv
[[ $metres =~ ^[1-9][0-9]{0,2}$ ]] || {
    echo "usage: ./dev bench formats [METRES]" >&2
    exit 64
}
: >"$tsv"

# label, formats, settings..: three runs, of which the fastest counts.
measure() {
    local label=$1 formats=$2
    shift 2
    for _ in 1 2 3; do
        rm -rf "$work"
        sync
        OUT=$PWD/$work RESOLUTION=$metres CHECKSUMS=true build/bench/bench_measure "$tsv" "$label" build/weft run --progress none \
            --set experiment=formats --set export.formats="$formats" "$@" bench/e2e.yml >"$cache/formats.log" 2>&1 || {
            echo "bench: $label failed:" >&2
            tail -n 5 "$cache/formats.log" >&2
            exit 1
        }
    done
    local bytes
    bytes=$(find "$work" -name 'merged_data_formats.*' ! -name '*.json' -printf '%s\n' | awk '{b += $1} END {print b}')
    awk -F '\t' -v l="$label" -v b="$bytes" '
        $1 == l && $6 == 0 && (best == "" || $2 < best) {best = $2; cpu = $3 + $4; mib = $5}
        END {printf "| %s | %.2f | %.2f | %.0f | %.1f |\n", l, best, cpu, mib, b / 1e6}' "$tsv"
}

mkdir -p "$cache"
build/bench/bench_rasters "$cache" >&2
echo "| format | s | CPU s | MiB | MB |"
echo "| --- | --- | --- | --- | --- |"
measure csv '[csv]'
measure 'csv, no checksum' '[csv]' --set export.checksums=false
measure 'csv, stats' '[csv]' --set export.stats=true
for level in 1 6 9; do
    measure "csv.gz, level $level" '[csv.gz]' --set export.gzip_level=$level
    [ $level != 6 ] || gzip_bytes=$(stat -c %s "$work/merged_data_formats.csv.gz")
done
measure sqlite '[sqlite]'
measure geotiff '[geotiff]'
measure cog '[cog]'
measure png '[png]'
measure 'all seven' '[csv, csv.gz, parquet, sqlite, geotiff, cog, png]'
for codec in zstd gzip none; do
    measure "parquet, $codec" '[parquet]' --set export.parquet_codec=$codec
    cp "$work/merged_data_formats.parquet" "$cache/formats_$codec.parquet"
done
# Of the fastest runs; each of the three makes a checksum.
fastest() {
    awk -F '\t' -v l="$1" '$1 == l && (best == "" || $2 < best) {best = $2} END {print best}' "$tsv"
}
printf '\nparquet (zstd) is written in %s of the time of csv' \
    "$(awk -v a="$(fastest 'parquet, zstd')" -v b="$(fastest csv)" 'BEGIN {printf "%.2f", a / b}')"
printf ', and is %s of the size of csv.gz (level 6)\n' \
    "$(awk -v a="$(stat -c %s "$cache/formats_zstd.parquet")" -v b="$gzip_bytes" 'BEGIN {printf "%.3f", a / b}')"

if [ ! -d build/readers/node_modules/@duckdb ]; then
    echo "DuckDB is not installed: ctest --test-dir build -R readers does it"
    rm -rf "$work" "$cache"/formats_*.parquet
    exit 0
fi
cat >build/readers/formats.mjs <<'END'
import { statSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
const [folder, weft] = process.argv.slice(2);
const duckdb = await (await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '4GB' })).connect();
console.log('\n| codec | weft MB | DuckDB MB | DuckDB, 65 536 rows a group | weft / DuckDB |\n| --- | --- | --- | --- | --- |');
for (const codec of ['zstd', 'gzip', 'none']) {
  const from = `${folder}/formats_${codec}.parquet`, sizes = [statSync(from).size];
  for (const group of [122880, 65536]) {
    const to = `${folder}/formats_duckdb.parquet`;
    await duckdb.run(`copy (select * from '${from}') to '${to}' (format parquet, row_group_size ${group},
        compression ${codec === 'none' ? 'uncompressed' : codec})`);
    sizes.push(statSync(to).size);
  }
  const share = (sizes[0] / sizes[1]).toFixed(3);
  console.log(`| ${codec} | ${sizes.map((s) => (s / 1e6).toFixed(1)).join(' | ')} | ${share} |`);
}
// From a table in its memory: writing alone, the fastest of three.
await duckdb.run(`create table merged as select * from '${folder}/formats_zstd.parquet'`);
let best = Infinity;
for (let run = 0; run < 3; run++) {
  const start = process.hrtime.bigint();
  await duckdb.run(`copy merged to '${folder}/formats_duckdb.parquet' (format parquet, compression zstd)`);
  best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9);
}
console.log(`\nDuckDB writes the table from its memory, zstd, two threads, in ${best.toFixed(2)} s: weft's whole job takes ` +
  `${(Number(weft) / best).toFixed(2)} times that`);
END
(cd build/readers && node formats.mjs "$OLDPWD/$cache" "$(fastest 'parquet, zstd')")
rm -rf "$work" "$cache"/formats_*.parquet build/readers/formats.mjs
