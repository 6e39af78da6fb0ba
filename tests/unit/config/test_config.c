/* What a configuration becomes: defaults, values, places, the environment, overrides; and the schema that tells of it.
 * What is refused, and in which words, is in test_config_problems.c.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "config/config.h"
#include "config/config_load.h"
#include "config/config_schema.h"
#include "pipeline/formats/formats.h"
#include "processors/resample/methods.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALL                                                                                                          \
    "grid: {crs: 'EPSG:31985', resolution: 30, bounds: [0, 0, 300, 600]}\n"                                            \
    "datasets:\n"                                                                                                      \
    "  - {name: a, path: a.tif}\n"

static weft_config *load(const char *text, const weft_override *overrides, int count) {
    weft_config *config = NULL;
    weft_problems problems = {0};
    weft_error err = {0};
    sandbox_write("my run.yml", text);
    const weft_config_request request = {.file = "my run.yml",
                                         .overrides = overrides,
                                         .override_count = count,
                                         .now_ms = INT64_C(1795176000000), /* 2026-11-20T12:00:00Z */
                                         .registries = &weft_all_registries};
    if (weft_config_load(&config, &request, &problems, &err) != WEFT_OK)
        fail_msg("%s\n%s", err.message, problems.count > 0 ? problems.text.data : "");
    weft_problems_dispose(&problems);
    return config;
}

/* Whether export.formats holds it. */
static bool has(const weft_config *config, const char *format) {
    const weft_format *one;
    for (int i = 0; (one = weft_format_at(i)) != NULL; i++)
        if (strcmp(weft_format_name(one), format) == 0) return config->formats[i];
    return false;
}

/* The design's section 4. */
static void test_defaults_are_the_designs(void **state) {
    (void)state;
    weft_config *c = load(SMALL, NULL, 0);
    assert_string_equal(c->experiment, "my_run_20261120T120000Z");
    assert_false(c->experiment_given);
    assert_int_equal(c->threads, 0);
    assert_true(c->grid.align);
    assert_string_equal(weft_method_choice(c->datasets[0].methods.items[0].number)->word, "bilinear");
    assert_true(c->datasets[0].unscale);
    assert_false(c->datasets[0].on_error != WEFT_ON_ERROR_FAIL || c->datasets[0].has_nodata);
    assert_int_equal(c->datasets[0].band_count, 0);
    assert_int_equal(c->window_size, 2048);
    assert_int_equal(c->min_window_size, 512);
    assert_int_equal(c->critical_window_size, 256);
    assert_true(c->transform_tolerance == 0.05);
    assert_int_equal(c->chunk_size, 5000);
    assert_int_equal(c->min_chunk_size, 1000);
    assert_int_equal(c->streaming_chunk_size, 5000);
    assert_false(c->enable_streaming);
    assert_true(has(c, "csv") && !has(c, "parquet"));
    assert_int_equal(weft_config_option_value(c, "parquet_codec"), 0); /* zstd */
    assert_int_equal(c->rows, WEFT_ROWS_ALL);
    assert_string_equal(c->nodata_text, "");
    assert_int_equal(c->precision, 0);
    assert_int_equal(c->memory_limit.kind, WEFT_SIZE_AUTO);
    assert_true(c->warning_percent == 80 && c->critical_percent == 90);
    assert_int_equal(c->sample_interval_ms, 1000);
    weft_config_free(c);
}

static void test_paths_start_at_the_file(void **state) {
    (void)state;
    weft_config *c = load("grid: {like: b}\noutput_dir: deep/out\ndatasets:\n"
                          "  - {name: a, path: ./data/a.tif}\n"
                          "  - {name: b, path: 'NETCDF:\"f.nc\":t'}\n"
                          "  - {name: c, path: /vsizip/z.zip/c.tif}\n"
                          "  - {name: d, path: /abs/d.tif}\n"
                          "  - {name: e, path: 'day/12:30.tif'}\n"
                          "  - {name: f, path: 'https://example.org/f.tif?a=*'}\n",
                          NULL, 0);
    char expected[5000];
    (void)snprintf(expected, sizeof expected, "%s/data/a.tif", sandbox_folder());
    assert_string_equal(c->datasets[0].paths[0], expected);
    (void)snprintf(expected, sizeof expected, "NETCDF:\"%s/f.nc\":t", sandbox_folder());
    assert_string_equal(c->datasets[1].paths[0], expected);
    (void)snprintf(expected, sizeof expected, "/vsizip/%s/z.zip/c.tif", sandbox_folder());
    assert_string_equal(c->datasets[2].paths[0], expected);
    assert_string_equal(c->datasets[3].paths[0], "/abs/d.tif");
    (void)snprintf(expected, sizeof expected, "%s/day/12:30.tif", sandbox_folder());
    assert_string_equal(c->datasets[4].paths[0], expected);
    assert_string_equal(c->datasets[5].paths[0], "https://example.org/f.tif?a=*");
    (void)snprintf(expected, sizeof expected, "%s/deep/out/metrics.sqlite", sandbox_folder());
    assert_string_equal(c->metrics_database, expected);
    assert_string_equal(c->grid.like, "b");
    weft_config_free(c);
}

