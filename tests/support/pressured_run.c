/* weft run with a scripted memory probe: pressured_run CONFIG SCRIPT [KEY=VALUE]..
 *
 * Memory is set up as the program does it. SCRIPT holds a percentage a line ("85 *3": three samples, "85 until FILE
 * 9": until it has nine bytes); the last one stays. Reactions follow each other after 50 ms instead of a second, so
 * that a test sees many in a short run; a critical level ends the run after $PATIENCE_MS. With $HEAP_MIB the run begins
 * with that much freed heap which malloc keeps; with $LAST_MS it tarries at each step of progress until it has lasted
 * that long, however fast the machine is.
 *
 * SPDX-License-Identifier: MIT */
#include "config/config.h"
#include "config/config_load.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/memory/allocator.h"
#include "monitors/memory_probe.h"
#include "pipeline/formats/formats.h"
#include "pipeline/run/orchestrator.h"
#include "support/scripted_probe.h"
#include "support/used_heap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX 32

static int number(const char *variable) {
    const char *text = getenv(variable);
    return text != NULL ? atoi(text) : 0;
}

/* When the plan stands: planning gives free heap back. */
static void leave_heap(void *payload, const weft_plan *plan) {
    (void)plan;
    if (number("HEAP_MIB") > 0 && !used_heap_make(payload, (size_t)number("HEAP_MIB") << 20)) exit(70);
}

static void tarry(void *payload, weft_stage_id stage, int64_t done, int64_t total) {
    (void)stage, (void)done, (void)total;
    if (weft_clock_monotonic_ns() < *(const int64_t *)payload) (void)nanosleep(&(struct timespec){0, 100000000L}, NULL);
}

int main(int argc, char **argv) {
    static weft_cancel cancel;
    weft_override overrides[MAX];
    weft_problems problems = {0};
    weft_config *config = NULL;
    weft_memory_probe *probe = NULL;
    weft_run_result result = {0};
    weft_error err = {0};
    used_heap heap = {0};
    int64_t until_ns = weft_clock_monotonic_ns() + number("LAST_MS") * INT64_C(1000000);
    int count = 0;
    weft_allocator_setup();
    if (argc < 3 || argc - 3 > MAX) return 64;
    for (int i = 3; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        if (equals == NULL) return 64;
        *equals = '\0';
        overrides[count++] = (weft_override){argv[i], equals + 1};
    }
    const weft_config_request request = {.file = argv[1],
                                         .overrides = overrides,
                                         .override_count = count,
                                         .now_ms = weft_clock_wall_ms(),
                                         .registries = &weft_all_registries};
    weft_status status = weft_config_load(&config, &request, &problems, &err);
    if (problems.count > 0) fputs(problems.text.data, stderr);
    if (status == WEFT_OK) status = scripted_probe_open(&probe, argv[2], &err);
    weft_run_options options = {.cancel = &cancel,
                                .observer = {.progressed = tarry, .payload = &until_ns},
                                .planned = leave_heap,
                                .planned_payload = &heap,
                                .probes = &probe,
                                .probe_count = 1,
                                .cooldown_ms = 50,
                                .recovery_ms = 50,
                                .critical_patience_ms = number("PATIENCE_MS")};
    if (status == WEFT_OK) status = weft_run(config, &options, &result, &err);
    if (status != WEFT_OK) weft_log_error(&err);
    printf("adaptations %lld\n", (long long)result.adaptations);
    used_heap_free(&heap);
    weft_memory_probe_free(probe);
    weft_config_free(config);
    weft_problems_dispose(&problems);
    return weft_status_exit_code(status);
}
