/* SPDX-License-Identifier: MIT */
#include "server/answer_cache.h"

#include "core/clock.h"

#include <stdio.h>
#include <string.h>

/* False: it is too long to be kept. */
static bool write_key(const weft_request *request, char out[WEFT_CACHED_KEY]) {
    int length = snprintf(out, WEFT_CACHED_KEY, "%s", request->path);
    for (int i = 0; i < request->parameter_count && length >= 0 && length < WEFT_CACHED_KEY; i++)
        length += snprintf(out + length, (size_t)(WEFT_CACHED_KEY - length), "\n%s\t%s", request->parameters[i].name,
                           request->parameters[i].value);
    return length >= 0 && length < WEFT_CACHED_KEY;
}

static void copy(weft_answer *to, const weft_answer *from) {
    *to = *from;
    to->body = (weft_text){0};
    if (from->body.length > 0) weft_text_add_bytes(&to->body, from->body.data, from->body.length);
}

bool weft_answer_cache_find(weft_answer_cache *cache, const weft_request *request, weft_answer *out) {
    char key[WEFT_CACHED_KEY];
    int64_t oldest_ns = weft_clock_monotonic_ns() - WEFT_CACHED_MS * INT64_C(1000000);
    if (!write_key(request, key)) return false;
    for (int i = 0; i < WEFT_CACHED_ANSWERS; i++) {
        if (cache->entries[i].made_ns < oldest_ns || strcmp(cache->entries[i].key, key) != 0) continue;
        copy(out, &cache->entries[i].answer);
        return true;
    }
    return false;
}

void weft_answer_cache_keep(weft_answer_cache *cache, const weft_request *request, const weft_answer *answer) {
    char key[WEFT_CACHED_KEY];
    int at = 0;
    if (answer->body.failed || answer->body.length > WEFT_CACHED_BYTES || !write_key(request, key)) return;
    for (int i = 1; i < WEFT_CACHED_ANSWERS; i++)
        if (cache->entries[i].made_ns < cache->entries[at].made_ns) at = i;
    weft_text_dispose(&cache->entries[at].answer.body);
    copy(&cache->entries[at].answer, answer);
    cache->entries[at].made_ns = cache->entries[at].answer.body.failed ? 0 : weft_clock_monotonic_ns();
    memcpy(cache->entries[at].key, key, sizeof key);
}

void weft_answer_cache_dispose(weft_answer_cache *cache) {
    for (int i = 0; i < WEFT_CACHED_ANSWERS; i++)
        weft_text_dispose(&cache->entries[i].answer.body);
    *cache = (weft_answer_cache){0};
}
