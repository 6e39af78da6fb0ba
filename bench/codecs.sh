#!/usr/bin/env bash
# Whether memory.limit holds for rasters whose decoders take much: WebP, LERC, NetCDF4, JPEG 2000, GRIB and VRTs with
# pixel functions, with large tiles and several bands, at 80, 160 and 256 MiB on 1, 4 and 64 threads. A case passes when
# the run ends well with a peak (VmHWM) under the limit and under the plan's estimate; or when both plan and run refuse
# it with exit code 71 and name a least limit, the smaller of which then passes. All tables of a raster must be
# equal. Prints Markdown. A kind that this GDAL cannot write is left out, and named.
#
# It may be stopped and goes on where it was: a case is a line of bench/cache/codecs/cases.tsv under the checksum of the
# program and of the rasters' list.
#
# usage: codecs.sh [PATTERN]     only rasters whose name matches (a bash pattern)
set -euo pipefail
cd "$(dirname "$0")/.."
pattern=${1:-*}
cache=bench/cache/codecs tsv=bench/cache/codecs/cases.tsv work=bench/cache/codecs/work.$$ out=$work/out
limits=(80 160 256) threads=(1 4 64) patience=300

# --- rasters: name, method, then how it is made from base.tif; without that it is made otherwise ---

tiles() { echo "-co TILED=YES -co BLOCKXSIZE=$1 -co BLOCKYSIZE=$1 -co NUM_THREADS=2"; }
three='-b 1 -b 1 -b 1 -co INTERLEAVE=PIXEL'
rasters=(
    "webp_2048.tif bilinear -ot Byte -scale 0 4000 0 255 $three -co COMPRESS=WEBP $(tiles 2048)"
    "lerc_512.tif average $three -co COMPRESS=LERC -co MAX_Z_ERROR=0.01 $(tiles 512)"
    "lerc_2048.tif bilinear -co COMPRESS=LERC -co MAX_Z_ERROR=0.01 $(tiles 2048)"
    "lerc_deflate_1024.tif nearest -ot Int16 $three -co COMPRESS=LERC_DEFLATE $(tiles 1024)"
    "lerc_zstd_512.tif bilinear -co COMPRESS=LERC_ZSTD -co MAX_Z_ERROR=0.01 $(tiles 512)"
    "lerc_zstd_4096.tif average -ot Int16 -co COMPRESS=LERC_ZSTD $(tiles 4096)"
    "netcdf_chunks.nc bilinear"
    "netcdf_times.nc average"
    "jp2_tiles.jp2 average -of JP2OpenJPEG -ot UInt16 -b 1 -b 1 -b 1 -co QUALITY=25 -co BLOCKXSIZE=1024 -co BLOCKYSIZE=1024"
    "jp2_whole.jp2 bilinear -of JP2OpenJPEG -ot UInt16 -outsize 4000 4000 -co QUALITY=100 -co REVERSIBLE=YES -co BLOCKXSIZE=4000 -co BLOCKYSIZE=4000"
    "grib_simple.grb2 bilinear -of GRIB -outsize 4000 4000 -co DATA_ENCODING=SIMPLE_PACKING -co NBITS=12"
    "grib_jpeg2000.grb2 average -of GRIB -outsize 3000 3000 -co DATA_ENCODING=JPEG2000 -co NBITS=16 -co JPEG2000_DRIVER=JP2OpenJPEG"
    "vrt_mul.vrt bilinear"
    "vrt_sum.vrt average"
)

# A VRT whose band is FUNCTION of the first band of each FILE. Blocks are as large as GDAL makes those of such bands.
vrt_of() {
    local function=$1 file
    shift
    printf '<VRTDataset rasterXSize="6000" rasterYSize="6000">\n<SRS>EPSG:32632</SRS>\n'
    printf '<GeoTransform>390200, 20, 0, 5848440, 0, -20</GeoTransform>\n'
    printf '<VRTRasterBand dataType="Float32" band="1" subClass="VRTDerivedRasterBand">\n'
    printf '<PixelFunctionType>%s</PixelFunctionType>\n' "$function"
    for file in "$@"; do
        printf '<SimpleSource><SourceFilename relativeToVRT="1">%s</SourceFilename><SourceBand>1</SourceBand>' "$file"
        printf '<SrcRect xOff="0" yOff="0" xSize="6000" ySize="6000"/><DstRect xOff="0" yOff="0" xSize="6000" ySize="6000"/></SimpleSource>\n'
    done
    printf '</VRTRasterBand>\n</VRTDataset>\n'
}

make_rasters() {
    local line name method made
    mkdir -p "$cache"
    build/bench/bench_codec_rasters "$cache"
    for line in "${rasters[@]}"; do
        read -r name method made <<<"$line"
        if [ -n "$made" ] && [ ! -e "$cache/$name" ]; then
            # shellcheck disable=SC2086 # options are words
            if gdal_translate -q --config GDAL_CACHEMAX 256 --config GDAL_PAM_ENABLED NO $made "$cache/base.tif" "$cache/part.$name" >&2; then
                mv "$cache/part.$name" "$cache/$name"
            else
                rm -f "$cache/part.$name"
            fi
        fi
    done
    vrt_of mul lerc_2048.tif base.tif >"$cache/vrt_mul.vrt"
    vrt_of sum lerc_512.tif lerc_deflate_1024.tif lerc_zstd_512.tif base.tif lerc_zstd_4096.tif >"$cache/vrt_sum.vrt"
}

# --- cases ---

