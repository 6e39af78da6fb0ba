/* GeoParquet: WKB decoded here, against coordinates by hand; bounds, null geometry, metadata; in folders by values and
 * rows of dates too.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/parquet_reader.h"
#include "support/sandbox.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SQUARE "[[[288800,9120000],[288900,9120000],[288900,9120100],[288800,9120100],[288800,9120000]]"
#define HOLE   "[[288810,9120010],[288810,9120020],[288820,9120020],[288820,9120010],[288810,9120010]]]"
#define FAR    "[[[300000,9100000],[300001,9100000],[300000.5,9100000.25],[300000,9100000]]]"

static const char polygons[] =
    "{\"type\": \"FeatureCollection\", \"crs\": {\"type\": \"name\", \"properties\": {\"name\": "
    "\"urn:ogc:def:crs:EPSG::31985\"}}, \"features\": [\n"
    "{\"type\": \"Feature\", \"properties\": {\"n\": 1}, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": " SQUARE
    "," HOLE "}},\n"
    "{\"type\": \"Feature\", \"properties\": {\"n\": 2}, \"geometry\": null},\n"
    "{\"type\": \"Feature\", \"properties\": {\"n\": 3}, \"geometry\": {\"type\": \"MultiPolygon\", \"coordinates\": "
    "[" FAR "," SQUARE "]]}}]}";

/* A cursor over WKB. */
typedef struct wkb {
    const uint8_t *at, *end;
} wkb;

static uint64_t take(wkb *in, int bytes) {
    uint64_t value = 0;
    assert_true(in->end - in->at >= bytes);
    for (int i = 0; i < bytes; i++)
        value |= (uint64_t)*in->at++ << 8 * i;
    return value;
}

/* The head of a geometry: little endian, of this type. */
static void take_head(wkb *in, unsigned type) {
    assert_int_equal(take(in, 1), 1);
    assert_int_equal(take(in, 4), type);
}

