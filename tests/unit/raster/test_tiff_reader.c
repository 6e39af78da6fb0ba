/* Blocks that weft decodes past GDAL are the bytes that GDAL gives, over every type, layout, codec and predictor, whole
 * and damaged; what is unusual is left to GDAL; and what does not decode has GDAL's own error.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/raster/small_raster.h"
#include "unit/raster/source_rig.h"

#include "raster/gdal/read_trouble.h"
#include "raster/tiff/tiff_reader.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <libdeflate.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLS 50
#define ROWS 41

static uint32_t seed = 1;

static uint32_t draw(uint32_t below) {
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)seed * below >> 32);
}

static bool can(const char *codec) {
    const char *options = GDALGetMetadataItem(GDALGetDriverByName("GTiff"), GDAL_DMD_CREATIONOPTIONLIST, NULL);
    char *item = CPLStrdup(CPLSPrintf("<Value>%s</Value>", codec));
    bool found = options != NULL && strstr(options, item) != NULL;
    CPLFree(item);
    return found;
}

/* A slope with noise and flat parts, in the whole range of the type; NaN too. */
static void write_band(GDALDatasetH file, int band, GDALDataType type) {
    static double values[COLS * ROWS];
    double high = type == GDT_Byte ? 255 : 60000, low = type == GDT_Int16 ? -30000 : 0;
    for (int i = 0; i < COLS * ROWS; i++) {
        double share = i % COLS < 10 ? 0.25 : ((double)(i % COLS) + draw(20)) / (COLS + 20);
        values[i] = low + floor(share * (high - low) * (band + 1) / 8);
    }
    if (type == GDT_Float32 || type == GDT_Float64)
        for (int i = 0; i < COLS * ROWS; i++)
            values[i] = draw(50) == 0 ? (double)NAN : values[i] / 7;
    small_raster_write(file, band, values);
}

typedef struct recipe {
    GDALDataType type;
    int bands;
    const char *options; /* separated by spaces */
} recipe;

/* False: this GDAL makes no such file. */
static bool make(const char *name, recipe is) {
    char **options = CSLTokenizeString(is.options);
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALDatasetH file = GDALCreate(GDALGetDriverByName("GTiff"), name, COLS, ROWS, is.bands, is.type, options);
    CPLPopErrorHandler();
    CSLDestroy(options);
    if (file == NULL) return false;
    small_raster_place(file, "EPSG:4326", (const double[6]){10, 0.1, 0, 45, 0, -0.1});
    for (int band = 1; band <= is.bands; band++)
        write_band(file, band, is.type);
    GDALClose(file);
    return true;
}

/* --- a file, opened by GDAL and by the reader --- */

typedef struct both {
    weft_source *source; /* for its description */
    GDALDatasetH dataset;
    weft_file_facts facts;
    _Atomic int open;
    weft_tiff_file *file;
    weft_tiff_reader *reader;
} both;

/* False: GDAL does not open it. */
static bool open_both(both *out, const char *name) {
    weft_error err = {0};
    bool again = false;
    *out = (both){0};
    if (weft_source_open(&out->source, name, (weft_source_options){0}, source_rig_cache, &err) != WEFT_OK) return false;
    const weft_source_info *info = weft_source_describe(out->source);
    out->dataset = GDALOpen(name, GA_ReadOnly);
    assert_non_null(out->dataset);
    assert_int_equal(weft_file_facts_read(&out->facts, info->path, NULL, &err), WEFT_OK);
    assert_int_equal(weft_tiff_file_new(&out->file, out->dataset, info, &out->facts, &out->open, &again, &err),
                     WEFT_OK);
    assert_false(again);
    if (out->file != NULL) out->reader = weft_tiff_reader_new(out->file);
    return true;
}

static void close_both(both *of) {
    weft_tiff_reader_free(of->reader);
    weft_tiff_file_free(of->file);
    assert_int_equal(of->open, 0);
    if (of->dataset != NULL) GDALClose(of->dataset);
    weft_source_close(of->source);
}

/* Beyond the raster's edge GDAL may give zeros instead of what the file holds. */
static bool same_inside(const weft_source_info *info, int col, int row, const uint8_t *a, const uint8_t *b) {
    size_t size = weft_data_type_size(info->bands[0].type);
    int64_t cols = weft_smaller(info->block_cols, info->cols - col * info->block_cols);
    int64_t rows = weft_smaller(info->block_rows, info->rows - row * info->block_rows);
    for (int64_t y = 0; y < rows; y++) {
        size_t at = (size_t)(y * info->block_cols) * size;
        if (memcmp(a + at, b + at, (size_t)cols * size) != 0) return false;
    }
    return true;
}