static void test_a_list_or_a_pattern_is_a_mosaic(void **state) {
    (void)state;
    weft_config *c = load("grid: {like: a}\ndatasets:\n"
                          "  - {name: a, path: a.tif}\n"
                          "  - {name: b, path: 'tiles/*.tif', mosaic: max}\n"
                          "  - {name: c, path: [a.tif, 'more/?[ab].tif', 'NETCDF:f.nc:t']}\n"
                          "  - {name: d, path: '/vsizip/z.zip/*.tif'}\n",
                          NULL, 0);
    static const bool mosaics[] = {false, true, true, false};
    char expected[5000];
    for (int i = 0; i < 4; i++) {
        assert_int_equal(c->datasets[i].is_mosaic, mosaics[i]);
        assert_int_equal(c->datasets[i].path_count, i == 2 ? 3 : 1);
        assert_int_equal(c->datasets[i].overlap, i == 1 ? WEFT_OVERLAP_RULE_MAX : WEFT_OVERLAP_RULE_FIRST);
    }
    (void)snprintf(expected, sizeof expected, "%s/tiles/*.tif", sandbox_folder());
    assert_string_equal(c->datasets[1].paths[0], expected);
    (void)snprintf(expected, sizeof expected, "%s/more/?[ab].tif", sandbox_folder());
    assert_string_equal(c->datasets[2].paths[1], expected);
    (void)snprintf(expected, sizeof expected, "NETCDF:%s/f.nc:t", sandbox_folder());
    assert_string_equal(c->datasets[2].paths[2], expected);
    assert_string_equal(weft_overlap_rule_name(c->datasets[1].overlap), "max");
    weft_config_free(c);
}

static void test_columns_are_named_by_number_description_or_list(void **state) {
    (void)state;
    weft_config *c = load("grid: {like: a}\ndatasets:\n"
                          "  - {name: a, path: a.tif}\n"
                          "  - {name: b, path: b.tif, columns: description}\n"
                          "  - {name: c, path: c.tif, bands: [4, 3], columns: [nir, red]}\n",
                          NULL, 0);
    assert_int_equal(c->datasets[0].column_names, WEFT_COLUMNS_NUMBER);
    assert_int_equal(c->datasets[1].column_names, WEFT_COLUMNS_DESCRIPTION);
    assert_int_equal(c->datasets[2].column_names, WEFT_COLUMNS_LIST);
    assert_int_equal(c->datasets[2].column_count, 2);
    assert_string_equal(c->datasets[2].columns[0], "nir");
    assert_string_equal(c->datasets[2].columns[1], "red");
    weft_config_free(c);
}

static void test_values_are_read_with_their_units(void **state) {
    (void)state;
    weft_config *c = load(SMALL "experiment: e-1\nthreads: 3\n"
                                "memory: {limit: 1.5 GiB, sample_interval: 250ms}\n"
                                "export: {rows: complete, nodata: NA, precision: 6, formats: [parquet], "
                                "parquet_codec: gzip}\n",
                          NULL, 0);
    assert_string_equal(c->experiment, "e-1");
    assert_int_equal(c->threads, 3);
    assert_int_equal(c->memory_limit.kind, WEFT_SIZE_BYTES);
    assert_int_equal(c->memory_limit.bytes, 1610612736);
    assert_int_equal(c->sample_interval_ms, 250);
    assert_int_equal(c->rows, WEFT_ROWS_COMPLETE);
    assert_string_equal(c->nodata_text, "NA");
    assert_int_equal(c->precision, 6);
    assert_true(has(c, "parquet") && !has(c, "csv"));
    assert_int_equal(weft_config_option_value(c, "parquet_codec"), 1); /* gzip */
    weft_config_free(c);
    c = load(SMALL "memory: {limit: 2GB}\n", NULL, 0);
    assert_int_equal(c->memory_limit.bytes, 2000000000);
    weft_config_free(c);
    c = load(SMALL "memory: {limit: 40%}\n", NULL, 0);
    assert_int_equal(c->memory_limit.kind, WEFT_SIZE_PERCENT);
    assert_true(c->memory_limit.percent == 40);
    weft_config_free(c);
}

