/* SPDX-License-Identifier: MIT
 *
 * No allocation: this runs when memory is short. */
#include "monitors/proc_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool weft_proc_read(const char *root, const char *path, char *out, size_t capacity) {
    char whole[4096];
    if (snprintf(whole, sizeof whole, "%s%s", root, path) >= (int)sizeof whole) return false;
    int fd = open(whole, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    size_t length = 0;
    for (ssize_t got; length < capacity - 1 && (got = read(fd, out + length, capacity - 1 - length)) > 0;)
        length += (size_t)got;
    close(fd);
    out[length] = '\0';
    return length > 0;
}

bool weft_proc_find(const char *text, const char *key, int64_t *out) {
    size_t length = strlen(key);
    for (const char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (strncmp(line, key, length) != 0) continue;
        char *end;
        *out = strtoll(line + length, &end, 10);
        return end != line + length;
    }
    return false;
}

bool weft_proc_read_number(const char *root, const char *path, int64_t *out) {
    char text[64], *end;
    if (!weft_proc_read(root, path, text, sizeof text)) return false;
    *out = strtoll(text, &end, 10);
    return end != text;
}

bool weft_proc_read_limit(const char *root, const char *path, int64_t *out) {
    char text[64], *end;
    if (!weft_proc_read(root, path, text, sizeof text)) return false;
    *out = strtoll(text, &end, 10);
    if (end == text && strncmp(text, "max", 3) != 0) return false;
    if (end == text || *out >= WEFT_PROC_NO_LIMIT || *out < 0) *out = 0;
    return true;
}
