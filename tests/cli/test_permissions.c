/* What may not be read or written ends with exit code 77 and its name, before any work: configurations, inputs with all
 * files that they are made of, folders, outputs. The metrics database never ends a run.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char config_text[] =
    "experiment: codes\n"
    "grid: {crs: 'EPSG:31985', resolution: 1000, bounds: [288000, 9110000, 298000, 9120000]}\n"
    "datasets:\n"
    "  - {name: geoid, path: geoid.tif, method: nearest}\n";

/* Root may read and write everything; without these capabilities it is as everybody. */
static const char *as_everybody(void) {
    return geteuid() == 0 ? "setpriv --bounding-set=-dac_override,-dac_read_search " : "";
}

/* Of command lines behind "weft": a permission that lacks is told of with what it lacks for. */
typedef struct refusal {
    const char *arguments, *said;
} refusal;

static void expect_77(const refusal *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        sandbox_result result = sandbox_run("%s\"$WEFT\" %s", as_everybody(), cases[i].arguments);
        if (result.exit_code != 77 || strstr(result.err, cases[i].said) == NULL)
            fail_msg("weft %s: exit code %d, not 77 with \"%s\"\n%s", cases[i].arguments, result.exit_code,
                     cases[i].said, result.err);
        sandbox_result_free(&result);
    }
}

#define EXPECT_77(cases) expect_77(cases, sizeof(cases) / sizeof *(cases))

static void test_a_configuration_that_may_not_be_read(void **state) {
    (void)state;
    free(sandbox_succeed("cp config.yml locked.yml; chmod 0 locked.yml; mkdir shut; chmod 0 shut"));
    static const refusal cases[] = {
        {"run locked.yml", "locked.yml: Permission denied"},
        {"plan locked.yml", "locked.yml: Permission denied"},
        {"validate locked.yml", "locked.yml: Permission denied"},
        {"run shut/config.yml", "shut/config.yml: Permission denied"},
    };
    EXPECT_77(cases);
}

static void test_an_input_that_may_not_be_read(void **state) {
    (void)state;
    free(sandbox_succeed("mkdir -p shut tiles; chmod 0 shut; cp geoid.tif locked.tif; cp geoid.tif tiles/a.tif; "
                         "cp geoid.tif tiles/b.tif; chmod 0 locked.tif tiles/b.tif; "
                         "gdal_translate -q -of VRT geoid.tif open.vrt; sed s/geoid.tif/locked.tif/ open.vrt > a.vrt; "
                         "sed s/geoid.tif/a.vrt/ open.vrt > b.vrt; sed 's,geoid.tif,shut/a.tif,' open.vrt > c.vrt"));
    static const refusal cases[] = {
        {"run config.yml --set datasets.0.path=locked.tif", "locked.tif: Permission denied"},
        {"plan config.yml --set datasets.0.path=locked.tif", "locked.tif: Permission denied"},
        {"run config.yml --set datasets.0.path=shut/a.tif", "shut/a.tif: Permission denied"},
        {"run config.yml --set 'datasets.0.path=shut/*.tif'", "shut/*.tif"},
        {"run config.yml --set 'datasets.0.path=tiles/*.tif'", "tiles/b.tif: Permission denied"},
        {"run config.yml --set 'datasets.0.path=[geoid.tif, locked.tif]'", "locked.tif: Permission denied"},
        {"run config.yml --set datasets.0.path=a.vrt", "locked.tif: Permission denied"},
        {"plan config.yml --set datasets.0.path=a.vrt", "locked.tif: Permission denied"},
        {"plan config.yml --set datasets.0.path=b.vrt", "locked.tif: Permission denied"},
        {"plan config.yml --set datasets.0.path=c.vrt", "shut/a.tif: Permission denied"},
    };
    EXPECT_77(cases);
    /* on_error: skip is for such files too. */
    free(sandbox_succeed("%s\"$WEFT\" run config.yml --set datasets.0.on_error=skip --set "
                         "'datasets.0.path=[geoid.tif, locked.tif]' && grep -c 'locked.tif: Permission denied' "
                         "out/merged_data_codes.metadata.json",
                         as_everybody()));
}

/* GDAL takes them for files that are not there, and pixels that they say are missing for values. */
static void test_a_companion_that_may_not_be_read(void **state) {
    (void)state;
    static const char *const companions[] = {"own.tif.aux.xml", "own.tif.msk", "own.tif.ovr"};
    char said[64];
    free(sandbox_succeed("cp geoid.tif own.tif; sed s/geoid.tif/own.tif/ open.vrt > own.vrt"));
    for (size_t i = 0; i < sizeof companions / sizeof *companions; i++) {
        free(sandbox_succeed("echo '<PAMDataset/>' > %s; chmod 0 %s", companions[i], companions[i]));
        (void)snprintf(said, sizeof said, "%s: Permission denied", companions[i]);
        const refusal cases[] = {{"run config.yml --set datasets.0.path=own.tif", said},
                                 {"run config.yml --set 'datasets.0.path=[geoid.tif, own.tif]'", said},
                                 {"run config.yml --set datasets.0.path=own.vrt", said}};
        EXPECT_77(cases);
        free(sandbox_succeed("rm -f %s", companions[i]));
    }
}