/* What is not said is the first dataset's: the plan looks it up. */
static void test_a_grid_may_be_left_out_or_said_in_part(void **state) {
    (void)state;
    static const char rest[] = "datasets: [{name: a, path: a.tif}]\n";
    static const char *const grids[] = {"", "grid: {}\n", "grid: {crs: 'EPSG:3035'}\n", "grid: {resolution: 10}\n"};
    for (size_t i = 0; i < sizeof grids / sizeof *grids; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "%s%s", grids[i], rest);
        weft_config *c = load(text, NULL, 0);
        assert_int_equal(c->grid.extent, WEFT_EXTENT_DATASET);
        assert_null(c->grid.extent_dataset);
        assert_true((c->grid.crs != NULL) == (i == 2) && (c->grid.resolution[0] == 10) == (i == 3));
        weft_config_free(c);
    }
    weft_config *c = load("grid: {bounds: [0, 0, 1, 1]}\ndatasets: [{name: a, path: a.tif}]\n", NULL, 0);
    assert_int_equal(c->grid.extent, WEFT_EXTENT_BOUNDS);
    weft_config_free(c);
    c = load("grid: {like: a, resolution: 10}\ndatasets: [{name: a, path: a.tif}]\n", NULL, 0);
    assert_true(c->grid.resolution[0] == 10 && c->grid.resolution[1] == 10);
    weft_config_free(c);
}

/* As Docker, Slurm and systemd (a letter is a power of 1024), and Kubernetes (Mi, Gi) write them. */
static void test_sizes_of_other_programs_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t bytes;
    } sizes[] = {{"512Mi", 536870912}, {"1Gi", 1073741824},    {"512M", 536870912},      {"2G", 2147483648},
                 {"512m", 536870912},  {"1Ti", 1099511627776}, {"524288K", 536870912},   {"524288Ki", 536870912},
                 {"512MB", 512000000}, {"1.5G", 1610612736},   {"536870912B", 536870912}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, SMALL "memory: {limit: %s}\n", sizes[i].text);
        weft_config *c = load(text, NULL, 0);
        assert_int_equal(c->memory_limit.kind, WEFT_SIZE_BYTES);
        assert_int_equal(c->memory_limit.bytes, sizes[i].bytes);
        weft_config_free(c);
    }
}

static void test_a_single_value_is_a_list_of_one(void **state) {
    (void)state;
    const weft_override set = {"export.formats", "parquet"};
    weft_config *one = load("grid: {like: a}\ndatasets: [{name: a, path: a.tif, bands: 2}]\nexperiment: e\n", &set, 1);
    weft_config *list = load("grid: {like: a}\ndatasets: [{name: a, path: a.tif, bands: [2]}]\nexperiment: e\n"
                             "export: {formats: [parquet]}\n",
                             NULL, 0);
    assert_int_equal(one->datasets[0].band_count, 1);
    assert_int_equal(one->datasets[0].bands[0], 2);
    assert_true(has(one, "parquet") && !has(one, "csv"));
    assert_string_equal(one->text, list->text);
    assert_string_equal(one->identity, list->identity);
    weft_config_free(one);
    weft_config_free(list);
}

