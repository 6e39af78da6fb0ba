#!/usr/bin/env bash
# What weft writes, read back by two programs that owe it nothing: DuckDB and hyparquet, both from npm.
# usage: run.sh WEFT BUILD_FOLDER; exits with 77, saying why, where they cannot be had.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
weft=$1 folder=$2/readers
export SAMPLE=$here/../../../examples/olinda

skip() {
    echo "readers: SKIPPED: $1" >&2
    exit 77
}

command -v node >/dev/null || skip "there is no node: apt-get install nodejs npm"
command -v npm >/dev/null || skip "there is no npm: apt-get install npm"
mkdir -p "$folder"
cd "$folder"
if ! cmp -s "$here/package-lock.json" installed.json; then
    cp "$here/package.json" "$here/package-lock.json" .
    npm install --no-audit --no-fund --ignore-scripts >npm.log 2>&1 || skip "npm cannot install: $(tail -n 1 npm.log)"
    cp "$here/package-lock.json" installed.json
fi
gdal_translate -q -ot Int16 -a_nodata 20 "$SAMPLE/dem.tif" height.tif
gdal_translate -q -ot Int32 -scale 0 100 0 100000000 "$SAMPLE/dem.tif" fine.tif
gdal_translate -q -ot Int16 -a_ullr 10 10 11 9 "$SAMPLE/dem.tif" away.tif
cp "$here"/*.mjs "$here/config.yml" .

compare() {
    echo "readers: $1, rows: $2"
    rm -rf out
    "$weft" run config.yml --progress none --set "export.parquet_codec=$1" --set "export.rows=$2" >run.log 2>&1 || {
        cat run.log >&2
        exit 1
    }
    node compare.mjs out/merged_data_readers.csv out/merged_data_readers.parquet "$1" "$2"
}

compare zstd all
compare zstd complete # none is: a file without rows
compare gzip all
compare none all