/* Whether a block's zlib stream gives more bytes than the block has. libtiff calls that decoded; where it has libdeflate,
 * a part of its memory is then as it was before, which is nothing to compare with.
 * test_tiff_cut says what such blocks are. */
static bool is_longer(both *of, int band, int col, int row) {
    const weft_tiff_layout *layout = weft_tiff_file_layout(of->file);
    int64_t number = weft_tiff_block_number(layout, band, col, row), at = 0, size = 0;
    int64_t values = weft_tiff_block_rows_at(layout, row) * layout->block_cols * layout->samples;
    const weft_tiff_list *offsets = &layout->offsets, *sizes = &layout->sizes;
    static uint8_t block[1 << 19];
    size_t length = 0, room = (size_t)(values * layout->value_bytes);
    if (layout->compression != 8 && layout->compression != 32946) return false;
    char *bytes = sandbox_read(weft_source_describe(of->source)->path, &length);
    memcpy(&at, bytes + offsets->at + number * offsets->entry_bytes, (size_t)offsets->entry_bytes);
    memcpy(&size, bytes + sizes->at + number * sizes->entry_bytes, (size_t)sizes->entry_bytes);
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    assert_true(decompressor != NULL && room <= sizeof block);
    bool out = at > 0 && size > 0 && at < (int64_t)length && size <= (int64_t)length - at &&
               libdeflate_zlib_decompress(decompressor, bytes + at, (size_t)size, block, room, NULL) ==
                   LIBDEFLATE_INSUFFICIENT_SPACE;
    libdeflate_free_decompressor(decompressor);
    free(bytes);
    return out;
}

/* Compares a block; what the reader does not decode is counted. */
static int compare_block(both *of, const char *what, int band, int col, int row) {
    const weft_source_info *info = weft_source_describe(of->source);
    size_t bytes = (size_t)(info->block_cols * info->block_rows) * weft_data_type_size(info->bands[0].type);
    uint8_t *ours = malloc(bytes), *gdals = malloc(bytes);
    weft_read_watch watch;
    int reason;
    assert_true(ours != NULL && gdals != NULL);
    memset(ours, 0xa5, bytes);
    weft_tiff_outcome outcome = weft_tiff_reader_read(of->reader, band, col, row, ours, &reason);
    assert_true(weft_read_watch_begin(&watch));
    bool ok = GDALReadBlock(GDALGetRasterBand(of->dataset, band), col, row, gdals) == CE_None;
    weft_read_watch_end(&watch);
    if (outcome == WEFT_TIFF_DECODED && (!ok || watch.failed))
        fail_msg("%s: band %d block (%d, %d): GDAL has an error: %s", what, band, col, row, watch.reason);
    if (outcome == WEFT_TIFF_DECODED && !same_inside(info, col, row, ours, gdals) && !is_longer(of, band, col, row))
        fail_msg("%s: band %d block (%d, %d) is another than GDAL's", what, band, col, row);
    free(ours);
    free(gdals);
    return outcome == WEFT_TIFF_DECODED ? 0 : 1;
}

static int compare_blocks(both *of, const char *what) {
    const weft_tiff_layout *layout = weft_tiff_file_layout(of->file);
    int left = 0;
    for (int row = 0; row < layout->blocks_down; row++)
        for (int col = 0; col < layout->blocks_across; col++)
            for (int band = 1; band <= layout->bands; band++)
                left += compare_block(of, what, band, col, row);
    /* Each the other way round, from block to block. */
    for (int band = layout->bands; band > 0; band -= 5)
        for (int row = 0; row < layout->blocks_down; row++)
            (void)compare_block(of, what, band, 0, row);
    return left;
}

/* --- every kind --- */

typedef void (*visit_fn)(const char *name, const char *what, const recipe *is);

/* By default one file of so many; test_tiff_reader_long looks at all. */
static uint32_t every = 6;

static void visit_predictors(visit_fn visit, GDALDataType type, int bands, const char *layout, const char *codec) {
    bool real = type == GDT_Float32 || type == GDT_Float64;
    for (int predictor = 1; predictor <= (strcmp(codec, "NONE") == 0 ? 1 : real ? 3 : 2); predictor++) {
        char options[256], what[512];
        (void)snprintf(options, sizeof options, "COMPRESS=%s %s%s", codec, layout,
                       predictor == 1   ? ""
                       : predictor == 2 ? " PREDICTOR=2"
                                        : " PREDICTOR=3");
        (void)snprintf(what, sizeof what, "%s, %d bands, %s", GDALGetDataTypeName(type), bands, options);
        recipe is = {type, bands, options};
        if (draw(every) == 0 && make("x.tif", is)) visit("x.tif", what, &is);
    }
}

