/* Lines of text against what is written by hand, and numbers against strtod.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "processors/text/number_text.h"
#include "processors/text/row_formatter.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static weft_row_format format_of(int columns, const char *nodata) {
    return (weft_row_format){.origin_x = 100,
                             .origin_y = 50,
                             .res_x = 0.5,
                             .res_y = 10,
                             .column_count = columns,
                             .nodata = nodata,
                             .nodata_length = strlen(nodata)};
}

static float reals[6] = {1.5f, NAN, -0.1f, INFINITY, 1e20f, 3};
static uint8_t bytes[6] = {7, 8, 9, 10, 11, 12}, valid[6] = {1, 1, 0, 1, 1, 0};

static void fill_columns(weft_values columns[2]) {
    columns[0] = (weft_values){WEFT_FLOAT32, reals, NULL, 3};
    columns[1] = (weft_values){WEFT_UINT8, bytes, valid, 3};
}

static void check(const weft_row_format *format, weft_window window, int64_t first, int64_t count, const char *expected,
                  int64_t lines) {
    weft_values columns[2];
    char out[1024];
    int64_t rows;
    fill_columns(columns);
    size_t length = weft_row_format_cells(format, window, columns, first, count, out, &rows);
    out[length] = '\0';
    assert_string_equal(out, expected);
    assert_int_equal(rows, lines);
}

/* Column 4 of the grid: x = 100 + 4.5 * 0.5 = 102.25; row 2: y = 50 - 2.5 * 10 = 25. */
static void test_lines_hold_centres_and_values(void **state) {
    (void)state;
    weft_row_format format = format_of(2, "");
    weft_window window = {4, 2, 3, 2};
    check(&format, window, 0, 6,
          "102.25,25,1.5,7\n102.75,25,,8\n103.25,25,-0.1,\n"
          "102.25,15,inf,10\n102.75,15,1e+20,11\n103.25,15,3,\n",
          6);
    check(&format, window, 2, 2, "103.25,25,-0.1,\n102.25,15,inf,10\n", 2);
}

/* The window begins at column 4 of row 2. */
static void test_lines_hold_the_index_and_the_delimiter_that_is_asked_for(void **state) {
    (void)state;
    weft_row_format format = format_of(2, "");
    format.index = true;
    format.delimiter = '\t';
    weft_window window = {4, 2, 3, 2};
    check(&format, window, 1, 3, "2\t5\t102.75\t25\t\t8\n2\t6\t103.25\t25\t-0.1\t\n3\t4\t102.25\t15\tinf\t10\n", 3);
}

/* 20209 days after 1970-01-01 is 2025-05-01 (date -u -d @$((20209 * 86400)) +%F). Texts are quoted where they hold the
 * delimiter, a quote or a line end, and where they are the text of a missing value. */
static void test_texts_are_quoted_where_they_must_be_and_dates_are_iso_8601(void **state) {
    (void)state;
    weft_row_format format = format_of(2, "NA");
    char texts[5 * 4 + 1] = "ab\0\0"
                            "a,b\0"
                            "a\"\"b"
                            "NA\0\0"
                            "\0\0\0\0",
                       out[512];
    int32_t dates[5] = {20209, 0, -1, -719529, 11016};
    uint8_t all[5] = {1, 1, 1, 1, 1}, some[5] = {1, 1, 1, 1, 0};
    weft_values columns[2] = {{WEFT_TEXT(4), texts, all, 5}, {WEFT_DATE, dates, some, 5}};
    const weft_data_type types[2] = {WEFT_TEXT(4), WEFT_DATE};
    int64_t rows;
    size_t length = weft_row_format_cells(&format, (weft_window){4, 2, 5, 1}, columns, 0, 5, out, &rows);
    out[length] = '\0';
    assert_string_equal(out, "102.25,25,ab,2025-05-01\n102.75,25,\"a,b\",1970-01-01\n"
                             "103.25,25,\"a\"\"\"\"b\",1969-12-31\n103.75,25,\"NA\",-0001-12-31\n104.25,25,,NA\n");
    assert_true(length <= 5 * weft_row_format_bound(&format, types));
    format = format_of(2, "");
    length = weft_row_format_cells(&format, (weft_window){4, 2, 5, 1}, columns, 4, 1, out, &rows);
    out[length] = '\0';
    assert_string_equal(out, "104.25,25,\"\",\n");
}

