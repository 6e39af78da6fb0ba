/* What a request asks for, and the answer to it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_SERVER_ANSWER_H
#define WEFT_SERVER_ANSWER_H

#include "core/text.h"

#define WEFT_MAX_PARAMETERS 8

/* A path and its parameters, decoded. */
typedef struct weft_request {
    const char *path;
    struct {
        const char *name, *value;
    } parameters[WEFT_MAX_PARAMETERS];
    int parameter_count;
} weft_request;

/* Zero-initialised is empty. */
typedef struct weft_answer {
    int code;         /* of HTTP */
    const char *type; /* Content-Type; a constant */
    weft_text body;
    /* Instead of a body: bytes that last for ever. */
    const unsigned char *fixed;
    size_t fixed_bytes;
    bool is_document;     /* a page by itself, with styles of its own and no script */
    const char *location; /* with 303; a constant */
} weft_answer;

/* Makes it {"error": .., "status": code}, whatever it was. */
void weft_answer_error(weft_answer *answer, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* --- JSON --- */

/* Adds a row of a query as an object, "{..}". What has a name that ends in _json stands as it is; numbers that JSON has
 * not are null. */
void weft_answer_add_row(weft_text *out, int columns, const char *const *names, const char *const *values,
                         const bool *numeric);
/* Adds its members alone, each with ", " in front. */
void weft_answer_add_members(weft_text *out, int columns, const char *const *names, const char *const *values,
                             const bool *numeric);

#endif
