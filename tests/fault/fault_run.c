/* SPDX-License-Identifier: MIT
 *
 * The metrics stand beside the outputs' folder: their thread writes when it likes, and calls would have other numbers
 * each time. */
#define _GNU_SOURCE /* strsep */
#include "fault/fault_run.h"

#include "fault/fault_server.h"
#include "support/cmocka_all.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const outputs[] = {"merged_data_small.csv", "merged_data_small.csv.gz", "merged_data_small.parquet"};
#define OUTPUT_COUNT (sizeof outputs / sizeof *outputs)

/* 67 x 68 cells in three chunks; landsat's 349 columns a strip make the reads many. Chunks stay as large as they are on
 * a machine under pressure too: each run makes the same calls. */
static const char small[] = "experiment: small\n"
                            "output_dir: out\n"
                            "threads: 2\n"
                            "grid:\n"
                            "  crs: EPSG:31985\n"
                            "  resolution: 30\n"
                            "  bounds: [289000, 9113000, 291000, 9115000]\n"
                            "datasets:\n"
                            "  - {name: landsat, path: in/landsat7.tif, bands: [1, 4]}\n"
                            "  - {name: elevation, path: in/dem.tif}\n"
                            "merge: {enable_streaming: true, streaming_chunk_size: 24, min_chunk_size: 24}\n"
                            "export: {formats: [csv, csv.gz, parquet], checkpoint_interval: 0s}\n"
                            "metrics: {database: metrics.sqlite}\n"
                            "memory: {limit: 1GiB}\n";

int fault_run_setup(void **state) {
    /* Hundreds of runs sync dozens of times each; what the shim counts is the same in memory. */
    if (access("/dev/shm", W_OK) == 0) (void)setenv("TMPDIR", "/dev/shm", 0);
    if (sandbox_setup(state) != 0) return -1;
    sandbox_write("small.yml", small);
    free(sandbox_succeed("mkdir in saved && cp $SAMPLE/landsat7.tif $SAMPLE/dem.tif in"));
    free(sandbox_succeed("$WEFT run small.yml --progress none && mv out reference"));
    return 0;
}

static void stop_server(void);

int fault_run_teardown(void **state) {
    stop_server();
    return sandbox_teardown(state);
}

const char *fault_plan_text(const fault_plan *plan) {
    static char text[256];
    (void)snprintf(text, sizeof text, "%s %s %ld of %s%s", plan->times < 0 ? "lasting" : "once",
                   plan->action != NULL ? plan->action : "nothing", plan->at, plan->on != NULL ? plan->on : "all",
                   plan->keep > 0 ? ", some kept" : "");
    return text;
}

/* --- requests to the server (fault_server.h) --- */

typedef struct request {
    char bytes[FAULT_REQUEST_BYTES];
    uint32_t length;
} request;