/* Merging is that of yaml.org/type/merge.html: the mapping's own keys first, then the list's mappings in order. */
static void test_parts_are_written_once(void **state) {
    (void)state;
    static const char text[] = "x-common: &common {method: average, unscale: false, x-why: notes}\n"
                               "x-other: &other\n"
                               "  method: max\n"
                               "  <<: {on_error: skip}\n"
                               "grid: {like: a}\n"
                               "datasets:\n"
                               "  - {<<: *common, name: a, path: a.tif}\n"
                               "  - {name: b, path: b.tif, <<: [*common, *other]}\n"
                               "  - {name: c, method: min, path: c.tif, <<: [*other, *common]}\n";
    weft_config *c = load(text, NULL, 0);
    assert_string_equal(weft_method_choice(c->datasets[0].methods.items[0].number)->word, "average");
    assert_false(c->datasets[0].unscale || c->datasets[0].on_error == WEFT_ON_ERROR_SKIP);
    assert_string_equal(weft_method_choice(c->datasets[1].methods.items[0].number)->word, "average");
    assert_true(!c->datasets[1].unscale && c->datasets[1].on_error == WEFT_ON_ERROR_SKIP);
    assert_string_equal(weft_method_choice(c->datasets[2].methods.items[0].number)->word, "min");
    assert_true(!c->datasets[2].unscale && c->datasets[2].on_error == WEFT_ON_ERROR_SKIP);
    weft_config_free(c);
}

static void test_a_tilde_is_the_home_folder(void **state) {
    (void)state;
    setenv("HOME", "/home/me", 1);
    weft_config *c = load("grid: {like: ~/model.tif}\noutput_dir: ~/out\n"
                          "datasets: [{name: a, path: [~/a.tif, /b/~/b.tif, 'NETCDF:\"~/c.nc\":t']}]\n",
                          NULL, 0);
    assert_string_equal(c->grid.like, "/home/me/model.tif");
    assert_string_equal(c->output_dir, "/home/me/out");
    assert_string_equal(c->datasets[0].paths[0], "/home/me/a.tif");
    assert_string_equal(c->datasets[0].paths[1], "/b/~/b.tif");
    assert_string_equal(c->datasets[0].paths[2], "NETCDF:\"/home/me/c.nc\":t");
    weft_config_free(c);
    /* Only where a shell would say so. */
    c = load("output_dir: ~out\ndatasets: [{name: a, path: ./~/a.tif}]\n", NULL, 0);
    assert_string_equal(strrchr(c->output_dir, '/'), "/~out");
    assert_non_null(strstr(c->datasets[0].paths[0], "/~/a.tif"));
    weft_config_free(c);
}

static void test_datasets_have_their_own_settings(void **state) {
    (void)state;
    /* Windows editors begin a file with this mark. */
    weft_config *c = load("\xef\xbb\xbfgrid: {crs: 'EPSG:4326', resolution: [0.5, 0.25], extent: union, align: false}\n"
                          "resampling: {method: average}\n"
                          "datasets:\n"
                          "  - {name: a, path: a.tif, bands: [3, 1], nodata: -9999, unscale: false}\n"
                          "  - {name: b, path: b.tif, method: near, nodata: .NaN, on_error: skip}\n",
                          NULL, 0);
    assert_true(c->grid.resolution[0] == 0.5 && c->grid.resolution[1] == 0.25);
    assert_int_equal(c->grid.extent, WEFT_EXTENT_UNION);
    assert_false(c->grid.align);
    assert_string_equal(weft_method_choice(c->datasets[0].methods.items[0].number)->word, "average");
    assert_int_equal(c->datasets[0].band_count, 2);
    assert_int_equal(c->datasets[0].bands[0], 3);
    assert_true(c->datasets[0].nodata_count == 1 && c->datasets[0].nodata->low == -9999);
    assert_false(c->datasets[0].unscale);
    assert_string_equal(weft_method_choice(c->datasets[1].methods.items[0].number)->word, "nearest");
    assert_true(c->datasets[1].has_nodata && isnan(c->datasets[1].nodata->low));
    assert_true(c->datasets[1].on_error == WEFT_ON_ERROR_SKIP);
    assert_int_equal(c->datasets[1].place.line, 5);
    weft_config_free(c);
}

static void test_the_environment_fills_values(void **state) {
    (void)state;
    setenv("WEFT_TEST_NAME", "night", 1);
    unsetenv("WEFT_TEST_NONE");
    weft_config *c = load(SMALL "experiment: run-${WEFT_TEST_NAME}-${WEFT_TEST_NONE:-7}\n"
                                "export: {nodata: 'a$$b', precision: '${WEFT_TEST_NONE:-3}'}\n"
                                "threads: ${WEFT_TEST_NONE:-2}\n",
                          NULL, 0);
    assert_string_equal(c->experiment, "run-night-7");
    assert_string_equal(c->nodata_text, "a$b");
    assert_int_equal(c->threads, 2);
    assert_int_equal(c->precision, 3);
    weft_config_free(c);
}

