/* A lazy layer gives each cell the same bits whatever windows it is asked for and however little memory it has.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/rasters.h"
#include "support/sandbox.h"
#include "support/splitmix.h"

#include "processors/resample/methods.h"
#include "raster/blocks/block_cache.h"
#include "raster/source/projector.h"
#include "stages/layers/lazy_layer.h"

#include <gdal.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A raster and a grid over it, some of it beyond the edge. */
static const struct scene {
    const char *test;
    raster_spec raster;
    const char *crs;
    double x, y, resolution;
    int64_t cols, rows;
    bool aslant; /* whether the raster is turned by 45 degrees about its first corner */
} scenes[] = {
    {"a_reprojected_layer_has_one_answer",
     {"reprojected.tif",
      4326,
      15,
      50,
      0.01,
      40,
      30,
      GDT_Int16,
      -20,
      30,
      true,
      -32768,
      13,
      {"TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", NULL}},
     "EPSG:3035",
     4676000,
     3003000,
     730,
     56,
     61,
     false},
    {"a_layer_over_the_seam_has_one_answer",
     {"world.tif", 4326, -180, 60, 5, 72, 24, GDT_Byte, 0, 12, true, 0, 11, {NULL}},
     "EPSG:3832",
     -900000,
     6000000,
     210000,
     50,
     37,
     false},
    {"a_layer_of_the_grids_crs_has_one_answer",
     {"near.tif", 3035, 4000000, 3000000, 1000, 45, 33, GDT_Float32, -5, 5, true, -99, 17, {NULL}},
     "EPSG:3035",
     3998700,
     3001300,
     2300,
     23,
     16,
     false},
    {"a_layer_of_64_bit_integers_has_one_answer",
     {"long.tif", 3035, 4000000, 3000000, 1000, 45, 33, GDT_Int64, -5e15, 5e15, true, -1, 17, {NULL}},
     "EPSG:3035",
     4000500,
     2999100,
     610,
     70,
     40,
     false},
    {"a_turned_layer_has_one_answer",
     {"turned.tif",
      3035,
      4000000,
      3000000,
      10,
      800,
      800,
      GDT_Int16,
      -20,
      30,
      true,
      -32768,
      13,
      {"TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", NULL}},
     "EPSG:3035",
     4001000,
     3002000,
     50,
     160,
     20,
     true},
};

#define TURNED 4

#define SCENES (sizeof scenes / sizeof *scenes)

static int64_t draw(int64_t low, int64_t high) {
    static uint64_t seed = 11;
    return splitmix_whole(&seed, low, high);
}

typedef struct rig {
    weft_activity activity;
    weft_cancel cancel;
    weft_context context;
    weft_worker worker;
    weft_block_cache *cache;
    weft_source *source;
    weft_grid grid;
    weft_projector *projector;
    weft_lattice_net net;
    weft_lattice_spec lattice;
    weft_resampler resampler;
} rig;

static weft_status project(void *payload, int64_t n, double *x, double *y, weft_error *err) {
    return weft_crs_pair_project(payload, n, x, y, err);
}

static void to_pixels(const void *payload, int64_t n, double *x, double *y) {
    weft_projector_to_pixels(payload, n, x, y);
}

