/* SPDX-License-Identifier: MIT
 *
 * A chunk is cut into some parts a worker, so that all end at about the same time. Each worker compiles the expressions
 * when it first meets one: muParser's handles are for one thread. */
#include "stages/chunk_columns.h"

#include "core/window.h"

#include <stdlib.h>

#define PARTS_A_THREAD 4
#define MIN_CELLS      4096 /* of a part: fewer are not worth a task */

typedef struct part_task {
    weft_chunk_columns *columns;
    const weft_values *values;
    uint8_t *kept;
    int64_t first, count;
} part_task;

struct weft_chunk_columns {
    weft_context *context;
    weft_worker *workers;
    const weft_column_program *program;
    atomic_uchar *marks;
    weft_deriver **derivers; /* one a worker */
    int threads;
    part_task *tasks;
    weft_task_group group;
    bool group_ready;
};

static weft_status prepare(weft_chunk_columns *self, int worker, weft_error *err) {
    int64_t bytes = weft_deriver_scratch_bytes(self->program);
    weft_status status = weft_cancel_check(self->context->cancel, err);
    if (status == WEFT_OK && self->derivers[worker] == NULL)
        status = weft_deriver_new(&self->derivers[worker], self->program, err);
    if (status == WEFT_OK)
        status =
            weft_buffer_reserve_min(&self->workers[worker].columns, self->context->ledger, WEFT_TAG_CHUNK, bytes, err);
    return status;
}

static weft_status compute_part(void *payload, int worker, weft_error *err) {
    const part_task *task = payload;
    weft_chunk_columns *self = task->columns;
    weft_activity *activity = self->context->activity;
    weft_status status = prepare(self, worker, err);
    if (status != WEFT_OK) return status;
    uint32_t before = weft_activity_enter(activity, worker, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK);
    weft_deriver_run(self->derivers[worker], task->values, task->kept, task->first, task->count,
                     self->workers[worker].columns.data, self->marks);
    weft_activity_leave(activity, worker, before);
    return WEFT_OK;
}

weft_status weft_chunk_columns_compute(weft_chunk_columns *self, const weft_values *values, uint8_t *kept,
                                       int64_t cells, weft_error *err) {
    if (self->program->derived_count == 0 && !self->program->has_where) return WEFT_OK;
    int64_t parts = weft_smaller((int64_t)PARTS_A_THREAD * self->threads, (cells + MIN_CELLS - 1) / MIN_CELLS);
    for (int64_t i = 0; i < parts; i++) {
        int64_t first = cells * i / parts, end = cells * (i + 1) / parts;
        self->tasks[i] = (part_task){self, values, kept, first, end - first};
        weft_work_pool_submit(self->context->pool, &self->group, WEFT_TASK_URGENT, compute_part, &self->tasks[i]);
    }
    return weft_task_group_wait(&self->group, err);
}

const weft_column_program *weft_chunk_columns_program(const weft_chunk_columns *self) {
    return self->program;
}

weft_status weft_chunk_columns_new(weft_chunk_columns **out, weft_context *context, weft_worker *workers,
                                   const weft_column_program *program, atomic_uchar *marks, weft_error *err) {
    weft_chunk_columns *self = calloc(1, sizeof *self);
    *out = NULL;
    if (self == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for derived columns");
    *self = (weft_chunk_columns){.context = context,
                                 .workers = workers,
                                 .program = program,
                                 .marks = marks,
                                 .threads = weft_work_pool_threads(context->pool)};
    self->derivers = calloc((size_t)self->threads, sizeof *self->derivers);
    self->tasks = calloc((size_t)self->threads * PARTS_A_THREAD, sizeof *self->tasks);
    weft_status status = WEFT_OK;
    if (self->derivers == NULL || self->tasks == NULL)
        status = weft_error_set(err, WEFT_ERR_MEMORY, "no memory for derived columns");
    if (status == WEFT_OK) status = weft_task_group_init(&self->group, err);
    self->group_ready = status == WEFT_OK;
    if (status == WEFT_OK)
        *out = self;
    else
        weft_chunk_columns_free(self);
    return status;
}

void weft_chunk_columns_free(weft_chunk_columns *self) {
    if (self == NULL) return;
    if (self->group_ready) {
        (void)weft_task_group_wait(&self->group, NULL);
        weft_task_group_dispose(&self->group);
    }
    for (int i = 0; self->derivers != NULL && i < self->threads; i++)
        weft_deriver_free(self->derivers[i]);
    free(self->derivers);
    free(self->tasks);
    free(self);
}
