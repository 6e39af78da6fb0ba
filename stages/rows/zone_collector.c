/* SPDX-License-Identifier: MIT */
#include "stages/rows/zone_collector.h"

#include "core/grown_array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAIR_BYTES     ((int64_t)sizeof(weft_zone_pair))
#define FEWEST_AT_ONCE 64 /* pairs of a run that are read at once */

void weft_zone_collector_dispose(weft_zone_collector *self) {
    weft_buffer_release(&self->pairs);
    weft_buffer_release(&self->other);
    weft_scratch_file_close(self->scratch);
    free(self->runs);
    *self = (weft_zone_collector){0};
}

void weft_zone_collector_clear(weft_zone_collector *self) {
    self->count = 0;
    self->total = 0;
    self->written = 0;
    self->run_count = 0;
}

/* --- runs --- */

static weft_status write_pairs(weft_zone_collector *self, const weft_zone_pair *pairs, int64_t count, weft_error *err) {
    if (self->scratch == NULL) {
        weft_status status = weft_scratch_file_open(&self->scratch, self->path, err);
        if (status != WEFT_OK) return status;
    }
    weft_status status = weft_scratch_file_write(self->scratch, self->written, pairs, count * PAIR_BYTES, err);
    self->written += count * PAIR_BYTES;
    return status;
}

static weft_status add_run(weft_zone_collector *self, int64_t place, int64_t count, weft_error *err) {
    weft_zone_run *more = weft_grown_array(self->runs, self->run_count, &self->run_capacity, sizeof *more);
    if (more == NULL) return weft_error_no_memory(err, "a polygon's values");
    self->runs = more;
    more[self->run_count++] = (weft_zone_run){place, count};
    return WEFT_OK;
}

/* A run that is merged: its pairs in memory, and what is left of it. */
typedef struct head {
    weft_zone_pair *at, *end, *memory;
    int64_t place, left;
} head;

static weft_status refill(weft_zone_collector *self, head *one, int64_t at_once, weft_error *err) {
    int64_t count = one->left < at_once ? one->left : at_once;
    weft_status status =
        count == 0 ? WEFT_OK : weft_scratch_file_read(self->scratch, one->place, one->memory, count * PAIR_BYTES, err);
    one->at = one->memory;
    one->end = one->memory + count;
    one->place += count * PAIR_BYTES;
    one->left -= count;
    return status;
}

static void sink(head **heap, int count, int at) {
    for (;;) {
        int least = at;
        for (int child = 2 * at + 1; child <= 2 * at + 2 && child < count; child++)
            if (heap[child]->at->key < heap[least]->at->key) least = child;
        if (least == at) return;
        head *swap = heap[at];
        heap[at] = heap[least];
        heap[least] = swap;
        at = least;
    }
}

/* Goes through the pairs of all runs in order, each value once. */
static weft_status merge(weft_zone_collector *self, weft_zone_pair *memory, int64_t room, weft_zone_rank *ranks,
                         int count, weft_error *err) {
    int runs = self->run_count;
    int64_t at_once = room / runs;
    head *heads = calloc((size_t)runs, sizeof *heads), **heap = calloc((size_t)runs, sizeof *heap);
    weft_zone_pair one = {0};
    bool any = false;
    weft_status status = WEFT_OK;
    if (heads == NULL || heap == NULL) status = weft_error_no_memory(err, "a polygon's values");
    for (int i = 0; i < runs && status == WEFT_OK; i++) {
        heads[i] = (head){.memory = memory + i * at_once, .place = self->runs[i].place, .left = self->runs[i].count};
        heap[i] = &heads[i];
        status = refill(self, heap[i], at_once, err);
    }
    for (int i = runs / 2; i >= 0 && status == WEFT_OK; i--)
        sink(heap, runs, i);
    while (runs > 0 && status == WEFT_OK) {
        head *least = heap[0];
        if (any && least->at->key == one.key) {
            one.area += least->at->area;
        } else {
            for (int i = 0; i < count && any; i++)
                weft_zone_rank_add(&ranks[i], &one);
            one = *least->at;
            any = true;
        }
        if (++least->at == least->end) status = refill(self, least, at_once, err);
        if (least->at == least->end) heap[0] = heap[--runs];
        sink(heap, runs, 0);
    }
    for (int i = 0; i < count && any && status == WEFT_OK; i++)
        weft_zone_rank_add(&ranks[i], &one);
    free(heads);
    free(heap);
    return status;
}

