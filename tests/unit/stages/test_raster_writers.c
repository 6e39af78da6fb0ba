/* GeoTIFFs and pictures made of chunks of all shapes: the same bytes, every cell in its place as GDAL reads it, and
 * nothing left behind.
 *
 * SPDX-License-Identifier: MIT */
#include "support/chosen.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "raster/gdal/gdal_setup.h"
#include "stages/writers/geotiff_writer.h"
#include "stages/writers/pictures/picture_writer.h"

#include <gdal.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Three by two tiles, the last ones cut; pictures smaller than the grid need more than 1200 cells a side. */
#define COLS    1300
#define ROWS    300
#define CELLS   (COLS * ROWS)
#define COLUMNS 3
#define PLENTY  (INT64_C(1) << 30)

static char *pictures[] = {"t_wave.png", "t_step.png", "t_class.png"};
static const weft_data_type types[COLUMNS] = {WEFT_FLOAT32, WEFT_INT16, WEFT_UINT8};
static const char *const names[COLUMNS] = {"wave", "step", "class"};
static const char *const units[COLUMNS] = {"m", NULL, NULL};
static const bool classes[COLUMNS] = {false, false, true};

/* What cell `cell` holds; NaN: missing. */
static double formula(int column, int64_t cell) {
    if (column == 0) return cell % 7 == 0 ? NAN : (double)(float)sin((double)cell);
    if (column == 1) return cell % 5 == 0 ? NAN : (double)(cell / COLS % 200);
    return cell % COLS < 200 ? NAN : (double)(cell / 1000 % 4);
}

typedef struct rig {
    weft_activity activity;
    weft_cancel cancel;
    weft_context context;
    weft_row_format format;
    weft_table_spec table;
    weft_grid grid;
    weft_stack_type type;
    weft_stack_spec stack;
    weft_table_writer *writers[3];
    weft_output_file *outputs[3];
    float wave[CELLS];
    int16_t step[CELLS];
    uint8_t step_valid[CELLS], kind[CELLS], kind_valid[CELLS];
} rig;

static rig *begin(int64_t ledger_bytes, int threads) {
    rig *self = calloc(1, sizeof *self);
    assert_non_null(self);
    assert_int_equal(weft_raster_init(NULL), WEFT_OK);
    assert_int_equal(weft_ledger_new(&self->context.ledger, ledger_bytes, NULL), WEFT_OK);
    assert_int_equal(weft_work_pool_new(&self->context.pool, threads, NULL), WEFT_OK);
    self->context.activity = &self->activity;
    self->context.cancel = &self->cancel;
    self->grid =
        (weft_grid){.origin_x = 1000.1, .origin_y = 100, .res_x = 30, .res_y = 0.1, .cols = COLS, .rows = ROWS};
    assert_int_equal(weft_crs_parse(&self->grid.crs, "EPSG:31985", NULL), WEFT_OK);
    self->format = (weft_row_format){.column_count = COLUMNS};
    self->table = (weft_table_spec){&self->context, &self->format, types, names, COLS, ROWS, 0, COLS * ROWS, false};
    const weft_stack_column columns[COLUMNS] = {{.type = types[0]}, {.type = types[1]}, {.type = types[2]}};
    self->type = weft_stack_type_choose(columns, COLUMNS);
    self->stack = (weft_stack_spec){.grid = &self->grid,
                                    .type = self->type.type,
                                    .nodata = self->type.nodata,
                                    .names = names,
                                    .units = units,
                                    .band_count = COLUMNS,
                                    .threads = threads};
    for (int64_t cell = 0; cell < CELLS; cell++) {
        self->wave[cell] = (float)formula(0, cell);
        self->step_valid[cell] = (uint8_t)!isnan(formula(1, cell));
        self->step[cell] = self->step_valid[cell] ? (int16_t)formula(1, cell) : -1;
        self->kind_valid[cell] = (uint8_t)!isnan(formula(2, cell));
        self->kind[cell] = self->kind_valid[cell] ? (uint8_t)formula(2, cell) : 99;
    }
    return self;
}

