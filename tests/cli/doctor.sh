#!/usr/bin/env bash
# weft doctor says what is there and what is wrong, and a run without PROJ's database ends at once with what to do.
# usage: doctor.sh WEFT
set -u
weft=$(realpath "$1")
sample=$(realpath "$(dirname "$0")/../../examples/olinda")
. "$(dirname "$0")/../support/script.sh"

# What it finds is what others find.
facts=$("$weft" doctor --json) || fail "doctor ends with $?: $facts"
fact() { python3 -c 'import json, sys; print(json.loads(sys.argv[1])[sys.argv[2]])' "$facts" "$1"; }
[ "$(fact cpus)" -le "$(nproc)" ] || fail "$(fact cpus) CPUs of $(nproc)"
sqlite3 "$(fact proj_database)" "select value from metadata where key = 'EPSG.VERSION'" | grep -qx "$(fact epsg)" ||
    fail "EPSG is not $(fact epsg)"
gdalinfo --formats | grep -c -e '-raster' | grep -qx "$(fact raster_drivers)" || fail "not $(fact raster_drivers) drivers"
free=$(df -B1 --output=avail . | tail -n 1)
awk -v a="$free" -v b="$(fact disk_free_bytes)" 'BEGIN { d = a - b; exit !(d * d < 1e18) }' ||
    fail "$(fact disk_free_bytes) free, and df says $free"
says 0 "$(gdalinfo --version | sed -E 's/GDAL ([0-9.]+).*/\1/')" "$weft" doctor

# No database, one of another version, a broken one: doctor, plan and run say which, and how to mend it.
printf 'grid: {crs: "EPSG:31985", resolution: 90}\ndatasets: [{name: dem, path: %s/dem.tif}]\n' "$sample" >job.yml
mkdir empty other broken
cp "$(fact proj_database)" other/proj.db
sqlite3 other/proj.db "update metadata set value = 99 where key = 'DATABASE.LAYOUT.VERSION.MAJOR'"
head -c 5000 other/proj.db >broken/proj.db
for command in doctor "plan job.yml" "run job.yml"; do
    for folder in empty other broken; do
        says 66 "the environment says PROJ_DATA=$place/$folder: unset it" env PROJ_DATA="$place/$folder" PROJ_LIB= \
            "$weft" $command
    done
    says 66 "proj.db" env PROJ_DATA="$place/empty" "$weft" $command
    says 66 "another PROJ" env PROJ_DATA="$place/other" "$weft" $command
done
[ ! -e out ] || fail "a run without a database has left something"
says 66 '"ends_runs": true' env PROJ_DATA="$place/empty" "$weft" doctor --json

# Limits that are low, and where the memory limit comes from.
says 0 "Slurm's grant" env SLURM_MEM_PER_NODE=100 "$weft" doctor
says 0 "memory.limit: auto is 75.0 MiB" env SLURM_MEM_PER_NODE=100 "$weft" doctor
says 0 "ulimit -f" bash -c 'ulimit -f 1000; exec "$0" doctor' "$weft"
says 0 "100 files open" bash -c 'ulimit -n 100; exec "$0" doctor' "$weft"
exit $bad
