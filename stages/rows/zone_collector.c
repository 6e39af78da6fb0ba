/* SPDX-License-Identifier: MIT */
#include "stages/rows/zone_collector.h"

#include "core/grown_array.h"

#include <stdlib.h>
#include <string.h>

#define PAIR_BYTES     ((int64_t)sizeof(weft_zone_pair))
#define FEWEST_AT_ONCE 64 /* pairs of a run that are read at once */

void weft_zone_collector_dispose(weft_zone_collector *self) {
    weft_buffer_release(&self->pairs);
    weft_buffer_release(&self->other);
    for (int i = 0; i < WEFT_ZONE_LEVELS; i++) {
        weft_scratch_file_close(self->levels[i].file);
        free(self->levels[i].runs);
    }
    *self = (weft_zone_collector){0};
}

static void clear_level(weft_zone_level *level) {
    level->written = 0;
    level->run_count = 0;
}

void weft_zone_collector_clear(weft_zone_collector *self) {
    self->count = 0;
    self->total = 0;
    for (int i = 0; i < WEFT_ZONE_LEVELS; i++)
        clear_level(&self->levels[i]);
}

/* --- runs --- */

/* How many are merged at once. */
static int64_t max_runs(const weft_zone_collector *self) {
    return self->capacity / FEWEST_AT_ONCE;
}

static int count_runs(const weft_zone_collector *self) {
    int count = 0;
    for (int i = 0; i < WEFT_ZONE_LEVELS; i++)
        count += self->levels[i].run_count;
    return count;
}

static weft_status begin_run(weft_zone_level *level, weft_error *err) {
    weft_zone_run *more = weft_grown_array(level->runs, level->run_count, &level->run_capacity, sizeof *more);
    if (more == NULL) return weft_error_no_memory(err, "a polygon's values");
    level->runs = more;
    more[level->run_count++] = (weft_zone_run){level->written, 0};
    return WEFT_OK;
}

/* To the level's last run. */
static weft_status write_pairs(const weft_zone_collector *self, weft_zone_level *level, const weft_zone_pair *pairs,
                               int64_t count, weft_error *err) {
    if (level->file == NULL) {
        weft_status status = weft_scratch_file_open(&level->file, self->path, err);
        if (status != WEFT_OK) return status;
    }
    weft_status status = weft_scratch_file_write(level->file, level->written, pairs, count * PAIR_BYTES, err);
    level->written += count * PAIR_BYTES;
    level->runs[level->run_count - 1].count += count;
    return status;
}

/* --- merging --- */

/* A run that is merged: its pairs in memory, and what is left of it. */
typedef struct head {
    weft_scratch_file *file;
    weft_zone_pair *at, *end, *memory;
    int64_t place, left;
} head;

/* Takes pairs in order, each value once. */
typedef weft_status (*take_fn)(void *payload, const weft_zone_pair *pair, weft_error *err);

static weft_status refill(head *one, int64_t at_once, weft_error *err) {
    int64_t count = one->left < at_once ? one->left : at_once;
    weft_status status =
        count == 0 ? WEFT_OK : weft_scratch_file_read(one->file, one->place, one->memory, count * PAIR_BYTES, err);
    one->at = one->memory;
    one->end = one->memory + count;
    one->place += count * PAIR_BYTES;
    one->left -= count;
    return status;
}

static void sink(head **heap, int count, int at) {
    for (;;) {
        int min = at;
        for (int child = 2 * at + 1; child <= 2 * at + 2 && child < count; child++)
            if (heap[child]->at->order < heap[min]->at->order) min = child;
        if (min == at) return;
        head *swap = heap[at];
        heap[at] = heap[min];
        heap[min] = swap;
        at = min;
    }
}

static weft_status merge_heads(head **heap, int runs, int64_t at_once, take_fn take, void *payload, weft_error *err) {
    weft_zone_pair one = {0};
    bool any = false;
    weft_status status = WEFT_OK;
    for (int i = runs / 2; i >= 0; i--)
        sink(heap, runs, i);
    while (runs > 0 && status == WEFT_OK) {
        head *min = heap[0];
        if (any && min->at->order == one.order) {
            one.area += min->at->area;
        } else {
            if (any) status = take(payload, &one, err);
            one = *min->at;
            any = true;
        }
        if (++min->at == min->end && status == WEFT_OK) status = refill(min, at_once, err);
        if (min->at == min->end) heap[0] = heap[--runs];
        sink(heap, runs, 0);
    }
    return any && status == WEFT_OK ? take(payload, &one, err) : status;
}

