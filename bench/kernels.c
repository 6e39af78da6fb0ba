/* Each method x {same CRS, reprojected} x {down 4x, 1:1, up 4x} x {Byte, Int16, Float32}, in Mcells/s, beside
 * gdalwarp's own function in the same process on the same threads.
 *
 * The source is an uncompressed 64 Mpixel GeoTIFF in the page cache. weft runs its resample stage into memory;
 * GDALWarp() runs into a MEM dataset, once as its user would (-et 0.125) and once exactly (-et 0). Grids hold 4
 * Mcells, or 17 where they do not reduce, of which gdalwarp does the upper quarter.
 *
 * usage: bench_kernels CACHE [METHOD|all [THREADS [beside|scaling|alone [CASE]]]]
 * scaling: weft only, on THREADS and on one. alone: processor time, for a profiler. CASE: part of a row's name, as
 * "same CRS | down 4x | Byte".
 *
 * SPDX-License-Identifier: MIT */
#include "support/rasters.h"

#include "config/config.h"
#include "core/clock.h"
#include "core/text.h"
#include "monitors/usable_cpus.h"
#include "pipeline/plan/plan.h"
#include "raster/gdal/gdal_setup.h"
#include "stages/layers/lazy_layer.h"
#include "stages/resample_stage.h"

#include <cpl_string.h>
#include <gdal.h>
#include <gdal_utils.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SIDE       8192 /* pixels a side of the sources */
#define PIXEL      10.0 /* metres */
#define WEST       500000.0
#define NORTH      5600000.0
#define PEER_CELLS (INT64_C(4) << 20) /* that gdalwarp is timed on */
#define SPAN       0.3                /* seconds */

/* Beside gdalwarp; weft only; weft only, and processor time: for profiles. */
enum mode { BESIDE, SCALING, ALONE };

typedef struct bench_case {
    const weft_method *method;
    const char *file;
    bool reprojected;
    double resolution; /* metres */
    int cells;         /* a side of the grid */
    int threads;
    enum mode mode;
} bench_case;

static void check(weft_status status, const weft_error *err) {
    if (status == WEFT_OK) return;
    fprintf(stderr, "bench: %s\n", err->message);
    exit(1);
}

/* The grid lies in the middle of the source. */
static void make_grid(const bench_case *which, weft_grid *grid) {
    weft_crs *crs = NULL, *utm = NULL;
    weft_transform *to_grid = NULL;
    weft_error err = {0};
    double x = WEST + SIDE * PIXEL / 2, y = NORTH - SIDE * PIXEL / 2;
    check(weft_crs_parse(&utm, "EPSG:32632", &err), &err);
    check(weft_crs_parse(&crs, which->reprojected ? "EPSG:3035" : "EPSG:32632", &err), &err);
    check(weft_transform_new(&to_grid, utm, crs, NULL, NULL, &err), &err);
    weft_transform_points(to_grid, 1, &x, &y);
    *grid = (weft_grid){.crs = crs,
                        .origin_x = x - which->cells * which->resolution / 2 + 3.7,
                        .origin_y = y + which->cells * which->resolution / 2 - 2.1,
                        .res_x = which->resolution,
                        .res_y = which->resolution,
                        .cols = which->cells,
                        .rows = which->cells};
    weft_transform_free(to_grid);
    weft_crs_free(utm);
}

static weft_status project(void *payload, int64_t n, double *x, double *y, weft_error *err) {
    return weft_crs_pair_project(payload, n, x, y, err);
}

static void to_pixels(const void *payload, int64_t n, double *x, double *y) {
    weft_projector_to_pixels(payload, n, x, y);
}

