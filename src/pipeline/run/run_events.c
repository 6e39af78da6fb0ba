/* SPDX-License-Identifier: MIT
 *
 * The order of the fall-backs is that of the memory plan: what costs least time is given up first. */
#include "pipeline/run/run_events.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/steady_io.h"
#include "core/text.h"
#include "core/window.h"

#include <stdlib.h>

#define NO_ROOM       "for which memory.limit has no room"
#define DECODED_AGAIN "with which blocks would be decoded again for each chunk"

/* A size that is not what the configuration asks for. */
typedef struct other_size {
    const char *subject; /* the configuration's key */
    int64_t desired, given;
    const char *reason;
} other_size;

/* Sizes beyond the grid are not missed. */
static int find_others(const weft_plan *plan, other_size out[2]) {
    const weft_config *config = plan->config;
    int64_t side = weft_larger(plan->table_cols, plan->table_rows);
    bool streaming = config->enable_streaming;
    if (plan->rows.file != NULL) return 0; /* as many as memory carries are what is asked for */
    int64_t asked = streaming ? config->streaming_chunk_size : config->chunk_size;
    int64_t chunk = weft_smaller(asked, plan->table_rows);
    int64_t given = weft_smaller(plan->memory.chunk_rows, plan->table_rows);
    int64_t window = config->window_size < side ? config->window_size : side;
    const char *key = streaming ? "merge.streaming_chunk_size" : "merge.chunk_size";
    int count = 0;
    if (plan->memory.window_size < window)
        out[count++] = (other_size){"resampling.window_size", window, plan->memory.window_size, NO_ROOM};
    if (given != chunk) out[count++] = (other_size){key, chunk, given, given < chunk ? NO_ROOM : DECODED_AGAIN};
    return count;
}

void weft_run_events_log(const weft_plan *plan) {
    other_size sizes[2];
    int count = find_others(plan, sizes);
    for (int i = 0; i < count; i++)
        weft_log(WEFT_LOG_INFO, "%s: %lld instead of %lld, %s", sizes[i].subject, (long long)sizes[i].given,
                 (long long)sizes[i].desired, sizes[i].reason);
    if (plan->rows.file == NULL && !plan->config->enable_streaming && !weft_plan_is_in_memory(plan))
        weft_log(WEFT_LOG_INFO,
                 "merge.enable_streaming: true instead of false, as memory.limit has no room for whole layers: "
                 "all %d are resampled as they are merged",
                 plan->layer_count);
}

static void put(weft_metrics_store *store, weft_event_kind kind, const char *subject, int64_t count, char *detail) {
    weft_event_record record = {.kind = kind, .subject = subject, .detail = detail, .count = count};
    if (detail != NULL) weft_metrics_store_event(store, weft_clock_wall_ms(), &record);
    free(detail);
}

void weft_run_events_record(weft_metrics_store *store, const weft_plan *plan, const weft_run_result *result) {
    const weft_retry_account *writes = weft_steady_io_account();
    int64_t write_retries = atomic_load(&writes->retries);
    other_size sizes[2];
    int count = find_others(plan, sizes);
    for (int i = 0; i < count; i++)
        put(store, WEFT_EVENT_FALLBACK, sizes[i].subject, sizes[i].given,
            weft_text_format("instead of %lld, %s", (long long)sizes[i].desired, sizes[i].reason));
    if (result->lazy_layers > 0)
        put(store, WEFT_EVENT_FALLBACK, "lazy layers", result->lazy_layers,
            weft_text_format("of %d; memory did not hold them whole", plan->layer_count));
    for (int i = 0; i < plan->dataset_count; i++)
        if (plan->datasets[i].skipped != NULL)
            put(store, WEFT_EVENT_SKIP, plan->datasets[i].config->name, 1,
                weft_text_format("%s", plan->datasets[i].skipped));
    if (result->read_retries > 0)
        put(store, WEFT_EVENT_RETRY, "reading", result->read_retries,
            weft_text_format("%lld blocks and files were read in the end, %lld were not",
                             (long long)result->reads_recovered, (long long)result->reads_lost));
    if (result->restarts > 0)
        put(store, WEFT_EVENT_RETRY, "from the last checkpoint", result->restarts,
            weft_text_format("%s", result->restart_reason));
    if (write_retries > 0)
        put(store, WEFT_EVENT_RETRY, "writing", write_retries,
            weft_text_format("%lld writes succeeded in the end, %lld did not",
                             (long long)atomic_load(&writes->recovered), (long long)atomic_load(&writes->lost)));
}
