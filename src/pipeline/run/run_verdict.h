/* The verdict: what limited a run, in words. Computed once, at its end, from the time that its threads spent.
 *
 * Each cause has a share: for work of the worker threads, of all workers' time; for work that one thread does alone
 * (planning, writing), of the run's time. The cause with the largest share limited the run.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_VERDICT_H
#define WEFT_PIPELINE_RUN_VERDICT_H

#include "core/text.h"
#include "core/threads/activity.h"

/* In the order in which ties are broken: what is cheapest to mend first. */
typedef enum weft_bound {
    WEFT_BOUND_MEMORY, /* waiting for room to decode, decoding twice, workers that the limit did not carry */
    WEFT_BOUND_DISK,   /* writing and syncing outputs, which one thread does */
    WEFT_BOUND_DECODING,
    WEFT_BOUND_RESAMPLING, /* and derived columns */
    WEFT_BOUND_TEXT,       /* formatting and compressing rows */
    WEFT_BOUND_PICTURES,   /* drawing and compressing pictures */
    WEFT_BOUND_STARTING,   /* opening the inputs and planning */
    WEFT_BOUND_COUNT,
} weft_bound;

typedef struct weft_verdict_facts {
    double seconds;                       /* of the run, by the wall */
    int threads, threads_desired;         /* workers */
    double busy[WEFT_OPERATION_COUNT];    /* seconds of all threads in each operation */
    int64_t decoded_bytes, touched_bytes; /* of blocks: decoded, and how many there are at most */
    int64_t peak_bytes, limit_bytes;
    int64_t desired_limit_bytes, enough_bytes; /* of the plan; enough 0: not known */
} weft_verdict_facts;

typedef struct weft_verdict {
    weft_bound bound;
    double shares[WEFT_BOUND_COUNT]; /* 0 to 1 */
    double limit_share;              /* peak of limit */
    int64_t enough_bytes;            /* the smallest limit that would have cost no time; 0: not known */
} weft_verdict;

/* Reads an activity's times into facts->busy. */
void weft_verdict_facts_read(weft_verdict_facts *facts, const weft_activity *activity);
void weft_verdict_find(weft_verdict *out, const weft_verdict_facts *facts);

/* "decoding": the cause in one word. */
const char *weft_bound_name(weft_bound bound);

/* Adds the sentences of the verdict, in one line. */
void weft_verdict_describe(const weft_verdict *verdict, const weft_verdict_facts *facts, weft_text *out);

#endif
