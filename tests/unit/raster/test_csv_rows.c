/* Rows of CSV files, read past OGR and through it, against what OGR's own interface gives.
 *
 * SPDX-License-Identifier: MIT */
#include "raster/vector/csv_rows.h"

#include "raster/gdal/gdal_setup.h"
#include "raster/vector/vector_file.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <cpl_error.h>
#include <gdal.h>
#include <ogr_api.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int setup(void **state) {
    GDALAllRegister();
    return sandbox_setup(state);
}

/* --- OGR's word --- */

typedef struct ogr_file {
    GDALDatasetH dataset;
    OGRLayerH layer;
    OGRFeatureH feature;
    const char *names[16];
    int count;
} ogr_file;

static ogr_file ogr_open(const char *path) {
    ogr_file file = {.dataset = GDALOpenEx(path, GDAL_OF_VECTOR, NULL, NULL, NULL)};
    assert_non_null(file.dataset);
    file.layer = GDALDatasetGetLayer(file.dataset, 0);
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(file.layer);
    for (int i = 0; i < OGR_FD_GetFieldCount(definition) && i < 16; i++)
        file.names[file.count++] = OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(definition, i));
    return file;
}

static bool ogr_next(ogr_file *file) {
    if (file->feature != NULL) OGR_F_Destroy(file->feature);
    CPLErrorReset();
    file->feature = OGR_L_GetNextFeature(file->layer);
    return file->feature != NULL;
}

/* What the last of ogr_next() says: there may be no row since OGR has an error, of quotes that do not end from GDAL 3.13 on. */
static weft_status ogr_status(const ogr_file *file) {
    return file->feature == NULL && CPLGetLastErrorType() >= CE_Failure ? WEFT_ERR_DATA : WEFT_OK;
}

/* Reads on in both. False: there are no more rows. */
static bool next_of_both(ogr_file *ogr, weft_vector_file *file) {
    bool any = false, more = ogr_next(ogr);
    weft_status expected = ogr_status(ogr);
    assert_int_equal(weft_vector_file_next(file, &any, NULL), expected);
    assert_int_equal(any, more);
    return more;
}

static const char *ogr_text(const ogr_file *file, int field) {
    return OGR_F_IsFieldSetAndNotNull(file->feature, field) ? OGR_F_GetFieldAsString(file->feature, field) : NULL;
}

static void ogr_close(ogr_file *file) {
    if (file->feature != NULL) OGR_F_Destroy(file->feature);
    GDALClose(file->dataset);
}

/* --- texts --- */

static uint64_t state_of_draws = 1;

static unsigned draw(unsigned below) {
    state_of_draws = state_of_draws * UINT64_C(6364136223846793005) + 1442695040888963407U;
    return (unsigned)(state_of_draws >> 33) % below;
}

/* A file of `rows` lines. Mean ones have what is no plain field. */
static void write_file(const char *name, int rows, bool mean) {
    static const char *const plain[] = {
        "1.5",  "-34.8712",          "",           "007", " two words ", "\"a,b;c|d\"", "\"say \"\"so\"\"\"",
        "\"\"", "\xc3\xa9t\xc3\xa9", "2025-05-01", "#",   "'x'"};
    static const char *const meaner[] = {"\"two\nlines\"", "5'6\"", "a\"b\"c", "\"x\" ",  "\r",
                                         "\xe9",           "a\tb",  "\"",      "\"a\rb\""};
    static const char *const ends[] = {"\n", "\r\n", "\n\n", "\r\n\r\n"};
    const char separator = ",;\t"[draw(3)], *end = ends[mean ? draw(4) : draw(2)];
    int fields = 2 + (int)draw(4);
    FILE *out = fopen(name, "wb");
    assert_non_null(out);
    if (draw(4) == 0) (void)fputs("\xef\xbb\xbf", out);
    bool quoted = draw(3) == 0;
    for (int i = 0; i < fields; i++)
        (void)fprintf(out, quoted ? "%.*s\"%c%d\"" : "%.*s%c%d", i > 0, &separator, 'a' + i, i);
    (void)fputs(end, out);
    for (int row = 0; row < rows; row++) {
        int count = mean && draw(40) == 0 ? 1 + (int)draw(7) : fields;
        for (int i = 0; i < count; i++) {
            const char *text = mean && draw(40) == 0 ? meaner[draw(sizeof meaner / sizeof *meaner)]
                                                     : plain[draw(sizeof plain / sizeof *plain)];
            (void)fprintf(out, "%.*s%s", i > 0, &separator, text);
        }
        (void)fputs(row == rows - 1 && draw(2) == 0 ? "" : end, out);
    }
    assert_int_equal(fclose(out), 0);
}

/* --- tests --- */

/* All rows, of files of more than one buffer too. */
static void test_plain_files_are_read_to_their_end_as_ogr_reads_them(void **state) {
    (void)state;
    for (int i = 0; i < 60; i++) {
        write_file("plain.csv", i < 50 ? 1 + (int)draw(60) : 8000, false);
        ogr_file ogr = ogr_open("plain.csv");
        weft_csv_rows *csv = weft_csv_rows_open("plain.csv", ogr.names, ogr.count);
        assert_non_null(csv);
        while (ogr_next(&ogr)) {
            assert_int_equal(weft_csv_rows_next(csv), WEFT_CSV_ROW);
            assert_int_equal(weft_csv_rows_number(csv), OGR_F_GetFID(ogr.feature));
            for (int j = 0; j < ogr.count; j++)
                assert_string_equal(weft_csv_rows_field(csv, j), ogr_text(&ogr, j));
        }
        assert_int_equal(weft_csv_rows_next(csv), WEFT_CSV_END);
        assert_true(weft_csv_rows_rewind(csv));
        assert_int_equal(weft_csv_rows_number(csv), 0);
        weft_csv_rows_close(csv);
        ogr_close(&ogr);
    }
}

