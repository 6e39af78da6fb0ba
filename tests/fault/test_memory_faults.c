/* Each request for memory of a small run fails once, and then all that follow it. The run ends with exit code 71 and
 * one message, and leaves what stood at the outputs' places as it was; or it makes do, and its outputs have the same
 * bytes. A run that says that it can go on does, to the same bytes.
 *
 * Every few requests, others in each mode; WEFT_TEST_STRIDE=1 is all of them.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault_stride.h"
#include "fault/faulty_run.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char config_text[] = "experiment: faulty\n"
                                  "output_dir: out\n"
                                  "threads: 1\n"
                                  "grid: {crs: 'EPSG:31985', resolution: 30, "
                                  "bounds: [290000, 9113000, 290900, 9114200]}\n"
                                  "datasets:\n"
                                  "  - {name: elevation, path: '${SAMPLE}/dem.tif'}\n"
                                  "  - {name: landsat, path: '${SAMPLE}/landsat7.tif', bands: [1, 2]}\n"
                                  "  - {name: mixed, path: ['${SAMPLE}/dem.tif', '${SAMPLE}/geo*.tif']}\n"
                                  "  - {name: spot, path: spot.tif, on_error: skip}\n"
                                  "merge: {chunk_size: 20, streaming_chunk_size: 20, min_chunk_size: 5}\n"
                                  "export: {formats: [csv, parquet]}\n"
                                  "memory: {limit: 1GiB}\n"
                                  "metrics: {database: metrics.sqlite}\n";

static const char *const outputs[] = {"merged_data_faulty.csv", "merged_data_faulty.parquet"};
#define OUTPUTS (int)(sizeof outputs / sizeof *outputs)
#define BEFORE  "what stood here before\n"

static void put_outputs_of_before(void) {
    for (int i = 0; i < OUTPUTS; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "out/%s", outputs[i]);
        sandbox_write(path, BEFORE);
    }
}

static bool is_before(const char *path) {
    char *text = sandbox_read(path, NULL);
    bool same = strcmp(text, BEFORE) == 0;
    free(text);
    return same;
}

static int count_words(const char *text, const char *word) {
    int count = 0;
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        count++;
    return count;
}

/* What is in out/ beside the outputs, their metadata and the state of runs (a part, scratch), or "". A run that can be
 * gone on with keeps its parts. */
static const char *find_remains(bool can_go_on) {
    static char name[256];
    DIR *folder = opendir("out");
    assert_non_null(folder);
    name[0] = '\0';
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        bool known = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
                     strcmp(entry->d_name, "merged_data_faulty.metadata.json") == 0 ||
                     (strcmp(entry->d_name, ".weft") == 0 && !sandbox_exists("out/.weft/faulty/scratch"));
        for (int i = 0; i < OUTPUTS; i++)
            known = known || strcmp(entry->d_name, outputs[i]) == 0;
        const char *end = strrchr(entry->d_name, '.');
        known = known || (can_go_on && end != NULL && strcmp(end, ".part") == 0);
        if (!known) (void)snprintf(name, sizeof name, "%s", entry->d_name);
    }
    (void)closedir(folder);
    return name;
}

