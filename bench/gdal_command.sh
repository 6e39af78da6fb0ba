#!/usr/bin/env bash
# The job of bench/e2e.yml as it is done with the `gdal` program, from 3.12 on: reproject a raster, stack, as-features.
# NEW_GDAL=COMMAND runs a command with such a GDAL ("chroot ROOT", in which the cache has the same path).
# usage: gdal_command.sh CACHE RESOLUTION FOLDER THREADS
set -euo pipefail
cache=$(realpath "$1") resolution=$2 folder=$(realpath "$3") threads=$4

# The types that weft gives these methods, so that no digit is lost before the text.
reproject() {
    ${NEW_GDAL:-} gdal raster pipeline -q read "$cache/$1.tif" ! set-type --ot "$3" ! reproject -d EPSG:3035 \
        --bbox 4147000,2882000,4351000,3094000 --resolution "$resolution,$resolution" -r "$2" -j "$threads" ! \
        write --overwrite "$folder/$1.tif"
}

reproject elevation bilinear Float32
reproject canopy average Float32
reproject cover nearest UInt8
reproject rain bilinear Float32
reproject warmth cubic Float32
${NEW_GDAL:-} gdal raster stack -q --overwrite "$folder"/{elevation,canopy,cover,rain,warmth}.tif "$folder/stack.vrt"
${NEW_GDAL:-} gdal raster as-features --include-xy --overwrite "$folder/stack.vrt" "$folder/command.csv"