static void test_days_of_dates_go_both_ways(void **state) {
    (void)state;
    int32_t days;
    char text[WEFT_DATE_TEXT_BYTES];
    assert_true(weft_date_days(2000, 2, 29, &days) && days == 11016);
    assert_true(weft_date_days(1970, 1, 1, &days) && days == 0);
    assert_false(weft_date_days(1900, 2, 29, &days) || weft_date_days(2025, 13, 1, &days) ||
                 weft_date_days(2025, 4, 31, &days) || weft_date_days(2025, 0, 1, &days));
    for (int64_t at = -1000000; at <= 4000000; at += 37) {
        int year, month, day;
        (void)weft_date_text((int32_t)at, text);
        assert_int_equal(sscanf(text, "%d-%d-%d", &year, &month, &day), 3);
        assert_true(weft_date_days(year, month, day, &days));
        assert_int_equal(days, at);
    }
}

static void test_ready_made_x_texts_change_nothing(void **state) {
    (void)state;
    char texts[10 * WEFT_X_TEXT_BYTES];
    weft_row_format format = format_of(2, "NA");
    weft_row_format_x_texts(&format, 10, texts);
    format.x_texts = texts;
    check(&format, (weft_window){4, 2, 3, 2}, 1, 2, "102.75,25,NA,8\n103.25,25,-0.1,NA\n", 2);
}

static void test_filters_drop_cells(void **state) {
    (void)state;
    weft_row_format format = format_of(2, "");
    weft_window window = {0, 0, 3, 2};
    format.filter = WEFT_ROW_COMPLETE;
    check(&format, window, 0, 6, "100.25,45,1.5,7\n100.25,35,inf,10\n100.75,35,1e+20,11\n", 3);
    format.filter = WEFT_ROW_ANY;
    bytes[1] = 8;
    valid[1] = 0;
    check(&format, window, 0, 3, "100.25,45,1.5,7\n101.25,45,-0.1,\n", 2);
    valid[1] = 1;
}

static void test_precision_is_significant_digits(void **state) {
    (void)state;
    float value = 123.456f;
    weft_values column = {WEFT_FLOAT32, &value, NULL, 1};
    weft_row_format format = format_of(1, "");
    format.precision = 4;
    char out[128];
    int64_t rows;
    size_t length = weft_row_format_cells(&format, (weft_window){0, 0, 1, 1}, &column, 0, 1, out, &rows);
    out[length] = '\0';
    assert_string_equal(out, "100.25,45,123.5\n");
}

static void test_coordinates_have_15_digits_and_no_trailing_zeros(void **state) {
    (void)state;
    weft_row_format format = {.origin_x = -180, .origin_y = 90, .res_x = 1.0 / 3600, .res_y = 180};
    weft_values none = {0};
    char out[128];
    int64_t rows;
    size_t length = weft_row_format_cells(&format, (weft_window){0, 0, 1, 1}, &none, 0, 1, out, &rows);
    out[length] = '\0';
    /* -180 + 0.5 / 3600 = -179.99986111111111...; the middle of 90 .. -90 is 0. */
    assert_string_equal(out, "-179.999861111111,0\n");
}

static void test_floats_read_back_the_same(void **state) {
    (void)state;
    uint64_t seed = 88172645463325252u;
    char text[WEFT_NUMBER_TEXT_BYTES + 1];
    for (int i = 0; i < 200000; i++) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17; /* xorshift64, Marsaglia 2003 */
        uint32_t low = (uint32_t)seed;
        float single;
        double real;
        memcpy(&single, &low, sizeof single);
        memcpy(&real, &seed, sizeof real);
        if (isnan(single) || isnan(real)) continue;
        text[weft_number_text_float(single, text)] = '\0';
        assert_true(strtof(text, NULL) == single);
        text[weft_number_text_double(real, text)] = '\0';
        assert_true(strtod(text, NULL) == real);
    }
}

#define MANY       80 /* columns: more than the floats that become text at once */
#define MANY_CELLS 40

static bool made_missing(int column, int cell) {
    return (cell * 7 + column * 3) % 89 == 0;
}

/* Every third column holds bytes, the others floats; some of these are missing. */
static void make_many(weft_values columns[MANY], float floats[MANY][MANY_CELLS], uint8_t small[MANY_CELLS],
                      uint8_t all[MANY_CELLS], int cols) {
    for (int cell = 0; cell < MANY_CELLS; cell++) {
        small[cell] = (uint8_t)(cell * 5);
        all[cell] = 1;
        for (int i = 0; i < MANY; i++)
            floats[i][cell] = made_missing(i, cell) ? NAN : (float)(i * 1000 - cell) / 7;
    }
    for (int i = 0; i < MANY; i++)
        columns[i] = i % 3 == 2 ? (weft_values){WEFT_UINT8, small, all, cols}
                                : (weft_values){WEFT_FLOAT32, floats[i], NULL, cols};
}

