/* What is refused, where, and in which words: whole reports, with lines and columns counted by hand.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "config/config.h"
#include "config/config_load.h"
#include "pipeline/formats/formats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Three lines in order; what follows begins in line 4. */
#define SMALL                                                                                                          \
    "grid: {crs: 'EPSG:31985', resolution: 30, bounds: [0, 0, 300, 600]}\n"                                            \
    "datasets:\n"                                                                                                      \
    "  - {name: a, path: a.tif}\n"

static weft_status load(const char *file, const weft_override *overrides, int count, weft_problems *problems,
                        weft_error *err) {
    weft_config *config = NULL;
    const weft_config_request request = {
        .file = file, .overrides = overrides, .override_count = count, .registries = &weft_all_registries};
    weft_status status = weft_config_load(&config, &request, problems, err);
    if (status != WEFT_OK) assert_null(config);
    weft_config_free(config);
    return status;
}

static void expect_overridden(const char *text, const weft_override *overrides, int count, const char *expected) {
    weft_problems problems = {0};
    weft_error err = {0};
    sandbox_write("c.yml", text);
    weft_status status = load("c.yml", overrides, count, &problems, &err);
    if (problems.count == 0) fail_msg("nothing is wrong with\n%s\n%s", text, err.message);
    assert_string_equal(problems.text.data, expected);
    assert_int_equal(status, WEFT_ERR_DATA);
    weft_problems_dispose(&problems);
}

static void expect(const char *text, const char *expected) {
    expect_overridden(text, NULL, 0, expected);
}

/* No output lies in a folder that is called "~" because HOME is not set, as in some containers. */
static void test_a_tilde_that_is_no_folder_is_refused(void **state) {
    (void)state;
    setenv("HOME", "/home/me", 1);
    expect(SMALL "output_dir: ~\n", "c.yml:4:13: output_dir: a path is expected, not \"~\"\n"
                                    "  hint: ~/ is the home folder, and ~ alone is YAML's word for nothing\n");
    expect(SMALL "output_dir: ~you/out\n",
           "c.yml:4:13: output_dir: a path is expected, not \"~you/out\"\n"
           "  hint: homes of other users are not looked up: write the whole path; ./ in "
           "front names a folder here\n");
    unsetenv("HOME");
    expect(SMALL "output_dir: ~/out\n",
           "c.yml:4:13: output_dir: a path is expected, not \"~/out\"\n"
           "  hint: HOME is not set, so that ~/ is no folder; ./ in front names one here\n");
}

/* A template without a value leaves it. The text of a missing value may be NULL, and what is in quotes is text. */
static void test_null_is_no_name_and_no_path(void **state) {
#define NULL_HINT "  hint: it is YAML's word for nothing: leave the key out\n"
    (void)state;
    expect(SMALL "experiment: null\nmetrics: {textfile: Null, database: NULL}\nrows: {within: {path: ~}}\n",
           "c.yml:4:13: experiment: a name is expected, not \"null\"\n" NULL_HINT
           "c.yml:5:21: textfile: a path is expected, not \"Null\"\n" NULL_HINT
           "c.yml:5:37: database: a path is expected, not \"NULL\"\n" NULL_HINT
           "c.yml:6:23: path: a path is expected, not \"~\"\n  hint: anything that OGR reads: country.gpkg\n");
    expect("grid: {crs: null, resolution: 30}\n"
           "datasets: [{name: null, path: ~, variable: null}]\n",
           "c.yml:1:13: crs: text is expected, not \"null\"\n" NULL_HINT
           "c.yml:2:19: name: a name is expected, not \"null\"\n" NULL_HINT
           "c.yml:2:31: path: a path is expected, not \"~\"\n" NULL_HINT
           "c.yml:2:44: variable: text is expected, not \"null\"\n" NULL_HINT);
    expect(SMALL "experiment: 'null'\nexport: {nodata: NULL}\nthreads: 0\n",
           "c.yml:6:10: threads: auto or a whole number from 1 to 250 is expected, not \"0\"\n");
}

