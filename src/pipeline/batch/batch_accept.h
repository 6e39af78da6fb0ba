/* Says that the outputs of a batch that are there are good: they are done, whoever made them, and run again only when
 * something changes from now on.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_BATCH_ACCEPT_H
#define WEFT_PIPELINE_BATCH_ACCEPT_H

#include "pipeline/batch/batch_work.h"

typedef enum weft_accepted {
    WEFT_ACCEPT_ALL,  /* what is there is good: of configurations and inputs as they are now */
    WEFT_ACCEPT_SAME, /* what was made elsewhere, as it says itself: of the configuration of now, and of the inputs that
                         it read, which may have changed since */
} weft_accepted;

/* Notes every job whose outputs are there as done.
 *
 * work      open, and checked
 * told      called for each job; message: why it was not accepted, or NULL
 * *worst    the worst of the causes of those that were not
 * errors    WEFT_ERR_IO, WEFT_ERR_MEMORY */
weft_status weft_batch_accept(weft_batch_work *work, weft_accepted accepted,
                              void (*told)(void *payload, const char *job, const char *message), void *payload,
                              weft_job_cause *worst, weft_error *err);

#endif
