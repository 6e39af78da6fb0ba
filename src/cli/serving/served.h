/* --serve: the server beside a run or a batch.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_SERVED_H
#define WEFT_CLI_SERVED_H

#include "cli/manual/command.h"
#include "server/server.h"

/* What stands on the command line. */
typedef struct weft_serve_request {
    bool wanted;
    const char *listen; /* NULL: the default */
} weft_serve_request;

/* weft_option.take for --serve[=ADDR]. */
bool weft_take_serve(const weft_option *option, void *target, const char *value, weft_error *err);
#define WEFT_SERVE_HELP                                                                                                \
    "show it in a browser while it works; weft serve --help says how it is guarded\n"                                  \
    "Default: 127.0.0.1:9338, or the next port that is free"

/* Zero-initialised is none. */
typedef struct weft_served {
    weft_server *server;
    weft_live_run *run;
    weft_live_batch *batch;
} weft_served;

/* The token for those who ask from elsewhere: that of WEFT_SERVE_TOKEN, or NULL. */
const char *weft_serve_token(void);
/* Warns, where others than this machine can ask. */
void weft_serve_announce(const weft_server *server);

/* Serves a run, if that is wanted; makes room for the server in the run's memory. A metrics database that is broken is
 * a warning, and there is no server. Errors: those of weft_server_start(). */
weft_status weft_served_run_start(weft_served *served, const weft_serve_request *request, weft_config *config,
                                  weft_error *err);
/* The same for a batch whose record is open. */
weft_status weft_served_batch_start(weft_served *served, const weft_serve_request *request, const weft_batch_work *work,
                                    weft_error *err);
void weft_served_stop(weft_served *served);

#endif
