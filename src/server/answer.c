/* SPDX-License-Identifier: MIT */
#include "server/answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void weft_answer_error(weft_answer *answer, int code, const char *format, ...) {
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    weft_text_dispose(&answer->body);
    *answer = (weft_answer){.code = code, .type = "application/json"};
    weft_text_add(&answer->body, "{\"status\": %d", code);
    weft_text_add_json_member(&answer->body, "error", message);
    weft_text_add(&answer->body, "}\n");
}

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* A number of SQLite's as JSON's: infinities are none. */
static void add_number(weft_text *out, const char *value) {
    weft_text_add(out, "%s", strpbrk(value, "IiNn") != NULL ? "null" : value);
}

void weft_answer_add_members(weft_text *out, int columns, const char *const *names, const char *const *values,
                             const bool *numeric) {
    for (int i = 0; i < columns; i++) {
        if (values[i] == NULL || (!numeric[i] && !ends_with(names[i], "_json"))) {
            weft_text_add_json_member(out, names[i], values[i]);
            continue;
        }
        weft_text_add(out, ", \"%s\": ", names[i]);
        if (numeric[i])
            add_number(out, values[i]);
        else
            weft_text_add_bytes(out, values[i], strlen(values[i]));
    }
}

void weft_answer_add_row(weft_text *out, int columns, const char *const *names, const char *const *values,
                         const bool *numeric) {
    weft_text members = {0};
    weft_answer_add_members(&members, columns, names, values, numeric);
    weft_text_add(out, "{");
    if (!members.failed && members.length > 2) weft_text_add_bytes(out, members.data + 2, members.length - 2);
    weft_text_add(out, "}");
    out->failed = out->failed || members.failed;
    weft_text_dispose(&members);
}
