/* Makes the inputs of the memory benchmark in the folder that is named, where they are not there yet: one raster of
 * 20000 x 20000 Float32 (1.5 GiB of pixels, 370 MB of file), and 300 small ones; the same pixels on every machine.
 *
 * usage: bench_memory_rasters FOLDER
 *
 * SPDX-License-Identifier: MIT */
#include "support/rasters.h"

#include <gdal.h>
#include <stdio.h>

#define LAYERS 300

/* Values in steps of 1/1024, little noise: a benchmark that runs hundreds of times is to read blocks, not to inflate
 * them all day. */
static const raster_spec large = {
    .name = "large.tif",
    .epsg = 32632,
    .west = 390200,
    .north = 5848440,
    .pixel = 20,
    .cols = 20000,
    .rows = 20000,
    .gdal_type = GDT_Float32,
    .low = 0,
    .high = 0.125,
    .has_nodata = true,
    .nodata = -9999,
    .missing_every = 100003,
    .creation = {"TILED=YES", "COMPRESS=DEFLATE", "NUM_THREADS=ALL_CPUS", NULL},
};

static bool make(const char *folder, const raster_spec *spec) {
    if (raster_make(folder, spec)) return true;
    fprintf(stderr, "bench_memory_rasters: %s/%s cannot be made: %s\n", folder, spec->name, CPLGetLastErrorMsg());
    return false;
}

/* Every third layer is of another CRS than the grid; each lies a little beside the others and has a range of its own.
 */
static bool make_layer(const char *folder, int i) {
    bool is_other = i % 3 == 0;
    double west = is_other ? 500000 : 4249900, north = is_other ? 5600000 : 3049500;
    char name[32];
    (void)snprintf(name, sizeof name, "layer_%03d.tif", i);
    raster_spec spec = {
        .name = name,
        .epsg = is_other ? 32632 : 3035,
        .west = west + i,
        .north = north - i,
        .pixel = 60,
        .cols = 512,
        .rows = 512,
        .gdal_type = GDT_Float32,
        .low = i,
        .high = i + 0.25,
        .has_nodata = true,
        .nodata = -9999,
        .missing_every = 1009 + i,
        .creation = {"TILED=YES", "COMPRESS=DEFLATE", NULL},
    };
    return make(folder, &spec);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: bench_memory_rasters FOLDER\n");
        return 64;
    }
    if (!make(argv[1], &large)) return 74;
    for (int i = 0; i < LAYERS; i++)
        if (!make_layer(argv[1], i)) return 74;
    return 0;
}
