/* Address space that ends (ulimit -v), from the least in which the program starts: a run gives the whole output or exit
 * code 71 with a reason, and the plan knows of it.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char config_text[] = "experiment: narrow\n"
                                  "output_dir: ${OUT}\n"
                                  "threads: 2\n"
                                  "grid: {crs: 'EPSG:31985', resolution: 60, extent: landsat}\n"
                                  "datasets:\n"
                                  "  - {name: landsat, path: '${SAMPLE}/landsat7.tif'}\n"
                                  "  - {name: elevation, path: '${SAMPLE}/dem.tif'}\n"
                                  "export: {formats: [csv, parquet, geotiff]}\n"
                                  "memory: {limit: 1GiB}\n";

#define STEP_KIB (2 << 10)

/* KiB of address space in which libraries are loaded and weft --version runs. */
static int find_min_limit(void) {
    for (int kib = 32 << 10; kib < 4 << 20; kib += STEP_KIB) {
        sandbox_result result = sandbox_run("ulimit -v %d; \"$WEFT\" --version", kib);
        bool ok = result.exit_code == 0;
        sandbox_result_free(&result);
        if (ok) return kib;
    }
    fail_msg("weft --version does not run in 4 GiB of address space");
    return 0;
}

/* Whether the run came to its end. One that hangs, as GDAL does where it cannot start a thread, has exit code 137. */
static bool run_within(int kib) {
    static const char *const endings[] = {"csv", "parquet", "tif"};
    sandbox_result result = sandbox_run("rm -rf out; ulimit -c 0; ulimit -v %d; OUT=out exec timeout -s KILL 60 "
                                        "\"$WEFT\" run config.yml --progress none",
                                        kib);
    bool done = result.exit_code == 0;
    if (!done && (result.exit_code != 71 || strstr(result.err, "weft: error: ") == NULL))
        fail_msg("%d KiB: exit code %d\n%s", kib, result.exit_code, result.err);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char path[64], calm[64];
        (void)snprintf(path, sizeof path, "out/merged_data_narrow.%s", endings[i]);
        (void)snprintf(calm, sizeof calm, "calm/merged_data_narrow.%s", endings[i]);
        if (done ? !sandbox_same(path, calm) : sandbox_exists(path)) fail_msg("%d KiB: %s", kib, path);
    }
    sandbox_result_free(&result);
    return done;
}

static void test_a_run_in_little_address_space_ends_whole_or_with_a_reason(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    print_message("SKIPPED: a sanitizer takes terabytes of address space\n");
    skip();
#endif
    free(sandbox_succeed("OUT=calm \"$WEFT\" run config.yml --progress none"));
    int min = find_min_limit(), refused = 0, done = 0;
    for (int kib = min; done < 3 && kib < min + (512 << 10); kib += STEP_KIB)
        *(run_within(kib) ? &done : &refused) += 1;
    print_message("%d KiB to start; %d runs of %d KiB more each were refused, %d came to their end\n", min, refused,
                  STEP_KIB, done);
    assert_true(refused > 0);
    assert_int_equal(done, 3);
}

static int64_t planned_limit(const char *ulimit) {
    char *plan = sandbox_succeed("%s OUT=out \"$WEFT\" plan config.yml --json --set memory.limit=auto", ulimit);
    const char *at = strstr(plan, "\"limit_bytes\": ");
    assert_non_null(at);
    int64_t limit = strtoll(at + strlen("\"limit_bytes\": "), NULL, 10);
    free(plan);
    return limit;
}

/* Three quarters of what is left of 600 MiB when libraries are mapped, which is a part of it and not all. */
static void test_auto_takes_what_ulimit_leaves(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    print_message("SKIPPED: a sanitizer takes terabytes of address space\n");
    skip();
#endif
    int64_t limit = planned_limit("ulimit -v 614400;");
    assert_between(limit, 64 << 20, 450 << 20);
    int64_t less = planned_limit("ulimit -v 512000;");
    assert_between(limit - less, 70 << 20, 80 << 20);
    free(sandbox_succeed("ulimit -v 614400; OUT=out \"$WEFT\" run config.yml --progress none --set memory.limit=auto"));
}

static void test_the_plan_warns_when_ulimit_leaves_less_than_the_limit(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    print_message("SKIPPED: a sanitizer takes terabytes of address space\n");
    skip();
#endif
    char *plan = sandbox_succeed("ulimit -v 614400; OUT=out \"$WEFT\" plan config.yml");
    assert_non_null(strstr(plan, "warning      memory.limit: 1.0 GiB, but ulimit -v leaves this process "));
    free(plan);
    plan = sandbox_succeed("OUT=out \"$WEFT\" plan config.yml");
    assert_null(strstr(plan, "ulimit"));
    free(plan);
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    sandbox_write("config.yml", config_text);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_run_in_little_address_space_ends_whole_or_with_a_reason),
        cmocka_unit_test(test_auto_takes_what_ulimit_leaves),
        cmocka_unit_test(test_the_plan_warns_when_ulimit_leaves_less_than_the_limit),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
