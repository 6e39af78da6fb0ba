/* Makes the inputs of the end-to-end benchmark in the folder that is named, where they are not there yet: about 800 MB
 * of pixels, the same on every machine.
 *
 * usage: bench_rasters FOLDER
 *
 * SPDX-License-Identifier: MIT */
#include "support/rasters.h"

#include <gdal.h>
#include <stdio.h>

/* They cover the grid of bench/e2e.yml whole. */
static const raster_spec rasters[] = {
    {"elevation.tif",
     4326,
     7.5,
     51.0,
     1.0 / 3600,
     10800,
     7200,
     GDT_Int16,
     -20,
     3000,
     true,
     -32768,
     997,
     {"TILED=YES", "COMPRESS=DEFLATE", NULL}},
    {"canopy.tif",
     32632,
     390200,
     5648440,
     20,
     10980,
     10980,
     GDT_Float32,
     0,
     40,
     true,
     -1,
     997,
     {"TILED=YES", "COMPRESS=DEFLATE", "PREDICTOR=3", NULL}},
    {"cover.tif", 3035, 4127000, 3114000, 50, 4880, 5040, GDT_Byte, 1, 40, true, 0, 997, {"COMPRESS=LZW", NULL}},
    {"rain.tif", 4326, 6.0, 52.5, 0.1, 60, 50, GDT_Float32, 200, 2500, false, 0, 0, {NULL}},
    {"warmth.tif", 32632, 350000, 5700000, 5000, 60, 65, GDT_Float32, -10, 25, false, 0, 0, {NULL}},
};

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: bench_rasters FOLDER\n");
        return 64;
    }
    for (size_t i = 0; i < sizeof rasters / sizeof *rasters; i++) {
        if (raster_make(argv[1], &rasters[i])) continue;
        fprintf(stderr, "bench_rasters: %s/%s cannot be made: %s\n", argv[1], rasters[i].name, CPLGetLastErrorMsg());
        return 74;
    }
    return 0;
}
