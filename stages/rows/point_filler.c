/* SPDX-License-Identifier: MIT
 *
 * The layers of one dataset after those of the other: places are brought into the order of its blocks, and read in that
 * order, part by part; each value goes straight to its row. */
#include "stages/rows/point_filler.h"

#include "core/window.h"
#include "stages/rows/place_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TASKS_A_THREAD 8
#define STEP           1024 /* places that are transformed, or read, at once */
#define ALONG_GRID     4096 /* parts of all points' bounds, along x and y, where a dataset has several sources */

struct point_filler;

/* What a slot has beside its columns. */
typedef struct point_memory {
    double *x, *y; /* the file's; when the slot is filled, in the grid's CRS */
    uint64_t *items, *other;
} point_memory;

/* A range of places for a worker. */
typedef struct point_task {
    struct point_filler *filler;
    int64_t first, end;
} point_task;

typedef struct point_filler {
    weft_point_filler_options options;
    weft_task_group group;
    bool group_ready;
    point_task *tasks;
    int task_count;
    /* Of the slot that is filled: */
    weft_chunk_slot *slot;
    point_memory at;
    int first_layer, end_layer; /* of the dataset at hand */
    weft_place_cut cut;
    weft_places places;
} point_filler;

/* --- memory --- */

static int64_t bytes_of(const void *payload, int64_t rows) {
    const int64_t real = (int64_t)sizeof(double);
    (void)payload;
    return rows > WEFT_PLACE_MAX ? INT64_MAX / 4
                                 : 2 * weft_align(rows * (int64_t)sizeof(uint64_t)) + 2 * weft_align(rows * real);
}

/* A slot's memory: the order is made when it is filled. */
static point_memory memory_of(const weft_chunk_slot *slot) {
    char *at = slot->rest;
    int64_t reals = weft_align(slot->rows * (int64_t)sizeof(double));
    return (point_memory){.x = (double *)(void *)at,
                          .y = (double *)(void *)(at + reals),
                          .items = (uint64_t *)(void *)(at + 2 * reals),
                          .other = (uint64_t *)(void *)(at + 3 * reals)};
}

/* --- reading --- */

static weft_status read_point(void *payload, weft_vector_file *file, weft_chunk_slot *slot, int64_t row,
                              double numbers[WEFT_ROW_NUMBERS], weft_error *err) {
    const point_memory at = memory_of(slot);
    bool any;
    (void)payload;
    weft_status status = weft_vector_feature_point(file, &numbers[0], &numbers[1], &any, err);
    if (status != WEFT_OK) return status;
    if (!any) numbers[0] = numbers[1] = NAN;
    bool is_place = isfinite(numbers[0]) && isfinite(numbers[1]);
    at.x[row] = is_place ? numbers[0] : NAN;
    at.y[row] = is_place ? numbers[1] : NAN;
    return WEFT_OK;
}

/* --- tasks --- */

/* Runs `fn` over all places, by all workers. */
static weft_status share_out(point_filler *self, weft_task_fn fn, weft_error *err) {
    int64_t count = self->slot->rows;
    weft_work_pool *pool = self->options.chunks.context->pool;
    for (int i = 0; i < self->task_count; i++) {
        point_task *task = &self->tasks[i];
        *task = (point_task){self, count * i / self->task_count, count * (i + 1) / self->task_count};
        if (task->first < task->end) weft_work_pool_submit(pool, &self->group, WEFT_TASK_NORMAL, fn, task);
    }
    weft_activity_wait(self->options.chunks.context->activity, WEFT_ACTIVITY_COORDINATOR);
    return weft_task_group_wait(&self->group, err);
}

/* Into the grid's CRS. */
static weft_status bring_to_grid(void *payload, int worker, weft_error *err) {
    const point_task *task = payload;
    const point_filler *self = task->filler;
    weft_status status = WEFT_OK;
    (void)worker;
    for (int64_t at = task->first; at < task->end && status == WEFT_OK; at += STEP) {
        int64_t n = task->end - at < STEP ? task->end - at : STEP;
        status = weft_cancel_check(self->options.chunks.context->cancel, err);
        if (status == WEFT_OK)
            status = weft_transform_pool_points(self->options.to_grid, n, self->at.x + at, self->at.y + at, err);
    }
    return status;
}

/* The items of places, by the blocks of the dataset's source. */
static weft_status make_items(void *payload, int worker, weft_error *err) {
    const point_task *task = payload;
    const point_filler *self = task->filler;
    const weft_point_source *source = &self->options.sources[self->first_layer];
    const weft_bounds *all = &self->options.bounds;
    weft_status status = WEFT_OK;
    double u[STEP], v[STEP];
    (void)worker;
    for (int64_t at = task->first; at < task->end && status == WEFT_OK; at += STEP) {
        int64_t n = task->end - at < STEP ? task->end - at : STEP;
        memcpy(u, self->at.x + at, (size_t)n * sizeof *u);
        memcpy(v, self->at.y + at, (size_t)n * sizeof *v);
        if (source->projector != NULL) status = weft_projector_place(source->projector, n, u, v, err);
        for (int64_t i = 0; i < n && source->projector == NULL; i++) {
            u[i] = (u[i] - all->xmin) / (all->xmax - all->xmin) * ALONG_GRID;
            v[i] = (all->ymax - v[i]) / (all->ymax - all->ymin) * ALONG_GRID;
        }
        for (int64_t i = 0; i < n && status == WEFT_OK; i++)
            self->at.items[at + i] = weft_place_item(&self->cut, u[i], v[i], at + i);
    }
    return status;
}

