/* A string that grows: for messages, JSON and SQL, never for bulk output.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_TEXT_H
#define WEFT_CORE_TEXT_H

#include "core/status.h"

#include <stdarg.h>
#include <stdint.h>

/* Zero-initialised is empty. `data` is NUL-terminated once anything was added. A failed allocation sets `failed`, and
 * further additions do nothing: check once at the end. */
typedef struct weft_text {
    char *data;
    size_t length, capacity;
    bool failed;
} weft_text;

void weft_text_add(weft_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void weft_text_add_bytes(weft_text *text, const char *bytes, size_t length);
void weft_text_dispose(weft_text *text);

/* A heap copy made by printf's rules, or NULL. */
char *weft_text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Bytes of the UTF-8 sequence that `text` begins with, of `left` bytes, or 0 where there is none (RFC 3629: no overlong
 * forms, no surrogates). */
size_t weft_text_utf8_length(const char *text, size_t left);
bool weft_text_is_utf8(const char *text);
/* Bytes that are not UTF-8 become question marks. */
void weft_text_make_utf8(char *text);
/* Control characters but newlines and tabs become question marks, as `ls` shows them: in a file's name they would set
 * colours, move the cursor or name the window of a terminal. Async-signal-safe. */
void weft_text_make_printable(char *text, size_t length);

/* Writes `text` as a JSON string with its quotes; returns the length, without the NUL. What does not fit in `capacity`
 * bytes, 3 at least, is left out, the closing quote never. Bytes that are not UTF-8 become U+FFFD. */
size_t weft_text_json_string(const char *text, char *out, size_t capacity);
/* The same of one character, without quotes; returns how many bytes of `at` it was. */
size_t weft_text_json_character(const char *at, char out[8]);
/* Adds a word as a shell reads it back, in quotes where it needs them. */
void weft_text_add_shell_word(weft_text *out, const char *word);
/* Adds `, "name": "text"`, or null for NULL. */
void weft_text_add_json_member(weft_text *out, const char *name, const char *text);

#define WEFT_SIZE_TEXT_BYTES 32
/* "512 MiB", "1.5 GiB": for people. */
void weft_text_size(int64_t bytes, char out[WEFT_SIZE_TEXT_BYTES]);

#define WEFT_GROUPED_TEXT_BYTES 32
/* 1234567 as "1,234,567": for people. Returns `out`. */
const char *weft_text_grouped(int64_t value, char out[WEFT_GROUPED_TEXT_BYTES]);

/* The entry of `choices` (NULL-terminated) nearest to `word` by edit distance, or NULL when none is near: for "did you
 * mean". */
const char *weft_text_nearest(const char *word, const char *const *choices);

#endif
