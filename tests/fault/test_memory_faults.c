/* Each request for memory of a small run fails once, and then all that follow it, in every format. The run ends with
 * exit code 71 and one message, and leaves what stood at the outputs' places as it was; or it makes do, and its outputs
 * have the same bytes. A run that says that it can go on does, to the same bytes.
 *
 * What GDAL, PROJ and cairo ask for themselves is not failed: see failing_memory.h.
 *
 * A sample of the requests, of all places in weft that ask, others in each mode: fault_sample.h.
 * test_memory_faults_long (label long) fails every one.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault_sample.h"
#include "fault/faulty_run.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A strip of 620 x 32 cells: of more columns than half a picture has pixels, which is then not enlarged, and quick. */
static const char config_text[] = "experiment: faulty\n"
                                  "output_dir: out\n"
                                  "threads: 1\n"
                                  "grid: {crs: 'EPSG:31985', resolution: 15, "
                                  "bounds: [289200, 9113000, 298500, 9113480]}\n"
                                  "datasets:\n"
                                  "  - {name: elevation, path: '${SAMPLE}/dem.tif'}\n"
                                  "  - {name: landsat, path: '${SAMPLE}/landsat7.tif', bands: [1, 2]}\n"
                                  "  - {name: mixed, path: ['${SAMPLE}/dem.tif', '${SAMPLE}/geo*.tif']}\n"
                                  "  - {name: spot, path: spot.tif, on_error: skip}\n"
                                  "merge: {chunk_size: 16, streaming_chunk_size: 16, min_chunk_size: 4}\n"
                                  "export: {stats: true}\n"
                                  "memory: {limit: 1GiB}\n"
                                  "metrics: {database: metrics.sqlite}\n";

/* What is made, and by what name. `weft` leaves metadata beside each. */
typedef struct job {
    const char *formats; /* a setting */
    const char *const outputs[10];
} job;

static const job tables = {
    "export.formats=[csv, csv.gz, parquet, sqlite]",
    {"merged_data_faulty.csv", "merged_data_faulty.csv.gz", "merged_data_faulty.parquet", "merged_data_faulty.sqlite"}};
static const job rasters = {"export.formats=[geotiff, cog, png]",
                            {"merged_data_faulty.tif", "merged_data_faulty.cog.tif", "merged_data_faulty.png",
                             "merged_data_faulty_elevation.png", "merged_data_faulty_landsat_1.png",
                             "merged_data_faulty_landsat_2.png", "merged_data_faulty_mixed.png",
                             "merged_data_faulty_spot.png"}};
static const char metadata[] = "merged_data_faulty.metadata.json";
#define BEFORE "what stood here before\n"

static void put_before(const char *name) {
    char path[64];
    (void)snprintf(path, sizeof path, "out/%s", name);
    sandbox_write(path, BEFORE);
}

static void put_outputs_of_before(const job *of) {
    for (int i = 0; of->outputs[i] != NULL; i++)
        put_before(of->outputs[i]);
    put_before(metadata);
}

static bool is_before(const char *name) {
    char path[64];
    (void)snprintf(path, sizeof path, "out/%s", name);
    char *text = sandbox_read(path, NULL);
    bool same = strcmp(text, BEFORE) == 0;
    free(text);
    return same;
}

static bool is_calm(const char *name) {
    char path[64], same_as[64];
    (void)snprintf(path, sizeof path, "out/%s", name);
    (void)snprintf(same_as, sizeof same_as, "calm/%s", name);
    return sandbox_same(path, same_as);
}

/* Times are the one thing in the metadata that differs from run to run. */
static void blank_time(char *text, const char *key) {
    char *at = strstr(text, key);
    if (at == NULL) return;
    for (at += strlen(key); *at != '\0' && *at != '\n'; at++)
        *at = ' ';
}

static bool is_metadata_calm(void) {
    char *made = sandbox_read("out/merged_data_faulty.metadata.json", NULL);
    char *calm = sandbox_read("calm/merged_data_faulty.metadata.json", NULL);
    static const char *const keys[] = {"\"started\": ", "\"ended\": ", "\"started_ms\": ", "\"ended_ms\": "};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        blank_time(made, keys[i]);
        blank_time(calm, keys[i]);
    }
    size_t at = 0;
    while (made[at] != '\0' && made[at] == calm[at])
        at++;
    bool same = made[at] == calm[at];
    if (!same) print_message("metadata: \"%.80s\", not \"%.80s\"\n", made + at, calm + at);
    free(made);
    free(calm);
    return same;
}

