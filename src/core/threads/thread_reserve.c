/* SPDX-License-Identifier: MIT */
#include "core/threads/thread_reserve.h"

#include <pthread.h>
#include <stdlib.h>

struct weft_thread_reserve {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int waiting; /* of ids, the first so many; the others end */
    int count;   /* that are not joined */
    pthread_t ids[];
};

typedef struct place {
    weft_thread_reserve *reserve;
    int number;
} place;

static void *wait_here(void *argument) {
    place own = *(place *)argument;
    free(argument);
    pthread_mutex_lock(&own.reserve->lock);
    while (own.number < own.reserve->waiting)
        pthread_cond_wait(&own.reserve->changed, &own.reserve->lock);
    pthread_mutex_unlock(&own.reserve->lock);
    return NULL;
}

static bool start_one(weft_thread_reserve *reserve) {
    place *own = malloc(sizeof *own);
    if (own == NULL) return false;
    *own = (place){reserve, reserve->count};
    if (pthread_create(&reserve->ids[reserve->count], NULL, wait_here, own) != 0) {
        free(own);
        return false;
    }
    reserve->count++;
    return true;
}

weft_thread_reserve *weft_thread_reserve_new(int count) {
    weft_thread_reserve *reserve = calloc(1, sizeof *reserve + (size_t)count * sizeof *reserve->ids);
    if (reserve == NULL) return NULL;
    pthread_mutex_init(&reserve->lock, NULL);
    pthread_cond_init(&reserve->changed, NULL);
    reserve->waiting = count;
    while (reserve->count < count) {
        if (start_one(reserve)) continue;
        weft_thread_reserve_free(reserve);
        return NULL;
    }
    return reserve;
}

void weft_thread_reserve_let_go(weft_thread_reserve *reserve) {
    if (reserve->count == 0) return;
    pthread_mutex_lock(&reserve->lock);
    reserve->waiting = --reserve->count;
    pthread_cond_broadcast(&reserve->changed);
    pthread_mutex_unlock(&reserve->lock);
    pthread_join(reserve->ids[reserve->count], NULL);
}

void weft_thread_reserve_free(weft_thread_reserve *reserve) {
    if (reserve == NULL) return;
    while (reserve->count > 0)
        weft_thread_reserve_let_go(reserve);
    pthread_cond_destroy(&reserve->changed);
    pthread_mutex_destroy(&reserve->lock);
    free(reserve);
}
