/* SPDX-License-Identifier: MIT */
#include "cli/serving/served.h"

#include "core/log.h"

#include <stdlib.h>

bool weft_take_serve(const weft_option *option, void *target, const char *value, weft_error *err) {
    (void)option;
    (void)err;
    *(weft_serve_request *)target = (weft_serve_request){true, value};
    return true;
}

const char *weft_serve_token(void) {
    const char *token = getenv("WEFT_SERVE_TOKEN");
    return token != NULL && token[0] != '\0' ? token : NULL;
}

void weft_serve_announce(const weft_server *server) {
    if (weft_server_is_open(server))
        weft_log(WEFT_LOG_WARNING, "other machines can ask, without encryption: whoever has the token sees all runs of "
                                   "this database");
}

static weft_status start(weft_served *served, const weft_serve_request *request, const char *database,
                         weft_error *err) {
    weft_server_options options = {.listen = request->listen,
                                   .token = weft_serve_token(),
                                   .database = database,
                                   .run = served->run,
                                   .batch = served->batch};
    weft_status status = weft_server_start(&served->server, &options, err);
    if (status != WEFT_OK) return status;
    weft_log(WEFT_LOG_INFO, "serving at %s", weft_server_url(served->server));
    weft_serve_announce(served->server);
    return status;
}

weft_status weft_served_run_start(weft_served *served, const weft_serve_request *request, weft_config *config,
                                  weft_error *err) {
    weft_error reason = {0};
    if (!request->wanted) return WEFT_OK;
    weft_status status = weft_live_run_new(&served->run, err);
    if (status != WEFT_OK) return status;
    status = start(served, request, config->metrics_database, &reason);
    if (status == WEFT_OK) config->beside_bytes = WEFT_SERVER_BYTES;
    if (status == WEFT_ERR_DATA || status == WEFT_ERR_IO) {
        weft_log(WEFT_LOG_WARNING, "this run is not served: %s", reason.message);
        return WEFT_OK;
    }
    if (status != WEFT_OK && err != NULL) *err = reason;
    return status;
}

weft_status weft_served_batch_start(weft_served *served, const weft_serve_request *request, const weft_batch_work *work,
                                    weft_error *err) {
    if (!request->wanted) return WEFT_OK;
    weft_status status = weft_live_batch_new(&served->batch, work, err);
    return status == WEFT_OK ? start(served, request, work->folder.record_path, err) : status;
}

void weft_served_stop(weft_served *served) {
    weft_server_stop(served->server);
    weft_live_run_free(served->run);
    weft_live_batch_free(served->batch);
    *served = (weft_served){0};
}