static void test_what_is_no_yaml_is_reported_at_its_place(void **state) {
    (void)state;
    expect("", "c.yml:1:1: there is nothing in it\n  hint: weft schema lists the keys\n");
    expect("# a comment\n", "c.yml:1:1: there is nothing in it\n  hint: weft schema lists the keys\n");
    expect("- a\n", "c.yml:1:1: a mapping of keys is expected, not a list of 1\n");
    expect("word\n", "c.yml:1:1: a mapping of keys is expected, not \"word\"\n");
    expect(SMALL "---\nthreads: 1\n", "c.yml:5:1: a second document: a configuration is one\n");
    expect("\xc3\xa9: \x01\n", "c.yml:1:4: not YAML: control characters are not allowed\n");
    expect("a: *none\n", "c.yml:1:4: an alias that names no anchor before it\n");
    expect("[a]: b\n", "c.yml:1:1: a key is a plain word\n");
    expect("\"a\\0b\": c\n", "c.yml:1:1: a zero byte in a key\n");
    expect("a: \"b\\0\"\n", "c.yml:1:4: a zero byte in a value\n");
}

static void test_bytes_that_are_no_text_are_reported_at_their_place(void **state) {
    (void)state;
    static const char hint[] = "  hint: save the file as UTF-8\n";
    char expected[128];
    /* Columns count characters: the letter before it takes two bytes. RFC 3629 knows none of these. */
    static const char *const broken[] = {"\xff", "\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "a: 1\n\xc3\xa9%s\n", broken[i]);
        (void)snprintf(expected, sizeof expected, "c.yml:2:2: byte 0x%02x is not UTF-8 text\n%s",
                       (unsigned)(unsigned char)broken[i][0], hint);
        expect(text, expected);
    }
    expect("grid:\n  \tcrs: a\n", "c.yml:2:3: a tab indents this line\n  hint: YAML is indented by spaces\n");
}

static void test_keys_that_are_there_twice_do_not_hide_other_problems(void **state) {
    (void)state;
    expect(SMALL "threads: 2\nthreads: 3\nexport: {rows: any, rows: all}\nmerge: {chunk_size: 0}\n",
           "c.yml:5:1: the key \"threads\" appears twice: first in line 4\n"
           "c.yml:6:21: the key \"rows\" appears twice: first in line 6\n"
           "c.yml:7:21: chunk_size: a whole number from 1 to 2147483647 is expected, not \"0\"\n");
}

static void test_unknown_keys_come_with_the_nearest_known(void **state) {
    (void)state;
    expect(SMALL "metric: {}\nmemory:\n  limt: 1GB\n  zzz: 1\n",
           "c.yml:4:1: there is no key \"metric\"\n  hint: did you mean metrics?\n"
           "c.yml:6:3: memory: there is no key \"limt\"\n  hint: did you mean limit?\n"
           "c.yml:7:3: memory: there is no key \"zzz\"\n  hint: weft schema lists the keys\n");
    expect("grid: {crs: a, resolution: 1, extent: union}\ndatasets:\n- name: a\n  path: b\n  bnads: [1]\n",
           "c.yml:5:3: a dataset: there is no key \"bnads\"\n  hint: did you mean bands?\n");
}

