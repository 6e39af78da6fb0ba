#!/usr/bin/env bash
# A table that stays in parts (export.partition: shards): the last shard makes the folder, of which the parts are the
# table; nothing is made of shards that do not fit, and what stops in between is gone on with.
# usage: parts.sh WEFT [long]
set -u
weft=$(realpath "$1")
sample=$(realpath "$(dirname "$0")/../../examples/olinda")
. "$(dirname "$0")/../support/script.sh"
quietly() { "$@" >log 2>&1 || fail "exit code $?: $*: $(cat log)"; }
refuses() { # WORDS COMMAND..: ends with 65, and says so
    local words=$1
    shift
    "$@" >log 2>&1
    [ $? = 65 ] || fail "not exit code 65: $*: $(cat log)"
    grep -qF -- "$words" log || fail "no \"$words\": $(cat log)"
}
shard() { quietly "$weft" run --shard "$@" job.yml; }

cat >job.yml <<EOF
grid: {crs: 'EPSG:31985', resolution: 300}
datasets: [{name: landsat, path: $sample/landsat7.tif}, {name: dem, path: $sample/dem.tif}]
export: {formats: [csv, csv.gz, parquet], stats: true, partition: shards}
EOF
quietly "$weft" run --set experiment=job --set export.partition=none --set output_dir=whole job.yml
folder=out/merged_data_job
# The parts are the table: their lines, without the headers of all but the first.
same() {
    local part
    cat "$folder"/part-00000.csv >csv
    for part in "$folder"/part-*.csv; do
        cmp <(head -n 1 "$part") <(head -n 1 whole/merged_data_job.csv) || fail "$1: $part has no header"
        cmp <(zcat "$part.gz") "$part" || fail "$1: $part.gz has other lines"
        [ "$part" = "$folder/part-00000.csv" ] || tail -n +2 "$part" >>csv
    done
    cmp csv whole/merged_data_job.csv || fail "$1: the parts are not the table"
    [ ! -e out/.weft ] || fail "$1: something is left: $(find out/.weft | head)"
    # What the manifest says of the parts is so, and of columns what the run of all rows says.
    python3 - "$folder" whole/merged_data_job.metadata.json "$2" <<'EOF' || fail "$1: the manifest is wrong"
import hashlib, json, sys
folder, whole, count = sys.argv[1], json.load(open(sys.argv[2])), int(sys.argv[3])
manifest = json.load(open(folder + "/_manifest.json"))
columns = [{key: value for key, value in column.items() if key != "statistics"} for column in whole["columns"]]
assert manifest["columns"] == columns and manifest["grid"] == whole["grid"] and manifest["rows"] == whole["rows"]
assert manifest["shards"] == count and len(manifest["outputs"]) == 3 * count
rows = {}
for part in manifest["outputs"]:
    data = open(folder + "/" + part["file"], "rb").read()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (part["bytes"], part["sha256"])
    lines = data.count(b"\n") - 1 if part["format"] == "csv" else part["rows"]
    assert lines == part["rows"], part
    assert part["first_row"] == rows.get(part["format"], 0), part
    rows[part["format"]] = part["end_row"]
assert set(rows.values()) == {whole["grid"]["rows"]}
for column in whole["columns"]:
    parts = [p["statistics"][column["name"]] for p in manifest["outputs"] if p["format"] == "csv"]
    all_of = column["statistics"]
    assert sum(p["count"] for p in parts) == all_of["count"] and sum(p["missing"] for p in parts) == all_of["missing"]
    assert min(p["min"] for p in parts if p["count"]) == all_of["min"]
    mean = sum(p["mean"] * p["count"] for p in parts if p["count"]) / all_of["count"]
    assert abs(mean - all_of["mean"]) < 1e-9 * abs(mean)
EOF
}

shard 2/3
shard 3/3
[ ! -e $folder ] || fail "the folder is there before the last shard is done"
shard 1/3
grep -q "merged_data_job: 3 parts, $(($(wc -l <whole/merged_data_job.csv) - 1)) rows" log || fail "the last shard does not say so: $(cat log)"
same "3 shards" 3
# Again: there is nothing to do.
shard 2/3 --resume
grep -q "job is finished" log || fail "a part was made again: $(cat log)"
quietly "$weft" merge-shards job.yml
grep -q "is whole: 3 parts" log || fail "merge-shards does not say so: $(cat log)"
same "3 shards, resumed" 3
# What is gone is seen.
mv $folder/part-00001.parquet gone
refuses "part-00001.parquet: it is not there" "$weft" merge-shards job.yml
mv gone $folder/part-00001.parquet

# Shards of two configurations make nothing, and what was there stays.
shard 1/2
refuses "shard 2 of 2 cannot be joined: export.rows was \"any\" and is \"all\"" "$weft" run --shard 2/2 --set export.rows=any job.yml
same_before=$(cat $folder/_manifest.json | sha256sum)
[ "$(grep -c '"file"' $folder/_manifest.json)" = 9 ] || fail "the folder is another one"
# A process was killed while it moved parts: the next one goes on, in place of what was there.
mkdir $folder.part
mv out/.weft/shards/job/1-of-2/part-00000.csv $folder.part
touch $folder.part/part-00007.csv
shard 2/2
[ "$(sha256sum <$folder/_manifest.json)" != "$same_before" ] || fail "the folder is the old one"
same "2 shards, in place of 3" 2
[ -z "$(find out -maxdepth 1 -name '*.part' -o -maxdepth 1 -name '*.old')" ] || fail "something is left in out: $(ls out)"

refuses "this run is of all rows" "$weft" run job.yml
refuses "only csv, csv.gz, parquet can be in parts" "$weft" run --shard 1/2 --set 'export.formats=[parquet, geotiff]' job.yml
[ "${2:-}" ] || exit $bad

# More shards than rows: parts without rows. The name is taken by something else.
rm -rf out
mkdir -p $folder
touch $folder/notes.txt
quietly "$weft" run --set experiment=job --set export.partition=none --set output_dir=whole --set grid.resolution=3000 job.yml
for i in 1 2 3 4; do shard $i/5 --set grid.resolution=3000; done
refuses "is no folder of parts" "$weft" run --shard 5/5 --set grid.resolution=3000 job.yml
rm -r $folder
quietly "$weft" merge-shards --set grid.resolution=3000 job.yml
same "5 shards of $(($(wc -l <whole/merged_data_job.csv) - 1)) rows" 5

exit $bad