static void visit_all(visit_fn visit) {
    static const GDALDataType types[] = {
        GDT_Byte,
#if GDAL_VERSION_NUM >= 3070000
        GDT_Int8,
#endif
        GDT_UInt16,
        GDT_Int16,
        GDT_UInt32,
        GDT_Int32,
        GDT_UInt64,
        GDT_Int64,
        GDT_Float32,
        GDT_Float64
    };
    static const char *const layouts[] = {"TILED=YES BLOCKXSIZE=16 BLOCKYSIZE=32", "BLOCKYSIZE=1", "BLOCKYSIZE=7",
                                          "BLOCKYSIZE=25 BIGTIFF=YES"};
    static const char *const codecs[] = {"NONE", "DEFLATE", "LZW", "ZSTD"};
    for (size_t codec = 0; codec < sizeof codecs / sizeof *codecs; codec++) {
        if (!can(codecs[codec])) continue;
        for (size_t type = 0; type < sizeof types / sizeof *types; type++)
            for (size_t layout = 0; layout < sizeof layouts / sizeof *layouts; layout++) {
                char options[128];
                /* One of each at least; which layout has how many bands is drawn. */
                int bands = draw(3) == 0 ? (int)draw(40) + 6 : (int)draw(4) + 2;
                (void)snprintf(options, sizeof options, "%s PHOTOMETRIC=MINISBLACK ALPHA=NO INTERLEAVE=%s",
                               layouts[layout], draw(3) == 0 ? "BAND" : "PIXEL");
                visit_predictors(visit, types[type], 1, layouts[layout], codecs[codec]);
                visit_predictors(visit, types[type], bands, options, codecs[codec]);
            }
    }
}

static int visited;

static void compare_whole(const char *name, const char *what, const recipe *is) {
    both of;
    (void)is;
    assert_true(open_both(&of, name));
    if (of.file == NULL) fail_msg("%s: left to GDAL", what);
    if (compare_blocks(&of, what) != 0) fail_msg("%s: a block is left to GDAL", what);
    close_both(&of);
    visited++;
}

static void test_every_block_is_as_gdal_gives_it(void **state) {
    (void)state;
    visited = 0;
    visit_all(compare_whole);
    print_message("%d files\n", visited);
    assert_true(visited > 250 / (int)every);
}

/* --- damage --- */

static void damage(const char *from, const char *to) {
    size_t length = 0;
    char *bytes = sandbox_read(from, &length);
    for (uint32_t i = 0, count = draw(4) + 1; i < count; i++)
        bytes[8 + draw((uint32_t)length - 8)] ^= (char)(1 << draw(8));
    FILE *file = fopen(to, "wb");
    assert_non_null(file);
    size_t cut = draw(8) == 0 ? draw((uint32_t)length) : length;
    assert_int_equal(fwrite(bytes, 1, cut, file), cut);
    assert_int_equal(fclose(file), 0);
    free(bytes);
}

static int left_blocks;

static void compare_damaged(const char *name, const char *what, const recipe *is) {
    both of;
    (void)is;
    damage(name, "damaged.tif");
    CPLPushErrorHandler(CPLQuietErrorHandler);
    if (open_both(&of, "damaged.tif")) {
        visited++;
        if (of.file != NULL) left_blocks += compare_blocks(&of, what);
        close_both(&of);
    }
    CPLPopErrorHandler();
}

/* Whatever the reader gives of a damaged file, GDAL gives too, without a word. */
static void test_a_damaged_block_is_never_another(void **state) {
    (void)state;
    visited = left_blocks = 0;
    visit_all(compare_damaged);
    print_message("%d damaged files, %d blocks left to GDAL\n", visited, left_blocks);
    assert_true(visited > 250 / (int)every && left_blocks > 250 / (int)every);
}

/* --- through a source --- */

static weft_status read_all(weft_source *source, int band, void *values, uint8_t *valid, weft_error *err) {
    bool all = false;
    memset(valid, 1, COLS * ROWS);
    return weft_source_read(source, band, (weft_window){0, 0, COLS, ROWS}, values, valid, &all, err);
}

