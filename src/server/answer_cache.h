/* Answers that were just given, for others who ask the same: eight pages that look once a second at one run cost the
 * run what one does.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_SERVER_ANSWER_CACHE_H
#define WEFT_SERVER_ANSWER_CACHE_H

#include "server/answer.h"

#include <stdint.h>

#define WEFT_CACHED_ANSWERS 16
#define WEFT_CACHED_BYTES   (160 << 10) /* of one; larger ones are made anew each time */
#define WEFT_CACHED_MS      500
#define WEFT_CACHED_KEY     300

/* Zero-initialised is empty. One thread. */
typedef struct weft_answer_cache {
    struct {
        char key[WEFT_CACHED_KEY];
        weft_answer answer;
        int64_t made_ns;
    } entries[WEFT_CACHED_ANSWERS];
} weft_answer_cache;

/* Fills `out` with a copy of the answer to the same request, if it is not too old. */
bool weft_answer_cache_find(weft_answer_cache *cache, const weft_request *request, weft_answer *out);
/* Keeps a copy. */
void weft_answer_cache_keep(weft_answer_cache *cache, const weft_request *request, const weft_answer *answer);
void weft_answer_cache_dispose(weft_answer_cache *cache);

#endif
