/* Whether a request may be answered at all, before anything looks at what it asks for.
 *
 * A browser on this machine may be sent by any page to any address. So a request is answered only where it names this
 * server as people call it (a page whose name was made to point here names itself), and comes from no other page. Who
 * listens to other machines asks for a token besides.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_SERVER_REQUEST_GUARD_H
#define WEFT_SERVER_REQUEST_GUARD_H

#include <stdbool.h>

#define WEFT_MAX_HOST_NAMES 8

typedef struct weft_request_guard {
    bool loopback;                          /* it listens to this machine alone */
    const char *names[WEFT_MAX_HOST_NAMES]; /* besides what is always right; ends with NULL. Borrowed */
    const char *token;                      /* NULL: none is asked for. Borrowed */
} weft_request_guard;

/* What a request says of itself. NULL: it does not. */
typedef struct weft_request_marks {
    const char *host, *origin, *authorization, *cookie_token, *query_token;
    int hosts, origins; /* how often it says so */
} weft_request_marks;

typedef enum weft_verdict_of_guard {
    WEFT_GUARD_PASSES,
    WEFT_GUARD_BAD_REQUEST,  /* 400: no Host, or two; two Origins */
    WEFT_GUARD_WRONG_HOST,   /* 403 */
    WEFT_GUARD_WRONG_ORIGIN, /* 403 */
    WEFT_GUARD_NO_TOKEN,     /* 401: none, or another one */
} weft_verdict_of_guard;

/* Any thread. On loopback a host is right that is a name of loopback; elsewhere also one that is an address in numbers,
 * or one of `names`; its port does not matter (a tunnel has another one). An origin is right that is the host's own. */
weft_verdict_of_guard weft_request_guard_check(const weft_request_guard *guard, const weft_request_marks *marks);

/* Whether two texts are the same, in a time that depends on the lengths alone. */
bool weft_same_secret(const char *a, const char *b);

#endif
