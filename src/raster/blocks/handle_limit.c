/* SPDX-License-Identifier: MIT
 *
 * A short list of the sources with open handles, the one used last at its end. Handles are closed, and the ledger is
 * asked, without the lock. */
#include "raster/blocks/handle_limit.h"

#include "core/threads/activity.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>

#define MAX_HANDLES   1024 /* that may be open at once, whatever is asked for */
#define USUAL_HANDLES 64   /* until weft_handle_limit_allow() is called */
#define MIN_HANDLES   4
#define MAX_SHAPES    64 /* kinds of file whose decoders are measured; those of further kinds take what is assumed */

/* A source with open handles. A handle is warm from its first decode until it is closed: its library holds memory. */
typedef struct holder {
    const weft_handle_owner *owner;
    int64_t handles;  /* open, as its pool says */
    int64_t decoding; /* of these, in use by a decoder; all of them are warm */
    int64_t warm;     /* decoding or idle */
    int64_t booked;   /* bytes in the ledger for the warm ones */
} holder;

typedef struct measured_shape {
    uint64_t shape;
    int64_t bytes;
} measured_shape;

struct weft_handle_limit {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a decoder has ended, or handles were closed */
    int64_t allowed;        /* open handles of all sources together */
    int count;
    holder holders[MAX_HANDLES + 1]; /* the one used last is the last */
    weft_ledger *ledger;             /* NULL: nothing is booked */
    weft_resident_fn resident;       /* NULL: nothing is measured */
    int64_t share;                   /* bytes that the plan gave to all decoders */
    int64_t booked;                  /* bytes for all holders, and for threads that are inside book() */
    int64_t decoding;                /* threads that decode, or are inside book() */
    int closing;                     /* threads that close handles now */
    int waiting_to_measure;          /* threads that wait until nobody else decodes */
    int64_t given_back;              /* how often handles gave back what was booked for them */
    measured_shape shapes[MAX_SHAPES];
    int shape_count;
    /* While one thread decodes alone, so that its memory can be measured: what was resident, the peak of that, and the
     * bytes used in the ledger, before it began. */
    bool measuring;
    int64_t resident_before, peak_before, used_before;
};

weft_status weft_handle_limit_new(weft_handle_limit **out, weft_error *err) {
    weft_handle_limit *limit = calloc(1, sizeof *limit);
    *out = NULL;
    if (limit == NULL) return weft_error_no_memory(err, "a list of open files");
    if (pthread_mutex_init(&limit->lock, NULL) != 0) {
        free(limit);
        return weft_error_no_memory(err, "a list of open files");
    }
    if (pthread_cond_init(&limit->changed, NULL) != 0) {
        pthread_mutex_destroy(&limit->lock);
        free(limit);
        return weft_error_no_memory(err, "a list of open files");
    }
    limit->share = INT64_MAX;
    weft_handle_limit_allow(limit, USUAL_HANDLES);
    *out = limit;
    return WEFT_OK;
}

void weft_handle_limit_allow(weft_handle_limit *limit, int64_t handles) {
    struct rlimit files;
    int64_t allowed = handles < MAX_HANDLES ? handles : MAX_HANDLES;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur / 4 < (rlim_t)MAX_HANDLES &&
        (int64_t)files.rlim_cur / 4 < allowed)
        allowed = (int64_t)files.rlim_cur / 4;
    pthread_mutex_lock(&limit->lock);
    limit->allowed = allowed < MIN_HANDLES ? MIN_HANDLES : allowed;
    pthread_mutex_unlock(&limit->lock);
}

void weft_handle_limit_share(weft_handle_limit *limit, weft_ledger *ledger, int64_t bytes, weft_resident_fn resident) {
    limit->ledger = ledger;
    limit->share = bytes;
    limit->resident = resident;
}

void weft_handle_limit_free(weft_handle_limit *limit) {
    if (limit == NULL) return;
    pthread_cond_destroy(&limit->changed);
    pthread_mutex_destroy(&limit->lock);
    free(limit);
}