static void test_overrides_stand_in_the_file(void **state) {
    (void)state;
    const weft_override overrides[] = {{"datasets.0.method", "nearest"},
                                       {"export.rows", "any"},
                                       {"grid.resolution", "[10, 20]"},
                                       {"export.nodata", ""},
                                       {"grid.resolution", "15"}};
    weft_config *c = load(SMALL "export: {nodata: NA}\n", overrides, 5);
    assert_string_equal(weft_method_choice(c->datasets[0].methods.items[0].number)->word, "nearest");
    assert_int_equal(c->rows, WEFT_ROWS_ANY);
    assert_true(c->grid.resolution[0] == 15 && c->grid.resolution[1] == 15);
    assert_string_equal(c->nodata_text, "");
    weft_config_free(c);
}

static void test_equal_configurations_have_one_canonical_text(void **state) {
    (void)state;
    weft_config *a = load(SMALL "experiment: e\nthreads: 2\n", NULL, 0);
    weft_config *b = load("threads: 2 # as before\nexperiment: 'e'\n"
                          "datasets:\n  - path: a.tif # the keys in another order, and a default written out\n"
                          "    on_error: fail\n    name: 'a'\n"
                          "merge: {chunk_size: 5000}\n"
                          "grid: {resolution: 30, crs: EPSG:31985, bounds: [0, 0, 300, 600]}\n",
                          NULL, 0);
    weft_config *c = load(SMALL "experiment: e\nthreads: 3\n", NULL, 0);
    assert_string_not_equal(a->text, c->text);
    assert_string_equal(a->text, b->text);
    assert_non_null(strstr(a->text, "threads: 2\n"));
    weft_config_free(a);
    weft_config_free(b);
    weft_config_free(c);
}

/* YAML folds a carriage return and Unicode's line ends in quotes, and lets control characters stand nowhere. */
static void test_every_character_is_in_the_canonical_text(void **state) {
    (void)state;
    static const char written[] =
        "a\r\x1b\x01\x7f\t\n\"\\'$ \xc2\x85\xc2\x9f\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf\xc3\xa9 z";
    weft_config *a = load(SMALL "experiment: e\nexport: {nodata: \"a\\r\\e\\x01\\x7f\\t\\n\\\"\\\\'$$ "
                                "\\x85\\x9f\\u2028\\u2029\\ufeff\xc3\xa9 z\"}\n",
                          NULL, 0);
    assert_string_equal(a->nodata_text, written);
    weft_config *b = load(a->text, NULL, 0);
    assert_string_equal(b->nodata_text, written);
    assert_string_equal(b->text, a->text);
    weft_config_free(a);
    weft_config_free(b);
}

static void test_a_run_s_identity_is_what_its_answer_depends_on(void **state) {
    (void)state;
    weft_config *a = load(SMALL "experiment: e\nthreads: 2\n", NULL, 0);
    weft_config *b =
        load(SMALL "experiment: f\nthreads: 3\noutput_dir: elsewhere\nmemory: {limit: 1GiB}\n"
                   "merge: {enable_streaming: true, chunk_size: 7}\nmetrics: {database: m.sqlite}\n"
                   "resampling: {window_size: 9, min_window_size: 8, critical_window_size: 7, max_open_files: 5}\n"
                   "export: {checkpoint_interval: 0s}\n",
             NULL, 0);
    assert_string_equal(a->identity, b->identity);
    assert_non_null(strstr(a->identity, "grid.resolution: \"30\"\n"));
    assert_non_null(strstr(a->identity, "datasets.0.path: \"a.tif\"\n"));
    assert_non_null(strstr(a->identity, "export.rows: \"all\"\n"));
    weft_config_free(b);
    static const weft_override others[] = {
        {"grid.resolution", "60"}, {"datasets.0.method", "mode"}, {"datasets.0.nodata", "3"},
        {"export.rows", "any"},    {"export.precision", "3"},     {"resampling.transform_tolerance", "0"},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        b = load(SMALL, &others[i], 1);
        if (strcmp(a->identity, b->identity) == 0) fail_msg("%s is not part of it", others[i].key);
        weft_config_free(b);
    }
    weft_config_free(a);
}