/* Each run makes its databases anew, so that this is tried too. */
static void remove_records(void) {
    static const char *const files[] = {"metrics.sqlite", "metrics.sqlite-wal", "metrics.sqlite-shm"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        (void)unlink(files[i]);
    free(sandbox_succeed("rm -rf out/.weft out/*.part"));
}

/* What is wrong with the run; "" when it is as it should be. */
static const char *judge(const faulty_run *run) {
    bool done = run->exit_code == 0;
    char path[64], same_as[64];
    if (!done && run->exit_code != 71) return "it ends otherwise";
    if (!done && count_words(run->error, "weft: error: ") != 1) return "it does not say one thing";
    for (int i = 0; i < OUTPUTS; i++) {
        (void)snprintf(path, sizeof path, "out/%s", outputs[i]);
        (void)snprintf(same_as, sizeof same_as, "calm/%s", outputs[i]);
        if (done && !sandbox_same(path, same_as)) return "its output is another one";
        if (!done && !is_before(path)) return "the output of before is gone";
    }
    return find_remains(!done && strstr(run->error, "--resume") != NULL)[0] != '\0' ? "it leaves something behind" : "";
}

typedef struct mode {
    const char *name;
    const char *const arguments[9];
} mode;

static const mode streaming = {"streaming", {"run", "config.yml", "--set", "merge.enable_streaming=true", NULL}};
static const mode in_memory = {"in memory", {"run", "config.yml", "--set", "merge.enable_streaming=false", NULL}};
static const mode two_threads = {
    "two threads", {"run", "config.yml", "--set", "merge.enable_streaming=true", "--set", "threads=2", NULL}};

/* What the run makes when nothing fails, in calm/. Returns how often it asks for memory. */
static int64_t run_calm(const mode *in, failing_kind kind) {
    free(sandbox_succeed("rm -rf out calm; mkdir out"));
    faulty_run run = faulty_run_make(in->arguments, kind, 0, false);
    if (run.exit_code != 0) fail_msg("exit code %d: %s", run.exit_code, run.error);
    free(sandbox_succeed("mv out calm; mkdir out"));
    remove_records();
    put_outputs_of_before();
    return run.asked;
}

/* Goes on with a run that has failed; what is wrong then, or "". */
static const char *go_on(const mode *in, faulty_run *run) {
    const char *arguments[16];
    int count = 0;
    for (; in->arguments[count] != NULL; count++)
        arguments[count] = in->arguments[count];
    arguments[count++] = "--resume";
    arguments[count] = NULL;
    *run = faulty_run_make(arguments, FAILING_ALLOCATIONS, 0, false);
    return run->exit_code != 0 ? "it does not go on" : judge(run);
}

/* Fails request `first`, and each `stride`-th after it. */
static void fail_each(const mode *in, failing_kind kind, bool lasting, int64_t first, int64_t stride) {
    int64_t asked = run_calm(in, kind), at = first;
    int wrong = 0, ran = 0, made_do = 0, resumed = 0;
    for (;; at += stride, ran++) {
        faulty_run run = faulty_run_make(in->arguments, kind, at, lasting);
        if (run.from == 0) break;
        const char *fault = judge(&run);
        uintptr_t from = run.from;
        bool failed = run.exit_code != 0, goes_on = failed && strstr(run.error, "--resume") != NULL;
        if (goes_on && fault[0] == '\0') fault = go_on(in, &run);
        if (fault[0] != '\0') {
            wrong++;
            print_message("%s, %s %lld (addr2line -fe %s 0x%zx): %s\n  exit code %d\n%s%s\n", in->name,
                          kind == FAILING_ALLOCATIONS ? "allocation" : "reservation", (long long)at,
                          "test_memory_faults", (size_t)from, fault, run.exit_code, run.error, find_remains(false));
        }
        made_do += !failed;
        resumed += goes_on;
        if (!failed || goes_on || fault[0] != '\0') put_outputs_of_before();
        remove_records();
    }
    print_message("%s: %d of about %lld failed%s, %d of these runs made do, %d went on later\n", in->name, ran,
                  (long long)asked, lasting ? " for good" : "", made_do, resumed);
    assert_int_equal(wrong, 0);
    assert_true(ran > 0);
}

#ifdef WEFT_SANITIZED
#define SELDOM 97
#define OFTEN  11
#define ALWAYS 11
#else
#define SELDOM 97
#define OFTEN  3
#define ALWAYS 1
#endif

static void test_an_allocation_that_fails_ends_a_streaming_run_cleanly(void **state) {
    (void)state;
    fail_each(&streaming, FAILING_ALLOCATIONS, false, 1, fault_stride(SELDOM));
}

static void test_an_allocation_that_fails_ends_a_run_in_memory_cleanly(void **state) {
    (void)state;
    fail_each(&in_memory, FAILING_ALLOCATIONS, false, 2, fault_stride(SELDOM));
}

static void test_an_allocation_that_fails_ends_a_run_of_two_threads_cleanly(void **state) {
    (void)state;
    fail_each(&two_threads, FAILING_ALLOCATIONS, false, 3, fault_stride(SELDOM));
}

static void test_memory_that_is_gone_for_good_ends_a_run_cleanly(void **state) {
    (void)state;
    fail_each(&streaming, FAILING_ALLOCATIONS, true, 4, fault_stride(SELDOM));
    fail_each(&in_memory, FAILING_ALLOCATIONS, true, 5, fault_stride(SELDOM));
}

static void test_a_reservation_that_is_refused_makes_the_asker_smaller_or_ends_the_run_cleanly(void **state) {
    (void)state;
    fail_each(&streaming, FAILING_RESERVATIONS, false, 1, fault_stride(ALWAYS));
    fail_each(&in_memory, FAILING_RESERVATIONS, false, 1, fault_stride(ALWAYS));
    fail_each(&two_threads, FAILING_RESERVATIONS, false, 2, fault_stride(OFTEN));
}

static void test_reservations_that_are_refused_for_good_end_the_run_cleanly(void **state) {
    (void)state;
    fail_each(&streaming, FAILING_RESERVATIONS, true, 1, fault_stride(OFTEN));
    fail_each(&in_memory, FAILING_RESERVATIONS, true, 2, fault_stride(OFTEN));
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    /* So small that no cell that is sampled falls into it. */
    free(sandbox_succeed("gdalwarp -q -t_srs EPSG:4326 -te_srs EPSG:31985 -te 290400 9113500 290420 9113520 -ts 3 3 "
                         "\"$SAMPLE/dem.tif\" spot.tif"));
    sandbox_write("config.yml", config_text);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_allocation_that_fails_ends_a_streaming_run_cleanly),
        cmocka_unit_test(test_an_allocation_that_fails_ends_a_run_in_memory_cleanly),
        cmocka_unit_test(test_an_allocation_that_fails_ends_a_run_of_two_threads_cleanly),
        cmocka_unit_test(test_memory_that_is_gone_for_good_ends_a_run_cleanly),
        cmocka_unit_test(test_a_reservation_that_is_refused_makes_the_asker_smaller_or_ends_the_run_cleanly),
        cmocka_unit_test(test_reservations_that_are_refused_for_good_end_the_run_cleanly),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
