/* Which process this is, so that a number that the system gives out again is not taken for it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_PROCESS_IDENTITY_H
#define WEFT_CORE_PROCESS_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

typedef struct weft_process_identity {
    int64_t pid;
    int64_t start_ticks; /* since the machine started; 0: not known */
    char boot_id[40];    /* of the machine's start; "" : not known */
    char host[256];
} weft_process_identity;

/* This process's. */
void weft_process_identity_read(weft_process_identity *out);

/* Whether it is this machine, since the same start, and the process is there: not one that has ended, and that nobody
 * has waited for yet. False also where that cannot be told. */
bool weft_process_identity_is_alive(const weft_process_identity *identity);

#endif