static rig *begin(const struct scene *scene) {
    rig *self = calloc(1, sizeof *self);
    double scale[2];
    bool on_grid;
    assert_non_null(self);
    assert_true(raster_make(".", &scene->raster));
    double step = scene->raster.pixel * sqrt(0.5);
    const double aslant[6] = {scene->raster.west, step, step, scene->raster.north, step, -step};
    if (scene->aslant) assert_true(raster_place(scene->raster.name, aslant));
    assert_int_equal(weft_ledger_new(&self->context.ledger, 256 << 20, NULL), WEFT_OK);
    assert_int_equal(weft_work_pool_new(&self->context.pool, 1, NULL), WEFT_OK);
    self->context.activity = &self->activity;
    self->context.cancel = &self->cancel;
    assert_int_equal(weft_worker_init(&self->worker, &self->context, 0, NULL), WEFT_OK);
    assert_int_equal(weft_block_cache_new(&self->cache, self->context.ledger, 1 << 20, NULL), WEFT_OK);
    assert_int_equal(weft_source_open(&self->source, scene->raster.name, (weft_source_options){0}, self->cache, NULL),
                     WEFT_OK);
    self->grid = (weft_grid){.origin_x = scene->x,
                             .origin_y = scene->y,
                             .res_x = scene->resolution,
                             .res_y = scene->resolution,
                             .cols = scene->cols,
                             .rows = scene->rows};
    assert_int_equal(weft_crs_parse(&self->grid.crs, scene->crs, NULL), WEFT_OK);
    assert_int_equal(weft_projector_new(&self->projector, &self->grid, self->source, NULL), WEFT_OK);
    assert_int_equal(weft_projector_scale(self->projector, scale, &on_grid, NULL), WEFT_OK);
    assert_true(on_grid);
    const weft_source_info *info = weft_source_describe(self->source);
    int64_t wrap = info->wraps ? info->wrap_cols : 0;
    self->net = (weft_lattice_net){.tolerance = 0.05,
                                   .pixels_x = 1 / fabs(info->geotransform[1]),
                                   .pixels_y = 1 / fabs(info->geotransform[5]),
                                   .period = weft_crs_turn(info->crs),
                                   .project = project,
                                   .payload = weft_projector_pair(self->projector)};
    self->lattice = (weft_lattice_spec){
        .net = &self->net, .wrap_cols = (double)wrap, .to_pixels = to_pixels, .payload = self->projector};
    if (!weft_projector_cut(self->projector, &self->lattice.cut, &self->lattice.cut_period))
        self->lattice.cut_period = 0;
    self->lattice.affine = weft_projector_affine(self->projector, self->lattice.a);
    self->resampler = (weft_resampler){.source_type = info->bands[0].type,
                                       .scale_x = scale[0],
                                       .scale_y = scale[1],
                                       .value_scale = 1,
                                       .source_cols = info->cols,
                                       .source_rows = info->rows,
                                       .wrap_cols = wrap};
    return self;
}

static void end(rig *self) {
    weft_worker_dispose(&self->worker);
    weft_projector_free(self->projector);
    weft_grid_dispose(&self->grid);
    weft_source_close(self->source);
    weft_block_cache_free(self->cache);
    weft_work_pool_free(self->context.pool);
    assert_int_equal(weft_ledger_used_bytes(self->context.ledger), 0);
    weft_ledger_free(self->context.ledger);
    free(self);
}

static weft_layer *make_layer(rig *self, const weft_method *kernel) {
    weft_layer *layer = NULL;
    self->resampler.method = kernel;
    self->resampler.type = weft_resampler_result_type(kernel, self->resampler.source_type, false);
    assert_int_equal(weft_lazy_layer_new(&layer, "column", 0, self->source, 1, &self->lattice, &self->resampler, NULL),
                     WEFT_OK);
    return layer;
}

/* All cells: values, then their mask; bytes that nobody writes are 0xa5. */
static weft_values make_values(const rig *self, weft_data_type type) {
    size_t cells = (size_t)(self->grid.cols * self->grid.rows), bytes = cells * (weft_data_type_size(type) + 1);
    char *memory = malloc(bytes);
    assert_non_null(memory);
    memset(memory, 0xa5, bytes);
    return (weft_values){type, memory, (uint8_t *)memory + cells * weft_data_type_size(type), self->grid.cols};
}

static void read_window(rig *self, weft_layer *layer, weft_window window, weft_values all) {
    weft_values at = weft_values_at(all, window.row, window.col);
    assert_int_equal(weft_layer_read(layer, &self->worker, window, at, NULL), WEFT_OK);
}

/* Cuts at random until a part has `most` cells. */
static void read_in_parts(rig *self, weft_layer *layer, weft_window window, int64_t max, weft_values all) {
    weft_window first = window, second = window;
    if (window.cols * window.rows <= max) {
        read_window(self, layer, window, all);
        return;
    }
    if (window.rows == 1 || (window.cols > 1 && draw(0, 1) == 0)) {
        first.cols = draw(1, window.cols - 1);
        second.col += first.cols;
        second.cols -= first.cols;
    } else {
        first.rows = draw(1, window.rows - 1);
        second.row += first.rows;
        second.rows -= first.rows;
    }
    read_in_parts(self, layer, first, max, all);
    read_in_parts(self, layer, second, max, all);
}