/* Copies to `to` those pixels of `from` whose blocks are longer than they should be (is_longer()). */
static void copy_longer(const char *name, int band, const uint8_t *from, uint8_t *to) {
    both of;
    assert_true(open_both(&of, name));
    if (of.file != NULL) {
        const weft_tiff_layout *layout = weft_tiff_file_layout(of.file);
        for (int64_t y = 0; y < ROWS; y++)
            for (int64_t x = 0; x < COLS; x++)
                if (is_longer(&of, band, (int)(x / layout->block_cols), (int)(y / layout->block_rows)))
                    memcpy(to + (y * COLS + x) * layout->value_bytes, from + (y * COLS + x) * layout->value_bytes,
                           (size_t)layout->value_bytes);
    }
    close_both(&of);
}

/* The same values, holes and errors by both ways, band by band. */
static int compare_sources(const char *name) {
    static uint8_t values[2][8 * COLS * ROWS], valid[2][COLS * ROWS];
    weft_source *sources[2] = {source_rig_open(name, false), source_rig_open(name, true)};
    int failed = 0;
    for (int i = 0; i < weft_source_describe(sources[0])->band_count; i++) {
        weft_error errors[2] = {{0}, {0}};
        weft_status status[2];
        int band = weft_source_describe(sources[0])->bands[i].number;
        memset(values, 0, sizeof values);
        for (int way = 0; way < 2; way++)
            status[way] = read_all(sources[way], band, values[way], valid[way], &errors[way]);
        assert_int_equal(status[0], status[1]);
        assert_string_equal(errors[0].message, errors[1].message);
        assert_string_equal(errors[0].hint, errors[1].hint);
        if (status[0] == WEFT_OK) assert_memory_equal(valid[0], valid[1], sizeof valid[0]);
        if (status[0] == WEFT_OK && memcmp(values[0], values[1], sizeof values[0]) != 0)
            copy_longer(name, band, values[0], values[1]);
        if (status[0] == WEFT_OK) assert_memory_equal(values[0], values[1], sizeof values[0]);
        failed += status[0] != WEFT_OK;
    }
    weft_source_close(sources[0]);
    weft_source_close(sources[1]);
    return failed;
}

static void test_errors_are_gdals(void **state) {
    (void)state;
    static const char *const kinds[] = {"COMPRESS=DEFLATE TILED=YES BLOCKXSIZE=16 BLOCKYSIZE=16",
                                        "COMPRESS=LZW BLOCKYSIZE=3", "COMPRESS=ZSTD BLOCKYSIZE=5",
                                        "COMPRESS=DEFLATE BLOCKYSIZE=9"};
    int failed = 0;
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        if (!make("x.tif", (recipe){GDT_UInt16, 3, kinds[kind]})) continue;
        for (int i = 0; i < 12; i++) {
            weft_source *source = NULL;
            damage("x.tif", "damaged.tif");
            CPLPushErrorHandler(CPLQuietErrorHandler);
            bool opens =
                weft_source_open(&source, "damaged.tif", (weft_source_options){0}, source_rig_cache, NULL) == WEFT_OK;
            bool same =
                opens && weft_source_describe(source)->cols == COLS && weft_source_describe(source)->rows == ROWS;
            weft_source_close(source);
            if (same) failed += compare_sources("damaged.tif");
            CPLPopErrorHandler();
        }
    }
    assert_true(failed > 5);
}

/* Blocks that the file does not hold are what GDAL fills them with. */
static void test_blocks_that_are_not_there_are_filled_by_gdal(void **state) {
    static const char *const options[] = {
        "SPARSE_OK=TRUE", "TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", "COMPRESS=DEFLATE", "INTERLEAVE=PIXEL", NULL};
    static int16_t tile[16 * 16];
    (void)state;
    GDALDatasetH file = small_raster_create("sparse.tif", COLS, ROWS, 3, GDT_Int16, 10, 0.1, options);
    for (int i = 0; i < 16 * 16; i++)
        tile[i] = (int16_t)(i - 100);
    for (int band = 1; band <= 3; band++) {
        GDALSetRasterNoDataValue(GDALGetRasterBand(file, band), -7);
        assert_int_equal(
            GDALRasterIO(GDALGetRasterBand(file, band), GF_Write, 16, 16, 16, 16, tile, 16, 16, GDT_Int16, 0, 0),
            CE_None);
    }
    GDALClose(file);
    assert_int_equal(compare_sources("sparse.tif"), 0);
}