static void add_text(request *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add_text(request *to, const char *format, ...) {
    va_list args;
    va_start(args, format);
    size_t room = sizeof to->bytes - to->length;
    int length = vsnprintf(to->bytes + to->length, room, format, args);
    va_end(args);
    assert_true(length >= 0 && (size_t)length + 1 < room);
    to->length += (uint32_t)length + 1;
}

static void add_word(request *to, const char *name, const char *value) {
    if (value != NULL) add_text(to, "WEFT_FAULT_%s=%s", name, value);
}

static void add_number(request *to, const char *name, int64_t value) {
    if (value != 0) add_text(to, "WEFT_FAULT_%s=%lld", name, (long long)value);
}

static void add_plan(request *to, const fault_plan *plan) {
    add_text(to, "WEFT_FAULT_FOLDER=%s/%s", sandbox_folder(), plan->folder != NULL ? plan->folder : "out");
    add_word(to, "ON", plan->on);
    add_word(to, "MATCH", plan->match);
    add_word(to, "DO", plan->action);
    add_number(to, "AT", plan->at);
    add_word(to, "TIMES", plan->times < 0 ? "0" : NULL);
    add_number(to, "TIMES", plan->times > 0 ? plan->times : 0);
    add_number(to, "SPACE", plan->space);
    add_number(to, "KEEP", plan->keep);
    add_word(to, "SAVE", "saved");
    add_word(to, "REPORT", "report");
    add_text(to, "%s", "");
}

static void add_words(request *to, const char *text) {
    char words[512], *rest = words;
    assert_true(snprintf(words, sizeof words, "%s", text) < (int)sizeof words);
    for (char *word; (word = strsep(&rest, " ")) != NULL;)
        if (word[0] != '\0') add_text(to, "%s", word);
}

static void add_arguments(request *to, const char *settings, const char *arguments) {
    static const char *const always[] = {"run", "small.yml", "--progress", "none"};
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        add_text(to, "%s", always[i]);
    if (settings != NULL) add_words(to, settings);
    add_words(to, arguments);
}

/* --- the server --- */

static struct {
    pid_t process;
    int to, from;
} server;

static void become_server(int in, int out) {
    char serve[32], sanitizer[512];
    const char *options = getenv("ASAN_OPTIONS");
    (void)snprintf(serve, sizeof serve, "%d,%d", in, out);
    /* The shim stands before the sanitizer's library, and passes on to it. */
    (void)snprintf(sanitizer, sizeof sanitizer, "verify_asan_link_order=0:%s", options != NULL ? options : "");
    (void)setenv("ASAN_OPTIONS", sanitizer, 1);
    (void)setenv("WEFT_FAULT_SERVE", serve, 1);
    (void)setenv("LD_PRELOAD", WEFT_FAULT_SHIM, 1);
    (void)execl(getenv("WEFT"), "weft", (char *)NULL);
    _exit(127);
}

static void start_server(void) {
    int there[2], back[2];
    assert_int_equal(pipe(there), 0);
    assert_int_equal(pipe(back), 0);
    server.process = fork();
    assert_true(server.process >= 0);
    if (server.process == 0) {
        (void)close(there[1]);
        (void)close(back[0]);
        become_server(there[0], back[1]);
    }
    (void)close(there[0]);
    (void)close(back[1]);
    server.to = there[1];
    server.from = back[0];
}

static void stop_server(void) {
    if (server.process <= 0) return;
    (void)close(server.to);
    (void)close(server.from);
    (void)waitpid(server.process, NULL, 0);
    server.process = 0;
}

static int ask_server(const request *asked) {
    int status = 0;
    if (server.process == 0) start_server();
    assert_int_equal(write(server.to, &asked->length, sizeof asked->length), sizeof asked->length);
    assert_int_equal(write(server.to, asked->bytes, asked->length), asked->length);
    assert_int_equal(read(server.from, &status, sizeof status), sizeof status);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

fault_result fault_run(const fault_plan *plan, const char *arguments) {
    request asked = {.length = 0};
    add_plan(&asked, plan);
    add_arguments(&asked, plan->settings, arguments);
    (void)remove("report");
    fault_result result = {.exit_code = ask_server(&asked), .calls = -1, .faults = -1};
    result.out = sandbox_read("out.txt", NULL);
    result.err = sandbox_read("err.txt", NULL);
    if (sandbox_exists("report")) {
        char *text = sandbox_read("report", NULL);
        if (sscanf(text, "%ld %ld %ld", &result.calls, &result.faults, &result.slept_ms) != 3) result.calls = -1;
        free(text);
    }
    return result;
}

void fault_result_free(fault_result *result) {
    free(result->out);
    free(result->err);
    *result = (fault_result){0};
}

static uint32_t *read_places(long calls) {
    uint32_t *places = calloc((size_t)calls + 1, sizeof *places);
    char *text = sandbox_read("report", NULL), *at = strchr(text, '\n');
    assert_true(places != NULL && at != NULL);
    for (long i = 0; i < calls; i++)
        places[i] = (uint32_t)strtoul(at, &at, 10);
    free(text);
    return places;
}

fault_sample fault_run_sample(const fault_plan *plan, int64_t stride, long *calls) {
    fault_plan none = *plan;
    none.action = NULL;
    none.at = 0;
    fault_result result = fault_run(&none, "");
    if (result.exit_code != 0 || result.calls <= 0)
        fail_msg("exit %d, %ld calls without a fault: %s", result.exit_code, result.calls, result.err);
    uint32_t *places = read_places(result.calls);
    fault_sample sample = fault_sample_new(places, result.calls, fault_stride_of_runs(stride), 0);
    if (calls != NULL) *calls = result.calls;
    free(places);
    fault_result_free(&result);
    fault_clear();
    return sample;
}

static bool is_same(const char *name) {
    char path[300], reference[300];
    (void)snprintf(path, sizeof path, "out/%s", name);
    (void)snprintf(reference, sizeof reference, "reference/%s", name);
    return sandbox_same(path, reference);
}

static bool is_there(const char *name) {
    char path[300];
    (void)snprintf(path, sizeof path, "out/%s", name);
    return sandbox_exists(path);
}

void fault_check_whole_or_absent(const fault_result *result, const fault_plan *plan) {
    for (size_t i = 0; i < OUTPUT_COUNT; i++)
        if (is_there(outputs[i]) && !is_same(outputs[i]))
            fail_msg("%s: exit %d, and out/%s is not whole\n%s", fault_plan_text(plan), result->exit_code, outputs[i],
                     result->err);
}

void fault_check_same(const fault_plan *plan) {
    for (size_t i = 0; i < OUTPUT_COUNT; i++)
        if (!is_there(outputs[i]) || !is_same(outputs[i]))
            fail_msg("%s: out/%s is not that of a run without faults", fault_plan_text(plan), outputs[i]);
}

/* The grid row behind which a resumed run goes on; 0 where it starts from the beginning. */
static long row_of(const char *err) {
    const char *found = strstr(err, "continues after row ");
    if (strstr(err, "starts from the beginning") != NULL || found == NULL) return 0;
    return atol(found + strlen("continues after row "));
}

long fault_check_resume(const fault_plan *plan) {
    const fault_plan none = {.settings = plan->settings};
    fault_result again = fault_run(&none, "--resume");
    if (again.exit_code != 0)
        fail_msg("%s, then --resume: exit %d: %s", fault_plan_text(plan), again.exit_code, again.err);
    fault_check_same(plan);
    /* Finished, with nothing to do: as good as the last row. */
    long row = strstr(again.err, "is finished") != NULL ? FAULT_ROWS : row_of(again.err);
    fault_result_free(&again);
    return row;
}

void fault_clear(void) {
    free(sandbox_succeed("rm -rf out saved metrics.sqlite* && mkdir saved"));
}
