/* Gives an answer to libmicrohttpd, with the headers that all answers have.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_SERVER_HTTP_ANSWER_H
#define WEFT_SERVER_HTTP_ANSWER_H

#include "server/answer.h"

#include <microhttpd.h>
#include <stdatomic.h>
#include <stdint.h>

/* Bytes of answers that are not sent yet. */
typedef struct weft_http_bodies {
    _Atomic int64_t bytes;
} weft_http_bodies;

/* Queues the answer, which it empties: 503 in its place where it is too large, or more is being sent than there is room
 * for.
 *
 * cookie     a token that the browser is to keep; or NULL
 * and_close  the connection is closed after it
 *
 * Returns the code that was sent; 0: nothing could be, and the connection is to be closed. */
int weft_http_answer_send(struct MHD_Connection *connection, weft_http_bodies *bodies, weft_answer *answer,
                          const char *cookie, bool and_close);

#endif