/* --- adding --- */

/* Twice the room, up to the most; what is there is kept. */
static weft_status grow(weft_zone_collector *self, weft_error *err) {
    int64_t capacity = self->capacity == 0 ? WEFT_ZONE_FEWEST : 2 * self->capacity;
    weft_buffer larger = {0};
    weft_status status = weft_buffer_reserve_min(&larger, self->ledger, WEFT_TAG_PATCH, capacity * PAIR_BYTES, err);
    if (status != WEFT_OK) return status;
    if (self->count > 0) memcpy(larger.data, self->pairs.data, (size_t)(self->count * PAIR_BYTES));
    weft_buffer_release(&self->pairs);
    self->pairs = larger;
    status = weft_buffer_reserve_min(&self->other, self->ledger, WEFT_TAG_PATCH, capacity * PAIR_BYTES, err);
    self->capacity = status == WEFT_OK ? capacity : 0;
    return status;
}

/* Makes room: values that are there once more are added up; of many different ones, the part goes to scratch. */
static weft_status make_room(weft_zone_collector *self, weft_error *err) {
    self->count = weft_zone_pairs_combine(self->pairs.data, self->other.data, self->count);
    if (self->count <= self->capacity / 2 && self->capacity > 0) return WEFT_OK;
    if (self->capacity == 0 || 2 * self->capacity <= self->most) return grow(self, err);
    weft_status status = add_run(self, self->written, self->count, err);
    if (status == WEFT_OK) status = write_pairs(self, self->pairs.data, self->count, err);
    self->count = 0;
    return status;
}

weft_status weft_zone_collector_add(weft_zone_collector *self, const double *values, const double *areas, int64_t count,
                                    weft_error *err) {
    for (int64_t i = 0; i < count; i++) {
        if (!(areas[i] > 0) || isnan(values[i])) continue;
        if (self->count == self->capacity) {
            weft_status status = make_room(self, err);
            if (status != WEFT_OK) return status;
        }
        weft_zone_pair pair = weft_zone_pair_of(values[i], areas[i]);
        self->total += pair.area;
        ((weft_zone_pair *)self->pairs.data)[self->count++] = pair;
    }
    return WEFT_OK;
}

weft_status weft_zone_collector_rank(weft_zone_collector *self, weft_zone_rank *ranks, int count, weft_error *err) {
    weft_status status = WEFT_OK;
    self->count = weft_zone_pairs_combine(self->pairs.data, self->other.data, self->count);
    if (self->run_count == 0) {
        const weft_zone_pair *pairs = self->pairs.data;
        for (int64_t i = 0; i < self->count; i++)
            for (int j = 0; j < count; j++)
                weft_zone_rank_add(&ranks[j], &pairs[i]);
        return WEFT_OK;
    }
    if (self->count > 0) {
        status = add_run(self, self->written, self->count, err);
        if (status == WEFT_OK) status = write_pairs(self, self->pairs.data, self->count, err);
        self->count = 0;
    }
    if (status == WEFT_OK && self->capacity / self->run_count < FEWEST_AT_ONCE)
        status = weft_error_set(err, WEFT_ERR_MEMORY, "a polygon has too many different values for memory.limit");
    return status == WEFT_OK ? merge(self, self->pairs.data, self->capacity, ranks, count, err) : status;
}
