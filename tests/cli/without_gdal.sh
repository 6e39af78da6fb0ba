#!/usr/bin/env bash
# Commands that read no raster do not load GDAL, and others do.
# usage: without_gdal.sh WEFT
set -u
weft=$(realpath "$1")
config=$(realpath "$(dirname "$0")/../../config.yml")
# Linked as ever: under a sanitizer, on other machines.
ldd "$weft" | grep -q libgdal && exit 0
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place" || exit 1
bad=0
mkdir none
"$weft" catalog scan none >/dev/null 2>&1
loads() { LD_DEBUG=files "$weft" "$@" 2>&1 >/dev/null </dev/null | grep -q 'file=libgdal'; }
for command in --version --help "help run" schema "completion bash" memory runs "validate $config" "catalog list" \
    "catalog list --bbox 1,2,3,4 --format geojson" "catalog stats" "catalog show x.tif"; do
    # shellcheck disable=SC2086
    loads $command && echo "weft $command loads GDAL" && bad=1
done
loads plan "$config" || { echo "weft plan does not load GDAL: this test sees nothing" && bad=1; }
# A program without its libraries says what it lacks.
mkdir alone && cp "$weft" alone
said=$(alone/weft plan "$config" 2>&1)
[ $? = 70 ] || { echo "without weft-rasters.so: not 70" && bad=1; }
[[ $said == *"there is no weft-rasters.so beside the program"* ]] || { echo "without weft-rasters.so: $said" && bad=1; }
exit $bad
