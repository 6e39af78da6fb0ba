/* SPDX-License-Identifier: MIT */
#include "pipeline/plan/legal_name.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_ascii_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char *weft_plan_legal_name(const char *description) {
    char *name = malloc(strlen(description) + 1);
    size_t length = 0;
    if (name == NULL) return NULL;
    for (const char *at = description; *at != '\0'; at++) {
        bool kept = is_ascii_alphanumeric(*at) || strchr(".-", *at) != NULL;
        if (kept)
            name[length++] = *at;
        else if (length > 0 && name[length - 1] != '_')
            name[length++] = '_';
    }
    if (length > 0 && name[length - 1] == '_') length--;
    name[length] = '\0';
    if (length > 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0) return name;
    free(name);
    return NULL;
}