/* A GeoTIFF's, a COG's (of that one's stack, or of its own) and a picture's. */
static void open_writers(rig *self, bool cog_alone, int64_t tiles_bytes) {
    static const char *const paths[] = {"t.tif", "t.cog.tif", "t.png"};
    for (int i = 0; i < 3; i++)
        assert_int_equal(weft_output_file_open(&self->outputs[i], paths[i], NULL), WEFT_OK);
    weft_geotiff_options options = {&self->table, &self->type, &self->stack, tiles_bytes, self->outputs[0], "scratch"};
    weft_error err = {0};
    if (weft_geotiff_writer_new(&self->writers[0], &options, &err) != WEFT_OK) fail_msg("%s", err.message);
    options.output = self->outputs[1];
    assert_int_equal(weft_cog_writer_new(&self->writers[1], &options, cog_alone ? NULL : self->writers[0], true, NULL),
                     WEFT_OK);
    weft_picture_options picture = {.table = &self->table,
                                    .classes = classes,
                                    .units = units,
                                    .title = "t",
                                    .caption = "of a test",
                                    .cell_width = 30,
                                    .cell_height = 30,
                                    .output = self->outputs[2],
                                    .layer_paths = pictures,
                                    .gather_path = "scratch/pictures"};
    if (weft_picture_writer_new(&self->writers[2], &picture, &err) != WEFT_OK) fail_msg("%s", err.message);
}

static void write_window(rig *self, weft_window window) {
    int64_t first = window.row * COLS + window.col;
    const weft_values columns[COLUMNS] = {{types[0], self->wave + first, NULL, window.cols},
                                          {types[1], self->step + first, self->step_valid + first, window.cols},
                                          {types[2], self->kind + first, self->kind_valid + first, window.cols}};
    weft_chunk chunk = {.window = window, .column_count = COLUMNS, .columns = columns};
    for (int i = 0; i < 3; i++)
        assert_int_equal(self->writers[i]->kind->write_chunk(self->writers[i], &chunk, NULL), WEFT_OK);
}

static void end(rig *self, bool commit) {
    weft_error err = {0};
    for (int i = 0; i < 3 && commit; i++) {
        if (self->writers[i]->kind->finish(self->writers[i], &err) != WEFT_OK) fail_msg("%d: %s", i, err.message);
        assert_int_equal(self->writers[i]->rows, CELLS);
    }
    /* As in a run: none gets its name before all are whole. */
    for (int i = 0; i < 3 && commit; i++)
        assert_int_equal(weft_output_file_commit(self->outputs[i], NULL), WEFT_OK);
    for (int i = 0; i < COLUMNS && commit; i++) {
        char part[64];
        (void)snprintf(part, sizeof part, "%s.part", pictures[i]);
        assert_int_equal(rename(part, pictures[i]), 0);
    }
    for (int i = 0; i < 3; i++) {
        weft_table_writer_free(self->writers[i]);
        weft_output_file_close(self->outputs[i]);
    }
    weft_work_pool_free(self->context.pool);
    assert_int_equal(weft_ledger_used_bytes(self->context.ledger), 0);
    weft_ledger_free(self->context.ledger);
    weft_grid_dispose(&self->grid);
    free(self);
    free(sandbox_succeed("rmdir scratch && mkdir scratch"));
}

/* Writes all in chunks of `rows` rows, each cut into pieces of `cols` columns where rows is 1. */
static void write_all(int64_t ledger_bytes, int threads, bool cog_alone, int64_t rows, int64_t cols) {
    rig *self = begin(ledger_bytes, threads);
    open_writers(self, cog_alone, ledger_bytes == PLENTY ? ledger_bytes : 0);
    for (int64_t row = 0; row < ROWS; row += rows)
        for (int64_t col = 0; col < COLS; col += cols)
            write_window(self,
                         weft_window_intersect((weft_window){col, row, cols, rows}, (weft_window){0, 0, COLS, ROWS}));
    end(self, true);
}

