/* How runs ended, for node exporter: what success is, and what it is not.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "core/log.h"
#include "pipeline/record/run_textfile.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[] = "weft.prom", name[] = "night", file[] = "jobs/olinda.v2.yml";

static void end_run(weft_status status, int64_t ended_ms, bool named) {
    weft_config config = {.metrics_textfile = path, .experiment = name, .experiment_given = named, .file = file};
    weft_run_textfile_write(&config, &(weft_run_ending){.status = status,
                                                        .started_ms = ended_ms - 1500,
                                                        .ended_ms = ended_ms,
                                                        .seconds = 1.5,
                                                        .rows = 10,
                                                        .bytes = 2000,
                                                        .peak_bytes = 3000,
                                                        .limit_bytes = 4000});
}

static void expect(const char *line, bool is_there) {
    char *text = sandbox_read(path, NULL);
    if ((strstr(text, line) != NULL) != is_there) fail_msg("%s of\n%s", line, text);
    free(text);
}

#define SUCCESS "weft_run_last_success_timestamp_seconds{experiment=\"night\"} "

static void test_only_success_moves_the_last_success(void **state) {
    (void)state;
    end_run(WEFT_ERR_IO, 10000, true);
    expect("weft_run_succeeded{experiment=\"night\"} 0\n", true);
    expect("weft_run_last_success", false);
    expect("weft_run_output_rows", false);
    end_run(WEFT_OK, 20250, true);
    expect("weft_run_succeeded{experiment=\"night\"} 1\n", true);
    expect(SUCCESS "20.25\n", true);
    expect("weft_run_start_timestamp_seconds{experiment=\"night\"} 18.75\n", true);
    expect("weft_run_output_rows{experiment=\"night\"} 10\n", true);
    end_run(WEFT_ERR_CANCELLED, 30000, true);
    expect("weft_run_succeeded{experiment=\"night\"} 0\n", true);
    expect("weft_run_end_timestamp_seconds{experiment=\"night\"} 30\n", true);
    expect(SUCCESS "20.25\n", true);
    end_run(WEFT_ERR_IO, 40000, true);
    expect(SUCCESS "20.25\n", true);
    /* Another experiment's success is none of this one's. */
    end_run(WEFT_ERR_IO, 50000, false);
    expect("weft_run_last_success", false);
}

/* A generated name would be another one each time. */
static void test_a_run_without_a_name_has_its_configurations(void **state) {
    (void)state;
    end_run(WEFT_OK, 1000, false);
    expect("weft_run_succeeded{experiment=\"olinda.v2\"} 1\n", true);
}

static void test_what_stood_there_stays_whole(void **state) {
    (void)state;
    weft_config shard = {.metrics_textfile = path, .experiment = name, .experiment_given = true, .shard = {.count = 2}};
    end_run(WEFT_OK, 1000, true);
    char *before = sandbox_read(path, NULL);
    weft_run_textfile_write(&shard, &(weft_run_ending){.status = WEFT_OK});
    weft_log_set_level(WEFT_LOG_ERROR);
    assert_int_equal(mkdir("weft.prom.part", 0700), 0); /* where it is written */
    end_run(WEFT_OK, 2000, true);
    assert_int_equal(rmdir("weft.prom.part"), 0);
    char *after = sandbox_read(path, NULL);
    assert_string_equal(after, before);
    free(after);
    free(before);
}

/* An input, a configuration, the run's own table, another program's metrics. */
static void test_a_file_that_no_run_wrote_is_left(void **state) {
    static const char *const others[] = {"x,y,dem\n1,2,3\n", "II*", "# HELP node_load1 1m load average.\n",
                                         "# HELP weft_", "\n"};
    (void)state;
    weft_log_set_level(WEFT_LOG_ERROR);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        sandbox_write(path, others[i]);
        end_run(WEFT_OK, 1000, true);
        char *after = sandbox_read(path, NULL);
        assert_string_equal(after, others[i]);
        free(after);
    }
    /* An empty one may have been made for it. */
    sandbox_write(path, "");
    end_run(WEFT_OK, 1000, true);
    expect("weft_run_succeeded{experiment=\"night\"} 1\n", true);
}

/* Nobody reads the pipe, and nobody writes it: a run that opened it would not end. */
static void test_a_pipe_is_left_and_not_waited_for(void **state) {
    struct stat info;
    (void)state;
    weft_log_set_level(WEFT_LOG_ERROR);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    (void)alarm(20);
    end_run(WEFT_OK, 1000, true);
    end_run(WEFT_ERR_IO, 2000, true);
    (void)alarm(0);
    assert_int_equal(lstat(path, &info), 0);
    assert_true(S_ISFIFO(info.st_mode));
    assert_int_equal(unlink(path), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_success_moves_the_last_success),
        cmocka_unit_test(test_a_run_without_a_name_has_its_configurations),
        cmocka_unit_test(test_what_stood_there_stays_whole),
        cmocka_unit_test(test_a_file_that_no_run_wrote_is_left),
        cmocka_unit_test(test_a_pipe_is_left_and_not_waited_for),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
