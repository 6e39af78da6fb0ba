/* SPDX-License-Identifier: MIT */
#include "server/http_answer.h"

#include "server/http_limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nothing from elsewhere, no script but the files of this server, no page around this one. */
#define PAGE_POLICY                                                                                                    \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "              \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
/* A report has its pictures and its styles in itself, and no script. */
#define DOCUMENT_POLICY                                                                                                \
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "              \
    "frame-ancestors 'none'"

/* Small answers have a quarter of the room to themselves, so that a few who do not read their large ones keep nobody
 * else from being answered. */
#define SMALL_BYTES (32 << 10)
#define SMALL_ROOM  (1 << 20)

typedef struct body {
    weft_http_bodies *bodies;
    int64_t bytes;
    char data[];
} body;

static void free_body(void *payload) {
    body *sent = payload;
    atomic_fetch_sub(&sent->bodies->bytes, sent->bytes);
    free(sent);
}

static struct MHD_Response *fixed_response(const void *bytes, size_t length) {
    return MHD_create_response_from_buffer(length, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);
}

/* A copy, whose bytes are counted until it is sent. */
static struct MHD_Response *counted_response(weft_http_bodies *bodies, const weft_text *text) {
    body *sent = malloc(sizeof *sent + text->length);
    if (sent == NULL) return NULL;
    *sent = (body){bodies, (int64_t)text->length};
    memcpy(sent->data, text->data, text->length);
    atomic_fetch_add(&bodies->bytes, sent->bytes);
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback_cls(text->length, sent->data, free_body, sent);
    if (response == NULL) free_body(sent);
    return response;
}

static struct MHD_Response *make_response(weft_http_bodies *bodies, weft_answer *answer) {
    static const char full[] = "{\"status\": 503, \"error\": \"too many answers are being sent\"}\n";
    static const char none[] = "{\"status\": 503, \"error\": \"no memory for the answer\"}\n";
    if (answer->fixed != NULL) return fixed_response(answer->fixed, answer->fixed_bytes);
    int64_t length = (int64_t)answer->body.length;
    int64_t room = WEFT_HTTP_BODIES_BYTES - (length > SMALL_BYTES ? SMALL_ROOM : 0);
    bool fits = length <= WEFT_HTTP_ANSWER_BYTES && atomic_load(&bodies->bytes) + length <= room;
    struct MHD_Response *response = NULL;
    if (!answer->body.failed && answer->body.length == 0) return fixed_response("", 0);
    if (!answer->body.failed && fits) response = counted_response(bodies, &answer->body);
    if (response != NULL) return response;
    answer->code = MHD_HTTP_SERVICE_UNAVAILABLE;
    answer->type = "application/json";
    return fits ? fixed_response(none, sizeof none - 1) : fixed_response(full, sizeof full - 1);
}

static void add_headers(struct MHD_Response *response, const weft_answer *answer, const char *cookie, bool and_close) {
    const struct {
        const char *name, *value;
    } headers[] = {
        {"Content-Type", answer->type},
        {"Content-Security-Policy", answer->is_document ? DOCUMENT_POLICY : PAGE_POLICY},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cache-Control", "no-store"},
        {"Allow", answer->code == MHD_HTTP_METHOD_NOT_ALLOWED ? "GET" : NULL},
        {"WWW-Authenticate", answer->code == MHD_HTTP_UNAUTHORIZED ? "Bearer" : NULL},
        {"Location", answer->location},
        {"Connection", and_close ? "close" : NULL},
    };
    char line[256];
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (headers[i].value != NULL) (void)MHD_add_response_header(response, headers[i].name, headers[i].value);
    if (cookie == NULL) return;
    (void)snprintf(line, sizeof line, "weft_token=%s; HttpOnly; SameSite=Strict; Path=/", cookie);
    (void)MHD_add_response_header(response, "Set-Cookie", line);
}

int weft_http_answer_send(struct MHD_Connection *connection, weft_http_bodies *bodies, weft_answer *answer,
                          const char *cookie, bool and_close) {
    struct MHD_Response *response = make_response(bodies, answer);
    int code = 0;
    if (response != NULL) {
        add_headers(response, answer, cookie, and_close);
        if (MHD_queue_response(connection, (unsigned)answer->code, response) == MHD_YES) code = answer->code;
        MHD_destroy_response(response);
    }
    weft_text_dispose(&answer->body);
    return code;
}
