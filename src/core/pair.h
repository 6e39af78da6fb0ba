/* A key and its value, as text.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_PAIR_H
#define WEFT_CORE_PAIR_H

typedef struct weft_pair {
    const char *key, *value;
} weft_pair;

#endif
