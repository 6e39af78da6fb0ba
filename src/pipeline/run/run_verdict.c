/* SPDX-License-Identifier: MIT */
#include "pipeline/run/run_verdict.h"

/* A cause: its word, what its share is of, and what may help; NULL: nothing would. */
typedef struct cause {
    const char *name, *says, *helps;
} cause;

static const cause causes[WEFT_BOUND_COUNT] = {
    [WEFT_BOUND_MEMORY] = {"memory", "of the workers' time was lost to a tight limit", "give it more memory"},
    [WEFT_BOUND_DISK] = {"disk", "of the time one thread was writing and syncing",
                         "a faster disk, or a format that writes less, as csv.gz and parquet do"},
    [WEFT_BOUND_DECODING] = {"decoding", "of the workers' time went into reading and decoding blocks",
                             "more threads, a faster codec, or tiles in place of strips"},
    [WEFT_BOUND_RESAMPLING] = {"resampling", "of the workers' time went into resampling and derived columns",
                               "more threads, or a method with a smaller support"},
    [WEFT_BOUND_TEXT] = {"text", "of the workers' time went into formatting rows",
                         "more threads, export.precision, or parquet"},
    [WEFT_BOUND_PICTURES] = {"pictures", "of the workers' time went into drawing pictures",
                             "more threads, fewer columns, or no png among export.formats"},
    [WEFT_BOUND_STARTING] = {"starting", "of the time went into opening the inputs and planning", NULL},
};

void weft_verdict_facts_read(weft_verdict_facts *facts, const weft_activity *activity) {
    for (int operation = 0; operation < WEFT_OPERATION_COUNT; operation++) {
        int64_t busy_ns = 0;
        for (int stage = WEFT_STAGE_PREPARE; stage < WEFT_STAGE_COUNT; stage++)
            busy_ns += atomic_load(&activity->times[stage][operation].busy_ns);
        facts->busy[operation] = (double)busy_ns / 1e9;
    }
}

void weft_verdict_find(weft_verdict *out, const weft_verdict_facts *facts) {
    const double *busy = facts->busy;
    double seconds = facts->seconds > 1e-6 ? facts->seconds : 1e-6;
    int desired = facts->threads_desired > facts->threads ? facts->threads_desired : facts->threads;
    double pool = seconds * (desired > 0 ? desired : 1), threads = facts->threads > 0 ? facts->threads : 1;
    /* Who waits for a block that another thread decodes waits for decoding. */
    double decoding = busy[WEFT_OPERATION_DECODE_BLOCK] + busy[WEFT_OPERATION_WAIT_FOR_BLOCK];
    double resampling = busy[WEFT_OPERATION_RESAMPLE_WINDOW] + busy[WEFT_OPERATION_MERGE_CHUNK];
    double text = busy[WEFT_OPERATION_FORMAT_ROWS], waiting = busy[WEFT_OPERATION_WAIT_FOR_MEMORY];
    /* Blocks that were decoded again, for want of room to keep them. */
    double again = 0;
    if (facts->touched_bytes > 0 && facts->decoded_bytes > facts->touched_bytes)
        again = decoding * (1 - (double)facts->touched_bytes / (double)facts->decoded_bytes);
    /* What workers that could not be had would have done, had they been as busy as those that were. */
    double missing = (decoding + resampling + text + waiting) * (desired - threads) / threads;
    *out = (weft_verdict){
        .shares = {[WEFT_BOUND_MEMORY] = (waiting + again + missing) / pool,
                   [WEFT_BOUND_DISK] = (busy[WEFT_OPERATION_WRITE_CHUNK] + busy[WEFT_OPERATION_CHECKPOINT]) / seconds,
                   [WEFT_BOUND_DECODING] = (decoding - again) / pool,
                   [WEFT_BOUND_RESAMPLING] = resampling / pool,
                   [WEFT_BOUND_TEXT] = text / pool,
                   [WEFT_BOUND_PICTURES] = busy[WEFT_OPERATION_DRAW_PICTURE] / pool,
                   [WEFT_BOUND_STARTING] = busy[WEFT_OPERATION_PLAN] / seconds}};
    for (int i = 0; i < WEFT_BOUND_COUNT; i++)
        if (out->shares[i] > out->shares[out->bound]) out->bound = (weft_bound)i;
    if (facts->limit_bytes > 0) out->limit_share = (double)facts->peak_bytes / (double)facts->limit_bytes;
    /* A run that lost nothing to memory had enough: no more than what gives the same again. */
    out->enough_bytes = facts->enough_bytes;
    bool lost_nothing = out->shares[WEFT_BOUND_MEMORY] < 0.01;
    if (lost_nothing && (out->enough_bytes == 0 || facts->desired_limit_bytes < out->enough_bytes))
        out->enough_bytes = facts->desired_limit_bytes;
    /* What was resident is no estimate. */
    if (out->enough_bytes > 0 && out->enough_bytes < facts->peak_bytes) out->enough_bytes = facts->peak_bytes;
}

const char *weft_bound_name(weft_bound bound) {
    return causes[bound].name;
}

void weft_verdict_describe(const weft_verdict *verdict, const weft_verdict_facts *facts, weft_text *out) {
    char peak[WEFT_SIZE_TEXT_BYTES], limit[WEFT_SIZE_TEXT_BYTES], enough[WEFT_SIZE_TEXT_BYTES];
    const cause *bound = &causes[verdict->bound];
    weft_text_size(facts->peak_bytes, peak);
    weft_text_size(facts->limit_bytes, limit);
    weft_text_size(verdict->enough_bytes, enough);
    weft_text_add(out, "bound by %s: %.0f %% %s; ", bound->name, 100 * verdict->shares[verdict->bound], bound->says);
    if (bound->helps != NULL)
        weft_text_add(out, "what helps: %s.", bound->helps);
    else
        weft_text_add(out, "the run is too short for anything else to matter.");
    weft_text_add(out, " Memory: %s, %.0f %% of the limit of %s", peak, 100 * verdict->limit_share, limit);
    if (verdict->enough_bytes == 0)
        weft_text_add(out, ".");
    else if (verdict->enough_bytes <= facts->limit_bytes)
        weft_text_add(out, "; with %s it would have been as fast.", enough);
    else
        weft_text_add(out, "; with %s it would have lost nothing to memory.", enough);
}
