#!/usr/bin/env bash
# The programs of examples/readers, as far as they are installed, find in each format what awk finds in the CSV: the number
# of rows, and the mean elevation to nine digits. SQL goes to duckdb, or to what the test "readers" has from npm.
# usage: examples.sh BUILD_FOLDER; exits with 77, saying why, where nothing is installed.
set -u
root=$(cd "$(dirname "$0")/../../.." && pwd)
build=$(realpath "$1")
examples=$root/examples/readers
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
bad=0 read=0
"$build/weft" run --progress none --set output_dir="$place" --set 'export.formats=[csv, csv.gz, parquet, sqlite, geotiff, cog]' \
    "$root/examples/rasters.yml" >"$place/said" 2>&1 || { cat "$place/said"; exit 1; }
expected=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "elevation") column = i; next }
    $column != "" { sum += $column; n++ } END { printf "%d %.15g", NR - 1, sum / n }' "$place/merged_data_rasters.csv")

skip() {
    echo "readers_examples: SKIPPED: $1: $2"
}

# PROGRAM COMMAND..: what it prints on standard output is "FORMAT ROWS MEAN" for each format.
check() {
    local name=$1 format
    shift
    if ! (cd "$place" && "$@") >"$place/printed" 2>"$place/said"; then
        echo "$name does not run:"
        cat "$place/said"
        bad=1
        return
    fi
    for format in $(sed -nE 's/^\| \[.*\]\('"$name"'\) \| ([a-z.]+(, [a-z.]+)*).*/\1/p' "$examples/README.md" | sed 's/, as//; s/,//g'); do
        tr ',' ' ' <"$place/printed" | awk -v format="$format" -v expected="$expected" '
            BEGIN { split(expected, e, " ") }
            $1 == format { found = $2 == e[1] && ($3 - e[2]) ^ 2 < (1e-9 * e[2]) ^ 2 }
            END { exit !found }' || {
            echo "$name: $format: $(grep "^$format[ ,]" "$place/printed") where it is $expected"
            bad=1
        }
        read=$((read + 1))
    done
}

for name in with_pandas.py with_pandas_and_pyarrow.py with_geopandas.py with_duckdb.py; do
    modules=$(sed -nE 's/^import ([a-z0-9]+).*/\1/p' "$examples/$name" | tr '\n' ' ')
    if why=$(python3 -c "import ${modules// /, }os" 2>&1); then
        check $name python3 "$examples/$name" merged_data_rasters
    else
        skip $name "${why##*$'\n'}"
    fi
done
for name in with_terra.R with_data_table.R with_dbi.R; do
    library=$(sed -nE 's/^library\((.*)\)$/\1/p' "$examples/$name")
    [ "$library" != DBI ] || library=RSQLite
    if ! command -v Rscript >/dev/null; then
        skip $name "there is no Rscript"
    elif ! Rscript -e "library($library)" >/dev/null 2>&1; then
        skip $name "R has no package $library"
    else
        check $name Rscript "$examples/$name" merged_data_rasters
    fi
done
modules=$build/readers/node_modules
if command -v duckdb >/dev/null; then
    check with_duckdb.sql sh -c "duckdb -csv -noheader <'$examples/with_duckdb.sql'"
elif [ -d "$modules/@duckdb/node-api" ] && command -v node >/dev/null; then
    check with_duckdb.sql node -e "
        const { DuckDBInstance } = require('$modules/@duckdb/node-api');
        const text = require('fs').readFileSync('$examples/with_duckdb.sql', 'utf8').replace(/^--.*\$/gm, '');
        (async () => {
            const connection = await (await DuckDBInstance.create()).connect();
            for (const query of text.split(';').filter((one) => one.trim() !== ''))
                for (const row of (await connection.runAndReadAll(query)).getRows()) console.log(row.join(','));
        })();"
else
    skip with_duckdb.sql "there is no duckdb, and the test \"readers\" has not installed its npm package"
fi
echo "readers_examples: $read formats were read"
[ $read -gt 0 ] || [ $bad -ne 0 ] || exit 77
exit $bad
