/* SPDX-License-Identifier: MIT
 *
 * A class keeps up to twice the numbers that it is to have; when it is full, the larger half goes (a selection, of
 * linear time). So a pass takes constant time a cell, and memory follows from the number of rows drawn. */
#include "processors/table/row_sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The finaliser of splitmix64 (Steele, Lea and Flood 2014): each step can be undone, so that different numbers stay
 * different. */
static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t weft_row_sample_number(uint64_t seed, int64_t row, int64_t col) {
    uint64_t place = (uint64_t)row << 32 | (uint64_t)col;
    return mix(place + mix(seed + UINT64_C(0x9E3779B97F4A7C15)));
}

uint64_t weft_row_sample_bound(double share) {
    return share >= 1 ? UINT64_MAX : (uint64_t)ldexp(share, 64) - 1;
}

/* --- drawing --- */

typedef struct stratum {
    char *key;         /* the bytes of its class; NULL: of all cells */
    uint64_t *numbers; /* count of them, room for capacity */
    int64_t count, capacity;
    uint64_t bound; /* after the end: the largest that is drawn */
    bool any;
} stratum;

struct weft_row_draw {
    int64_t wanted;
    bool classes;
    size_t key_bytes;
    stratum *strata;
    int count, capacity;
    int *slots; /* 1 + the number of a stratum, or 0; slot_count of them, a power of two */
    int slot_count;
    int64_t total, short_classes;
};

int64_t weft_row_draw_bytes(int64_t rows) {
    return 2 * rows * (int64_t)sizeof(uint64_t);
}

weft_status weft_row_draw_new(weft_row_draw **out, int64_t count, bool classes, weft_data_type type, weft_error *err) {
    weft_row_draw *draw = calloc(1, sizeof *draw);
    *out = draw;
    if (draw == NULL) return weft_error_no_memory(err, "the sample");
    draw->wanted = count;
    draw->classes = classes;
    draw->key_bytes = classes ? weft_data_type_size(type) : 0;
    draw->slot_count = 4 * 16384;
    draw->slots = calloc((size_t)draw->slot_count, sizeof *draw->slots);
    if (draw->slots != NULL) return WEFT_OK;
    weft_row_draw_free(draw);
    *out = NULL;
    return weft_error_no_memory(err, "the sample");
}

void weft_row_draw_free(weft_row_draw *draw) {
    if (draw == NULL) return;
    for (int i = 0; i < draw->count; i++) {
        free(draw->strata[i].key);
        free(draw->strata[i].numbers);
    }
    free(draw->strata);
    free(draw->slots);
    free(draw);
}

/* The slot of a class, or the empty one where it would be. */
static int slot_of(const weft_row_draw *draw, const char *key) {
    uint64_t hash = 0;
    for (size_t i = 0; i < draw->key_bytes; i++)
        hash = mix(hash + (uint8_t)key[i] + 1);
    int at = (int)(hash & (uint64_t)(draw->slot_count - 1));
    while (draw->slots[at] != 0 && draw->key_bytes > 0 &&
           memcmp(draw->strata[draw->slots[at] - 1].key, key, draw->key_bytes) != 0)
        at = (at + 1) & (draw->slot_count - 1);
    return at;
}

static weft_status find_stratum(weft_row_draw *draw, const char *key, stratum **out, weft_error *err) {
    int at = slot_of(draw, key);
    if (draw->slots[at] != 0) {
        *out = &draw->strata[draw->slots[at] - 1];
        return WEFT_OK;
    }
    if (draw->count == WEFT_ROW_DRAW_CLASSES) {
        weft_error_set(err, WEFT_ERR_DATA, "rows.sample: there are more than %d classes", WEFT_ROW_DRAW_CLASSES);
        weft_error_hint(err, "by is a column of classes, such as land cover, not of measurements");
        return WEFT_ERR_DATA;
    }
    if (draw->count == draw->capacity) {
        int capacity = draw->capacity == 0 ? 16 : 2 * draw->capacity;
        stratum *more = realloc(draw->strata, (size_t)capacity * sizeof *more);
        if (more == NULL) return weft_error_no_memory(err, "the sample");
        draw->strata = more;
        draw->capacity = capacity;
    }
    stratum *made = &draw->strata[draw->count];
    *made = (stratum){.key = malloc(draw->key_bytes + 1)};
    if (made->key == NULL) return weft_error_no_memory(err, "the sample");
    if (draw->key_bytes > 0) memcpy(made->key, key, draw->key_bytes);
    draw->slots[at] = ++draw->count;
    *out = made;
    return WEFT_OK;
}

