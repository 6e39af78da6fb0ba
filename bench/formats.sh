#!/usr/bin/env bash
# The job of bench/e2e.yml in each table format alone, and in all at once: time, memory and size; and what DuckDB makes
# of the same table as Parquet, with the same codec and with row groups of its own and of weft's size, where the
# readers' test has installed it. Prints Markdown.
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
        OUT=$PWD/$work RESOLUTION=$metres build/bench/bench_measure "$tsv" "$label" build/weft run --progress none \
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
done
measure sqlite '[sqlite]'
measure 'all four' '[csv, csv.gz, parquet, sqlite]'
for codec in zstd gzip none; do
    measure "parquet, $codec" '[parquet]' --set export.parquet_codec=$codec
    cp "$work/merged_data_formats.parquet" "$cache/formats_$codec.parquet"
done

if [ ! -d build/readers/node_modules/@duckdb ]; then
    echo "DuckDB is not installed: ctest --test-dir build -R readers does it"
    rm -rf "$work" "$cache"/formats_*.parquet
    exit 0
fi
cat >build/readers/formats.mjs <<'END'
import { statSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
const [folder] = process.argv.slice(2);
const duckdb = await (await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '4GB' })).connect();
console.log('\n| codec | weft MB | DuckDB MB | DuckDB, 65 536 rows a group |\n| --- | --- | --- | --- |');
for (const codec of ['zstd', 'gzip', 'none']) {
  const from = `${folder}/formats_${codec}.parquet`, sizes = [statSync(from).size];
  for (const group of [122880, 65536]) {
    const to = `${folder}/formats_duckdb.parquet`;
    await duckdb.run(`copy (select * from '${from}') to '${to}' (format parquet, row_group_size ${group},
        compression ${codec === 'none' ? 'uncompressed' : codec})`);
    sizes.push(statSync(to).size);
  }
  console.log(`| ${codec} | ${sizes.map((s) => (s / 1e6).toFixed(1)).join(' | ')} |`);
}
END
(cd build/readers && node formats.mjs "$OLDPWD/$cache")
rm -rf "$work" "$cache"/formats_*.parquet build/readers/formats.mjs