/* --- holders; the lock is held --- */

static holder *find(weft_handle_limit *limit, const weft_handle_owner *owner) {
    for (int i = 0; i < limit->count; i++)
        if (limit->holders[i].owner == owner) return &limit->holders[i];
    return NULL;
}

static void remove_holder(weft_handle_limit *limit, holder *at) {
    limit->count--;
    for (; at < limit->holders + limit->count; at++)
        at[0] = at[1];
}

static int64_t all_handles(const weft_handle_limit *limit) {
    int64_t handles = 0;
    for (int i = 0; i < limit->count; i++)
        handles += limit->holders[i].handles;
    return handles;
}

static void give_back(weft_handle_limit *limit, int64_t bytes) {
    limit->booked -= bytes;
    limit->given_back++;
    if (limit->ledger != NULL && bytes > 0) weft_ledger_release(limit->ledger, WEFT_TAG_DECODER, bytes);
}

/* Closes the idle handles of a holder, then releases what was booked for them. The lock is unlocked while they close. A
 * holder with nothing in use is removed. */
static void close_handles(weft_handle_limit *limit, holder *at) {
    const weft_handle_owner *owner = at->owner;
    int64_t bytes = at->warm > 0 ? at->booked / at->warm * (at->warm - at->decoding) : 0;
    at->booked -= bytes;
    at->warm = at->handles = at->decoding;
    if (at->decoding == 0) {
        bytes += at->booked;
        remove_holder(limit, at);
    }
    limit->closing++;
    pthread_mutex_unlock(&limit->lock);
    weft_object_pool_free_idle(owner->handles);
    pthread_mutex_lock(&limit->lock);
    limit->closing--;
    give_back(limit, bytes);
    pthread_cond_broadcast(&limit->changed);
}

/* Closes the idle handles of the source that was used longest ago. warm: of those with idle handles that are warm, to get
 * memory back; else of those with no handle in use. False: there is none. */
static bool close_oldest(weft_handle_limit *limit, bool warm) {
    for (int i = 0; i < limit->count; i++) {
        holder *at = &limit->holders[i];
        if (warm ? at->warm <= at->decoding : at->decoding > 0) continue;
        close_handles(limit, at);
        return true;
    }
    return false;
}

/* Finds or makes the source's holder, and moves it to the end of the list, as the one used last. */
static holder *use(weft_handle_limit *limit, const weft_handle_owner *owner) {
    holder *at = find(limit, owner), out = {.owner = owner};
    if (at != NULL) {
        out = *at;
        remove_holder(limit, at);
    }
    while (limit->count >= MAX_HANDLES && close_oldest(limit, false)) {
    }
    limit->holders[limit->count] = out;
    return &limit->holders[limit->count++];
}

void weft_handle_limit_remove(weft_handle_limit *limit, const weft_handle_owner *owner) {
    pthread_mutex_lock(&limit->lock);
    holder *at = find(limit, owner);
    if (at != NULL) {
        give_back(limit, at->booked);
        remove_holder(limit, at);
    }
    pthread_mutex_unlock(&limit->lock);
}

/* Notes how many handles are open, and closes others when all are too many. */
static void count_handles(weft_handle_limit *limit, const weft_handle_owner *owner) {
    weft_pool_stats stats;
    weft_object_pool_read_stats(owner->handles, &stats);
    int64_t open = owner->open_files != NULL ? atomic_load(owner->open_files) : stats.available + stats.in_use;
    use(limit, owner)->handles = open;
    while (all_handles(limit) > limit->allowed && limit->holders[0].owner != owner && close_oldest(limit, false)) {
    }
}

void weft_handle_limit_opened(weft_handle_limit *limit, const weft_handle_owner *owner) {
    pthread_mutex_lock(&limit->lock);
    count_handles(limit, owner);
    pthread_mutex_unlock(&limit->lock);
}

