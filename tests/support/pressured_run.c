/* weft run with a scripted memory probe: pressured_run CONFIG SCRIPT [KEY=VALUE]..
 *
 * Memory is set up as the program does it. SCRIPT holds a percentage a line ("85 *3": three samples, "85 until FILE
 * 9": until it has nine bytes); the last one stays. Reactions follow each other after 50 ms instead of a second, so
 * that a test sees many in a short run; a critical level ends the run after $PATIENCE_MS. With $HEAP_MIB the run begins
 * with that much freed heap which malloc keeps; with $LAST_MS it tarries at each step of progress until it has lasted
 * that long, however fast the machine is; with $SERVE it is served at that address, which is printed first.
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
#include "server/server.h"
#include "store/library_cache.h"
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

/* What is seen of the run. */
typedef struct seen_run {
    int64_t until_ns;
    used_heap *heap;
    weft_live_run *live; /* NULL: it is not served */
    weft_server *server;
} seen_run;

static void tarry(void *payload, weft_stage_id stage, int64_t done, int64_t total) {
    const seen_run *seen = payload;
    if (seen->live != NULL) weft_live_run_progressed(seen->live, stage, done, total);
    if (weft_clock_monotonic_ns() < seen->until_ns) (void)nanosleep(&(struct timespec){0, 100000000L}, NULL);
}

static weft_status serve(seen_run *seen, weft_config *config, weft_error *err) {
    if (getenv("SERVE") == NULL) return WEFT_OK;
    weft_status status = weft_live_run_new(&seen->live, err);
    const weft_server_options options = {
        .listen = getenv("SERVE"), .database = config->metrics_database, .run = seen->live};
    if (status == WEFT_OK) status = weft_server_start(&seen->server, &options, err);
    if (status != WEFT_OK) return status;
    config->beside_bytes = WEFT_SERVER_BYTES;
    printf("%s\n", weft_server_url(seen->server));
    fflush(stdout);
    return WEFT_OK;
}

/* When the plan stands: planning gives free heap back. */
static void planned(void *payload, const weft_plan *plan) {
    const seen_run *seen = payload;
    if (seen->live != NULL) weft_live_run_planned(seen->live, plan);
    if (number("HEAP_MIB") > 0 && !used_heap_make(seen->heap, (size_t)number("HEAP_MIB") << 20)) exit(70);
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
    seen_run seen = {.until_ns = weft_clock_monotonic_ns() + number("LAST_MS") * INT64_C(1000000), .heap = &heap};
    int count = 0;
    weft_allocator_setup();
    weft_library_cache_limit();
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
    if (status == WEFT_OK) status = serve(&seen, config, &err);
    weft_run_options options = {.cancel = &cancel,
                                .observer = {.progressed = tarry, .payload = &seen},
                                .planned = planned,
                                .planned_payload = &seen,
                                .working = seen.live != NULL ? weft_live_run_working : NULL,
                                .working_payload = seen.live,
                                .probes = &probe,
                                .probe_count = 1,
                                .cooldown_ms = 50,
                                .recovery_ms = 50,
                                .critical_patience_ms = number("PATIENCE_MS")};
    if (status == WEFT_OK) status = weft_run(config, &options, &result, &err);
    if (status != WEFT_OK) weft_log_error(&err);
    printf("adaptations %lld\n", (long long)result.adaptations);
    weft_server_stop(seen.server);
    weft_live_run_free(seen.live);
    used_heap_free(&heap);
    weft_memory_probe_free(probe);
    weft_config_free(config);
    weft_problems_dispose(&problems);
    return weft_status_exit_code(status);
}
