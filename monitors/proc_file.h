/* Between the files of this folder only: small files of numbers, as /proc and cgroups have them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_PROC_FILE_H
#define WEFT_MONITORS_PROC_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEFT_PROC_NO_LIMIT (INT64_C(1) << 60)

/* Reads `root` + `path`, cut at `capacity` - 1 bytes, NUL-terminated. False: it cannot be read. */
bool weft_proc_read(const char *root, const char *path, char *out, size_t capacity);

/* The number after `key` at the start of a line ("VmRSS:   123 kB" gives 123 for "VmRSS:"). False: no such line. */
bool weft_proc_find(const char *text, const char *key, int64_t *out);

/* One number, or "max" and what is as good as no limit (WEFT_PROC_NO_LIMIT and more), which is 0. */
bool weft_proc_read_limit(const char *root, const char *path, int64_t *out);
bool weft_proc_read_number(const char *root, const char *path, int64_t *out);

#endif
