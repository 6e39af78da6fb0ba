#!/usr/bin/env bash
# The job of bench/e2e.yml by weft, by GDAL's programs, old and new (bench/gdal_command.sh: NEW_GDAL), by terra and by
# rioxarray, beside the floor (bench/floor.c), at each resolution that is named. weft and the floor run three times and
# the fastest counts; the others run once. Prints Markdown; leaves bench/cache/e2e.tsv and bench/e2e.png.
#
# usage: end_to_end.sh [METRES | all]..     default: 100 50 25
#   all   has the peers run at 25 m too: half an hour, and some 20 GiB of memory and disk
set -euo pipefail
cd "$(dirname "$0")/.."
cache=bench/cache work=bench/cache/e2e tsv=bench/cache/e2e.tsv
threads=$(nproc)
peers_from=50 # metres: a peer that takes minutes there is not asked for more
resolutions=()

usage() {
    echo "usage: ./dev bench e2e [METRES | all]..   (METRES divide 1000)" >&2
    exit 64
}

for word in "$@"; do
    case "$word" in
    all) peers_from=0 ;;
    [1-9] | [1-9][0-9] | [1-9][0-9][0-9]) resolutions+=("$word") ;;
    *) usage ;;
    esac
    [ "$word" = all ] || [ $((1000 % word)) -eq 0 ] || usage
done
[ ${#resolutions[@]} -gt 0 ] || resolutions=(100 50 25)

# label, wall, user, system, MiB, exit code: a line of $tsv, under the resolution.
measure() {
    local label=$1
    shift
    rm -rf "$work"
    mkdir -p "$work"
    echo "bench: $label at $resolution m" >&2
    build/bench/bench_measure "$tsv" "$resolution	$label" "$@" >"$cache/e2e.log" 2>&1 || {
        echo "bench: $label failed:" >&2
        tail -n 5 "$cache/e2e.log" >&2
    }
}

# Written files are on disk before the next program starts, so that none pays for another's.
settle() {
    rm -rf "$work"
    sync
}

# A column of the fastest run with this label, by number, or "cpu".
field() {
    awk -F '\t' -v r="$resolution" -v l="$1" -v f="$2" '
        $1 == r && $2 == l && $7 == 0 && (best == "" || $3 < best) {best = $3; out = f == "cpu" ? $4 + $5 : $f}
        END {if (out == "") exit 1; print out}' "$tsv"
}

run_floor() {
    local parts
    measure floor build/bench/bench_floor bench/e2e.yml "$threads"
    read -r -a parts <"$cache/e2e.log"
    echo "floor; the last run: ${parts[1]} blocks decoded in ${parts[0]} s, ${parts[3]} bytes formatted in ${parts[2]} s"
}

has_gdal_command() { ${NEW_GDAL:-} gdal raster as-features --help >/dev/null 2>&1; }
has_terra() { Rscript -e 'quit(status = !requireNamespace("terra", quietly = TRUE))' >/dev/null 2>&1; }
has_rioxarray() { /usr/bin/python3 -c 'import rioxarray, xarray, pandas' >/dev/null 2>&1; }

peer() {
    local label=$1 installed=$2
    shift 2
    if ! $installed; then
        missing+=("$label: not installed")
    elif [ "$resolution" -lt "$peers_from" ]; then
        missing+=("$label: not run at this resolution (./dev bench e2e all does)")
    else
        measure "$label" "$@"
    fi
}

row() {
    local label=$1 shown=$2 wall cpu memory
    wall=$(field "$label" 3) || return 0
    cpu=$(field "$label" cpu)
    memory=$(field "$label" 6)
    awk -v s="$shown" -v w="$wall" -v c="$cpu" -v m="$memory" -v ow="$(field weft 3)" -v oc="$(field weft cpu)" \
        'BEGIN {printf "| %s | %.1f | %.1f | %.0f | %.1f | %.1f |\n", s, w, c, m, w / ow, c / oc}'
}

run_resolution() {
    export RESOLUTION=$resolution
    local missing=() cells=$((204000 / resolution * (212000 / resolution)))
    local run floor bytes
    for run in 1 2 3; do
        settle
        floor=$(run_floor)
        measure weft build/weft run --progress none bench/e2e.yml
        bytes=$(stat -c %s "$work/merged_data_e2e.csv")
    done
    settle
    peer chain true bench/gdal_chain.sh "$cache" "$resolution" "$work" "$threads"
    settle
    peer command has_gdal_command bench/gdal_command.sh "$cache" "$resolution" "$work" "$threads"
    settle
    peer terra has_terra Rscript bench/peers/terra.R "$cache" "$resolution" "$work/terra.csv"
    settle
    peer rioxarray has_rioxarray /usr/bin/python3 bench/peers/rioxarray_table.py "$cache" "$resolution" \
        "$work/rioxarray.csv" "$threads"
    settle
    printf '\n%s m: %d cells, %d numbers, a table of %d bytes\n\n' "$resolution" "$cells" $((cells * 7)) "$bytes"
    printf '| program | wall s | CPU s | peak MiB | wall / weft | CPU / weft |\n'
    printf '| --- | ---: | ---: | ---: | ---: | ---: |\n'
    row weft 'weft, limit 256 MiB'
    row floor "$floor"
    row chain 'gdalwarp x 5, gdalbuildvrt, gdal2xyz'
    row command 'gdal raster reproject x 5, stack, as-features'
    row terra terra
    row rioxarray rioxarray
    [ ${#missing[@]} -eq 0 ] || printf '\n%s' "${missing[@]/%/$'\n'}"
}

# The figures of all runs: label, wall seconds against millions of cells.
plot() {
    if ! command -v gnuplot >/dev/null; then
        echo "bench: no gnuplot, no plot (apt-get install gnuplot-nox)" >&2
        return
    fi
    gnuplot -e "data='$tsv'; picture='bench/e2e.png'" bench/e2e.gnuplot
}

build/bench/bench_rasters "$cache"
: >"$tsv"
for resolution in "${resolutions[@]}"; do
    run_resolution
done
plot