static double take_double(wkb *in) {
    uint64_t bits = take(in, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void take_ring(wkb *in, int count, const double *places) {
    assert_int_equal(take(in, 4), count);
    for (int i = 0; i < 2 * count; i++)
        assert_true(take_double(in) == places[i]);
}

static void expect_bounds(const parquet_file *file, int64_t row, double xmin, double ymin, double xmax, double ymax) {
    const char *const names[] = {"bbox.xmin", "bbox.ymin", "bbox.xmax", "bbox.ymax"};
    const double want[] = {xmin, ymin, xmax, ymax};
    for (int i = 0; i < 4; i++) {
        double got = parquet_number(file, parquet_find(file, names[i]), row);
        assert_true(isnan(want[i]) ? isnan(got) : got == want[i]);
    }
}

static wkb wkb_of(const parquet_file *file, int64_t row) {
    size_t length;
    const uint8_t *bytes = parquet_bytes(file, parquet_find(file, "geometry"), row, &length);
    return (wkb){bytes, bytes == NULL ? NULL : bytes + length};
}

static void expect_point(const parquet_file *file, int64_t row, double x, double y) {
    wkb in = wkb_of(file, row);
    assert_non_null(in.at);
    take_head(&in, 1);
    assert_true(take_double(&in) == x && take_double(&in) == y);
    assert_ptr_equal(in.at, in.end);
    expect_bounds(file, row, x, y, x, y);
}

/* The metadata's description of the geometry; *root is freed by the caller. */
static json_t *geo(const parquet_file *file, json_t **root) {
    *root = json_loads(parquet_metadata(file, "geo"), 0, NULL);
    assert_non_null(*root);
    assert_string_equal(json_string_value(json_object_get(*root, "version")), "1.1.0");
    assert_string_equal(json_string_value(json_object_get(*root, "primary_column")), "geometry");
    json_t *column = json_object_get(json_object_get(*root, "columns"), "geometry");
    assert_string_equal(json_string_value(json_object_get(column, "encoding")), "WKB");
    return column;
}

static void expect_list(const json_t *list, int count, const char *const *texts) {
    assert_int_equal(json_array_size(list), count);
    for (int i = 0; i < count; i++)
        assert_string_equal(json_string_value(json_array_get(list, (size_t)i)), texts[i]);
}

static void test_polygons_are_written_as_the_file_has_them(void **state) {
    static const double square[] = {288800,  9120000, 288900,  9120000, 288900,
                                    9120100, 288800,  9120100, 288800,  9120000};
    static const double hole[] = {288810, 9120010, 288810, 9120020, 288820, 9120020, 288820, 9120010, 288810, 9120010};
    static const double far[] = {300000, 9100000, 300001, 9100000, 300000.5, 9100000.25, 300000, 9100000};
    (void)state;
    sandbox_write("p.geojson", polygons);
    sandbox_write("polygons.yml", "experiment: polygons\noutput_dir: out\n"
                                  "datasets: [{name: v, path: '${SAMPLE}/dem.tif', method: average}]\n"
                                  "rows: {of: polygons, path: p.geojson, fields: [n]}\nexport: {formats: [parquet]}\n");
    free(sandbox_succeed("\"$WEFT\" run --progress none polygons.yml"));
    parquet_file file = parquet_read("out/merged_data_polygons.parquet");
    assert_int_equal(file.rows, 3);
    wkb in = wkb_of(&file, 0);
    take_head(&in, 3);
    assert_int_equal(take(&in, 4), 2);
    take_ring(&in, 5, square);
    take_ring(&in, 5, hole);
    assert_ptr_equal(in.at, in.end);
    assert_null(wkb_of(&file, 1).at);
    in = wkb_of(&file, 2);
    take_head(&in, 6);
    assert_int_equal(take(&in, 4), 2);
    take_head(&in, 3);
    assert_int_equal(take(&in, 4), 1);
    take_ring(&in, 4, far);
    take_head(&in, 3);
    assert_int_equal(take(&in, 4), 1);
    take_ring(&in, 5, square);
    assert_ptr_equal(in.at, in.end);
    expect_bounds(&file, 0, 288800, 9120000, 288900, 9120100);
    expect_bounds(&file, 1, NAN, NAN, NAN, NAN);
    expect_bounds(&file, 2, 288800, 9100000, 300001, 9120100);
    json_t *root, *column = geo(&file, &root);
    expect_list(json_object_get(column, "geometry_types"), 2, (const char *const[]){"Polygon", "MultiPolygon"});
    json_t *id = json_object_get(json_object_get(column, "crs"), "id");
    assert_int_equal(json_integer_value(json_object_get(id, "code")), 31985);
    const double all[] = {288800, 9100000, 300001, 9120100};
    for (size_t i = 0; i < 4; i++)
        assert_true(json_number_value(json_array_get(json_object_get(column, "bbox"), i)) == all[i]);
    json_t *cover = json_object_get(json_object_get(column, "covering"), "bbox");
    expect_list(json_object_get(cover, "ymax"), 2, (const char *const[]){"bbox", "ymax"});
    json_decref(root);
    parquet_free(&file);
}

/* Rows that a filter drops have no geometry, nor those of another option. */
static void test_geometry_is_that_of_the_rows_that_are_kept(void **state) {
    (void)state;
    free(sandbox_succeed("\"$WEFT\" run --progress none --set experiment=kept --set 'rows.where=n > 1' polygons.yml"));
    parquet_file file = parquet_read("out/merged_data_kept.parquet");
    assert_int_equal(file.rows, 2);
    assert_null(wkb_of(&file, 0).at);
    expect_bounds(&file, 1, 288800, 9100000, 300001, 9120100);
    parquet_free(&file);
    free(sandbox_succeed(
        "for i in 2 1; do \"$WEFT\" run --progress none --set experiment=kept --set output_dir=parts --set "
        "'rows.where=n > 1' "
        "--shard $i/2 polygons.yml; done; \"$WEFT\" merge-shards --progress none --set experiment=kept --set "
        "output_dir=parts --set 'rows.where=n > 1' polygons.yml; cmp out/merged_data_kept.parquet "
        "parts/merged_data_kept.parquet"));
    free(sandbox_succeed(
        "\"$WEFT\" run --progress none --set experiment=plain --set export.parquet_geometry=none polygons.yml"));
    file = parquet_read("out/merged_data_plain.parquet");
    assert_int_equal(file.columns, 2);
    assert_null(parquet_metadata(&file, "geo"));
    parquet_free(&file);
}

/* 30,000 points are three pages of geometry. Each 1000th has no place. */
static void test_points_are_where_x_and_y_are(void **state) {
    (void)state;
    free(sandbox_succeed("awk 'BEGIN { print \"k,x,y\"; for (i = 0; i < 30000; i++) if (i %% 1000 == 999) print i %% 3 "
                         "\",,\"; else printf "
                         "\"%%d,%%.3f,%%.3f\\n\", i %% 3, 288800 + i / 8, 9120000 - i / 4 }' > points.csv"));
    sandbox_write("points.yml", "experiment: points\noutput_dir: out\n"
                                "datasets:\n  - {name: v, path: '${SAMPLE}/dem.tif', method: nearest}\n"
                                "rows: {of: points, path: points.csv, x: x, y: y, crs: 'EPSG:31985', fields: [k]}\n"
                                "export: {formats: [parquet]}\n");
    free(sandbox_succeed("\"$WEFT\" run --progress none points.yml"));
    parquet_file file = parquet_read("out/merged_data_points.parquet");
    assert_int_equal(file.rows, 30000);
    assert_int_equal(file.group[0].chunks[parquet_find(&file, "geometry")].pages, 3);
    for (int i = 0; i < 30000; i++) {
        if (i % 1000 == 999)
            assert_null(wkb_of(&file, i).at);
        else
            expect_point(&file, i, 288800 + i / 8.0, 9120000 - i / 4.0);
    }
    json_t *root, *column = geo(&file, &root);
    expect_list(json_object_get(column, "geometry_types"), 1, (const char *const[]){"Point"});
    json_decref(root);
    parquet_free(&file);
    free(sandbox_succeed(
        "\"$WEFT\" run --progress none --set experiment=folders --set export.partition='{by: [k]}' points.yml"));
    file = parquet_read("out/merged_data_folders.parquet/k=2/part-0.parquet");
    assert_int_equal(file.rows, 10000);
    expect_point(&file, 1, 288800 + 5 / 8.0, 9120000 - 5 / 4.0);
    parquet_free(&file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_polygons_are_written_as_the_file_has_them),
        cmocka_unit_test(test_geometry_is_that_of_the_rows_that_are_kept),
        cmocka_unit_test(test_points_are_where_x_and_y_are),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