static void test_a_folder_that_may_not_be_written(void **state) {
    (void)state;
    free(sandbox_succeed("mkdir -p closed full shut run/.weft; \"$WEFT\" run config.yml --set output_dir=full; "
                         "chmod 555 closed full run/.weft; chmod 0 shut"));
    static const refusal cases[] = {
        {"run config.yml --set output_dir=closed", "closed"},
        {"run config.yml --set output_dir=closed/below", "closed/below"},
        {"run config.yml --set output_dir=full", "full"},
        {"run config.yml --set output_dir=shut", "shut"},
        {"run config.yml --set output_dir=run", "run/.weft/codes"},
        {"runs shut", "shut"},
        {"catalog scan . --catalog closed/c.gpkg", "closed/c.gpkg: cannot be made: Permission denied"},
        {"catalog scan . --catalog shut/c.gpkg", "shut/c.gpkg: Permission denied"},
        {"catalog scan . --catalog stood/c.gpkg", "stood/c.gpkg"},
        {"catalog import item.json --catalog closed/c.gpkg", "closed/c.gpkg: cannot be made: Permission denied"},
    };
    free(sandbox_succeed("mkdir stood; \"$WEFT\" catalog scan stood --catalog stood/c.gpkg; chmod 555 stood"));
    sandbox_write("item.json",
                  "{\"type\": \"Feature\", \"stac_version\": \"1.0.0\", \"bbox\": [0, 0, 1, 1], \"assets\": {}}");
    EXPECT_77(cases);
    free(sandbox_succeed("! ls run/merged*"));
}

/* Another user's output in /tmp and its like cannot be replaced: that is known before anything is done. */
static void test_an_output_of_another_user_in_a_sticky_folder(void **state) {
    (void)state;
    static const char nobody[] = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
    sandbox_result able = sandbox_run("chmod 755 . && %s\"$WEFT\" --version && %stest -r geoid.tif", nobody, nobody);
    int exit_code = able.exit_code;
    sandbox_result_free(&able);
    if (exit_code != 0) {
        print_message("skipped: this user cannot run weft as another one\n");
        skip();
    }
    free(sandbox_succeed("mkdir sticky; chmod 1777 sticky; \"$WEFT\" run config.yml --set output_dir=sticky; "
                         "cp sticky/merged_data_codes.csv before.csv; rm -f sticky/metrics.*"));
    static const char *const commands[] = {"run", "run --resume"};
    for (int i = 0; i < 2; i++) {
        sandbox_result result = sandbox_run(
            "%s\"$WEFT\" %s config.yml --set output_dir=sticky --set grid.resolution=500", nobody, commands[i]);
        if (result.exit_code != 77 || strstr(result.err, "merged_data_codes.csv: another user's") == NULL)
            fail_msg("exit code %d, not 77\n%s", result.exit_code, result.err);
        sandbox_result_free(&result);
    }
    free(sandbox_succeed("cmp sticky/merged_data_codes.csv before.csv && ! ls sticky/*.part"));
    /* Its owner may, and so may everybody where the folder has no sticky bit. */
    free(sandbox_succeed("\"$WEFT\" run config.yml --set output_dir=sticky && chmod 777 sticky && "
                         "%s\"$WEFT\" run config.yml --set output_dir=sticky",
                         nobody));
}

/* A run goes on without its metrics, says so, and prints no path to them. */
static void test_metrics_that_may_not_be_written_never_end_a_run(void **state) {
    (void)state;
    static const char *const databases[] = {"readonly.sqlite", "locked.sqlite", "shelf/metrics.sqlite",
                                            "shelf/new.sqlite", "shelf/below/new.sqlite"};
    free(sandbox_succeed("\"$WEFT\" run config.yml && mkdir shelf && cp out/metrics.sqlite shelf && "
                         "cp out/metrics.sqlite readonly.sqlite && cp out/metrics.sqlite locked.sqlite && "
                         "chmod 444 readonly.sqlite && chmod 0 locked.sqlite && chmod 555 shelf"));
    for (size_t i = 0; i < sizeof databases / sizeof *databases; i++) {
        sandbox_result result =
            sandbox_run("%s\"$WEFT\" run config.yml --set metrics.database=%s", as_everybody(), databases[i]);
        if (result.exit_code != 0 || strstr(result.err, "keeps no metrics") == NULL ||
            strstr(result.out, "metrics  none were kept\n") == NULL)
            fail_msg("%s: exit code %d\n%s%s", databases[i], result.exit_code, result.out, result.err);
        sandbox_result_free(&result);
        free(sandbox_succeed("%s\"$WEFT\" run config.yml --json --set metrics.database=%s | grep '\"metrics\": null'",
                             as_everybody(), databases[i]));
    }
    /* SQLite would leave them with the database's own permissions, and what comes later could not write either. */
    free(sandbox_succeed(
        "! ls readonly.sqlite-* && chmod 644 readonly.sqlite && "
        "\"$WEFT\" run config.yml --set metrics.database=readonly.sqlite | grep 'metrics  .*readonly'"));
    static const refusal cases[] = {
        {"memory --db locked.sqlite", "locked.sqlite: cannot be read: Permission denied"},
        {"memory --db shut/metrics.sqlite", "shut/metrics.sqlite"},
    };
    EXPECT_77(cases);
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    sandbox_write("config.yml", config_text);
    free(sandbox_succeed("cp \"$SAMPLE/geoid.tif\" ."));
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_configuration_that_may_not_be_read),
        cmocka_unit_test(test_an_input_that_may_not_be_read),
        cmocka_unit_test(test_a_companion_that_may_not_be_read),
        cmocka_unit_test(test_a_folder_that_may_not_be_written),
        cmocka_unit_test(test_an_output_of_another_user_in_a_sticky_folder),
        cmocka_unit_test(test_metrics_that_may_not_be_written_never_end_a_run),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
