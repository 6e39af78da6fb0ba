#!/usr/bin/env bash
# The job of bench/e2e.yml as it is done with GDAL's programs: a gdalwarp a raster, gdalbuildvrt, gdal2xyz.
# usage: gdal_chain.sh CACHE RESOLUTION FOLDER THREADS
set -euo pipefail
cache=$1 resolution=$2 folder=$3 threads=$4

warp() {
    gdalwarp -q -overwrite -t_srs EPSG:3035 -te 4147000 2882000 4351000 3094000 -tr "$resolution" "$resolution" \
        -r "$2" -ot "$3" -multi -wo NUM_THREADS="$threads" "$cache/$1.tif" "$folder/$1.tif"
}

# The types that weft gives these methods, so that no digit is lost before the text.
warp elevation bilinear Float32
warp canopy average Float32
warp cover near Byte
warp rain bilinear Float32
warp warmth cubic Float32
gdalbuildvrt -q -overwrite -separate "$folder/stack.vrt" \
    "$folder"/{elevation,canopy,cover,rain,warmth}.tif
gdal2xyz.py -allbands -csv "$folder/stack.vrt" "$folder/chain.csv" >/dev/null