/* --- the tests --- */

static void test_the_bytes_are_the_same_for_all_chunks_threads_and_ledgers(void **state) {
    (void)state;
    static const char *const files[] = {"t.tif", "t.cog.tif", "t.png", "t_wave.png", "t_step.png", "t_class.png"};
    static const struct {
        int threads;
        bool cog_alone;
        int64_t rows, cols;
    } shapes[] = {{1, false, 300, COLS}, {3, true, 255, COLS}, {2, false, 256, COLS},
                  {1, false, 7, COLS},   {2, true, 1, 700},    {2, false, 1, 255}};
    /* Room for the pictures and one tile. */
    weft_reserve picture = weft_picture_writer_reserve(COLS, ROWS, COLUMNS, 30, 30);
    int64_t min = picture.min + picture.ending + 2 * weft_stack_builder_reserve(WEFT_FLOAT32, 1).min;
    write_all(PLENTY, 2, false, ROWS, COLS);
    free(sandbox_succeed("rm -rf first; mkdir first; mv t.* t_* first"));
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (!is_chosen(i, 2)) continue;
        write_all(i % 4 == 0 ? min : PLENTY, shapes[i].threads, shapes[i].cog_alone, shapes[i].rows, shapes[i].cols);
        for (size_t j = 0; j < sizeof files / sizeof *files; j++) {
            char first[64];
            (void)snprintf(first, sizeof first, "first/%s", files[j]);
            if (!sandbox_same(first, files[j])) fail_msg("%s: other bytes with shape %zu", files[j], i);
        }
    }
}

static void expect_cells(GDALDatasetH dataset, int band) {
    float *got = malloc(sizeof *got * CELLS);
    assert_non_null(got);
    assert_int_equal(GDALRasterIO(GDALGetRasterBand(dataset, band + 1), GF_Read, 0, 0, COLS, ROWS, got, COLS, ROWS,
                                  GDT_Float32, 0, 0),
                     CE_None);
    for (int64_t cell = 0; cell < CELLS; cell++) {
        double want = formula(band, cell);
        if (isnan(want) ? !isnan(got[cell]) : (double)got[cell] != want)
            fail_msg("band %d, cell %lld: %g, not %g", band + 1, (long long)cell, (double)got[cell], want);
    }
    free(got);
}

static void test_gdal_reads_every_cell_with_place_names_units_and_nodata(void **state) {
    (void)state;
    static const char *const files[] = {"t.tif", "t.cog.tif"};
    write_all(PLENTY, 2, false, 90, COLS);
    for (int i = 0; i < 2; i++) {
        GDALDatasetH dataset = GDALOpen(files[i], GA_ReadOnly);
        assert_non_null(dataset);
        double place[6], wants[6] = {1000.1, 30, 0, 100, 0, -0.1};
        assert_int_equal(GDALGetGeoTransform(dataset, place), CE_None);
        for (int k = 0; k < 6; k++)
            assert_true(place[k] == wants[k]);
        assert_int_equal(GDALGetRasterCount(dataset), COLUMNS);
        for (int band = 0; band < COLUMNS; band++) {
            GDALRasterBandH handle = GDALGetRasterBand(dataset, band + 1);
            int has = 0;
            assert_string_equal(GDALGetDescription(handle), names[band]);
            assert_string_equal(GDALGetRasterUnitType(handle), units[band] == NULL ? "" : units[band]);
            assert_true(isnan(GDALGetRasterNoDataValue(handle, &has)) && has);
            assert_int_equal(GDALGetRasterDataType(handle), GDT_Float32);
            expect_cells(dataset, band);
        }
        GDALClose(dataset);
    }
}

static uint64_t number_at(const unsigned char *bytes, size_t at, int size) {
    uint64_t out = 0;
    for (int i = size - 1; i >= 0; i--)
        out = out << 8 | bytes[at + (size_t)i];
    return out;
}

