/* SPDX-License-Identifier: MIT
 *
 * Linear probing at a load of at most one half. The value before is tried first: rasters are full of runs. */
#include "processors/parquet/value_dictionary.h"

#include "core/multiversion.h"

#include <string.h>

#define SLOT_BITS 15
#define SLOTS     (1u << SLOT_BITS)

_Static_assert(SLOTS >= 2 * WEFT_DICTIONARY_MAX, "half of the slots stay empty");

size_t weft_value_dictionary_bytes(void) {
    return WEFT_DICTIONARY_MAX * sizeof(uint64_t) + SLOTS * sizeof(uint32_t);
}

weft_value_dictionary weft_value_dictionary_place(void *memory) {
    uint64_t *values = memory;
    return (weft_value_dictionary){.values = values, .slots = (uint32_t *)(values + WEFT_DICTIONARY_MAX)};
}

/* Multiplicative hashing (Knuth, TAOCP 3, 6.4) by 2^64 over the golden ratio. */
static inline uint32_t slot_of(uint64_t value) {
    return (uint32_t)((value * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - SLOT_BITS));
}

/* The value's number, which is the next one if it is new; -1 when it is new and there is no room. */
static inline int64_t number_of(weft_value_dictionary *dictionary, uint64_t value, int64_t limit) {
    uint32_t at = slot_of(value);
    for (; dictionary->slots[at] != 0; at = (at + 1) & (SLOTS - 1))
        if (dictionary->values[dictionary->slots[at] - 1] == value) return dictionary->slots[at] - 1;
    if (dictionary->count == limit) return -1;
    dictionary->values[dictionary->count] = value;
    dictionary->slots[at] = (uint32_t)++dictionary->count;
    return dictionary->count - 1;
}

static void empty(weft_value_dictionary *dictionary) {
    dictionary->count = 0;
    memset(dictionary->slots, 0, SLOTS * sizeof *dictionary->slots);
}

/* Of values of 4 bytes or of 8; inlined, so that each width has a loop of its own. */
WEFT_INLINE bool index_values(weft_value_dictionary *dictionary, const void *values, size_t width, int64_t count,
                              int64_t limit, uint32_t *indices) {
    uint64_t before = 0;
    int64_t number = 0;
    empty(dictionary);
    for (int64_t i = 0; i < count; i++) {
        uint64_t value = width == 4 ? ((const uint32_t *)values)[i] : ((const uint64_t *)values)[i];
        if (i == 0 || value != before) number = number_of(dictionary, value, limit);
        if (number < 0) return false;
        indices[i] = (uint32_t)number;
        before = value;
    }
    return true;
}

bool weft_value_dictionary_index_32(weft_value_dictionary *dictionary, const uint32_t *values, int64_t count,
                                    int64_t limit, uint32_t *indices) {
    return index_values(dictionary, values, sizeof *values, count, limit, indices);
}

bool weft_value_dictionary_index_64(weft_value_dictionary *dictionary, const uint64_t *values, int64_t count,
                                    int64_t limit, uint32_t *indices) {
    return index_values(dictionary, values, sizeof *values, count, limit, indices);
}

/* FNV-1a (Fowler, Noll and Vo), up to the first NUL. */
static uint64_t hash_of(const char *text, size_t width) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < width && text[i] != '\0'; i++)
        hash = (hash ^ (uint8_t)text[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static const char *text_at(uint64_t address) {
    return (const char *)(uintptr_t)address;
}

static int64_t number_of_text(weft_value_dictionary *dictionary, uint64_t text, size_t width, int64_t limit) {
    uint32_t at = slot_of(hash_of(text_at(text), width));
    for (; dictionary->slots[at] != 0; at = (at + 1) & (SLOTS - 1))
        if (memcmp(text_at(dictionary->values[dictionary->slots[at] - 1]), text_at(text), width) == 0)
            return dictionary->slots[at] - 1;
    if (dictionary->count == limit) return -1;
    dictionary->values[dictionary->count] = text;
    dictionary->slots[at] = (uint32_t)++dictionary->count;
    return dictionary->count - 1;
}

bool weft_value_dictionary_index_texts(weft_value_dictionary *dictionary, const uint64_t *texts, size_t width,
                                       int64_t count, int64_t limit, uint32_t *indices) {
    int64_t number = 0;
    empty(dictionary);
    for (int64_t i = 0; i < count; i++) {
        if (i == 0 || memcmp(text_at(texts[i]), text_at(texts[i - 1]), width) != 0)
            number = number_of_text(dictionary, texts[i], width, limit);
        if (number < 0) return false;
        indices[i] = (uint32_t)number;
    }
    return true;
}