static void test_a_key_of_another_section_is_told_where_it_belongs(void **state) {
    (void)state;
    static const struct {
        const char *text, *at, *key, *hint;
    } all[] = {
        {"limit: 1GB", "1: ", "limit", "memory.limit"},
        {"memory: {threads: 4}", "10: memory: ", "threads", "threads outside of sections"},
        {"rows: {layout: long}", "8: rows: ", "layout", "export.layout"},
        {"rows: {complete: true}", "8: rows: ", "complete", "export.rows: complete"},
        {"mosaic: med", "1: ", "mosaic", "mosaic of an entry of datasets"},
        {"export: {where: a > 1}", "10: export: ", "where", "rows.where, or rows.within.where, or rows.zone.where"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char text[256], expected[256];
        (void)snprintf(text, sizeof text, SMALL "%s\n", all[i].text);
        (void)snprintf(expected, sizeof expected, "c.yml:4:%sthere is no key \"%s\"\n  hint: did you mean %s?\n",
                       all[i].at, all[i].key, all[i].hint);
        expect(text, expected);
    }
}

static void test_problems_stand_in_the_order_of_the_file(void **state) {
    (void)state;
    unsetenv("WEFT_TEST_NONE");
    expect("datasets:\n"
           "  - name: x\n"
           "    path: [a.tif, [b.tif]]\n"
           "  - {path: tiles/*.tif, name: a, mosaic: frist}\n"
           "  - name: a\n"
           "    path: ok.tif\n"
           "threads: 251\n"
           "experiment: ${WEFT_TEST_NONE}\n"
           "grid: {crs: a, resolution: 0}\n",
           "c.yml:2:11: name: a dataset cannot be called \"x\"\n  hint: x and y are the coordinates' columns\n"
           "c.yml:3:19: path: a path is expected, not a list of 1\n"
           "c.yml:4:42: mosaic: there is no \"frist\"\n"
           "  hint: did you mean first? there are first, last, mean, min, max, med, count\n"
           "c.yml:5:11: name: \"a\" is the name of the dataset in line 4 too\n"
           "  hint: names are columns: each is there once\n"
           "c.yml:7:10: threads: auto or a whole number from 1 to 250 is expected, not \"251\"\n"
           "c.yml:8:13: the environment variable WEFT_TEST_NONE is not set\n"
           "  hint: ${WEFT_TEST_NONE:-default} gives it a default\n"
           "c.yml:9:28: resolution: a number over 0, or [x, y] is expected, not \"0\"\n"
           "  hint: in the CRS's units: 30, or [0.5, 0.25]\n");
}

static void test_a_grid_is_said_in_one_way(void **state) {
    (void)state;
#define REST "datasets: [{name: dem, path: a.tif}]\n"
    expect("grid:\n  crs: a\n  resolution: 1\n  bounds: [0, 0, 1, 1]\n  extent: union\n" REST,
           "c.yml:5:11: grid: bounds and extent cannot both say what the grid covers\n"
           "  hint: leave out one of them\n");
    expect("grid:\n  like: dem\n  align: false\n  crs: a\n" REST,
           "c.yml:3:10: grid: align and like cannot both say what the grid is\n  hint: leave out one of them\n"
           "c.yml:4:8: grid: crs and like cannot both say what the grid is\n  hint: leave out one of them\n");
    expect("grid: {crs: a, resolution: 1, extent: unoin}\n" REST,
           "c.yml:1:39: extent: there is no dataset \"unoin\"\n  hint: did you mean union?\n");
    expect("grid: {crs: a, resolution: 1, extent: den}\n" REST,
           "c.yml:1:39: extent: there is no dataset \"den\"\n  hint: did you mean dem?\n");
    expect("grid: {crs: '', resolution: [1, 0], bounds: [0, 0, 1, .inf]}\n" REST,
           "c.yml:1:13: crs: text is expected, not nothing\n"
           "c.yml:1:29: resolution: a number over 0, or [x, y] is expected, not a list of 2\n"
           "  hint: in the CRS's units: 30, or [0.5, 0.25]\n"
           "c.yml:1:45: bounds: [xmin, ymin, xmax, ymax] is expected, not a list of 4\n"
           "  hint: in the units of grid.crs\n");
    expect("grid: {crs: a, resolution: 1, bounds: [0, 5, 1, 5]}\n" REST,
           "c.yml:1:39: bounds: 0, 5, 1, 5 enclose no area\n  hint: the order is [xmin, ymin, xmax, ymax]\n");
#undef REST
}

static void test_a_name_that_was_refused_is_not_looked_for(void **state) {
    (void)state;
    expect("grid: {crs: a, resolution: 1, extent: dem}\ndatasets: [{name: d/em, path: a.tif}]\n",
           "c.yml:2:19: name: a name is expected, not \"d/em\"\n  hint: letters, digits, \".\", \"_\" and \"-\"\n");
}

static void test_bands_are_numbers_from_one_each_once(void **state) {
    (void)state;
    static const char *const wrong[] = {"0", "1.5", "65537", "'1'"};
    static const char *const found[] = {"\"0\"", "\"1.5\"", "\"65537\"", "the text \"1\""};
    char text[256], expected[256];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        (void)snprintf(text, sizeof text, "grid: {like: a}\ndatasets:\n- {name: a, path: p, bands: [2, %s]}\n",
                       wrong[i]);
        (void)snprintf(expected, sizeof expected,
                       "c.yml:3:33: bands: a list of band numbers, each once is expected, not %s\n"
                       "  hint: bands count from 1\n",
                       found[i]);
        expect(text, expected);
    }
    expect("grid: {like: a}\ndatasets:\n- {name: a, path: p, bands: [2, 2]}\n",
           "c.yml:3:33: bands: a list of band numbers, each once is expected, not \"2\"\n  hint: bands count from 1\n");
}

