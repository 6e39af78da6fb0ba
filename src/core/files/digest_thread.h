/* A digest that is brought up to date by a thread of its own, while its owner writes the same bytes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_DIGEST_THREAD_H
#define WEFT_CORE_DIGEST_THREAD_H

#include "core/files/digest.h"

typedef struct weft_digest_thread weft_digest_thread;

/* Takes over `digest`, also on failure. Errors: WEFT_ERR_MEMORY (also: no thread can be made), WEFT_ERR_INTERNAL. */
weft_status weft_digest_thread_new(weft_digest_thread **out, weft_digest *digest, weft_error *err);
/* NULL is fine. Nothing may be under way. */
void weft_digest_thread_free(weft_digest_thread *self);

/* Has the thread add `length` bytes, which stay as they are until weft_digest_thread_wait(). What is short is added at
 * once. One thread calls; nothing may be under way. */
void weft_digest_thread_start(weft_digest_thread *self, const void *bytes, size_t length);
/* Returns when they are added. Errors: those of weft_digest_add(). */
weft_status weft_digest_thread_wait(weft_digest_thread *self, weft_error *err);

/* The digest, when nothing is under way. */
const weft_digest *weft_digest_thread_digest(const weft_digest_thread *self);

/* The same, for its owner to add to itself, while nothing is under way. */
weft_digest *weft_digest_thread_own(weft_digest_thread *self);

#endif
