/* Answers GET requests on one thread: connections, time-outs, sizes and who may ask. What is answered, its handler
 * knows.
 *
 * All that a connection may hold is bounded: WEFT_HTTP_BYTES is more than it takes at any time.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_SERVER_HTTP_SERVER_H
#define WEFT_SERVER_HTTP_SERVER_H

#include "server/answer.h"
#include "server/http_limits.h"
#include "server/request_guard.h"

#include <stdint.h>

typedef struct weft_http_server weft_http_server;

/* How long what may take. */
typedef struct weft_http_times {
    int idle_seconds; /* nothing is sent or read */
    int request_ms;   /* from the first line of a request to the end of its headers */
    int answer_ms;    /* until its answer is sent */
    int crowded_ms;   /* until a connection begins a request, where all places are taken */
} weft_http_times;

extern const weft_http_times weft_http_default_times;

/* Fills an answer. On the server's thread; must not take long. */
typedef void (*weft_http_handler)(void *payload, const weft_request *request, weft_answer *out);

/* listen_fd: a socket that listens, the server's from now on, also on failure. guard, what it points to and payload
 * outlive it. Errors: WEFT_ERR_MEMORY, WEFT_ERR_INTERNAL. */
weft_status weft_http_server_start(weft_http_server **out, int listen_fd, const weft_request_guard *guard,
                                   const weft_http_times *times, weft_http_handler handler, void *payload,
                                   weft_error *err);
/* Closes all connections and joins the thread. NULL is fine. */
void weft_http_server_stop(weft_http_server *server);

/* How many requests were answered with `code`, in hundreds (2: 200 to 299). Any thread. */
int64_t weft_http_server_answered(const weft_http_server *server, int hundreds);

#endif