static void test_columns_are_names_each_once_and_one_a_band(void **state) {
    (void)state;
    static const char *const wrong[] = {"x", "a b", "b"};
    char text[256], expected[256];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        (void)snprintf(text, sizeof text, "grid: {like: a}\ndatasets:\n- {name: a, path: p, columns: [b, %s]}\n",
                       wrong[i]);
        (void)snprintf(expected, sizeof expected,
                       "c.yml:3:35: columns: a list of names, each once is expected, not \"%s\"\n"
                       "  hint: letters, digits, \".\", \"_\" and \"-\"; x and y are the coordinates\n",
                       wrong[i]);
        expect(text, expected);
    }
    expect("grid: {like: a}\ndatasets:\n- {name: a, path: p, columns: names}\n",
           "c.yml:3:31: columns: number, description, or a list of names is expected, not \"names\"\n"
           "  hint: [red, green, blue]\n");
    expect("grid: {like: a}\ndatasets:\n- {name: a, path: p, columns: [b, c], bands: [1]}\n",
           "c.yml:3:31: columns: 2 names are for 1 bands\n  hint: one name a band, in the order of bands\n");
    expect("grid: {like: a}\ndatasets:\n- {name: a, path: []}\n",
           "c.yml:3:19: path: a path, or a list of paths is expected, not an empty list\n"
           "  hint: tiles/*.tif, or [west.tif, east.tif]\n");
}

static void test_amounts_and_times_need_a_unit(void **state) {
    (void)state;
    expect(SMALL "memory: {limit: 512, sample_interval: 1}\n",
           "c.yml:4:17: limit: \"512\" has no unit\n  hint: for example 512MiB, 2GB or 50%; B for bytes\n"
           "c.yml:4:39: sample_interval: \"1\" has no unit\n  hint: for example 1s, 500ms or 2min\n");
    static const char *const wrong[] = {"0x10MiB", "1.5.2GB", "-1GB", "1 apple", "nan", "0B", "99999999TB", "GB"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[512], expected[256];
        (void)snprintf(text, sizeof text, SMALL "memory: {limit: %s}\n", wrong[i]);
        (void)snprintf(expected, sizeof expected,
                       "c.yml:4:17: limit: an amount of memory is expected, not \"%s\"\n"
                       "  hint: for example 512MiB, 2GB, 50%% or auto\n",
                       wrong[i]);
        expect(text, expected);
    }
    expect(SMALL "memory: {limit: 101%}\n",
           "c.yml:4:17: limit: a share over 0% and up to 100% is expected, not \"101%\"\n");
    expect(SMALL "memory: {sample_interval: 0s}\n",
           "c.yml:4:27: sample_interval: a time from 1ms to 1h is expected, not \"0s\"\n");
}

static void test_warning_comes_before_critical_and_a_refused_value_is_not_compared(void **state) {
    (void)state;
    static const char hint[] = "  hint: warning comes before critical: 80 and 90\n";
    char expected[256];
    (void)snprintf(expected, sizeof expected,
                   "c.yml:4:49: memory: warning_percent (70) is not under critical_percent (70)\n%s", hint);
    expect(SMALL "memory: {critical_percent: 70, warning_percent: 70}\n", expected);
    (void)snprintf(expected, sizeof expected,
                   "c.yml:4:28: memory: warning_percent (80) is not under critical_percent (75)\n%s", hint);
    expect(SMALL "memory: {critical_percent: 75}\n", expected);
    expect(SMALL "memory: {critical_percent: high}\n",
           "c.yml:4:28: critical_percent: a number over 10 and up to 100 is expected, not \"high\"\n");
    expect(SMALL "memory: {warning_percent: 10, critical_percent: 100.5}\n",
           "c.yml:4:27: warning_percent: a number over 10 and up to 100 is expected, not \"10\"\n"
           "c.yml:4:49: critical_percent: a number over 10 and up to 100 is expected, not \"100.5\"\n");
}

