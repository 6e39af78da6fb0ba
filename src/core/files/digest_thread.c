/* SPDX-License-Identifier: MIT
 *
 * One job at a time, handed over under a lock. Bytes that are added in less time than a thread takes to wake up are
 * added by the caller. */
#include "core/files/digest_thread.h"

#include <pthread.h>
#include <stdlib.h>

#define SHORT_BYTES 16384 /* 10 us of SHA-256 */

struct weft_digest_thread {
    weft_digest *digest;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t id;
    bool started;
    const void *bytes; /* under way; NULL: nothing is */
    size_t length;
    bool closing;
    weft_error error; /* of what was added since the last wait */
};

static void *work(void *argument) {
    weft_digest_thread *self = argument;
    pthread_mutex_lock(&self->lock);
    for (;;) {
        while (self->bytes == NULL && !self->closing)
            pthread_cond_wait(&self->changed, &self->lock);
        if (self->bytes == NULL) break;
        pthread_mutex_unlock(&self->lock);
        (void)weft_digest_add(self->digest, self->bytes, self->length, &self->error);
        pthread_mutex_lock(&self->lock);
        self->bytes = NULL;
        pthread_cond_broadcast(&self->changed);
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

weft_status weft_digest_thread_new(weft_digest_thread **out, weft_digest *digest, weft_error *err) {
    weft_digest_thread *self = calloc(1, sizeof *self);
    *out = NULL;
    if (self == NULL) {
        weft_digest_free(digest);
        return weft_error_no_memory(err, "a checksum");
    }
    self->digest = digest;
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->changed, NULL);
    int failure = pthread_create(&self->id, NULL, work, self);
    self->started = failure == 0;
    if (!self->started) {
        weft_digest_thread_free(self);
        return weft_error_set_no_thread(err, failure, "checksum");
    }
    *out = self;
    return WEFT_OK;
}

void weft_digest_thread_free(weft_digest_thread *self) {
    if (self == NULL) return;
    if (self->started) {
        pthread_mutex_lock(&self->lock);
        self->closing = true;
        pthread_cond_broadcast(&self->changed);
        pthread_mutex_unlock(&self->lock);
        pthread_join(self->id, NULL);
    }
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->lock);
    weft_digest_free(self->digest);
    free(self);
}

void weft_digest_thread_start(weft_digest_thread *self, const void *bytes, size_t length) {
    if (length < SHORT_BYTES) {
        (void)weft_digest_add(self->digest, bytes, length, &self->error);
        return;
    }
    pthread_mutex_lock(&self->lock);
    self->bytes = bytes;
    self->length = length;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

weft_status weft_digest_thread_wait(weft_digest_thread *self, weft_error *err) {
    pthread_mutex_lock(&self->lock);
    while (self->bytes != NULL)
        pthread_cond_wait(&self->changed, &self->lock);
    pthread_mutex_unlock(&self->lock);
    weft_status status = self->error.status;
    if (status != WEFT_OK && err != NULL) *err = self->error;
    self->error = (weft_error){0};
    return status;
}

const weft_digest *weft_digest_thread_digest(const weft_digest_thread *self) {
    return self->digest;
}

weft_digest *weft_digest_thread_own(weft_digest_thread *self) {
    return self->digest;
}
