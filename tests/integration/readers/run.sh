#!/usr/bin/env bash
# What weft writes, all formats in one run, read back by programs that owe it nothing, value for value against the CSV:
# zcat, SQLite, GDAL, and from npm DuckDB and hyparquet.
# usage: run.sh BUILD_FOLDER [METRES]; exits with 77, saying why, where DuckDB and hyparquet cannot be had.
# With METRES it is the end-to-end benchmark's job, with cells of that size, under its limit of 256 MiB.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../../..
build=$1 metres=${2:-}
folder=$build/readers weft=$build/weft
export SAMPLE=$root/examples/olinda

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
    npm install --no-audit --no-fund --ignore-scripts --fetch-retries=1 --fetch-retry-mintimeout=1000 >npm.log 2>&1 || skip "npm cannot install: $(tail -n 1 npm.log)"
    cp "$here/package-lock.json" installed.json
fi
cp "$here"/*.mjs "$here/config.yml" .

every='csv, csv.gz, parquet, sqlite, geotiff, cog, png'

# settings, configuration: a run into $out.
run() {
    rm -rf "$out"
    "$build/bench/bench_measure" measured.tsv run "$weft" run --progress none "$@" >run.log 2>&1 || {
        cat run.log >&2
        exit 1
    }
}

# base: compare_formats' TYPES of its table.
types() {
    node -p "'dd' + require('$1.metadata.json').columns.map((c) => c.type === 'Float32' ? 'f' : 'd').join('')"
}

# base, codec, rows, grid: what $out holds.
compare() {
    local base=$1 types reader
    zcat "$base.csv.gz" | cmp - "$base.csv"
    types=$(types "$base")
    compare_formats() {
        "$build/tests/integration/readers/compare_formats" "$types" "$base.csv" "$@"
    }
    local others=()
    [ ! -f "$base.sqlite" ] || others+=("sqlite=$base.sqlite")
    [ ! -f "$base.tif" ] || others+=("raster=$base.tif" "raster=$base.cog.tif")
    [ ${#others[@]} -eq 0 ] || compare_formats "${others[@]}"
    for reader in duckdb hyparquet; do
        node values.mjs $reader "$base.parquet" | compare_formats doubles=$reader
    done
    node compare.mjs "$@"
    [ ! -f "$base.png" ] || for picture in "$base"*.png; do
        gdalinfo -json "$picture" | node -e "
            const { size } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
            if (Math.max(...size) > 2000) throw new Error('$picture: ' + size);"
    done
}

if [ -z "$metres" ]; then
    export OUT=$folder/out
    out=$OUT
    gdal_translate -q -ot Int16 -a_nodata 20 "$SAMPLE/dem.tif" height.tif
    gdal_translate -q -ot Int32 -scale 0 100 0 100000000 "$SAMPLE/dem.tif" fine.tif
    gdal_translate -q -ot Int16 -a_ullr 10 10 11 9 "$SAMPLE/dem.tif" away.tif
    # config.yml's bounds, outward to multiples of 27 and of 54.
    grids=(
        [27]='{"origin": [288738, 9120708], "resolution": [27, 27], "cols": 371, "rows": 371,
            "bounds": [288738, 9110691, 298755, 9120708]}'
        [54]='{"origin": [288738, 9120708], "resolution": [54, 54], "cols": 186, "rows": 186,
            "bounds": [288738, 9110664, 298782, 9120708]}'
    )
    while read -r RESOLUTION codec rows formats; do
        [ -n "$RESOLUTION" ] || continue
        export RESOLUTION
        echo "readers: $codec, rows: $rows, formats: $formats"
        run --set "export.formats=[$formats]" --set "export.parquet_codec=$codec" --set "export.rows=$rows" config.yml
        compare "$out/merged_data_readers" "$codec" "$rows" "${grids[$RESOLUTION]}"
    done <<END
27 zstd all $every
54 gzip complete csv, csv.gz, parquet, sqlite
$([ -z "${WEFT_LONG_TESTS:-}" ] || echo '27 zstd complete csv, csv.gz, parquet
54 gzip all csv, csv.gz, parquet, sqlite
54 none complete csv, csv.gz, parquet')
END
    echo "readers: a folder of parts, as DuckDB reads it"
    rm -rf "$out"
    export RESOLUTION=54
    "$weft" run --progress none --set 'export.formats=[csv]' config.yml >run.log 2>&1
    for shard in 3 1 2; do
        "$weft" run --progress none --shard $shard/3 --set 'export.formats=[parquet]' --set export.partition=shards \
            config.yml >run.log 2>&1
    done
    node values.mjs duckdb "$out/merged_data_readers/*.parquet" |
        "$build/tests/integration/readers/compare_formats" "$(types "$out/merged_data_readers")" \
            "$out/merged_data_readers.csv" doubles=duckdb
    echo "readers: GeoParquet, as hyparquet and DuckDB read it"
    cat >zones.geojson <<'END'
{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[-34.9, -8.03], [-34.87, -8.03], [-34.86, -7.97], [-34.9, -8.03]], [[-34.88, -8.02], [-34.875, -8.01], [-34.875, -8.02], [-34.88, -8.02]]]}},
{"type": "Feature", "properties": {}, "geometry": null},
{"type": "Feature", "properties": {}, "geometry": {"type": "MultiPolygon", "coordinates": [[[[-34.9, -8.03], [-34.87, -8.03], [-34.86, -7.97], [-34.9, -8.03]]], [[[-10.5, 3.25], [-10, 3.25], [-10, 3.5], [-10.5, 3.25]]]]}}]}
END
    printf 'experiment: zones\noutput_dir: %s\ndatasets: [{name: v, path: "%s/dem.tif", method: average}]\nrows: {of: polygons, path: zones.geojson}\nexport: {formats: [parquet]}\n' \
        "$out" "$SAMPLE" >zones.yml
    "$weft" run --progress none zones.yml >run.log 2>&1
    node geometry.mjs "$out/merged_data_zones.parquet" zones.geojson
    exit 0
fi

export OUT=${WEFT_READERS_OUT:-$folder/large} RESOLUTION=$metres
out=$OUT
trap 'rm -rf "$OUT"' EXIT
mkdir -p "$root/bench/cache"
"$build/bench/bench_rasters" "$root/bench/cache"
rm -f measured.tsv
run --set "export.formats=[$every]" --set experiment=large --set export.checksums=true --set export.stats=true "$root/bench/e2e.yml"
cut -f 2-5 measured.tsv | tr '\t' ' ' | while read -r wall user system peak; do
    echo "readers: $wall s, CPU $user + $system s, peak $peak MiB"
    ls -l "$out"
    awk -v peak="$peak" 'BEGIN {exit !(peak <= 256)}' || {
        echo "readers: the peak is over the limit of 256 MiB" >&2
        exit 1
    }
done
# The benchmark's bounds, 4147000 2882000 4351000 3094000, outward to whole cells.
grid=$(node -p "
    const m = $metres, [w, s, e, n] = [Math.floor(4147000 / m) * m, Math.floor(2882000 / m) * m, Math.ceil(4351000 / m) * m,
        Math.ceil(3094000 / m) * m];
    JSON.stringify({ origin: [w, n], resolution: [m, m], cols: (e - w) / m, rows: (n - s) / m, bounds: [w, s, e, n] })")
compare "$out/merged_data_large" zstd all "$grid"
