/* SPDX-License-Identifier: MIT
 *
 * A short list of the sources with open handles, the one used last at its end. Handles are closed without the lock. */
#include "raster/handle_limit.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>

#define MOST    1024
#define USUALLY 64
#define FEWEST  4

typedef struct holder {
    weft_source *source;
    int64_t handles;
} holder;

struct weft_handle_limit {
    pthread_mutex_t lock;
    int64_t allowed;
    int count;
    holder holders[MOST + 1]; /* each has a handle at least */
};

weft_status weft_handle_limit_new(weft_handle_limit **out, weft_error *err) {
    weft_handle_limit *limit = calloc(1, sizeof *limit);
    *out = NULL;
    if (limit == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for a list of open files");
    if (pthread_mutex_init(&limit->lock, NULL) != 0) {
        free(limit);
        return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for a list of open files");
    }
    weft_handle_limit_allow(limit, USUALLY);
    *out = limit;
    return WEFT_OK;
}

void weft_handle_limit_allow(weft_handle_limit *limit, int64_t handles) {
    struct rlimit files;
    int64_t allowed = handles < MOST ? handles : MOST;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur / 4 < (rlim_t)MOST &&
        (int64_t)files.rlim_cur / 4 < allowed)
        allowed = (int64_t)files.rlim_cur / 4;
    pthread_mutex_lock(&limit->lock);
    limit->allowed = allowed < FEWEST ? FEWEST : allowed;
    pthread_mutex_unlock(&limit->lock);
}

void weft_handle_limit_free(weft_handle_limit *limit) {
    if (limit == NULL) return;
    pthread_mutex_destroy(&limit->lock);
    free(limit);
}

static void remove_at(weft_handle_limit *limit, int at) {
    limit->count--;
    for (; at < limit->count; at++)
        limit->holders[at] = limit->holders[at + 1];
}

void weft_handle_limit_forget(weft_handle_limit *limit, const weft_source *source) {
    pthread_mutex_lock(&limit->lock);
    for (int i = 0; i < limit->count; i++)
        if (limit->holders[i].source == source) remove_at(limit, i);
    pthread_mutex_unlock(&limit->lock);
}

static int64_t all_handles(const weft_handle_limit *limit) {
    int64_t handles = 0;
    for (int i = 0; i < limit->count; i++)
        handles += limit->holders[i].handles;
    return handles;
}

void weft_handle_limit_used(weft_handle_limit *limit, weft_source *source) {
    weft_pool_stats stats;
    weft_source *closing[MOST + 1];
    int count = 0;
    weft_source_pool_stats(source, &stats);
    int64_t handles = stats.available + stats.in_use;
    if (handles == 0) return;
    pthread_mutex_lock(&limit->lock);
    for (int i = 0; i < limit->count; i++)
        if (limit->holders[i].source == source) remove_at(limit, i);
    while (limit->count > 0 && all_handles(limit) + handles > limit->allowed) {
        closing[count++] = limit->holders[0].source;
        remove_at(limit, 0);
    }
    limit->holders[limit->count++] = (holder){source, handles};
    pthread_mutex_unlock(&limit->lock);
    for (int i = 0; i < count; i++)
        weft_source_close_idle(closing[i]);
}