static void test_words_come_with_the_ones_there_are(void **state) {
    (void)state;
    expect(SMALL "export: {rows: al, formats: [csvv], precision: 18}\n",
           "c.yml:4:16: rows: there is no \"al\"\n  hint: did you mean all? there are all, any, complete\n"
           "c.yml:4:30: formats: there is no \"csvv\"\n"
           "  hint: did you mean csv? there are csv, csv.gz, parquet, sqlite, geotiff, cog, png\n"
           "c.yml:4:48: precision: shortest or 1 to 17 significant digits is expected, not \"18\"\n");
}

static void test_values_never_break_a_line_of_the_report(void **state) {
    (void)state;
    expect(SMALL "experiment: \"a\\nb\\e\"\n", "c.yml:4:13: experiment: a name is expected, not the text \"a b?\"\n"
                                               "  hint: letters, digits, \".\", \"_\" and \"-\"\n");
}

static void test_a_value_whose_variables_are_not_set_is_judged_once(void **state) {
    (void)state;
    unsetenv("WEFT_TEST_NONE");
    expect(SMALL "threads: ${WEFT_TEST_NONE}\nexport: {formats: ['${WEFT_TEST_NONE}']}\n",
           "c.yml:4:10: the environment variable WEFT_TEST_NONE is not set\n"
           "  hint: ${WEFT_TEST_NONE:-default} gives it a default\n"
           "c.yml:5:20: the environment variable WEFT_TEST_NONE is not set\n"
           "  hint: ${WEFT_TEST_NONE:-default} gives it a default\n");
    expect(SMALL "experiment: a${b\n", "c.yml:4:13: \"${b\" is not a variable\n"
                                       "  hint: ${NAME} or ${NAME:-default}; $$ is a dollar sign\n");
}

static void test_what_the_environment_holds_is_never_structure(void **state) {
    (void)state;
    setenv("WEFT_TEST_NAME", "a, threads: 99", 1);
    expect(SMALL "experiment: ${WEFT_TEST_NAME}\n",
           "c.yml:4:13: experiment: a name is expected, not \"a, threads: 99\"\n"
           "  hint: letters, digits, \".\", \"_\" and \"-\"\n");
}

static void test_overrides_are_named_as_they_were_given(void **state) {
    (void)state;
    const weft_override overrides[] = {{"threads", "many"},
                                       {"exprot.rows", "all"},
                                       {"export.rwos", "all"},
                                       {"datasets.1.method", "nearest"},
                                       {"datasets.0.bands", "[1, 0]"},
                                       {"merge", "[1"}};
    expect_overridden(SMALL "metrics: {database: ''}\n", overrides, 6,
                      "c.yml:4:21: database: a path is expected, not nothing\n"
                      "--set datasets.1.method=nearest: \"1\" is not an entry of a list of 1\n"
                      "  hint: entries count from 0: datasets.0.method=nearest\n"
                      "--set merge=[1: not YAML: did not find expected ',' or ']', while parsing a flow sequence\n"
                      "--set datasets.0.bands=[1, 0]: bands: a list of band numbers, each once is expected, not \"0\"\n"
                      "  hint: bands count from 1\n"
                      "--set threads=many: threads: auto or a whole number from 1 to 250 is expected, not \"many\"\n"
                      "--set exprot.rows=all: there is no key \"exprot\"\n  hint: did you mean export?\n"
                      "--set export.rwos=all: export: there is no key \"rwos\"\n  hint: did you mean rows?\n");
}

static void test_files_that_cannot_be_read_have_their_own_status(void **state) {
    (void)state;
    weft_problems problems = {0};
    weft_error err = {0};
    sandbox_write("c.yml", SMALL);
    assert_int_equal(load("none.yml", NULL, 0, &problems, &err), WEFT_ERR_NO_INPUT);
    assert_string_equal(err.message, "none.yml: there is no such file");
    assert_int_equal(load("c.yml/none.yml", NULL, 0, &problems, &err), WEFT_ERR_NO_INPUT);
    assert_int_equal(load(".", NULL, 0, &problems, &err), WEFT_ERR_DATA);
    assert_string_equal(err.message, ".: a folder, not a configuration");
    assert_int_equal(problems.count, 0);
}

