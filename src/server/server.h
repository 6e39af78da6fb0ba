/* The server of a metrics database: `weft serve`, and beside a run or a batch.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_SERVER_SERVER_H
#define WEFT_SERVER_SERVER_H

#include "server/live_batch.h"
#include "server/live_run.h"

#define WEFT_MAX_SERVER_HOSTS 7

/* More than a server takes at any time: connections and answers (http_server.h), the answers that are kept, SQLite's
 * pages and statements, the page's files. */
#define WEFT_SERVER_BYTES (INT64_C(12) << 20)

typedef struct weft_server_options {
    const char *listen;                       /* as listen_address.h reads it; NULL: the default */
    const char *hosts[WEFT_MAX_SERVER_HOSTS]; /* further names that it is called by; ends with NULL */
    const char *token;                        /* NULL: one is made where others than this machine can ask */
    const char *database;                     /* need not be there yet */
    weft_live_run *run;                       /* of this process, or NULL; outlives the server */
    weft_live_batch *batch;                   /* likewise */
} weft_server_options;

typedef struct weft_server weft_server;

/* Listens, and answers from a thread of its own from now on. Hosts and token are copied, all else that options point to
 * outlives it. Errors: WEFT_ERR_USAGE (no address, or no token), WEFT_ERR_BUSY (the port that was asked for is taken),
 * WEFT_ERR_PERMISSION, those of weft_served_metrics_new(), WEFT_ERR_MEMORY. */
weft_status weft_server_start(weft_server **out, const weft_server_options *options, weft_error *err);
/* NULL is fine. */
void weft_server_stop(weft_server *server);

/* Where a browser goes, with the token, where there is one. */
const char *weft_server_url(const weft_server *server);
/* Whether others than this machine can ask. */
bool weft_server_is_open(const weft_server *server);

#endif
