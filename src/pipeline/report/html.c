/* SPDX-License-Identifier: MIT */
#include "pipeline/report/html.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One character; returns its bytes. */
static size_t add_character(weft_text *out, const char *at, size_t left) {
    static const struct {
        char character;
        const char *written;
    } marks[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
    size_t length = weft_text_utf8_length(at, left);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (*at != marks[i].character) continue;
        weft_text_add(out, "%s", marks[i].written);
        return 1;
    }
    bool control = (unsigned char)*at < 0x20 && *at != '\n' && *at != '\t';
    if (length == 0 || control)
        weft_text_add(out, "\xef\xbf\xbd");
    else
        weft_text_add_bytes(out, at, length);
    return length > 0 ? length : 1;
}

static bool is_inside(const char *text, size_t at) {
    return ((unsigned char)text[at] & 0xc0) == 0x80; /* not the first byte of a character */
}

void weft_html_text(weft_text *out, const char *text, size_t max) {
    size_t length = text != NULL ? strlen(text) : 0, head = length, tail = length;
    if (max > 0 && length > max) {
        head = max * 2 / 3;
        tail = length - (max - head);
        while (head > 0 && is_inside(text, head))
            head--;
        while (tail < length && is_inside(text, tail))
            tail++;
    }
    for (size_t at = 0; at < head;)
        at += add_character(out, text + at, length - at);
    if (tail > head) weft_text_add(out, "\xe2\x80\xa6");
    for (size_t at = tail; at < length;)
        at += add_character(out, text + at, length - at);
}

const char *weft_html_seconds(double seconds, char out[WEFT_HTML_NUMBER_BYTES]) {
    long long whole = (long long)(seconds + 0.5);
    if (!(seconds >= 0))
        out[0] = '\0';
    else if (seconds < 0.0995)
        (void)snprintf(out, WEFT_HTML_NUMBER_BYTES, "%.3g ms", 1000 * seconds);
    else if (seconds < 100)
        (void)snprintf(out, WEFT_HTML_NUMBER_BYTES, "%.3g s", seconds);
    else if (whole < 3600)
        (void)snprintf(out, WEFT_HTML_NUMBER_BYTES, "%lld min %02lld s", whole / 60, whole % 60);
    else
        (void)snprintf(out, WEFT_HTML_NUMBER_BYTES, "%lld h %02lld min", whole / 3600, whole % 3600 / 60);
    return out;
}

/* --- tables --- */

void weft_html_table_begin(weft_text *out, const char *const *heads) {
    weft_text_add(out, "<div class=wide><table><thead><tr>");
    for (; *heads != NULL; heads++) {
        bool number = **heads == '#';
        weft_text_add(out, number ? "<th scope=col class=n>" : "<th scope=col>");
        weft_html_text(out, *heads + number, 0);
        weft_text_add(out, "</th>");
    }
    weft_text_add(out, "</tr></thead><tbody>\n");
}

void weft_html_table_end(weft_text *out) {
    weft_text_add(out, "</tbody></table></div>\n");
}

void weft_html_row_begin(weft_text *out) {
    weft_text_add(out, "<tr>");
}

void weft_html_row_end(weft_text *out) {
    weft_text_add(out, "</tr>\n");
}

void weft_html_cell_clipped(weft_text *out, const char *text, size_t max) {
    weft_text_add(out, "<td>");
    weft_html_text(out, text, max);
    weft_text_add(out, "</td>");
}

void weft_html_cell(weft_text *out, const char *text) {
    weft_html_cell_clipped(out, text, 400);
}

void weft_html_cell_code(weft_text *out, const char *text, size_t max) {
    weft_text_add(out, "<td><code>");
    weft_html_text(out, text, max);
    weft_text_add(out, "</code></td>");
}

static void number_cell(weft_text *out, const char *text) {
    weft_text_add(out, "<td class=n>%s</td>", text);
}

void weft_html_cell_count(weft_text *out, double value) {
    char text[WEFT_HTML_NUMBER_BYTES];
    number_cell(out, isfinite(value) ? weft_text_grouped(llround(value), text) : "");
}

void weft_html_cell_number(weft_text *out, double value, const char *format) {
    char text[WEFT_HTML_NUMBER_BYTES] = "";
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    if (isfinite(value)) (void)snprintf(text, sizeof text, format, value);
#pragma GCC diagnostic pop
    number_cell(out, text);
}

void weft_html_cell_seconds(weft_text *out, double value) {
    char text[WEFT_HTML_NUMBER_BYTES];
    number_cell(out, weft_html_seconds(value, text));
}

void weft_html_cell_bytes(weft_text *out, double value) {
    char text[WEFT_SIZE_TEXT_BYTES] = "";
    if (isfinite(value)) weft_text_size((int64_t)value, text);
    number_cell(out, text);
}

void weft_html_pair(weft_text *out, const char *name, const char *text) {
    weft_text_add(out, "<tr><th scope=row>%s</th><td>", name);
    weft_html_text(out, text, 4000);
    weft_text_add(out, "</td></tr>\n");
}

void weft_html_capped(weft_text *out, const char *which, int64_t shown, int64_t all) {
    char few[WEFT_HTML_NUMBER_BYTES], many[WEFT_HTML_NUMBER_BYTES];
    if (all > shown)
        weft_text_add(out, "<p class=note>%s %s of %s.</p>\n", which, weft_text_grouped(shown, few),
                      weft_text_grouped(all, many));
}

/* --- base64 (RFC 4648) --- */

void weft_html_base64(weft_text *out, const void *bytes, size_t length) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = bytes;
    size_t size = (length + 2) / 3 * 4, at = 0;
    char *text = malloc(size + 1);
    if (text == NULL) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        unsigned group = (unsigned)in[i] << 16;
        if (left > 1) group |= (unsigned)in[i + 1] << 8;
        if (left > 2) group |= in[i + 2];
        text[at++] = letters[group >> 18];
        text[at++] = letters[group >> 12 & 63];
        text[at++] = left > 1 ? letters[group >> 6 & 63] : '=';
        text[at++] = left > 2 ? letters[group & 63] : '=';
    }
    weft_text_add_bytes(out, text, at);
    free(text);
}
