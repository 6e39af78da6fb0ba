/* SPDX-License-Identifier: MIT
 *
 * Each piece stands after the place where the one before it is noted. */
#include "core/memory/keep.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct weft_kept {
    weft_kept *before;
    max_align_t bytes[];
};

void *weft_keep_new(weft_keep *keep, size_t count, size_t size) {
    if (size > 0 && count > (SIZE_MAX - sizeof(weft_kept)) / size) return NULL;
    weft_kept *kept = calloc(1, sizeof *kept + count * size);
    if (kept == NULL) return NULL;
    kept->before = keep->last;
    keep->last = kept;
    return kept->bytes;
}

char *weft_keep_text(weft_keep *keep, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *out = length < 0 ? NULL : weft_keep_new(keep, (size_t)length + 1, 1);
    if (out != NULL) (void)vsnprintf(out, (size_t)length + 1, format, again);
    va_end(again);
    va_end(args);
    return out;
}

void weft_keep_dispose(weft_keep *keep) {
    while (keep->last != NULL) {
        weft_kept *kept = keep->last;
        keep->last = kept->before;
        free(kept);
    }
}
