/* The parameters that a route takes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_SERVER_API_PARAMETERS_H
#define WEFT_SERVER_API_PARAMETERS_H

#include "server/answer.h"
#include "store/queries/served_metrics.h"

typedef struct weft_api_parameters {
    bool of_run;                /* experiment=NAME, run_id=N: which run; without, the one that began last */
    bool since;                 /* since=MS: what is later, in milliseconds since 1970 */
    int64_t limit, limit_bound; /* limit=N: how many at most, without, and the most that may be asked for; 0: none */
} weft_api_parameters;

/* Fills `ask`, but for its query. False: one is unknown, there twice or no value for it, and `err` says which. */
bool weft_api_parameters_read(const weft_api_parameters *takes, const weft_request *request, weft_served_ask *ask,
                              weft_error *err);

#endif
