/* SPDX-License-Identifier: MIT */
#include "integration/resume_rig.h"

#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <jansson.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char config[] = "experiment: ${NAME:-resume}\n"
                             "output_dir: ${OUT:-out}\n"
                             "threads: 2\n"
                             "grid: {crs: 'EPSG:31985', resolution: " RESUME_RESOLUTION ", extent: landsat}\n"
                             "datasets:\n"
                             "  - {name: landsat, path: landsat7.tif, method: cubic}\n"
                             "  - {name: elevation, path: dem.vrt, method: average}\n"
                             "columns: {ratio: landsat_1 / elevation, step: {expr: landsat_2 * 3, type: Byte}}\n"
                             "rows: {where: elevation < 70 or missing(elevation)}\n"
                             "merge: {enable_streaming: true, streaming_chunk_size: 20}\n"
                             "export: {formats: [csv, csv.gz, parquet], stats: true, checkpoint_interval: 0s}\n";

const char *const resume_formats[RESUME_FORMATS] = {"csv", "csv.gz", "parquet"};
double resume_whole_seconds; /* of a run that is not stopped */
double resume_stop_seconds;  /* between a signal and the end of a run */

/* --- starting and stopping --- */

pid_t resume_start(const char *format, ...) {
    char arguments[2048], command[2200];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(arguments, sizeof arguments, format, args);
    va_end(args);
    (void)snprintf(command, sizeof command, "exec %s >said 2>&1", arguments);
    return sandbox_start(command);
}

void resume_pause(double seconds) {
    struct timespec length = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    (void)nanosleep(&length, NULL);
}

double resume_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* What `weft runs` says of a run of `out`, or -1 and "". */
double resume_progress(const char *experiment, char *state, size_t capacity) {
    char *text = sandbox_succeed("mkdir -p out; \"$WEFT\" runs out --format json");
    json_t *root = json_loads(text, 0, NULL), *entry;
    size_t i;
    double percent = -1;
    (void)snprintf(state, capacity, "%s", "");
    json_array_foreach(root, i, entry) {
        if (strcmp(json_string_value(json_object_get(entry, "experiment_id")), experiment) != 0) continue;
        percent = json_number_value(json_object_get(entry, "progress_percent"));
        (void)snprintf(state, capacity, "%s", json_string_value(json_object_get(entry, "state")));
    }
    json_decref(root);
    free(text);
    return percent;
}

/* Starts a run in `out` and stops it with `number` once so much of it is on disk. Returns how it ended. */
int resume_stop_behind(double percent, const char *settings, int number) {
    char state[32];
    pid_t child = resume_start(
        "\"$WEFT\" run --progress none --set threads=1 --set merge.streaming_chunk_size=4 %s config.yml", settings);
    for (int i = 0; i < RESUME_PAUSES && resume_progress("resume", state, sizeof state) < percent; i++)
        resume_pause(0.005);
    double asked = resume_now();
    assert_int_equal(kill(child, number), 0);
    int code = sandbox_end_of(child);
    resume_stop_seconds = resume_now() - asked;
    return code;
}

int resume_stop(const char *settings, int number) {
    return resume_stop_behind(5, settings, number);
}

void resume_expect_said(const char *path, const char *part) {
    char *said = sandbox_read(path, NULL);
    if (strstr(said, part) == NULL) fail_msg("\"%s\" is not in:\n%s", part, said);
    free(said);
}

void resume_expect_whole(void) {
    for (size_t i = 0; i < RESUME_FORMATS; i++) {
        char first[64], second[64];
        (void)snprintf(first, sizeof first, "first/merged_data_resume.%s", resume_formats[i]);
        (void)snprintf(second, sizeof second, "out/merged_data_resume.%s", resume_formats[i]);
        if (!sandbox_same(first, second)) fail_msg("%s differs", second);
    }
    /* All of the metadata but times (also of inputs, which tests touch) and places: hashes and statistics too. */
    free(sandbox_succeed(
        "for folder in first out; do grep -v '\"started\\|\"ended\\|\"configuration\"\\|^ *[0-9]\\{15,\\}' "
        "$folder/merged_data_resume.metadata.json >$folder.json; done; cmp first.json out.json"));
    assert_false(sandbox_exists("out/merged_data_resume.csv.part"));
    assert_false(sandbox_exists("out/.weft/resume"));
}

int resume_setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    setenv("PRESSURED", WEFT_PRESSURED, 1);
    sandbox_write("config.yml", config);
    free(sandbox_succeed("cp \"$SAMPLE/landsat7.tif\" \"$SAMPLE/dem.tif\" .; gdalbuildvrt -q dem.vrt dem.tif"));
    double began = resume_now();
    free(sandbox_succeed("OUT=first \"$WEFT\" run --progress none config.yml"));
    resume_whole_seconds = resume_now() - began;
    return 0;
}