/* The line of a cell by itself; nothing where the filter drops it. */
static size_t expected_line(int count, weft_row_filter filter, int cell, const float floats[MANY][MANY_CELLS],
                            const uint8_t *small, char *out) {
    size_t at = 0;
    for (int i = 0; i < count; i++) {
        bool is_float = i % 3 != 2, missing = is_float && made_missing(i, cell);
        if (missing && filter == WEFT_ROW_COMPLETE) return 0;
        if (i > 0) out[at++] = ',';
        if (missing)
            at += (size_t)snprintf(out + at, 4, "NA");
        else
            at += is_float ? weft_number_text_float(floats[i][cell], out + at)
                           : (size_t)snprintf(out + at, 4, "%d", small[cell]);
    }
    out[at++] = '\n';
    return at;
}

static void check_many(int count, weft_row_filter filter, int cols, int first) {
    static float floats[MANY][MANY_CELLS];
    static char got[MANY_CELLS * MANY * 20], expected[sizeof got];
    uint8_t small[MANY_CELLS], all[MANY_CELLS];
    weft_values columns[MANY];
    weft_row_format format = format_of(count, "NA");
    int64_t rows;
    size_t at = 0;
    format.unplaced = true;
    format.filter = filter;
    make_many(columns, floats, small, all, cols);
    size_t length = weft_row_format_cells(&format, (weft_window){0, 0, cols, MANY_CELLS / cols}, columns, first,
                                          MANY_CELLS - first, got, &rows);
    for (int cell = first; cell < MANY_CELLS; cell++)
        at += expected_line(count, filter, cell, floats, small, expected + at);
    assert_int_equal(length, at);
    assert_memory_equal(got, expected, at);
}

static void test_tables_of_any_width_hold_the_values_cell_by_cell(void **state) {
    (void)state;
    for (int count = 1; count <= MANY; count++)
        for (int cols = 5; cols <= MANY_CELLS; cols *= 2)
            for (int first = 0; first < 3; first++) {
                check_many(count, WEFT_ROW_ALL, cols, first);
                check_many(count, WEFT_ROW_COMPLETE, cols, first);
            }
}

static void test_lines_stay_under_the_bound(void **state) {
    (void)state;
    double real = -2.2250738585072014e-308;
    int64_t whole = INT64_MIN;
    uint8_t there = 1;
    weft_values columns[] = {{WEFT_FLOAT64, &real, NULL, 1}, {WEFT_INT64, &whole, &there, 1}};
    const weft_data_type types[] = {WEFT_FLOAT64, WEFT_INT64};
    weft_row_format format = {.origin_x = -1.2345678901234567e-300,
                              .origin_y = 1e300,
                              .res_x = 1e-310,
                              .res_y = 1,
                              .column_count = 2,
                              .nodata = ""};
    char out[512];
    int64_t rows;
    size_t length = weft_row_format_cells(&format, (weft_window){0, 0, 1, 1}, columns, 0, 1, out, &rows);
    assert_true(length <= weft_row_format_bound(&format, types));
    assert_true(length > 60);
}

static void test_names_are_quoted_where_they_must_be(void **state) {
    (void)state;
    const char *names[] = {"plain", "with,comma", "with \"quotes\""};
    char out[128];
    weft_row_format format = format_of(3, "");
    size_t length = weft_row_format_header(&format, names, out, sizeof out);
    out[length] = '\0';
    assert_string_equal(out, "x,y,plain,\"with,comma\",\"with \"\"quotes\"\"\"\n");
    assert_int_equal(weft_row_format_header(&format, names, out, 12), 0);
    format.delimiter = ';';
    format.index = true;
    length = weft_row_format_header(&format, names, out, sizeof out);
    out[length] = '\0';
    assert_string_equal(out, "row;col;x;y;plain;with,comma;\"with \"\"quotes\"\"\"\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_hold_centres_and_values),
        cmocka_unit_test(test_lines_hold_the_index_and_the_delimiter_that_is_asked_for),
        cmocka_unit_test(test_texts_are_quoted_where_they_must_be_and_dates_are_iso_8601),
        cmocka_unit_test(test_days_of_dates_go_both_ways),
        cmocka_unit_test(test_ready_made_x_texts_change_nothing),
        cmocka_unit_test(test_filters_drop_cells),
        cmocka_unit_test(test_precision_is_significant_digits),
        cmocka_unit_test(test_coordinates_have_15_digits_and_no_trailing_zeros),
        cmocka_unit_test(test_floats_read_back_the_same),
        cmocka_unit_test(test_tables_of_any_width_hold_the_values_cell_by_cell),
        cmocka_unit_test(test_lines_stay_under_the_bound),
        cmocka_unit_test(test_names_are_quoted_where_they_must_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
