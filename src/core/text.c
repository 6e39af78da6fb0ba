/* Growth by doubling; a failure is remembered rather than returned, so that building a text reads as a list of lines.
 *
 * SPDX-License-Identifier: MIT */
#include "core/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool grow(weft_text *text, size_t more) {
    if (text->failed) return false;
    if (text->capacity - text->length > more) return true;
    size_t capacity = text->capacity == 0 ? 128 : text->capacity;
    while (capacity - text->length <= more)
        capacity *= 2;
    char *data = realloc(text->data, capacity);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void weft_text_add_bytes(weft_text *text, const char *bytes, size_t length) {
    if (!grow(text, length)) return;
    memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void weft_text_add(weft_text *text, const char *format, ...) {
    va_list args;
    for (size_t room = 64; grow(text, room);) { /* most pieces fit, and are then formatted once */
        size_t left = text->capacity - text->length;
        va_start(args, format);
        int needed = vsnprintf(text->data + text->length, left, format, args);
        va_end(args);
        if (needed < 0) text->failed = true;
        if (needed < 0 || (size_t)needed < left) {
            text->length += needed < 0 ? 0 : (size_t)needed;
            return;
        }
        text->data[text->length] = '\0';
        room = (size_t)needed;
    }
}

void weft_text_dispose(weft_text *text) {
    free(text->data);
    *text = (weft_text){0};
}

char *weft_text_format(const char *format, ...) {
    char usual[256]; /* most texts fit, and are then formatted once */
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int needed = vsnprintf(usual, sizeof usual, format, args);
    char *out = needed < 0 ? NULL : malloc((size_t)needed + 1);
    if (out != NULL && (size_t)needed < sizeof usual)
        memcpy(out, usual, (size_t)needed + 1);
    else if (out != NULL)
        (void)vsnprintf(out, (size_t)needed + 1, format, again);
    va_end(again);
    va_end(args);
    return out;
}

void weft_text_size(int64_t bytes, char out[WEFT_SIZE_TEXT_BYTES]) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    int unit = 0;
    while ((value >= 1024 || value <= -1024) && unit < 6) {
        value /= 1024;
        unit++;
    }
    /* Halves go away from zero, as in SQL's round(): printf would write 43.2 where a view says 43.3. */
    value = fabs(value) < 100 ? round(value * 10) / 10 : round(value);
    (void)snprintf(out, WEFT_SIZE_TEXT_BYTES, unit == 0 || fabs(value) >= 100 ? "%.0f %s" : "%.1f %s", value,
                   units[unit]);
}

const char *weft_text_grouped(int64_t value, char out[WEFT_GROUPED_TEXT_BYTES]) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)value), at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-') out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

size_t weft_text_utf8_length(const char *text, size_t left) {
    const unsigned char *at = (const unsigned char *)text;
    size_t length = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : at[0] < 0xf5 ? 4 : 0;
    if (length == 0 || length > left) return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80) return 0;
    if (at[0] == 0xe0 && at[1] < 0xa0) return 0;
    if (at[0] == 0xed && at[1] > 0x9f) return 0;
    if (at[0] == 0xf0 && at[1] < 0x90) return 0;
    if (at[0] == 0xf4 && at[1] > 0x8f) return 0;
    return length;
}

bool weft_text_is_utf8(const char *text) {
    size_t left = strlen(text);
    for (size_t step; left > 0; text += step, left -= step)
        if ((step = weft_text_utf8_length(text, left)) == 0) return false;
    return true;
}

void weft_text_make_utf8(char *text) {
    for (size_t left = strlen(text), step; left > 0; text += step, left -= step) {
        step = weft_text_utf8_length(text, left);
        if (step > 0) continue;
        *text = '?';
        step = 1;
    }
}

void weft_text_make_printable(char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i], next = i + 1 < length ? (unsigned char)text[i + 1] : 0;
        bool is_c1 = c == 0xc2 && next >= 0x80 && next < 0xa0; /* U+0080 to U+009F, which some terminals obey, too */
        if ((c >= 0x20 && c != 0x7f && !is_c1) || c == '\n' || c == '\t') continue;
        text[i] = '?';
        if (is_c1) text[++i] = '?';
    }
}

size_t weft_text_json_character(const char *at, char out[8]) {
    size_t length = weft_text_utf8_length(at, strlen(at));
    if (length == 0)
        (void)snprintf(out, 8, "\\ufffd");
    else if ((unsigned char)*at < 0x20)
        (void)snprintf(out, 8, "\\u%04x", (unsigned)(unsigned char)*at);
    else
        (void)snprintf(out, 8, "%s%.*s", *at == '"' || *at == '\\' ? "\\" : "", (int)length, at);
    return length == 0 ? 1 : length;
}

size_t weft_text_json_string(const char *text, char *out, size_t capacity) {
    size_t at = 0;
    if (capacity < 3) return 0;
    out[at++] = '"';
    while (*text != '\0') {
        char character[8];
        text += weft_text_json_character(text, character);
        size_t length = strlen(character);
        if (at + length + 2 > capacity) break;
        memcpy(out + at, character, length);
        at += length;
    }
    out[at++] = '"';
    out[at] = '\0';
    return at;
}

void weft_text_add_shell_word(weft_text *out, const char *word) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%";
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        weft_text_add(out, "%s", word);
        return;
    }
    weft_text_add(out, "'");
    for (; *word != '\0'; word++)
        weft_text_add(out, *word == '\'' ? "'\\''" : "%c", *word);
    weft_text_add(out, "'");
}

void weft_text_add_json_member(weft_text *out, const char *name, const char *text) {
    size_t capacity = text == NULL ? 0 : 6 * strlen(text) + 3;
    char *quoted = text == NULL ? NULL : malloc(capacity);
    if (quoted != NULL) (void)weft_text_json_string(text, quoted, capacity);
    out->failed = out->failed || (text != NULL && quoted == NULL);
    weft_text_add(out, ", \"%s\": %s", name, quoted != NULL ? quoted : "null");
    free(quoted);
}

#define LONGEST_WORD 48

static char lower(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Levenshtein distance (one row of the table at a time), of letters of any case; words over LONGEST_WORD are as far as can
 * be. */
static size_t edit_distance(const char *a, const char *b) {
    size_t columns = strlen(b), row[LONGEST_WORD + 1];
    if (columns > LONGEST_WORD || strlen(a) > LONGEST_WORD) return LONGEST_WORD;
    for (size_t j = 0; j <= columns; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= columns; j++) {
            size_t best = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));
            if (row[j] + 1 < best) best = row[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[columns];
}

const char *weft_text_nearest(const char *word, const char *const *choices) {
    const char *nearest = NULL;
    size_t min = strlen(word) / 3 + 1;
    for (; *choices != NULL; choices++) {
        size_t distance = edit_distance(word, *choices);
        if (distance > min || (nearest != NULL && distance == min)) continue;
        nearest = *choices;
        min = distance;
    }
    return nearest;
}
