#!/usr/bin/env bash
# What a command line says is heeded or refused: nothing of it is passed over, and no file of the user's is written over.
# usage: arguments.sh WEFT
set -u
weft=$(realpath "$1")
sample=$(realpath "$(dirname "$0")/../../examples/olinda")
. "$(dirname "$0")/../support/script.sh"

cp "$sample/dem.tif" .
printf 'experiment: one\ngrid: {crs: "EPSG:31985", resolution: 300}\ndatasets: [{name: dem, path: dem.tif}]\n' >one.yml
printf 'jobs: [{name: a, config: one.yml}]\n' >night.yml
"$weft" run one.yml --progress none >/dev/null 2>&1 || fail "one.yml does not run"
sums=$(md5sum dem.tif one.yml night.yml out/*.csv)

# An empty text is the variable of a script that was not set: no catalog without a name, no page called .part.
for command in "run" "plan" "validate" "init" "batch" "runs" "memory" "report" "serve" "doctor" "catalog scan"; do
    says 64 "an empty text stands" "$weft" $command ''
done
says 64 "--catalog: an empty text stands" "$weft" catalog scan . --catalog ''
says 64 "--output: an empty text stands" "$weft" report one.yml -o ''
says 64 "--serve: an empty text stands" "$weft" run one.yml --serve=
says 64 "--name: an empty text stands" "$weft" catalog list --name=

# Overrides without a configuration.
for command in "memory" "report" "report one" "serve" "runs" "runs out" "runs prune" "runs prune out" \
    "memory out/metrics.sqlite" "report out/metrics.sqlite" "serve out/metrics.sqlite"; do
    says 64 "--set metrics.database=x.sqlite: no configuration" "$weft" $command --set metrics.database=x.sqlite
done
says 66 "x.sqlite: there is no such" "$weft" memory one.yml --set metrics.database=x.sqlite

# A folder of an experiment's name is no configuration.
mkdir one
says 0 "report.html" "$weft" report one

# A database in which nothing is may be one that a run begins.
: >begun.sqlite
says 66 "begun.sqlite: there is nothing in this database yet" "$weft" memory --db begun.sqlite
sqlite3 other.sqlite 'create table mine (a)'
says 65 "other.sqlite" "$weft" memory --db other.sqlite

# Two databases, and options of another word.
says 64 "--db x.sqlite: out/metrics.sqlite is a database too" "$weft" memory out/metrics.sqlite --db x.sqlite
says 64 "--db x.sqlite: out/metrics.sqlite is a database too" "$weft" report out/metrics.sqlite --db x.sqlite
says 64 "weft memory sql takes no --run" "$weft" memory sql "select 1" --run 1
says 64 "weft runs prune takes no --format" "$weft" runs prune --format json
says 64 "weft report --batch takes no --run" "$weft" report --batch night.yml --run 1
says 64 "a name without protocol, port and path" "$weft" serve --host proxy.example:443
says 64 "a name without protocol, port and path" "$weft" serve --host https://proxy.example

# A dry run of accept would have been no dry run.
for word in accept collect; do
    says 64 "weft batch $word takes no --dry-run" "$weft" batch $word night.yml --dry-run
    says 64 "weft batch $word takes no --workers" "$weft" batch $word night.yml --workers 2
done
[ ! -e .weft ] || fail "a batch that was refused has kept a record"

# Formats and filters of a catalog that its rows do not have.
says 0 "1 files" "$weft" catalog scan --progress none .
says 64 "weft catalog stats prints no footprints" "$weft" catalog stats --format geojson
says 64 "weft catalog deps prints no footprints" "$weft" catalog deps one.yml --format geojson
says 64 "weft catalog list --problems takes no --name" "$weft" catalog list --problems --name '*.tif'
says 64 "the smaller one first" "$weft" catalog list --resolution 5,3

# A report takes the place of a page, and of nothing else.
for file in one.yml night.yml dem.tif out/merged_data_one.csv; do
    says 74 "$file: not a page of HTML" "$weft" report one.yml -o $file
done
says 74 "is a folder" "$weft" report one.yml -o .
printf '<HTML><title>mine</title>' >page.html
: >empty.html
for file in page.html empty.html new.html new.html; do
    says 0 "$file" "$weft" report one.yml -o $file
    grep -q "weft report</title>" $file || fail "$file is no report"
done
[ "$sums" = "$(md5sum dem.tif one.yml night.yml out/*.csv)" ] || fail "a file is not what it was"
exit $bad