/* Every key has a description; required keys are properties; whoever has a default shows it. */
static int check_properties(json_t *object) {
    const char *name;
    json_t *key, *properties = json_object_get(object, "properties");
    int count = 0;
    assert_true(json_is_false(json_object_get(object, "additionalProperties")));
    json_object_foreach(properties, name, key) {
        const char *description = json_string_value(json_object_get(key, "description"));
        if (description == NULL || description[strlen(description) - 1] != '.') fail_msg("%s is not described", name);
        count++;
        if (json_object_get(key, "properties") != NULL) count += check_properties(key);
        json_t *items = json_object_get(key, "items");
        if (items != NULL && json_object_get(items, "properties") != NULL) count += check_properties(items);
    }
    return count;
}

static void test_the_schema_describes_every_key(void **state) {
    (void)state;
    weft_text text = {0};
    json_error_t error;
    assert_int_equal(weft_config_schema(&weft_all_registries, &text, NULL), WEFT_OK);
    json_t *root = json_loads(text.data, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) fail_msg("line %d: %s", error.line, error.text);
    assert_string_equal(json_string_value(json_object_get(root, "$schema")),
                        "https://json-schema.org/draft/2020-12/schema");
    assert_int_equal(json_array_size(json_object_get(root, "required")), 1);
    assert_true(check_properties(root) >= 40);
    json_t *properties = json_object_get(root, "properties");
    json_t *merge = json_object_get(json_object_get(properties, "merge"), "properties");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(merge, "chunk_size"), "default")), 5000);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(merge, "chunk_size"), "minimum")), 1);
    json_t *memory = json_object_get(json_object_get(properties, "memory"), "properties");
    json_t *warning = json_object_get(memory, "warning_percent");
    assert_int_equal(json_integer_value(json_object_get(warning, "exclusiveMinimum")), 10);
    assert_int_equal(json_integer_value(json_object_get(warning, "maximum")), 100);
    assert_true(json_is_false(json_object_get(json_object_get(merge, "enable_streaming"), "default")));
    json_t *export = json_object_get(json_object_get(properties, "export"), "properties");
    json_t *formats = json_object_get(export, "formats");
    assert_string_equal(json_string_value(json_array_get(json_object_get(formats, "default"), 0)), "csv");
    /* One word, or a list of them. */
    json_t *either = json_object_get(formats, "oneOf");
    assert_non_null(json_object_get(json_array_get(either, 0), "enum"));
    assert_string_equal(json_string_value(json_object_get(json_array_get(either, 1), "type")), "array");
    assert_non_null(json_object_get(json_object_get(json_array_get(either, 1), "items"), "enum"));
    /* A text that looks like a number is one to others who read YAML: -9999. */
    json_t *types = json_object_get(json_object_get(export, "nodata"), "type");
    assert_string_equal(json_string_value(json_array_get(types, 0)), "string");
    assert_string_equal(json_string_value(json_array_get(types, 1)), "number");
    json_decref(root);
    weft_text_dispose(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_are_the_designs),
        cmocka_unit_test(test_paths_start_at_the_file),
        cmocka_unit_test(test_a_list_or_a_pattern_is_a_mosaic),
        cmocka_unit_test(test_columns_are_named_by_number_description_or_list),
        cmocka_unit_test(test_values_are_read_with_their_units),
        cmocka_unit_test(test_a_grid_may_be_left_out_or_said_in_part),
        cmocka_unit_test(test_sizes_of_other_programs_are_read),
        cmocka_unit_test(test_a_single_value_is_a_list_of_one),
        cmocka_unit_test(test_parts_are_written_once),
        cmocka_unit_test(test_a_tilde_is_the_home_folder),
        cmocka_unit_test(test_datasets_have_their_own_settings),
        cmocka_unit_test(test_the_environment_fills_values),
        cmocka_unit_test(test_overrides_stand_in_the_file),
        cmocka_unit_test(test_equal_configurations_have_one_canonical_text),
        cmocka_unit_test(test_every_character_is_in_the_canonical_text),
        cmocka_unit_test(test_a_run_s_identity_is_what_its_answer_depends_on),
        cmocka_unit_test(test_the_schema_describes_every_key),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