/* Alone, what the processor did is counted: others may share it with a profiler's run. */
static int64_t time_now(const bench_case *which) {
    struct timespec now;
    if (which->mode != ALONE) return weft_clock_monotonic_ns();
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* One layer, resampled whole into memory. */
static void resample(const weft_resample_options *options, double *seconds, const bench_case *which) {
    weft_layer *whole = NULL;
    weft_resample_result result;
    weft_error err = {0};
    int64_t before = time_now(which);
    check(weft_resample_run(options, &whole, &result, &err), &err);
    *seconds += (double)(time_now(which) - before) / 1e9;
    weft_layer_free(whole);
}

/* Seconds of the resample stage: of a run among others, as in a job of many windows. The first one opens the source and
 * is not counted; then as many as take SPAN seconds. */
static double time_weft(const bench_case *which, const weft_grid *grid, const char *path, double scale[2]) {
    static weft_activity activity;
    static weft_cancel cancel;
    weft_context context = {.activity = &activity, .cancel = &cancel, .patch_bytes = 16 << 20};
    weft_block_cache *cache = NULL;
    weft_source *source = NULL;
    weft_projector *projector = NULL;
    weft_worker *workers = NULL;
    weft_layer *lazy = NULL;
    weft_error err = {0};
    double first = 0, seconds = 0;
    int runs = 0;
    bool on_grid;
    check(weft_ledger_new(&context.ledger, INT64_C(4) << 30, &err), &err);
    check(weft_block_cache_new(&cache, context.ledger, 64 << 20, &err), &err);
    check(weft_source_open(&source, path, (weft_source_options){0}, cache, &err), &err);
    check(weft_projector_new(&projector, grid, source, &err), &err);
    check(weft_projector_scale(projector, scale, &on_grid, &err), &err);
    const weft_source_info *info = weft_source_describe(source);
    weft_lattice_net net = {.tolerance = 0.05,
                            .pixels_x = 1 / fabs(info->geotransform[1]),
                            .pixels_y = 1 / fabs(info->geotransform[5]),
                            .project = project,
                            .payload = weft_projector_pair(projector)};
    weft_lattice_spec lattice = {.net = &net, .to_pixels = to_pixels, .payload = projector};
    lattice.affine = weft_projector_affine(projector, lattice.a);
    weft_resampler how = {.method = which->method,
                          .source_type = info->bands[0].type,
                          .type = weft_resampler_result_type(which->method, info->bands[0].type, false),
                          .scale_x = scale[0],
                          .scale_y = scale[1],
                          .value_scale = 1,
                          .source_cols = info->cols,
                          .source_rows = info->rows};
    check(weft_lazy_layer_new(&lazy, "bench", 0, source, 1, &lattice, &how, &err), &err);
    check(weft_work_pool_new(&context.pool, which->threads, &err), &err);
    check(weft_workers_new(&workers, &context, &err), &err);
    weft_adaptive_size window = {.desired = 512};
    check(weft_adaptive_size_init(&window, &context, &err), &err);
    weft_resample_options options = {.context = &context,
                                     .workers = workers,
                                     .lazy = &lazy,
                                     .layer_count = 1,
                                     .cols = grid->cols,
                                     .rows = grid->rows,
                                     .window_size = &window};
    resample(&options, &first, which);
    for (; seconds < SPAN; runs++)
        resample(&options, &seconds, which);
    weft_layer_free(lazy);
    weft_workers_free(workers, which->threads);
    weft_work_pool_free(context.pool);
    weft_projector_free(projector);
    weft_source_close(source);
    weft_block_cache_free(cache);
    weft_ledger_free(context.ledger);
    return seconds / runs;
}

/* Of a whole grid, from its upper part. gdalwarp takes 20 s for PEER_CELLS of `sum`, of which it does an eighth. */
static double time_gdalwarp(const bench_case *which, const weft_grid *grid, const char *path, const double scale[2],
                            const char *error) {
    char **argv = NULL, text[64];
    weft_bounds b = weft_grid_bounds(grid);
    int rows = (int)(PEER_CELLS / which->cells / (which->method == &weft_method_sum ? 8 : 1));
    b.ymin = b.ymax - rows * grid->res_y;
    const char *method = which->method == &weft_method_nearest ? "near" : weft_method_name(which->method);
    const char *const fixed[] = {"-of",
                                 "MEM",
                                 "-multi",
                                 "-ovr",
                                 "NONE",
                                 "-wm",
                                 "512",
                                 "-et",
                                 error,
                                 "-r",
                                 method,
                                 "-t_srs",
                                 which->reprojected ? "EPSG:3035" : "EPSG:32632",
                                 "-te"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        argv = CSLAddString(argv, fixed[i]);
    const double bounds[] = {b.xmin, b.ymin, b.xmax, b.ymax};
    for (int i = 0; i < 4; i++) {
        (void)snprintf(text, sizeof text, "%.17g", bounds[i]);
        argv = CSLAddString(argv, text);
    }
    (void)snprintf(text, sizeof text, "%d", which->cells);
    argv = CSLAddString(CSLAddString(argv, "-ts"), text);
    (void)snprintf(text, sizeof text, "%d", rows);
    argv = CSLAddString(argv, text);
    (void)snprintf(text, sizeof text, "NUM_THREADS=%d", which->threads);
    argv = CSLAddString(CSLAddString(argv, "-wo"), text);
    (void)scale;
    GDALWarpAppOptions *options = GDALWarpAppOptionsNew(argv, NULL);
    GDALDatasetH source = GDALOpen(path, GA_ReadOnly);
    int64_t before = weft_clock_monotonic_ns();
    GDALDatasetH out = GDALWarp("", NULL, 1, &source, options, NULL);
    double seconds = (double)(weft_clock_monotonic_ns() - before) / 1e9;
    if (out == NULL) exit(1);
    GDALClose(out);
    GDALClose(source);
    GDALWarpAppOptionsFree(options);
    CSLDestroy(argv);
    return seconds * which->cells / rows;
}

static double best(double a, double b) {
    return a < b ? a : b;
}

static void run_case(const bench_case *which, const char *folder, const char *type, const char *only) {
    char path[4200], name[200];
    weft_grid grid;
    double scale[2], weft = 1e9, single = 1e9, exact = 1e9, usual = 1e9,
                     mcells = which->cells * (double)which->cells / 1e6;
    bench_case one_thread = *which;
    one_thread.threads = 1;
    (void)snprintf(path, sizeof path, "%s/%s", folder, which->file);
    (void)snprintf(name, sizeof name, "%s | %s | %s", which->reprojected ? "reprojected" : "same CRS",
                   which->resolution > PIXEL   ? "down 4x"
                   : which->resolution < PIXEL ? "up 4x"
                                               : "1:1",
                   type);
    if (strstr(name, only) == NULL) return;
    make_grid(which, &grid);
    for (int i = 0; i < 3; i++) {
        weft = best(weft, time_weft(which, &grid, path, scale));
        if (which->mode != ALONE) single = best(single, time_weft(&one_thread, &grid, path, scale));
    }
    printf("| %s | %s | %.1f |", weft_method_name(which->method), name, mcells / weft);
    if (which->mode != ALONE) printf(" %.2f |", single / weft);
    if (which->mode == BESIDE) {
        GDALSetCacheMax64(INT64_C(512) << 20);
        usual = time_gdalwarp(which, &grid, path, scale, "0.125");
        exact = time_gdalwarp(which, &grid, path, scale, "0");
        printf(" %.1f | %.1f | %.1f | %.1f |", mcells / exact, mcells / usual, exact / weft, usual / weft);
    }
    printf("\n");
    fflush(stdout);
    weft_grid_dispose(&grid);
}

int main(int argc, char **argv) {
    static const raster_spec sources[] = {
        {"byte.tif", 32632, WEST, NORTH, PIXEL, SIDE, SIDE, GDT_Byte, 0, 250, false, 0, 0, {"TILED=YES", NULL}},
        {"int16.tif", 32632, WEST, NORTH, PIXEL, SIDE, SIDE, GDT_Int16, -20, 3000, false, 0, 0, {"TILED=YES", NULL}},
        {"float32.tif", 32632, WEST, NORTH, PIXEL, SIDE, SIDE, GDT_Float32, 0, 40, false, 0, 0, {"TILED=YES", NULL}},
    };
    static const char *const types[] = {"Byte", "Int16", "Float32"};
    static const char *const headings[] = {
        [BESIDE] =
            ("| method | grid | scale | type | weft | x one thread | gdalwarp -et 0 | gdalwarp -et 0.125 | x exact "
             "| x usual |\n| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"),
        [SCALING] = "| method | grid | scale | type | weft | x one thread |\n| --- | --- | --- | --- | ---: | ---: |",
        [ALONE] = "| method | grid | scale | type | weft |\n| --- | --- | --- | --- | ---: |"};
    static const double resolutions[] = {4 * PIXEL, PIXEL, PIXEL / 4};
    weft_error err = {0};
    if (argc < 2) return 64;
    check(weft_raster_init(&err), &err);
    enum mode mode = argc > 4 && strcmp(argv[4], "alone") == 0     ? ALONE
                     : argc > 4 && strcmp(argv[4], "scaling") == 0 ? SCALING
                                                                   : BESIDE;
    int threads = argc > 3 ? atoi(argv[3]) : weft_usable_cpus("");
    for (int i = 0; i < 3; i++)
        if (!raster_make(argv[1], &sources[i])) return 1;
    printf("\n%s\n", headings[mode]);
    const weft_method *method;
    for (int number = 0; (method = weft_method_at(number)) != NULL; number++) {
        if (argc > 2 && strcmp(argv[2], "all") != 0 && strcmp(argv[2], weft_method_name(method)) != 0) continue;
        for (int reprojected = 0; reprojected < 2; reprojected++)
            for (int r = 0; r < 3; r++)
                for (int t = 0; t < 3; t++)
                    run_case(&(bench_case){method, sources[t].name, reprojected != 0, resolutions[r],
                                           resolutions[r] > PIXEL ? SIDE / 4 : SIDE / 2, threads, mode},
                             argv[1], types[t], argc > 5 ? argv[5] : "");
    }
    return 0;
}
