/* What the server answers: a route a line, each one or more queries of sql/api as JSON. docs/api.md describes them all.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_SERVER_API_H
#define WEFT_SERVER_API_H

#include "server/answer.h"
#include "server/answer_cache.h"
#include "server/live_batch.h"
#include "server/live_run.h"
#include "store/queries/served_metrics.h"

/* What it has to ask. One thread. */
typedef struct weft_api {
    weft_served_metrics *reader;
    const char *database;   /* its path */
    weft_live_run *run;     /* of this process; NULL: none */
    weft_live_batch *batch; /* likewise */
    weft_answer_cache cache;
} weft_api;

/* As weft_http_handler, with a weft_api. */
void weft_api_answer(void *api, const weft_request *request, weft_answer *out);

#endif