/* 1 MiB, to the byte. */
static void test_a_mebibyte_is_read_and_a_byte_more_is_not(void **state) {
    (void)state;
    size_t length = 1 << 20, small = strlen(SMALL);
    char *text = malloc(length + 2);
    assert_non_null(text);
    memcpy(text, SMALL, small);
    memset(text + small, '#', length + 1 - small);
    text[length] = '\0';
    weft_problems problems = {0};
    weft_error err = {0};
    sandbox_write("c.yml", text);
    assert_int_equal(load("c.yml", NULL, 0, &problems, &err), WEFT_OK);
    text[length] = '#';
    text[length + 1] = '\0';
    sandbox_write("c.yml", text);
    assert_int_equal(load("c.yml", NULL, 0, &problems, &err), WEFT_ERR_DATA);
    assert_string_equal(err.message, "c.yml: 1048577 bytes, and a configuration has at most 1 MiB");
    free(text);
}

static void test_other_programs_words_come_with_ours(void **state) {
    (void)state;
    expect(SMALL "resampling: {method: mean}\nexport: {formats: GTiff}\n",
           "c.yml:4:22: method: there is no \"mean\"\n"
           "  hint: did you mean average? there are nearest, bilinear, cubic, cubicspline, lanczos, average, sum, rms, "
           "mode, min, max, med, q1, q3, p1 to p99, stdev, variety, share, coverage, count\n"
           "c.yml:5:19: formats: there is no \"GTiff\"\n"
           "  hint: did you mean geotiff? there are csv, csv.gz, parquet, sqlite, geotiff, cog, png\n");
    expect("grid: {crs: 3035, resolution: 1, bounds: [0, 0, 1, 1]}\ndatasets: [{name: a, path: p}]\n",
           "c.yml:1:13: crs: a CRS is expected, not \"3035\"\n  hint: did you mean EPSG:3035?\n");
}

/* Whose a code is, as projinfo says it: Mollweide is ESRI's, a CRS of Mars the IAU's. */
static void test_a_code_alone_is_told_with_its_authority(void **state) {
    (void)state;
    expect("grid: {crs: 54009, resolution: 1, bounds: [0, 0, 1, 1]}\ndatasets: [{name: a, path: p, crs: 49900}]\n",
           "c.yml:1:13: crs: a CRS is expected, not \"54009\"\n  hint: did you mean ESRI:54009?\n"
           "c.yml:2:36: crs: a CRS is expected, not \"49900\"\n  hint: did you mean IAU_2015:49900?\n");
    expect("grid: {crs: 999999, resolution: 1, bounds: [0, 0, 1, 1]}\ndatasets: [{name: a, path: p}]\n",
           "c.yml:1:13: crs: a CRS is expected, not \"999999\"\n"
           "  hint: PROJ knows no CRS of this code; one is written EPSG:3035\n");
}

static void test_lists_and_entries_are_shown_as_they_are_written_here(void **state) {
    (void)state;
    const weft_override overrides[] = {
        {"export.formats", "csv,parquet"}, {"datasets[0].method", "average"}, {"datasets.0.bands", "1,2"}};
    expect_overridden(SMALL, overrides, 3,
                      "--set datasets[0].method=average: there is no key \"datasets[0].method\"\n"
                      "  hint: did you mean datasets.0.method?\n"
                      "--set datasets.0.bands=1,2: bands: a list of band numbers, each once is expected, not \"1,2\"\n"
                      "  hint: a list has brackets: --set datasets.0.bands=[1,2]\n"
                      "--set export.formats=csv,parquet: formats: there is no \"csv,parquet\"\n"
                      "  hint: a list has brackets: --set export.formats=[csv,parquet]; there are csv, csv.gz, "
                      "parquet, sqlite, geotiff, cog, png\n");
    expect(SMALL "export: {formats: 'csv, png'}\n",
           "c.yml:4:19: formats: there is no \"csv, png\"\n"
           "  hint: a list has brackets: formats: [csv, png]; there are csv, csv.gz, parquet, sqlite, geotiff, cog, "
           "png\n");
}

static void test_yes_and_no_are_told_what_they_are_here(void **state) {
    (void)state;
    expect("grid: {like: a}\ndatasets: [{name: a, path: p, unscale: no}]\nexport: {stats: Yes, index: True, "
           "checksums: FALSE}\n",
           "c.yml:2:40: unscale: true or false is expected, not \"no\"\n  hint: did you mean false?\n"
           "c.yml:3:17: stats: true or false is expected, not \"Yes\"\n  hint: did you mean true?\n");
}