/* Goes through the pairs of all runs of levels first .. end - 1, by the memory of new pairs, of which there are none. */
static weft_status merge(weft_zone_collector *self, int first, int end, take_fn take, void *payload, weft_error *err) {
    int runs = 0, used = 0;
    for (int i = first; i < end; i++)
        runs += self->levels[i].run_count;
    int64_t at_once = self->capacity / runs;
    head *heads = calloc((size_t)runs, sizeof *heads), **heap = calloc((size_t)runs, sizeof *heap);
    weft_status status = heads == NULL || heap == NULL ? weft_error_no_memory(err, "a polygon's values") : WEFT_OK;
    for (int i = first; i < end; i++) {
        const weft_zone_level *level = &self->levels[i];
        for (int j = 0; j < level->run_count && status == WEFT_OK; j++, used++) {
            heap[used] = &heads[used];
            heads[used] = (head){.file = level->file,
                                 .memory = (weft_zone_pair *)self->pairs.data + used * at_once,
                                 .place = level->runs[j].place,
                                 .left = level->runs[j].count};
            status = refill(heap[used], at_once, err);
        }
    }
    if (status == WEFT_OK) status = merge_heads(heap, runs, at_once, take, payload, err);
    free(heads);
    free(heap);
    return status;
}

/* A run that is made of others, staged in the buffer that sorting needs. */
typedef struct raised_run {
    weft_zone_collector *self;
    weft_zone_level *level;
    int64_t count;
} raised_run;

static weft_status flush(raised_run *run, weft_error *err) {
    weft_status status = write_pairs(run->self, run->level, run->self->other.data, run->count, err);
    run->count = 0;
    return status;
}

static weft_status take_to_run(void *payload, const weft_zone_pair *pair, weft_error *err) {
    raised_run *run = payload;
    ((weft_zone_pair *)run->self->other.data)[run->count++] = *pair;
    return run->count == run->self->capacity ? flush(run, err) : WEFT_OK;
}

/* Makes one run of the next level of all of this one, whose file is used anew. There are no new pairs. */
static weft_status raise_level(weft_zone_collector *self, int number, weft_error *err) {
    weft_status status = WEFT_OK;
    if (self->levels[number].run_count == 0) return WEFT_OK;
    if (number == WEFT_ZONE_LEVELS - 1)
        return weft_error_set(err, WEFT_ERR_MEMORY, "a polygon has too many different values for memory.limit");
    raised_run run = {self, &self->levels[number + 1], 0};
    if (run.level->run_count >= max_runs(self)) status = raise_level(self, number + 1, err);
    if (status == WEFT_OK) status = begin_run(run.level, err);
    if (status == WEFT_OK) status = merge(self, number, number + 1, take_to_run, &run, err);
    if (status == WEFT_OK && run.count > 0) status = flush(&run, err);
    clear_level(&self->levels[number]);
    return status;
}

/* Brings the new pairs, sorted, to scratch. */
static weft_status write_run(weft_zone_collector *self, weft_error *err) {
    weft_zone_level *level = &self->levels[0];
    weft_status status = begin_run(level, err);
    if (status == WEFT_OK) status = write_pairs(self, level, self->pairs.data, self->count, err);
    self->count = 0;
    return status == WEFT_OK && level->run_count >= max_runs(self) ? raise_level(self, 0, err) : status;
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
    if (self->capacity == 0 || 2 * self->capacity <= self->max) return grow(self, err);
    return write_run(self, err);
}

weft_status weft_zone_collector_add(weft_zone_collector *self, const uint64_t *orders, const double *areas,
                                    int64_t count, weft_error *err) {
    for (int64_t i = 0; i < count; i++) {
        if (!(areas[i] > 0)) continue;
        if (self->count == self->capacity) {
            weft_status status = make_room(self, err);
            if (status != WEFT_OK) return status;
        }
        weft_zone_pair pair = weft_zone_pair_of(orders[i], areas[i]);
        self->total += pair.area;
        ((weft_zone_pair *)self->pairs.data)[self->count++] = pair;
    }
    return WEFT_OK;
}

typedef struct rank_list {
    weft_zone_rank *ranks;
    int count;
} rank_list;

static weft_status take_to_ranks(void *payload, const weft_zone_pair *pair, weft_error *err) {
    const rank_list *list = payload;
    (void)err;
    for (int i = 0; i < list->count; i++)
        weft_zone_rank_add(&list->ranks[i], pair);
    return WEFT_OK;
}

weft_status weft_zone_collector_rank(weft_zone_collector *self, weft_zone_rank *ranks, int count, weft_error *err) {
    rank_list list = {ranks, count};
    weft_status status = WEFT_OK;
    self->count = weft_zone_pairs_combine(self->pairs.data, self->other.data, self->count);
    if (count_runs(self) == 0) {
        const weft_zone_pair *pairs = self->pairs.data;
        for (int64_t i = 0; i < self->count && status == WEFT_OK; i++)
            status = take_to_ranks(&list, &pairs[i], err);
        return status;
    }
    if (self->count > 0) status = write_run(self, err);
    for (int i = 0; status == WEFT_OK && count_runs(self) > max_runs(self); i++)
        status = raise_level(self, i, err);
    return status == WEFT_OK ? merge(self, 0, WEFT_ZONE_LEVELS, take_to_ranks, &list, err) : status;
}
