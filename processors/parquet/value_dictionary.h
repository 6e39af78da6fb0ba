/* The distinct values of a column, numbered in the order in which they first appear: what dictionary encoding needs.
 *
 * Values are told apart by their bits. Open addressing in memory that the caller gives; nothing is allocated.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_VALUE_DICTIONARY_H
#define WEFT_PROCESSORS_VALUE_DICTIONARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A dictionary never holds more. */
#define WEFT_DICTIONARY_MAX 16384

/* Made by weft_value_dictionary_place(). One thread. */
typedef struct weft_value_dictionary {
    uint32_t *slots;  /* 1 + the number of the value, or 0 */
    uint64_t *values; /* by number; values of 32 bits fill the lower half */
    int64_t count;
} weft_value_dictionary;

/* Bytes that a dictionary takes. */
size_t weft_value_dictionary_bytes(void);

/* A dictionary in `memory`, weft_value_dictionary_bytes() of it, aligned for 64 bits. */
weft_value_dictionary weft_value_dictionary_place(void *memory);

/* Empties the dictionary, then numbers the values: indices[i] is the number of values[i]. False as soon as there are
 * more than `limit` distinct ones, limit <= WEFT_DICTIONARY_MAX; the indices are then worth nothing. */
bool weft_value_dictionary_index_32(weft_value_dictionary *dictionary, const uint32_t *values, int64_t count,
                                    int64_t limit, uint32_t *indices);
bool weft_value_dictionary_index_64(weft_value_dictionary *dictionary, const uint64_t *values, int64_t count,
                                    int64_t limit, uint32_t *indices);
/* The same of texts of `width` bytes each, filled up with NUL, told apart by their bytes; values are their addresses.
 */
bool weft_value_dictionary_index_texts(weft_value_dictionary *dictionary, const uint64_t *texts, size_t width,
                                       int64_t count, int64_t limit, uint32_t *indices);

#endif
