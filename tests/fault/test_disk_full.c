/* The disk fills while a run writes; when there is room again, --resume finishes.
 *
 * Room is limited by the shim, and by a file system of a few hundred KiB where the machine lets a test mount one.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault_run.h"
#include "support/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

static void test_a_run_goes_on_when_there_is_room_again(void **state) {
    (void)state;
    long furthest = 0;
    for (int64_t space = 4000; space < 340000; space += 16000 * fault_stride_of_runs(2)) {
        const fault_plan plan = {.space = space};
        fault_result result = fault_run(&plan, "");
        if (result.exit_code != 0) {
            assert_int_equal(result.exit_code, 74);
            assert_non_null(strstr(result.err, "/out"));
            /* The state's database has its own words. */
            if (strstr(result.err, "state.sqlite") == NULL) {
                assert_non_null(strstr(result.err, "No space left on device"));
                assert_non_null(strstr(result.err, "bytes more were needed"));
            }
            fault_check_whole_or_absent(&result, &plan);
            long row = fault_check_resume(&plan);
            if (row > furthest) furthest = row;
        }
        fault_result_free(&result);
        fault_clear();
    }
    assert_true(furthest > 0);
}

static void skip_without_mounts(void) {
    sandbox_result probe = sandbox_run("unshare -rm mount -t tmpfs -o size=1m none /mnt");
    bool can_mount = probe.exit_code == 0;
    if (!can_mount) print_message("NOT TESTED: this machine lets no test mount a file system: %s\n", probe.err);
    sandbox_result_free(&probe);
    if (!can_mount) skip();
}

/* In a mount namespace of its own, which takes the file system along when it ends. */
static void test_a_small_file_system_fills_and_grows(void **state) {
    (void)state;
    skip_without_mounts();
    char *said = sandbox_succeed("mkdir -p small && unshare -rm sh -c '\n"
                                 "mount -t tmpfs -o size=200k none small || exit 1\n"
                                 "$WEFT run small.yml --progress none --set output_dir=small 2>&1; echo exit $?\n"
                                 "ls small\n"
                                 "mount -o remount,size=4m small\n"
                                 "$WEFT run small.yml --progress none --set output_dir=small --resume 2>&1\n"
                                 "echo exit $?\n"
                                 "cmp small/merged_data_small.csv reference/merged_data_small.csv && echo same csv\n"
                                 "cmp small/merged_data_small.parquet reference/merged_data_small.parquet &&\n"
                                 "echo same parquet'");
    static const char *const expected[] = {"small/",
                                           "No space left on device",
                                           " bytes more were needed, ",
                                           " are free",
                                           "exit 74",
                                           "continues after row",
                                           "exit 0",
                                           "same csv",
                                           "same parquet"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (strstr(said, expected[i]) == NULL) fail_msg("no \"%s\" in: %s", expected[i], said);
    free(said);
}

/* SQLite makes an index beside a database that it reads. Twice: the first time leaves an empty log behind. */
static void test_the_record_of_a_run_is_read_on_a_full_disk(void **state) {
    (void)state;
    skip_without_mounts();
    free(sandbox_succeed("rm -rf full && mkdir full && unshare -rm sh -c '\n"
                         "mount -t tmpfs -o size=4m none full || exit 1\n"
                         "$WEFT run small.yml --progress none --set output_dir=full "
                         "--set metrics.database=full/metrics.sqlite >/dev/null 2>&1 || exit 1\n"
                         "cat /dev/zero >full/filled 2>/dev/null\n"
                         "for i in 1 2; do\n"
                         "  $WEFT memory --db full/metrics.sqlite | grep -q ^small || exit 1\n"
                         "  $WEFT report small --db full/metrics.sqlite -o - | grep -q \"</html>\" || exit 1\n"
                         "done\n"
                         "rm full/filled && $WEFT memory --db full/metrics.sqlite >/dev/null || exit 1\n"
                         "! ls full | grep -e -wal -e -shm'"));
}

/* 1e12 cells are more than a machine's disk; they are counted, not written. */
static void test_what_cannot_fit_is_refused_before_it_is_begun(void **state) {
    (void)state;
    sandbox_result result = sandbox_run("$WEFT run small.yml --progress none --set grid.resolution=0.001 "
                                        "--set output_dir=vast");
    assert_int_equal(result.exit_code, 74);
    assert_non_null(strstr(result.err, "/vast: the outputs do not fit on the disk: at least "));
    assert_non_null(strstr(result.err, " bytes are needed, "));
    assert_non_null(strstr(result.err, " are free"));
    assert_false(sandbox_exists("vast/.weft"));
    assert_false(sandbox_exists("vast/merged_data_small.csv.part"));
    sandbox_result_free(&result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_run_goes_on_when_there_is_room_again),
        cmocka_unit_test(test_a_small_file_system_fills_and_grows),
        cmocka_unit_test(test_the_record_of_a_run_is_read_on_a_full_disk),
        cmocka_unit_test(test_what_cannot_fit_is_refused_before_it_is_begun),
    };
    return cmocka_run_group_tests(tests, fault_run_setup, fault_run_teardown);
}