static void test_windows_and_memory_do_not_change_a_bit(void **state) {
    static const int64_t most_cells[] = {1, 3, 60, 700}, patch_bytes[] = {1, 2000, 20000, 1 << 20};
    rig *self = begin(*state);
    weft_window whole = {0, 0, self->grid.cols, self->grid.rows};
    for (int number = 0; weft_method_at(number) != NULL; number++) {
        weft_layer *layer = make_layer(self, weft_method_at(number));
        weft_values together = make_values(self, layer->type), parts = make_values(self, layer->type);
        size_t bytes = (size_t)(whole.cols * whole.rows) * (weft_data_type_size(layer->type) + 1);
        self->context.patch_bytes = 64 << 20;
        read_window(self, layer, whole, together);
        for (int i = 0; i < 4; i++) {
            self->context.patch_bytes = patch_bytes[(i + number) % 4];
            read_in_parts(self, layer, whole, most_cells[i], parts);
            if (memcmp(together.values, parts.values, bytes) != 0)
                fail_msg("%s in parts of %d cells", weft_method_name(weft_method_at(number)), (int)most_cells[i]);
        }
        free(together.values);
        free(parts.values);
        weft_layer_free(layer);
    }
    end(self);
}

/* 8 km along the diagonal of pixels of 10 m: 566 x 566 pixels are around the row, 36 x 36 blocks. */
static void test_a_row_over_a_turned_raster_decodes_what_lies_along_it(void **state) {
    rig *self = begin(*state);
    weft_block_cache_stats stats;
    self->context.patch_bytes = 64 << 20;
    for (int number = 0; weft_method_at(number) != NULL; number++) {
        weft_layer *layer = make_layer(self, weft_method_at(number));
        weft_values values = make_values(self, layer->type);
        weft_block_cache_drop(self->cache, -1);
        weft_block_cache_read_stats(self->cache, &stats);
        int64_t before = stats.misses;
        read_window(self, layer, (weft_window){0, 19, self->grid.cols, 1}, values);
        weft_block_cache_read_stats(self->cache, &stats);
        assert_between(stats.misses - before, 50, 500);
        free(values.values);
        weft_layer_free(layer);
    }
    end(self);
}

/* Some kernels want many pixels, others much to work in: one worker reads windows of all kinds with all of them. */
static void test_a_worker_never_holds_more_source_pixels_and_scratch_than_its_share(void **state) {
    static const int64_t shares[] = {16384, 8192};
    rig *self = begin(*state);
    for (int i = 0; i < 2; i++) {
        self->context.patch_bytes = shares[i];
        weft_worker_dispose(&self->worker);
        assert_int_equal(weft_worker_init(&self->worker, &self->context, 0, NULL), WEFT_OK);
        int methods = 0;
        while (weft_method_at(methods) != NULL)
            methods++;
        for (int times = 0; times < 4 * methods; times++) {
            weft_layer *layer = make_layer(self, weft_method_at((int)draw(0, methods - 1)));
            weft_values values = make_values(self, layer->type);
            weft_ledger_state ledger;
            int64_t col = draw(0, self->grid.cols / 2), row = draw(0, self->grid.rows / 2);
            read_window(self, layer,
                        (weft_window){col, row, draw(1, self->grid.cols - col), draw(1, self->grid.rows - row)},
                        values);
            weft_ledger_read(self->context.ledger, &ledger);
            assert_between(ledger.used_by_tag[WEFT_TAG_PATCH], 0, shares[i] + weft_page_bytes() - 1);
            free(values.values);
            weft_layer_free(layer);
        }
    }
    end(self);
}

int main(void) {
    struct CMUnitTest tests[SCENES + 2] = {{0}};
    for (size_t i = 0; i < SCENES; i++)
        tests[i] = (struct CMUnitTest){scenes[i].test, test_windows_and_memory_do_not_change_a_bit, NULL, NULL,
                                       (void *)&scenes[i]};
    tests[SCENES] = (struct CMUnitTest){"a_worker_never_holds_more_source_pixels_and_scratch_than_its_share",
                                        test_a_worker_never_holds_more_source_pixels_and_scratch_than_its_share, NULL,
                                        NULL, (void *)&scenes[2]};
    tests[SCENES + 1] = (struct CMUnitTest){"a_row_over_a_turned_raster_decodes_what_lies_along_it",
                                            test_a_row_over_a_turned_raster_decodes_what_lies_along_it, NULL, NULL,
                                            (void *)&scenes[TURNED]};
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