static void swap(uint64_t *numbers, int64_t a, int64_t b) {
    uint64_t kept = numbers[a];
    numbers[a] = numbers[b];
    numbers[b] = kept;
}

/* Brings the `wanted` smallest to the front (Hoare's FIND, with the middle as pivot: numbers are shuffled). */
static void select_smallest(uint64_t *numbers, int64_t count, int64_t wanted) {
    int64_t low = 0, high = count - 1, place = wanted - 1;
    while (low < high) {
        uint64_t pivot = numbers[low + (high - low) / 2];
        int64_t i = low, j = high;
        while (i <= j) {
            while (numbers[i] < pivot)
                i++;
            while (numbers[j] > pivot)
                j--;
            if (i <= j) swap(numbers, i++, j--);
        }
        if (j < place) low = i;
        if (i > place) high = j;
    }
}

static weft_status make_room(const weft_row_draw *draw, stratum *to, weft_error *err) {
    if (to->count < to->capacity) return WEFT_OK;
    if (to->count == 2 * draw->wanted) {
        select_smallest(to->numbers, to->count, draw->wanted);
        to->count = draw->wanted;
        to->bound = to->numbers[draw->wanted - 1];
        to->any = true;
        return WEFT_OK;
    }
    int64_t capacity = to->capacity == 0 ? 64 : 2 * to->capacity;
    if (capacity > 2 * draw->wanted) capacity = 2 * draw->wanted;
    uint64_t *more = realloc(to->numbers, (size_t)capacity * sizeof *more);
    if (more == NULL) return weft_error_no_memory(err, "the sample");
    to->numbers = more;
    to->capacity = capacity;
    return WEFT_OK;
}

static const char *key_at(const weft_row_draw *draw, const weft_values *classes, int64_t at) {
    return (const char *)classes->values + (size_t)at * draw->key_bytes;
}

weft_status weft_row_draw_add(weft_row_draw *draw, uint64_t number, const weft_values *classes, int64_t at,
                              weft_error *err) {
    stratum *to = NULL;
    if (draw->classes && classes->valid[at] == 0) return WEFT_OK;
    weft_status status = find_stratum(draw, draw->classes ? key_at(draw, classes, at) : "", &to, err);
    if (status != WEFT_OK || (to->any && number > to->bound)) return status;
    status = make_room(draw, to, err);
    if (status == WEFT_OK) to->numbers[to->count++] = number;
    return status;
}

void weft_row_draw_end(weft_row_draw *draw) {
    for (int i = 0; i < draw->count; i++) {
        stratum *one = &draw->strata[i];
        int64_t count = one->count < draw->wanted ? one->count : draw->wanted;
        if (one->count > draw->wanted) select_smallest(one->numbers, one->count, draw->wanted);
        one->any = count > 0;
        for (int64_t j = 0; j < count; j++)
            if (j == 0 || one->numbers[j] > one->bound) one->bound = one->numbers[j];
        draw->total += count;
        draw->short_classes += count < draw->wanted;
        free(one->numbers);
        one->numbers = NULL;
    }
}

bool weft_row_draw_has(const weft_row_draw *draw, uint64_t number, const weft_values *classes, int64_t at) {
    if (draw->classes && classes->valid[at] == 0) return false;
    int slot = draw->slots[slot_of(draw, draw->classes ? key_at(draw, classes, at) : "")];
    return slot != 0 && draw->strata[slot - 1].any && number <= draw->strata[slot - 1].bound;
}

int64_t weft_row_draw_short(const weft_row_draw *draw) {
    return draw->short_classes;
}

int64_t weft_row_draw_total(const weft_row_draw *draw) {
    return draw->total;
}
