/* What may be resident beside the ledger a second after a critical alert.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_MEMORY_BOUND_H
#define WEFT_TESTS_SUPPORT_MEMORY_BOUND_H

/* MiB of anonymous memory over the ledger and a tenth of it. 16 is for what libraries hold with one worker; each other
 * one has a stack and contexts of PROJ's that live as long as its thread: 1.4, which nobody can give back. */
static inline double memory_bound_mib(int threads) {
    return 16 + 1.4 * (threads - 1);
}

#endif