/* The least of a tag's numbers (LONG), and 0 when it is not there. */
static uint64_t least_of_tag(const unsigned char *bytes, size_t directory, unsigned tag) {
    for (uint64_t i = 0; i < number_at(bytes, directory, 2); i++) {
        size_t entry = directory + 2 + 12 * (size_t)i;
        if (number_at(bytes, entry, 2) != tag) continue;
        uint64_t count = number_at(bytes, entry + 4, 4), min = UINT64_MAX;
        size_t values = count > 1 ? (size_t)number_at(bytes, entry + 8, 4) : entry + 8;
        assert_int_equal(number_at(bytes, entry + 2, 2), 4);
        for (uint64_t k = 0; k < count; k++)
            min = number_at(bytes, values + 4 * (size_t)k, 4) < min ? number_at(bytes, values + 4 * (size_t)k, 4) : min;
        return min;
    }
    return 0;
}

/* The specification's rules: directories first, the full size before its overviews, and overviews' tiles, the
 * smallest first, before the full size's. */
static void test_a_cog_has_its_directories_first_and_small_overviews_before_large(void **state) {
    (void)state;
    enum { TILE_OFFSETS = 324, TILE_WIDTH = 322 };
    size_t length = 0;
    write_all(PLENTY, 2, false, ROWS, COLS);
    unsigned char *bytes = (unsigned char *)sandbox_read("t.cog.tif", &length);
    assert_memory_equal(bytes, "II*\0", 4);
    uint64_t before = 0, data = UINT64_MAX, last = 0;
    int directories = 0;
    for (uint64_t at = number_at(bytes, 4, 4); at != 0; directories++) {
        uint64_t first_tile = least_of_tag(bytes, (size_t)at, TILE_OFFSETS);
        assert_true(at > before && first_tile < data);
        before = at;
        data = first_tile;
        last = at;
        at = number_at(bytes, (size_t)at + 2 + 12 * (size_t)number_at(bytes, (size_t)at, 2), 4);
    }
    assert_true(directories >= 3 && last < data);
    GDALDatasetH dataset = GDALOpen("t.cog.tif", GA_ReadOnly);
    assert_string_equal(GDALGetMetadataItem(dataset, "LAYOUT", "IMAGE_STRUCTURE"), "COG");
    /* Nearest: what the overview of the classes holds is a class. */
    GDALRasterBandH overview = GDALGetOverview(GDALGetRasterBand(dataset, 3), 0);
    assert_int_equal(GDALGetRasterBandXSize(overview), COLS / 2);
    float row[COLS / 2];
    assert_int_equal(GDALRasterIO(overview, GF_Read, 0, 70, COLS / 2, 1, row, COLS / 2, 1, GDT_Float32, 0, 0), CE_None);
    for (int i = 0; i < COLS / 2; i++)
        assert_true(isnan(row[i]) ? i < 101 : row[i] == floorf(row[i]) && row[i] < 4 && i >= 99);
    GDALClose(dataset);
    free(bytes);
}

static void test_pictures_are_transparent_where_nothing_is_and_never_too_large(void **state) {
    (void)state;
    static const char *const files[] = {"t.png", "t_wave.png", "t_step.png", "t_class.png"};
    write_all(PLENTY, 2, false, 90, COLS);
    for (int i = 0; i < 4; i++) {
        GDALDatasetH dataset = GDALOpen(files[i], GA_ReadOnly);
        assert_non_null(dataset);
        assert_true(GDALGetRasterXSize(dataset) <= 2000 && GDALGetRasterYSize(dataset) <= 2000);
        assert_int_equal(GDALGetRasterCount(dataset), 4);
        GDALClose(dataset);
    }
    /* 1300 cells are 1200 pixels: column 200, the first with a class, lies in pixel 184. The map begins 40 pixels from
     * the left and 116 from the top. */
    GDALDatasetH dataset = GDALOpen("t_class.png", GA_ReadOnly);
    unsigned char alpha[1200];
    assert_int_equal(
        GDALRasterIO(GDALGetRasterBand(dataset, 4), GF_Read, 40, 116 + 100, 1200, 1, alpha, 1200, 1, GDT_Byte, 0, 0),
        CE_None);
    for (int i = 0; i < 1200; i++)
        assert_int_equal(alpha[i], i < 184 ? 0 : 255);
    GDALClose(dataset);
}

