/* Numbers that look random and are the same on every machine and each time: splitmix64 (Steele and others 2014).
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_SPLITMIX_H
#define WEFT_TESTS_SUPPORT_SPLITMIX_H

#include <stdint.h>

/* Mixes 64 bits: near numbers give ones that are far apart. */
static inline uint64_t splitmix(uint64_t x) {
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* The next number of the row that a seed begins. */
static inline uint64_t splitmix_next(uint64_t *seed) {
    *seed += UINT64_C(0x9e3779b97f4a7c15);
    return splitmix(*seed);
}

/* One from low to high, both of them too. */
static inline int64_t splitmix_whole(uint64_t *seed, int64_t low, int64_t high) {
    return low + (int64_t)(splitmix_next(seed) % (uint64_t)(high - low + 1));
}

/* One from low on, under high. */
static inline double splitmix_real(uint64_t *seed, double low, double high) {
    return low + (high - low) * (double)(splitmix_next(seed) >> 11) / 9007199254740992.0; /* 2^53 */
}

#endif