void weft_handle_limit_close_idle(weft_handle_limit *limit, const weft_handle_owner *owner) {
    pthread_mutex_lock(&limit->lock);
    holder *at = find(limit, owner);
    if (at != NULL) close_handles(limit, at);
    pthread_mutex_unlock(&limit->lock);
}

/* --- decoders; the lock is held --- */

static measured_shape *find_shape(weft_handle_limit *limit, uint64_t shape) {
    for (int i = 0; i < limit->shape_count; i++)
        if (limit->shapes[i].shape == shape) return &limit->shapes[i];
    return NULL;
}

static int64_t cost_of(weft_handle_limit *limit, const weft_handle_owner *owner) {
    const weft_codec_cost *codec = owner->codec;
    const measured_shape *known = find_shape(limit, codec->shape);
    return known != NULL && known->bytes > codec->bytes ? known->bytes : codec->bytes;
}

static int64_t ledger_used(const weft_handle_limit *limit) {
    return limit->ledger == NULL ? 0 : weft_ledger_used_bytes(limit->ledger);
}

/* Bytes of all warm handles, were they booked with what the plan assumed for them; and of threads that are inside book(). */
static int64_t planned_bytes(const weft_handle_limit *limit) {
    int64_t bytes = limit->booked;
    for (int i = 0; i < limit->count; i++) {
        const holder *at = &limit->holders[i];
        bytes += at->warm * at->owner->codec->bytes - at->booked;
    }
    return bytes;
}

/* Whether one more decoder of the source, of `bytes`, fits into the share that the plan gave to all decoders. A measured
 * cost may be more than the planned one, and may include what other threads touched meanwhile. So a decoder whose planned
 * cost fits passes as well, as long as a quarter of the ledger stays free. */
static bool fits(const weft_handle_limit *limit, const weft_handle_owner *owner, int64_t bytes) {
    if (bytes <= limit->share - limit->booked) return true;
    if (limit->ledger == NULL || owner->codec->bytes > limit->share - planned_bytes(limit)) return false;
    int64_t available = weft_ledger_available_bytes(limit->ledger);
    return available - bytes >= (available + weft_ledger_used_bytes(limit->ledger)) / 4;
}

/* Books memory for one more decoder. The lock is unlocked while the ledger is asked; the thread counts as decoding
 * meanwhile. alone: nobody else decodes, so the ledger may make others give memory back; else only free memory is taken. */
static weft_status book(weft_handle_limit *limit, int64_t bytes, bool alone, weft_error *err) {
    weft_status status = WEFT_OK;
    limit->booked += bytes;
    limit->decoding++;
    pthread_mutex_unlock(&limit->lock);
    if (limit->ledger != NULL && !alone && weft_ledger_available_bytes(limit->ledger) < bytes)
        status = WEFT_ERR_MEMORY;
    else if (limit->ledger != NULL)
        status = weft_ledger_reserve(limit->ledger, WEFT_TAG_DECODER, bytes, err);
    pthread_mutex_lock(&limit->lock);
    limit->decoding--;
    if (status != WEFT_OK) limit->booked -= bytes;
    pthread_cond_broadcast(&limit->changed);
    return status;
}

static bool is_to_be_measured(weft_handle_limit *limit, const weft_handle_owner *owner) {
    return limit->resident != NULL && limit->shape_count < MAX_SHAPES && find_shape(limit, owner->codec->shape) == NULL;
}

/* A decoder that is to be measured waits until nobody else decodes. All others wait while one is being measured or waits to
 * be measured. Waits once at most: the caller looks again. False: there was nothing to wait for. */
static bool wait_for_measuring(weft_handle_limit *limit, const weft_handle_owner *owner) {
    bool alone = is_to_be_measured(limit, owner);
    if (!limit->measuring && (alone ? limit->decoding == 0 : limit->waiting_to_measure == 0)) return false;
    limit->waiting_to_measure += alone;
    pthread_cond_wait(&limit->changed, &limit->lock);
    limit->waiting_to_measure -= alone;
    return true;
}