/* Alpha lies beside the pixels, and is decoded with them; other masks are GDAL's. */
static void test_alpha_and_masks_are_heeded(void **state) {
    (void)state;
    assert_true(make("alpha.tif", (recipe){GDT_Byte, 4, "COMPRESS=LZW PHOTOMETRIC=RGB ALPHA=YES BLOCKYSIZE=8"}));
    assert_true(make("grey.tif", (recipe){GDT_Byte, 2, "COMPRESS=DEFLATE ALPHA=YES BLOCKYSIZE=8"}));
    assert_true(make("wide.tif", (recipe){GDT_UInt16, 2, "COMPRESS=DEFLATE ALPHA=YES BLOCKYSIZE=8"}));
    assert_true(make("apart.tif", (recipe){GDT_Byte, 2, "COMPRESS=DEFLATE ALPHA=YES INTERLEAVE=BAND BLOCKYSIZE=8"}));
    assert_int_equal(compare_sources("alpha.tif"), 0);
    assert_int_equal(compare_sources("grey.tif"), 0);
    assert_int_equal(compare_sources("wide.tif"), 0);
    assert_int_equal(compare_sources("apart.tif"), 0);
    assert_true(make("masked.tif", (recipe){GDT_Byte, 1, "COMPRESS=DEFLATE BLOCKYSIZE=8"}));
    CPLSetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES");
    GDALDatasetH file = GDALOpen("masked.tif", GA_Update);
    static uint8_t mask[COLS * ROWS];
    for (int i = 0; i < COLS * ROWS; i++)
        mask[i] = i % 3 == 0 ? 0 : 255;
    assert_int_equal(GDALCreateDatasetMaskBand(file, GMF_PER_DATASET), CE_None);
    assert_int_equal(GDALRasterIO(GDALGetMaskBand(GDALGetRasterBand(file, 1)), GF_Write, 0, 0, COLS, ROWS, mask, COLS,
                                  ROWS, GDT_Byte, 0, 0),
                     CE_None);
    GDALClose(file);
    CPLSetConfigOption("GDAL_TIFF_INTERNAL_MASK", NULL);
    assert_int_equal(compare_sources("masked.tif"), 0);
}

static void expect_left(const char *what, recipe is) {
    both of;
    if (!make("x.tif", is)) return;
    assert_true(open_both(&of, "x.tif"));
    if (of.file != NULL) fail_msg("%s is not left to GDAL", what);
    close_both(&of);
    assert_int_equal(compare_sources("x.tif"), 0);
}

static void test_what_is_unusual_is_left_to_gdal(void **state) {
    (void)state;
    expect_left("the other order of bytes", (recipe){GDT_Int16, 1, "ENDIANNESS=BIG BLOCKYSIZE=8"});
    expect_left("12 bits", (recipe){GDT_UInt16, 1, "NBITS=12 BLOCKYSIZE=8"});
    expect_left("16 bits of a float", (recipe){GDT_Float32, 1, "NBITS=16 BLOCKYSIZE=8"});
#if GDAL_VERSION_NUM >= 3070000
    expect_left("alpha with a sign", (recipe){GDT_Int8, 2, "COMPRESS=DEFLATE ALPHA=YES BLOCKYSIZE=8"});
#else
    expect_left("alpha with a sign",
                (recipe){GDT_Byte, 2, "COMPRESS=DEFLATE ALPHA=YES BLOCKYSIZE=8 PIXELTYPE=SIGNEDBYTE"});
#endif
    expect_left("JPEG", (recipe){GDT_Byte, 3, "COMPRESS=JPEG BLOCKYSIZE=8"});
    expect_left("LERC", (recipe){GDT_Float32, 1, "COMPRESS=LERC BLOCKYSIZE=8"});
    expect_left("LZMA", (recipe){GDT_Byte, 1, "COMPRESS=LZMA BLOCKYSIZE=8"});
    expect_left("PACKBITS", (recipe){GDT_Byte, 1, "COMPRESS=PACKBITS BLOCKYSIZE=8"});
    expect_left("one strip, which libtiff cuts",
                (recipe){GDT_Byte, 4, "PHOTOMETRIC=MINISBLACK ALPHA=NO BLOCKYSIZE=41"});
    expect_left("CMYK", (recipe){GDT_Byte, 4, "PHOTOMETRIC=CMYK BLOCKYSIZE=8"});
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "all") == 0) every = 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_block_is_as_gdal_gives_it),
        cmocka_unit_test(test_a_damaged_block_is_never_another),
        cmocka_unit_test(test_errors_are_gdals),
        cmocka_unit_test(test_blocks_that_are_not_there_are_filled_by_gdal),
        cmocka_unit_test(test_alpha_and_masks_are_heeded),
        cmocka_unit_test(test_what_is_unusual_is_left_to_gdal),
    };
    return cmocka_run_group_tests(tests, source_rig_setup, source_rig_teardown);
}
