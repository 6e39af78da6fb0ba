/* SPDX-License-Identifier: MIT */
#include "config/config_name.h"

#include "core/text.h"

#include <ctype.h>
#include <string.h>

static bool is_allowed(char c) {
    return c != '\0' && (isalnum((unsigned char)c) || strchr("._-", c) != NULL);
}

bool weft_config_is_name(const char *text) {
    for (const char *at = text; *at != '\0'; at++)
        if (!is_allowed(*at)) return false;
    return text[0] != '\0' && strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
}

void weft_config_make_name(char *text) {
    for (char *at = text; *at != '\0'; at++)
        if (!is_allowed(*at)) *at = '_';
}

char *weft_config_file_stem(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path, *dot = strrchr(name, '.');
    size_t length = dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);
    return weft_text_format("%.*s", (int)length, name);
}
