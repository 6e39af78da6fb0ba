/* The runs that an output folder knows: those with a state in `.weft`, and finished ones by their metadata.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_LIST_H
#define WEFT_PIPELINE_RUN_LIST_H

#include "core/cancel.h"
#include "store/run_state.h"

typedef struct weft_run_entry {
    weft_run_facts facts;
    bool alive;
    int shard, shards; /* which of how many of a table it makes; 0: all of it */
} weft_run_entry;

typedef struct weft_run_list {
    weft_run_entry *entries; /* the one that began last is the first */
    int count;
} weft_run_list;

/* Finds the runs of an output folder; none where there is no such folder. States that cannot be read are passed over,
 * with a warning. finished: whether to look for finished ones, too.
 * `cancel` is looked at before each; may be NULL.
 * Errors: WEFT_ERR_IO, WEFT_ERR_PERMISSION, WEFT_ERR_MEMORY; those of weft_cancel_check(). */
weft_status weft_run_list_read(weft_run_list *out, const char *output_dir, bool finished, const weft_cancel *cancel,
                               weft_error *err);
void weft_run_list_dispose(weft_run_list *list);

#endif