/* --- values --- */

/* Values of the places `first` .. `first + n - 1` of the order to their rows. */
static void scatter(const point_filler *self, int64_t first, int64_t n, weft_values from, weft_values to) {
    size_t size = weft_data_type_size(from.type);
    for (int64_t i = 0; i < n; i++) {
        int64_t row = weft_place_number(self->at.items[first + i]);
        memcpy((char *)to.values + (size_t)row * size, (const char *)from.values + (size_t)i * size, size);
        if (to.valid != NULL) to.valid[row] = from.valid[i];
    }
}

/* All layers of the dataset at places of one part. */
static weft_status read_part(const point_filler *self, weft_worker *worker, int64_t first, int64_t n, weft_error *err) {
    const weft_point_filler_options *options = &self->options;
    weft_status status = weft_buffer_reserve_min(&worker->region, options->chunks.context->ledger, WEFT_TAG_LATTICE,
                                                 STEP * (int64_t)(sizeof(double) + 1), err);
    for (int i = self->first_layer; i < self->end_layer && status == WEFT_OK; i++) {
        weft_layer *layer = options->chunks.layers[i];
        weft_values values = {.type = layer->type, .values = worker->region.data, .stride = n};
        if (!weft_data_type_is_float(layer->type))
            values.valid = (uint8_t *)worker->region.data + STEP * (int64_t)sizeof(double);
        status = weft_layer_read(layer, worker, (weft_window){first, 0, n, 1}, values, err);
        if (status != WEFT_OK) break;
        weft_layer_look_for_value(layer, values, n, 1, &options->chunks.seen[i]);
        scatter(self, first, n, values, self->slot->views.values[i]);
    }
    return status;
}

static weft_status read_values(void *payload, int worker_index, weft_error *err) {
    const point_task *task = payload;
    const point_filler *self = task->filler;
    weft_worker *worker = &self->options.chunks.workers[worker_index];
    weft_status status = WEFT_OK;
    worker->places = &self->places;
    weft_worker_relieve(worker);
    weft_context_tidy(self->options.chunks.context);
    for (int64_t at = task->first, end; at < task->end && status == WEFT_OK; at = end) {
        for (end = at + 1; end < task->end && end - at < STEP; end++)
            if (!weft_place_same_part(self->at.items[at], self->at.items[end])) break;
        status = read_part(self, worker, at, end - at, err);
    }
    worker->places = NULL;
    return status;
}

static weft_status begin(void *payload, weft_chunk_slot *slot, weft_error *err) {
    point_filler *self = payload;
    self->slot = slot;
    self->at = memory_of(slot);
    return self->options.to_grid == NULL ? WEFT_OK : share_out(self, bring_to_grid, err);
}

static weft_status fill(void *payload, weft_chunk_slot *slot, int first, int end, weft_error *err) {
    point_filler *self = payload;
    const weft_point_source *source = &self->options.sources[first];
    self->first_layer = first;
    self->end_layer = end;
    if (source->projector != NULL)
        weft_place_cut_make(&self->cut, source->cols, source->rows, source->block_cols, source->block_rows);
    else
        weft_place_cut_make(&self->cut, ALONG_GRID, ALONG_GRID, 1, 1);
    weft_status status = share_out(self, make_items, err);
    if (status != WEFT_OK) return status;
    weft_place_sort(self->at.items, self->at.other, slot->rows);
    self->places =
        (weft_places){self->at.x, self->at.y, self->at.items, {self->options.half[0], self->options.half[1]}};
    return share_out(self, read_values, err);
}

/* --- making one --- */

static void free_filler(void *payload) {
    point_filler *self = payload;
    if (self == NULL) return;
    if (self->group_ready) weft_task_group_dispose(&self->group);
    free(self->options.sources);
    free(self->tasks);
    free(self);
}

weft_status weft_point_filler_new(weft_row_filler *out, const weft_point_filler_options *options, weft_error *err) {
    point_filler *self = calloc(1, sizeof *self);
    *out = (weft_row_filler){0};
    if (self == NULL) {
        free(options->sources);
        return weft_error_no_memory(err, "points");
    }
    self->options = *options;
    self->task_count = TASKS_A_THREAD * weft_work_pool_threads(options->chunks.context->pool);
    self->tasks = calloc((size_t)self->task_count, sizeof *self->tasks);
    weft_status status = self->tasks == NULL ? weft_error_no_memory(err, "points") : WEFT_OK;
    if (status == WEFT_OK) status = weft_task_group_init(&self->group, err);
    self->group_ready = status == WEFT_OK;
    if (status == WEFT_OK)
        *out = (weft_row_filler){2, bytes_of, NULL, read_point, begin, fill, free_filler, self};
    else
        free_filler(self);
    return status;
}