/* Waits until another decoder gives back what it took. This time is counted as waiting for memory. */
static void wait_for_room(weft_handle_limit *limit) {
    weft_activity_inner waiting = weft_activity_enter_inner(WEFT_OPERATION_WAIT_FOR_MEMORY);
    pthread_cond_wait(&limit->changed, &limit->lock);
    weft_activity_leave_inner(waiting);
}

/* Books memory for a decoder of the source, unless an idle handle of it is warm already. As long as that is refused, idle
 * handles are closed, and then the thread waits for other decoders. A thread that is alone has nobody to wait for: it asks
 * the ledger for all that there is, and fails when that is refused. But the lock is unlocked in book(): if another thread
 * came meanwhile, or memory was given back, this one tries again. */
static weft_status make_room(weft_handle_limit *limit, const weft_handle_owner *owner, weft_error *err) {
    for (;;) {
        if (wait_for_measuring(limit, owner)) continue;
        const holder *own = use(limit, owner);
        if (own->decoding < own->warm) return WEFT_OK;
        int64_t bytes = cost_of(limit, owner);
        bool alone = limit->decoding == 0 && limit->closing == 0, is_room = fits(limit, owner, bytes);
        int64_t given_back = limit->given_back;
        weft_status status = WEFT_ERR_MEMORY;
        if (!is_room && close_oldest(limit, true)) continue;
        if (is_room || alone) status = book(limit, bytes, alone, err);
        if (status == WEFT_OK) {
            holder *at = use(limit, owner);
            at->warm++; /* the next round of the loop finds decoding < warm */
            at->booked += bytes;
        } else if (!close_oldest(limit, true)) {
            bool others = limit->decoding > 0 || limit->closing > 0;
            if (alone && !others && limit->given_back == given_back) return status;
            if (others) wait_for_room(limit);
        }
    }
}

/* The decode took the new peak of resident memory, less what was resident before it, less what other threads booked
 * meanwhile and may have begun to use. Without a new peak nothing is known: 0 bytes are noted, and the plan's cost stays. */
static void end_measuring(weft_handle_limit *limit, const weft_handle_owner *owner) {
    const weft_codec_cost *codec = owner->codec;
    int64_t now, peak, bytes = 0;
    limit->measuring = false;
    if (limit->resident(&now, &peak) && peak > limit->peak_before)
        bytes = peak - limit->resident_before - (ledger_used(limit) - limit->used_before);
    limit->shapes[limit->shape_count++] = (measured_shape){codec->shape, bytes};
}

weft_status weft_handle_limit_enter(weft_handle_limit *limit, const weft_handle_owner *owner, weft_error *err) {
    pthread_mutex_lock(&limit->lock);
    weft_status status = make_room(limit, owner, err);
    if (status == WEFT_OK) {
        find(limit, owner)->decoding++;
        if (is_to_be_measured(limit, owner) && limit->decoding == 0) {
            limit->used_before = ledger_used(limit);
            limit->measuring = limit->resident(&limit->resident_before, &limit->peak_before);
        }
        limit->decoding++;
    }
    pthread_mutex_unlock(&limit->lock);
    return status;
}

void weft_handle_limit_leave(weft_handle_limit *limit, const weft_handle_owner *owner, bool closed) {
    pthread_mutex_lock(&limit->lock);
    holder *at = find(limit, owner);
    if (limit->measuring) end_measuring(limit, owner);
    limit->decoding--;
    at->decoding--;
    if (closed && at->warm > 0) {
        int64_t bytes = at->booked / at->warm;
        at->booked -= bytes;
        at->warm--;
        give_back(limit, bytes);
    }
    pthread_cond_broadcast(&limit->changed);
    count_handles(limit, owner);
    pthread_mutex_unlock(&limit->lock);
}
