#!/usr/bin/env bash
# The job of bench/memory/reproject.yml with GDAL's programs: gdalwarp, then gdal2xyz.
# usage: memory_gdal.sh RASTER FOLDER THREADS
set -euo pipefail
gdalwarp -q -overwrite -t_srs EPSG:3035 -te 4137920 2893920 4544160 3300160 -tr 160 160 -r bilinear \
    -multi -wo NUM_THREADS="$3" "$1" "$2/warped.tif"
gdal2xyz.py -csv "$2/warped.tif" "$2/chain.csv" >/dev/null