static int count_words(const char *text, const char *word) {
    int count = 0;
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        count++;
    return count;
}

static bool is_output(const job *of, const char *name) {
    for (int i = 0; of->outputs[i] != NULL; i++)
        if (strcmp(name, of->outputs[i]) == 0) return true;
    return strcmp(name, metadata) == 0;
}

/* What is in out/ beside the outputs, their metadata and the state of runs (a part, scratch), or "". A run that can be
 * gone on with keeps its parts. */
static const char *find_remains(const job *of, bool can_go_on) {
    static char name[256];
    DIR *folder = opendir("out");
    assert_non_null(folder);
    name[0] = '\0';
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        bool known = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
                     is_output(of, entry->d_name) ||
                     (strcmp(entry->d_name, ".weft") == 0 && !sandbox_exists("out/.weft/faulty/scratch"));
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
static const char *judge(const job *of, const faulty_run *run) {
    bool done = run->exit_code == 0;
    if (!done && run->exit_code != 71) return "it ends otherwise";
    if (!done && count_words(run->error, "weft: error: ") != 1) return "it does not say one thing";
    for (int i = 0; of->outputs[i] != NULL; i++) {
        if (done && !is_calm(of->outputs[i])) return "its output is another one";
        if (!done && !is_before(of->outputs[i])) return "the output of before is gone";
    }
    if (done && !is_metadata_calm()) return "its metadata are others";
    if (!done && !is_before(metadata)) return "the metadata of before are gone";
    bool can_go_on = !done && strstr(run->error, "--resume") != NULL;
    return find_remains(of, can_go_on)[0] != '\0' ? "it leaves something behind" : "";
}

typedef struct mode {
    const char *name;
    const char *const settings[2];
} mode;

static const mode streaming = {"streaming", {"merge.enable_streaming=true", "threads=1"}};
static const mode in_memory = {"in memory", {"merge.enable_streaming=false", "threads=1"}};
static const mode two_threads = {"two threads", {"merge.enable_streaming=true", "threads=2"}};

/* Runs the job with request `at` failing. `resume` is --resume or NULL. */
static faulty_run run_job(const job *of, const mode *in, failing_kind kind, int64_t at, bool lasting,
                          const char *resume) {
    const char *const arguments[] = {"run",           "config.yml", "--set",         of->formats, "--set",
                                     in->settings[0], "--set",      in->settings[1], resume,      NULL};
    return faulty_run_make(arguments, kind, at, lasting);
}

/* What the run makes when nothing fails, in calm/. Returns how often it asks for memory. */
static int64_t run_calm(const job *of, const mode *in, failing_kind kind) {
    free(sandbox_succeed("rm -rf out calm; mkdir out"));
    faulty_run run = run_job(of, in, kind, 0, false, NULL);
    if (run.exit_code != 0) fail_msg("exit code %d: %s", run.exit_code, run.error);
    free(sandbox_succeed("mv out calm; mkdir out"));
    remove_records();
    put_outputs_of_before(of);
    return run.asked;
}

/* Goes on with a run that has failed; what is wrong then, or "". */
static const char *go_on(const job *of, const mode *in, faulty_run *run) {
    *run = run_job(of, in, FAILING_ALLOCATIONS, 0, false, "--resume");
    return run->exit_code != 0 ? "it does not go on" : judge(of, run);
}

static const char *const kind_names[] = {[FAILING_ALLOCATIONS] = "allocation",
                                         [FAILING_RESERVATIONS] = "reservation",
                                         [FAILING_SQLITE] = "request of SQLite"};

/* Fails one candidate in `stride`, from `first` on; every request with a stride of 1. Candidates: fault_sample.h. */
static void fail_each(const job *of, const mode *in, failing_kind kind, bool lasting, int64_t first, int64_t stride) {
    int64_t asked = run_calm(of, in, kind);
    fault_sample sample = faulty_run_sample(fault_stride(stride), first);
    int wrong = 0, ran = 0, made_do = 0, resumed = 0;
    for (int64_t i = 0; i < sample.count; i++) {
        int64_t at = sample.calls[i];
        faulty_run run = run_job(of, in, kind, at, lasting, NULL);
        if (run.from == 0) continue; /* threads: it asked less often */
        const char *fault = judge(of, &run);
        uintptr_t from = run.from;
        bool failed = run.exit_code != 0, goes_on = failed && strstr(run.error, "--resume") != NULL;
        if (goes_on && fault[0] == '\0') fault = go_on(of, in, &run);
        if (fault[0] != '\0') {
            wrong++;
            print_message("%s, %s, %s %lld (addr2line -fe %s 0x%zx): %s\n  exit code %d\n%s%s\n", of->formats, in->name,
                          kind_names[kind], (long long)at, "test_memory_faults", (size_t)from, fault, run.exit_code,
                          run.error, find_remains(of, false));
        }
        ran++;
        made_do += !failed;
        resumed += goes_on;
        if (!failed || goes_on || fault[0] != '\0') put_outputs_of_before(of);
        remove_records();
    }
    print_message("%s, %s: %d of about %lld failed%s, %d of these runs made do, %d went on later\n", of->formats,
                  in->name, ran, (long long)asked, lasting ? " for good" : "", made_do, resumed);
    fault_sample_dispose(&sample);
    assert_int_equal(wrong, 0);
    assert_true(ran > 0);
}

/* As a table and as rasters. */
static void fail_each_format(const mode *in, failing_kind kind, bool lasting, int64_t first, int64_t stride) {
    fail_each(&tables, in, kind, lasting, first, stride);
    fail_each(&rasters, in, kind, lasting, first + 1, stride);
}

/* Five ways to fail allocations: with another first one in each, together they try each candidate once in so often. */
#define SELDOM 120
#define OFTEN  4

static void test_an_allocation_that_fails_ends_a_streaming_run_cleanly(void **state) {
    (void)state;
    fail_each_format(&streaming, FAILING_ALLOCATIONS, false, 0, SELDOM);
}

static void test_an_allocation_that_fails_ends_a_run_in_memory_cleanly(void **state) {
    (void)state;
    fail_each_format(&in_memory, FAILING_ALLOCATIONS, false, 36, SELDOM);
}

static void test_an_allocation_that_fails_ends_a_run_of_two_threads_cleanly(void **state) {
    (void)state;
    fail_each_format(&two_threads, FAILING_ALLOCATIONS, false, 72, SELDOM);
}

static void test_memory_that_is_gone_for_good_ends_a_run_cleanly(void **state) {
    (void)state;
    fail_each_format(&streaming, FAILING_ALLOCATIONS, true, 108, SELDOM);
    fail_each_format(&in_memory, FAILING_ALLOCATIONS, true, 144, SELDOM);
}

static void test_a_reservation_that_is_refused_makes_the_asker_smaller_or_ends_the_run_cleanly(void **state) {
    (void)state;
    fail_each_format(&streaming, FAILING_RESERVATIONS, false, 0, OFTEN);
    fail_each_format(&in_memory, FAILING_RESERVATIONS, false, 2, OFTEN);
    fail_each_format(&two_threads, FAILING_RESERVATIONS, false, 4, OFTEN);
}

static void test_reservations_that_are_refused_for_good_end_the_run_cleanly(void **state) {
    (void)state;
    fail_each_format(&streaming, FAILING_RESERVATIONS, true, 6, OFTEN);
    fail_each_format(&in_memory, FAILING_RESERVATIONS, true, 7, OFTEN);
}

static void test_sqlite_without_memory_ends_a_run_cleanly_or_goes_without_metrics(void **state) {
    (void)state;
    fail_each(&tables, &streaming, FAILING_SQLITE, false, 0, SELDOM / 6);
    fail_each(&tables, &streaming, FAILING_SQLITE, true, SELDOM / 12, SELDOM / 6);
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
        cmocka_unit_test(test_sqlite_without_memory_ends_a_run_cleanly_or_goes_without_metrics),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