/* Files whose names OGR does not take from a first line of one separator, and what is no file. */
static void test_what_is_not_plain_is_left_to_ogr(void **state) {
    static const char *const names[] = {"x", "y"};
    static const char *const others[] = {"x,y,\n1,2,3\n", "x, y\n1,2\n", "1,2\n3,4\n", "x y\n1 2\n", "x\n1\n", "",
                                         "y,x\n1,2\n"};
    (void)state;
    sandbox_write("file.csv", "x,y\n1,2\n");
    weft_csv_rows *csv = weft_csv_rows_open("file.csv", names, 2);
    assert_non_null(csv);
    weft_csv_rows_close(csv);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        sandbox_write("file.csv", others[i]);
        assert_null(weft_csv_rows_open("file.csv", names, 2));
    }
    assert_null(weft_csv_rows_open("no.csv", names, 2));
    assert_null(weft_csv_rows_open(".", names, 2));
    csv = NULL;
    weft_csv_rows_close(csv);
}

/* A line of more than the buffer. */
static void test_a_long_line_is_left_to_ogr(void **state) {
    static const char *const names[] = {"x", "y"};
    (void)state;
    FILE *out = fopen("long.csv", "wb");
    assert_non_null(out);
    (void)fprintf(out, "x,y\n1,2\n3,%070000d\n5,6\n", 4);
    assert_int_equal(fclose(out), 0);
    weft_csv_rows *csv = weft_csv_rows_open("long.csv", names, 2);
    assert_non_null(csv);
    assert_int_equal(weft_csv_rows_next(csv), WEFT_CSV_ROW);
    assert_int_equal(weft_csv_rows_next(csv), WEFT_CSV_OTHER);
    weft_csv_rows_close(csv);
}

static void check_feature(const weft_vector_file *file, const ogr_file *ogr) {
    assert_int_equal(weft_vector_feature_id(file), OGR_F_GetFID(ogr->feature));
    for (int i = 0; i < ogr->count; i++) {
        const char *got = weft_vector_feature_text(file, i), *want = ogr_text(ogr, i);
        assert_int_equal(got == NULL, want == NULL);
        if (want != NULL) assert_string_equal(got, want);
    }
}

/* Files of points with every kind of row: where one is not plain OGR goes on; also from the middle. */
static void test_any_file_of_points_is_read_as_ogr_reads_it(void **state) {
    (void)state;
    for (int i = 0; i < 300; i++) {
        weft_vector_file *file = NULL;
        write_file("any.csv", 1 + (int)draw(60), true);
        ogr_file ogr = ogr_open("any.csv");
        assert_true(ogr.count >= 1);
        const weft_vector_options options = {
            .path = "any.csv", .crs = "EPSG:4326", .x = ogr.names[0], .y = ogr.names[ogr.count - 1]};
        assert_int_equal(weft_vector_file_open(&file, &options, NULL), WEFT_OK);
        int64_t skipped = draw(3) == 0 ? draw(20) : 0;
        weft_status expected = WEFT_OK;
        for (int64_t j = 0; j < skipped && expected == WEFT_OK; j++)
            if (!ogr_next(&ogr)) expected = ogr_status(&ogr);
        if (skipped > 0) assert_int_equal(weft_vector_file_seek(file, skipped, NULL), expected);
        while (next_of_both(&ogr, file))
            check_feature(file, &ogr);
        weft_vector_file_rewind(file);
        OGR_L_ResetReading(ogr.layer);
        if (next_of_both(&ogr, file)) check_feature(file, &ogr);
        weft_vector_file_close(file);
        ogr_close(&ogr);
    }
}

/* A schema beside it (.csvt), and a filter: OGR's types and OGR's rows. */
static void test_types_and_filters_are_ogrs(void **state) {
    weft_vector_file *file = NULL;
    weft_vector_options options = {.path = "typed.csv", .crs = "EPSG:4326", .x = "x", .y = "y"};
    int64_t n;
    bool any;
    (void)state;
    sandbox_write("typed.csv", "x,y,n\n1,2,3\n4,5,6\n");
    sandbox_write("typed.csvt", "Real,Real,Integer\n");
    assert_int_equal(weft_vector_file_open(&file, &options, NULL), WEFT_OK);
    assert_int_equal(weft_vector_file_next(file, &any, NULL), WEFT_OK);
    assert_true(any && weft_vector_feature_integer(file, 2, &n) && n == 3);
    weft_vector_file_close(file);
    options.where = "n > 3";
    assert_int_equal(weft_vector_file_open(&file, &options, NULL), WEFT_OK);
    assert_int_equal(weft_vector_file_next(file, &any, NULL), WEFT_OK);
    assert_true(any && weft_vector_feature_integer(file, 2, &n) && n == 6);
    weft_vector_file_close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_files_are_read_to_their_end_as_ogr_reads_them),
        cmocka_unit_test(test_what_is_not_plain_is_left_to_ogr),
        cmocka_unit_test(test_a_long_line_is_left_to_ogr),
        cmocka_unit_test(test_any_file_of_points_is_read_as_ogr_reads_it),
        cmocka_unit_test(test_types_and_filters_are_ogrs),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