/* A value that two datasets take from one place is wrong once, and there. */
static void test_a_merged_value_is_wrong_where_it_is_written(void **state) {
    (void)state;
    expect("grid: {like: a}\nx-base: &base\n  unscale: maybe\ndatasets:\n- {<<: *base, name: a, path: p}\n"
           "- {<<: [*base], name: b, path: p}\n- {<<: [3], name: c, path: p}\n",
           "c.yml:3:12: unscale: true or false is expected, not \"maybe\"\n"
           "c.yml:7:9: <<: a mapping or a list of mappings is expected, not \"3\"\n"
           "  hint: <<: *NAME takes the keys of a mapping that &NAME marks\n");
}

static void test_a_variable_in_brackets_takes_quotes(void **state) {
    (void)state;
    expect("grid: {like: a}\ndatasets: [{name: a, path: ${HOME}/a.tif}]\n",
           "c.yml:2:29: not YAML: did not find expected ',' or '}', while parsing a flow mapping\n"
           "  hint: in [ ] and { } it takes quotes: {path: \"${DATA}/dem.tif\"}\n");
}

/* The root is level 0 and each bracket one more: 32 of them are as deep as it goes. */
static void test_depth_and_aliases_are_bounded(void **state) {
    (void)state;
    char text[128] = "a: ", expected[] = "c.yml:1:36: nested deeper than 32 levels\n";
    memset(text + 3, '[', 33);
    memset(text + 36, ']', 33);
    strcpy(text + 69, "\n");
    expect(text, expected);
    /* 9 values, then nine lists of nine each time: 9^5 by the fifth line. */
    expect("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
           "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n",
           "c.yml:5:8: more than 20000 values\n"
           "  hint: aliases are copied: a few that name each other make very many values\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tilde_that_is_no_folder_is_refused),
        cmocka_unit_test(test_null_is_no_name_and_no_path),
        cmocka_unit_test(test_what_is_no_yaml_is_reported_at_its_place),
        cmocka_unit_test(test_bytes_that_are_no_text_are_reported_at_their_place),
        cmocka_unit_test(test_keys_that_are_there_twice_do_not_hide_other_problems),
        cmocka_unit_test(test_unknown_keys_come_with_the_nearest_known),
        cmocka_unit_test(test_a_key_of_another_section_is_told_where_it_belongs),
        cmocka_unit_test(test_problems_stand_in_the_order_of_the_file),
        cmocka_unit_test(test_a_grid_is_said_in_one_way),
        cmocka_unit_test(test_a_name_that_was_refused_is_not_looked_for),
        cmocka_unit_test(test_bands_are_numbers_from_one_each_once),
        cmocka_unit_test(test_columns_are_names_each_once_and_one_a_band),
        cmocka_unit_test(test_amounts_and_times_need_a_unit),
        cmocka_unit_test(test_warning_comes_before_critical_and_a_refused_value_is_not_compared),
        cmocka_unit_test(test_words_come_with_the_ones_there_are),
        cmocka_unit_test(test_values_never_break_a_line_of_the_report),
        cmocka_unit_test(test_a_value_whose_variables_are_not_set_is_judged_once),
        cmocka_unit_test(test_what_the_environment_holds_is_never_structure),
        cmocka_unit_test(test_overrides_are_named_as_they_were_given),
        cmocka_unit_test(test_files_that_cannot_be_read_have_their_own_status),
        cmocka_unit_test(test_a_mebibyte_is_read_and_a_byte_more_is_not),
        cmocka_unit_test(test_a_code_alone_is_told_with_its_authority),
        cmocka_unit_test(test_lists_and_entries_are_shown_as_they_are_written_here),
        cmocka_unit_test(test_other_programs_words_come_with_ours),
        cmocka_unit_test(test_yes_and_no_are_told_what_they_are_here),
        cmocka_unit_test(test_a_merged_value_is_wrong_where_it_is_written),
        cmocka_unit_test(test_a_variable_in_brackets_takes_quotes),
        cmocka_unit_test(test_depth_and_aliases_are_bounded),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