# name, method, threads, limit
write_job() {
    cat >"$work/job.yml" <<END
experiment: codecs
output_dir: out
threads: $3
grid: {crs: 'EPSG:3035', resolution: 400, extent: value}
datasets: [{name: value, path: ../$1, method: $2}]
export: {formats: [csv]}
memory: {limit: ${4}MiB}
END
}

# "158" of the refusal in a file; nothing where there is none.
least_of() { sed -n 's/.* is too small: \([0-9.]*\) MiB is the least .*/\1/p' "$1" | head -n 1; }

# One plan and one run. Sets: plan_code, run_code, estimate, peak (MiB), seconds (of CPU), plan_least, run_least, sum.
try() {
    local numbers
    write_job "$@"
    rm -rf "$out" "$work/measured"
    plan_code=0 run_code=0 estimate=0 sum=-
    build/weft plan --json "$work/job.yml" >"$work/plan.out" 2>"$work/plan.err" || plan_code=$?
    timeout "$patience" build/bench/bench_measure "$work/measured" run \
        build/weft run --progress none "$work/job.yml" >"$work/run.out" 2>"$work/run.err" || run_code=$?
    estimate=$(sed -n 's/.*"peak_estimate_bytes": *\([0-9]*\).*/\1/p' "$work/plan.out" |
        awk '{printf "%.1f", $1 / 1048576}')
    numbers=$(awk '{print $3 + $4, $5}' "$work/measured" 2>/dev/null || true)
    read -r seconds peak <<<"$numbers" || true
    plan_least=$(least_of "$work/plan.err") run_least=$(least_of "$work/run.err")
    [ "$run_code" -ne 0 ] || sum=$(cksum <"$out/merged_data_codecs.csv" | tr ' ' -)
    rm -rf "$out"
}

# Why the last try is none that fits, or nothing.
why_not() {
    if [ "$plan_code" -ne 0 ] || [ "$run_code" -ne 0 ]; then
        echo "exit codes: plan $plan_code, run $run_code: $(tail -n 2 "$work/run.err" | tr '\t\n' '  ')"
    elif awk "BEGIN {exit !($peak > $1)}"; then
        echo "a peak of $peak MiB is over the limit"
    elif awk "BEGIN {exit !($peak > $estimate)}"; then
        echo "a peak of $peak MiB is over the estimate of $estimate"
    fi
}

# name, method, threads, limit. A line of cases.tsv: key, name, limit, threads, least or 0, seconds, peak, estimate, sum,
# why it is a miss.
run_case() {
    local least=0 why='' limit=$4
    try "$@"
    if [ "$plan_code" -eq 71 ] && [ "$run_code" -eq 71 ]; then
        if [ -z "$plan_least" ] || [ -z "$run_least" ]; then
            why="refused without a number: $(tail -n 2 "$work/plan.err" | tr '\t\n' '  ')"
        else
            # A little more or less is resident in each process: the smaller number has to do for both.
            least=$((plan_least < run_least ? plan_least : run_least)) limit=$least
            try "$1" "$2" "$3" "$least"
        fi
    fi
    [ -n "$why" ] || why=$(why_not "$limit")
    printf '%s\t' "$key" "$1" "$4" "$3" "$least" "${seconds:-0}" "${peak:-0}" "${estimate:-0}" "$sum" >>"$tsv"
    printf '%s\n' "$why" >>"$tsv"
    [ -z "$why" ] || echo "bench: $1, $4 MiB, $3 threads: $why" >&2
}

report() {
    awk -F '\t' -v key="$key" '
        $1 != key {next}
        {
            if (!($2 in seen)) {names[++count] = $2; seen[$2] = 1; first[$2] = $9}
            if ($10 == "" && $9 != first[$2]) $10 = "another table: " $9 ", not " first[$2]
            cell[$2, $3, $4] = ($5 > 0 ? $5 ": " : "") $7 ($10 == "" ? "" : " (missed)")
            if ($6 > costliest[$2, $3]) costliest[$2, $3] = $6
            cases++
            if ($10 != "") told[++missed] = "- " $2 ", " $3 " MiB, threads " $4 ": " $10
        }
        END {
            printf "\n%d misses in %d cases. Peaks in MiB, after the least limit where the case'"'"'s own is refused:\n\n", missed, cases
            printf "| raster | limit MiB | 1 thread | 4 threads | 64 threads | most CPU s |\n"
            printf "| --- | ---: | ---: | ---: | ---: | ---: |\n"
            for (i = 1; i <= count; i++)
                for (limit = 80; limit <= 256; limit += limit == 80 ? 80 : 96)
                    if ((names[i], limit) in costliest)
                        printf "| %s | %d | %s | %s | %s | %.1f |\n", names[i], limit, cell[names[i], limit, 1],
                               cell[names[i], limit, 4], cell[names[i], limit, 64], costliest[names[i], limit]
            if (missed > 0) printf "\nMisses:\n\n"
            for (i = 1; i <= missed; i++) print told[i]
        }' "$tsv"
}

make_rasters
touch "$tsv"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
key=$({ cat build/weft && printf '%s\n' "${rasters[@]}"; } | cksum | tr ' ' -)
for line in "${rasters[@]}"; do
    read -r name method _ <<<"$line"
    # shellcheck disable=SC2053 # a pattern
    [[ $name == $pattern ]] || continue
    if [ ! -e "$cache/$name" ]; then
        echo "bench: skipped: this GDAL writes no $name" >&2
        continue
    fi
    for limit in "${limits[@]}"; do
        for count in "${threads[@]}"; do
            grep -qF "$key	$name	$limit	$count	" "$tsv" || run_case "$name" "$method" "$count" "$limit"
        done
    done
done
report
