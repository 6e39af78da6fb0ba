#!/usr/bin/env bash
# Rasters of a server on loopback that delays, cuts, refuses, fails and lets addresses expire: the right values or the
# right exit code, never an output with holes.
# usage: remote_faults.sh WEFT
set -u
weft=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
sample=$here/../../examples/olinda/dem.tif
python3 -c 'import http.server' 2>/dev/null || {
    echo "SKIPPED: there is no python3"
    exit 0
}
place=$(mktemp -d)
server=
trap 'kill "$server" 2>/dev/null; rm -rf "$place"' EXIT
cd "$place" || exit 1
bad=0
fail() {
    echo "$*"
    bad=1
}
mkdir web
gdal_translate -q -of GTiff -co TILED=YES -co BLOCKXSIZE=64 -co BLOCKYSIZE=64 "$sample" web/dem.tif
python3 "$here/../support/fault_server.py" web log >port &
server=$!
for _ in {1..100}; do
    [ -s port ] && break
    sleep 0.1
done
url=http://127.0.0.1:$(cat port)
cp web/dem.tif local.tif
run() { # NAME PATH KEYS
    printf 'experiment: %s\noutput_dir: out\nthreads: 1\nmetrics: {database: m.sqlite}\ngrid: {resolution: 100, extent: d}\n' "$1" >run.yml
    printf 'datasets: [{name: d, path: "%s"%s}]\n' "$2" "${3:-}" >>run.yml
    timeout 60 "$weft" run run.yml --progress none >said 2>&1
}
comes_right() { # MODE WORDS KEYS
    run "$1" "/vsicurl/$url/$1/dem.tif" "${3:-}" || fail "$1: $(cat said)"
    cmp -s out/merged_data_local.csv "out/merged_data_$1.csv" || fail "$1: other bytes than from a disk"
    grep -q "$2" said || fail "$1: \"$2\" is not in $(cat said)"
}
ends() { # CODE MODE WORDS KEYS
    run "$2" "/vsicurl/$url/$2/dem.tif" "${4:-}"
    local code=$?
    [ $code = "$1" ] || fail "$2: $code, not $1: $(cat said)"
    grep -q "$3" said || fail "$2: \"$3\" is not in $(cat said)"
    [ ! -e "out/merged_data_$2.csv" ] || fail "$2: there is an output"
}
run local "$PWD/local.tif" || fail "$(cat said)"

comes_right good rows
comes_right slow rows
for mode in 429-then-good 500-then-good 503-then-good cut-then-good; do
    comes_right $mode 'succeeded when they were tried again'
done
for mode in 429-always 500-always; do
    ends 74 $mode "HTTP response code: ${mode%-always}"
done
ends 74 500-later 'HTTP response code: 500'
ends 74 403-later 'cannot be opened again'
ends 74 cut-always '5 attempts'
ends 77 403-always 'HTTP response code: 403'
ends 77 401-always 'HTTP response code: 401'
ends 66 404-always 'there is no such file'

# Addresses that expire after three requests. The command is told the address, as it stands in the configuration.
cat >sign <<END
#!/bin/sh
echo "\$2" >>asked
echo "\$2?sig=\$(wc -l <asked)"
END
chmod +x sign
comes_right signed rows ', sign: "./sign --key"'
[ "$(sort -u asked)" = "$url/signed/dem.tif" ] || fail "the command is given $(sort -u asked)"
[ "$(wc -l <asked)" -ge 3 ] || fail "an address that expired is not made again: $(wc -l <asked)"
grep -q 'signed 403' log || fail "no address expired"
grep -q 'sig=' out/merged_data_signed.metadata.json && fail "a signed address is kept"
ends 74 good2 'sign: "false" ended with 1' ', sign: "false"'
ends 65 good3 'printed no address' ', sign: "echo no # "'

# The half of a raster: 4 rows of 8 blocks of 512 KiB, and a column more that the kernel touches. One thread has two
# windows, of 1024 columns, so a row of blocks takes two requests, and the header one. What is read at most: these
# blocks, the header, and at both ends of a request a chunk of 16 KiB.
gdal_translate -q -of GTiff -outsize 4096 1024 -r bilinear -ot Float64 -b 1 -a_srs EPSG:32725 -a_ullr 0 1024 4096 0 \
    -co TILED=YES "$sample" web/wide.tif
run_wide() { # NAME PATH
    printf 'experiment: %s\noutput_dir: out\nthreads: 1\nmetrics: {database: m.sqlite}\n' "$1" >run.yml
    printf 'grid: {resolution: 1, bounds: [0, 0, 2048, 1024]}\nexport: {formats: [geotiff]}\n' >>run.yml
    printf 'datasets: [{name: d, path: "%s"}]\n' "$2" >>run.yml
    timeout 60 "$weft" run run.yml --progress none >said 2>&1 || fail "$1: $(cat said)"
    cmp -s out/merged_data_disk.tif "out/merged_data_$1.tif" || fail "$1: other bytes than from a disk"
}
run_wide disk "$PWD/web/wide.tif"
run_wide ahead "/vsicurl/$url/ahead/wide.tif"
grep '^ahead 206' log | awk -F '[=-]' -v requests=$((1 + 2 * 4)) -v most=$((4 * 9 * 524288 + 16384 + 8 * 2 * 16384)) '
    { bytes += $3 - $2 + 1 }
    END { if (NR > requests || bytes > most) { print NR " requests of " bytes " bytes"; exit 1 } }' ||
    fail "blocks side by side are not read together"
# What is read ahead comes in halves: the blocks are asked for again, and the run does not end.
run_wide large-cut "/vsicurl/$url/large-cut/wide.tif"
grep -q '^large-cut cut' log || fail "nothing was cut"
# The places of 16384 blocks take 128 KiB, which are read when blocks are: whichever request fails, no block is zeros.
gdal_translate -q -of GTiff -outsize 4096 1024 -r bilinear -b 1 -a_srs EPSG:32725 -a_ullr 0 1024 4096 0 \
    -co TILED=YES -co BLOCKXSIZE=16 -co BLOCKYSIZE=16 "$sample" web/many.tif
run_wide disk "$PWD/web/many.tif"
for number in 3 4 5 6; do
    run_wide 500-at-$number "/vsicurl/$url/500-at-$number/many.tif"
done
exit $bad
