/* SPDX-License-Identifier: MIT
 *
 * The metrics stand beside the outputs' folder: their thread writes when it likes, and calls would have other numbers
 * each time. */
#include "fault/fault_run.h"

#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const outputs[] = {"merged_data_small.csv", "merged_data_small.csv.gz", "merged_data_small.parquet"};
#define OUTPUT_COUNT (sizeof outputs / sizeof *outputs)

/* 67 x 68 cells in three chunks; landsat's 349 columns a strip make the reads many. */
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
                            "merge: {enable_streaming: true, streaming_chunk_size: 24, min_chunk_size: 8}\n"
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

int fault_run_teardown(void **state) {
    return sandbox_teardown(state);
}

const char *fault_plan_text(const fault_plan *plan) {
    static char text[256];
    (void)snprintf(text, sizeof text, "%s %s %ld of %s%s", plan->times < 0 ? "lasting" : "once",
                   plan->action != NULL ? plan->action : "nothing", plan->at, plan->on != NULL ? plan->on : "all",
                   plan->keep > 0 ? ", some kept" : "");
    return text;
}

/* NAME='VALUE' for the shell. */
static void add_text(char *to, size_t capacity, const char *name, const char *value) {
    size_t used = strlen(to);
    if (value == NULL) return;
    assert_true(snprintf(to + used, capacity - used, "WEFT_FAULT_%s='%s' ", name, value) < (int)(capacity - used));
}

static void add_number(char *to, size_t capacity, const char *name, int64_t value) {
    char text[32];
    (void)snprintf(text, sizeof text, "%lld", (long long)value);
    if (value != 0) add_text(to, capacity, name, text);
}

static void put_environment(char *to, size_t capacity, const fault_plan *plan) {
    char folder[4200];
    (void)snprintf(folder, sizeof folder, "%s/%s", sandbox_folder(), plan->folder != NULL ? plan->folder : "out");
    to[0] = '\0';
    add_text(to, capacity, "FOLDER", folder);
    add_text(to, capacity, "ON", plan->on);
    add_text(to, capacity, "MATCH", plan->match);
    add_text(to, capacity, "DO", plan->action);
    add_number(to, capacity, "AT", plan->at);
    add_text(to, capacity, "TIMES", plan->times < 0 ? "0" : NULL);
    add_number(to, capacity, "TIMES", plan->times > 0 ? plan->times : 0);
    add_number(to, capacity, "SPACE", plan->space);
    add_number(to, capacity, "KEEP", plan->keep);
    add_text(to, capacity, "SAVE", "saved");
    add_text(to, capacity, "REPORT", "report");
}

fault_result fault_run(const fault_plan *plan, const char *arguments) {
    char environment[6000];
    put_environment(environment, sizeof environment, plan);
    (void)remove("report");
    /* verify_asan_link_order: the shim stands before the sanitizer's library, and passes on to it. */
    sandbox_result run = sandbox_run("export ASAN_OPTIONS=verify_asan_link_order=0:$ASAN_OPTIONS\n"
                                     "%s LD_PRELOAD='%s' $WEFT run small.yml --progress none %s",
                                     environment, WEFT_FAULT_SHIM, arguments);
    fault_result result = {.exit_code = run.exit_code, .calls = -1, .faults = -1, .out = run.out, .err = run.err};
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

/* The grid row behind which a resumed run goes on; 0 where it starts anew. */
static long row_of(const char *err) {
    const char *found = strstr(err, "goes on behind row ");
    if (strstr(err, "starts anew") != NULL || found == NULL) return 0;
    return atol(found + strlen("goes on behind row "));
}

long fault_check_resume(const fault_plan *plan) {
    const fault_plan none = {0};
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