static void test_writers_that_are_given_up_leave_nothing(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf first t.* t_*"));
    rig *self = begin(PLENTY, 2);
    open_writers(self, true, PLENTY);
    write_window(self, (weft_window){0, 0, COLS, 100});
    end(self, false);
    char *left = sandbox_succeed("find . -name 't*' -type f");
    assert_string_equal(left, "");
    free(left);
}

/* GDAL opens and closes the part files while they are written, and when they are checked. */
static void test_part_files_stay_locked_until_they_have_their_names(void **state) {
    (void)state;
    static const char *const paths[] = {"t.tif", "t.cog.tif"};
    weft_output_file *other = NULL;
    rig *self = begin(PLENTY, 2);
    open_writers(self, false, PLENTY);
    write_window(self, (weft_window){0, 0, COLS, ROWS});
    for (int i = 0; i < 2; i++) {
        assert_int_equal(weft_output_file_open(&other, paths[i], NULL), WEFT_ERR_BUSY);
        assert_int_equal(self->writers[i]->kind->finish(self->writers[i], NULL), WEFT_OK);
        assert_int_equal(weft_output_file_open(&other, paths[i], NULL), WEFT_ERR_BUSY);
    }
    end(self, false);
}

static void test_a_stack_whose_part_file_was_replaced_is_not_taken(void **state) {
    (void)state;
    weft_error err = {0};
    rig *self = begin(PLENTY, 2);
    open_writers(self, false, PLENTY);
    write_window(self, (weft_window){0, 0, COLS, ROWS});
    free(sandbox_succeed("cp t.tif.part copy && mv copy t.tif.part"));
    assert_int_equal(self->writers[0]->kind->finish(self->writers[0], &err), WEFT_ERR_IO);
    assert_non_null(strstr(err.message, "t.tif.part: "));
    end(self, false);
}

static void test_a_ledger_that_is_too_small_is_said_at_once(void **state) {
    (void)state;
    rig *self = begin(100000, 2);
    assert_int_equal(weft_output_file_open(&self->outputs[0], "t.tif", NULL), WEFT_OK);
    weft_geotiff_options options = {&self->table, &self->type, &self->stack, 0, self->outputs[0], "scratch"};
    assert_int_equal(weft_geotiff_writer_new(&self->writers[0], &options, NULL), WEFT_ERR_MEMORY);
    end(self, false);
}

static void test_cancelling_stops_a_cog_with_its_own_error(void **state) {
    (void)state;
    rig *self = begin(PLENTY, 2);
    open_writers(self, true, PLENTY);
    write_window(self, (weft_window){0, 0, COLS, ROWS});
    weft_cancel_request(&self->cancel, WEFT_CANCEL_SIGNAL);
    assert_int_equal(self->writers[1]->kind->finish(self->writers[1], NULL), WEFT_ERR_CANCELLED);
    end(self, false);
}

static int setup(void **state) {
    return sandbox_setup(state) == 0 && mkdir("scratch", 0777) == 0 ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_bytes_are_the_same_for_all_chunks_threads_and_ledgers),
        cmocka_unit_test(test_gdal_reads_every_cell_with_place_names_units_and_nodata),
        cmocka_unit_test(test_a_cog_has_its_directories_first_and_small_overviews_before_large),
        cmocka_unit_test(test_pictures_are_transparent_where_nothing_is_and_never_too_large),
        cmocka_unit_test(test_writers_that_are_given_up_leave_nothing),
        cmocka_unit_test(test_part_files_stay_locked_until_they_have_their_names),
        cmocka_unit_test(test_a_stack_whose_part_file_was_replaced_is_not_taken),
        cmocka_unit_test(test_a_ledger_that_is_too_small_is_said_at_once),
        cmocka_unit_test(test_cancelling_stops_a_cog_with_its_own_error),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
