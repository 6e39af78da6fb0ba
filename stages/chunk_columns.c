/* SPDX-License-Identifier: MIT
 *
 * A chunk is cut into some parts a worker, so that all end at about the same time. Each worker compiles the expressions
 * when it first meets one: muParser's handles are for one thread. */
#include "stages/chunk_columns.h"

#include "core/window.h"

#include <stdlib.h>
#include <string.h>

#define PARTS_A_THREAD 4
#define MIN_CELLS      4096 /* of a part: fewer are not worth a task */

typedef struct part_task {
    weft_chunk_columns *columns;
    const weft_values *values;
    uint8_t *kept;
    weft_window window; /* the chunk's */
    int64_t first, count;
} part_task;

struct weft_chunk_columns {
    weft_context *context;
    weft_worker *workers;
    const weft_column_program *program;
    atomic_uchar *seen;
    weft_deriver **derivers; /* one a worker */
    const weft_row_choice *choice;
    int threads;
    part_task *tasks;
    weft_task_group group;
    bool group_ready;
};

static weft_status prepare(weft_chunk_columns *self, int worker, int64_t cols, weft_error *err) {
    int64_t bytes = weft_deriver_scratch_bytes(self->program);
    const weft_region *region = self->choice == NULL ? NULL : self->choice->region;
    if (region != NULL) bytes = weft_larger(bytes, weft_region_bytes(region, cols));
    weft_status status = weft_cancel_check(self->context->cancel, err);
    if (status == WEFT_OK && self->derivers[worker] == NULL)
        status = weft_deriver_new(&self->derivers[worker], self->program, err);
    if (status == WEFT_OK)
        status =
            weft_buffer_reserve_min(&self->workers[worker].columns, self->context->ledger, WEFT_TAG_CHUNK, bytes, err);
    return status;
}

/* The cells in the region, row by row. */
static void choose_region(const part_task *task, const weft_region *region, void *scratch) {
    weft_window window = task->window;
    for (int64_t at = task->first, count; at < task->first + task->count; at += count) {
        int64_t row = at / window.cols, col = at % window.cols;
        count = weft_smaller(window.cols - col, task->first + task->count - at);
        (void)weft_region_scan(region, window.row + row, window.col + col, count, task->kept + at, scratch);
    }
}

static void choose_sample(const part_task *task, const weft_row_choice *choice, int by) {
    weft_window window = task->window;
    const weft_values *classes = by < 0 ? NULL : &task->values[by];
    for (int64_t at = task->first; at < task->first + task->count; at++) {
        if (task->kept[at] == 0) continue;
        uint64_t number =
            weft_row_sample_number(choice->seed, window.row + at / window.cols, window.col + at % window.cols);
        task->kept[at] =
            choice->draw == NULL ? number <= choice->bound : weft_row_draw_has(choice->draw, number, classes, at);
    }
}

static weft_status compute_part(void *payload, int worker, weft_error *err) {
    const part_task *task = payload;
    weft_chunk_columns *self = task->columns;
    weft_activity *activity = self->context->activity;
    const weft_row_choice *choice = self->choice;
    bool chooses = self->program->chooses;
    weft_status status = prepare(self, worker, task->window.cols, err);
    if (status != WEFT_OK) return status;
    uint32_t before = weft_activity_enter(activity, worker, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK);
    if (chooses) memset(task->kept + task->first, 1, (size_t)task->count);
    if (choice != NULL && choice->region != NULL)
        choose_region(task, choice->region, self->workers[worker].columns.data);
    weft_deriver_run(self->derivers[worker], task->values, task->kept, task->first, task->count,
                     self->workers[worker].columns.data, self->seen);
    if (choice != NULL && choice->samples) choose_sample(task, choice, self->program->by);
    if (chooses) weft_column_program_mask(self->program, task->values, task->kept, task->first, task->count);
    weft_activity_leave(activity, worker, before);
    return WEFT_OK;
}

weft_status weft_chunk_columns_compute(weft_chunk_columns *self, const weft_values *values, uint8_t *kept,
                                       weft_window window, weft_error *err) {
    int64_t cells = window.cols * window.rows;
    if (self->program->derived_count == 0 && !self->program->chooses) return WEFT_OK;
    int64_t parts = weft_smaller((int64_t)PARTS_A_THREAD * self->threads, weft_divide_up(cells, MIN_CELLS));
    for (int64_t i = 0; i < parts; i++) {
        int64_t first = cells * i / parts, end = cells * (i + 1) / parts;
        self->tasks[i] = (part_task){self, values, kept, window, first, end - first};
        weft_work_pool_submit(self->context->pool, &self->group, WEFT_TASK_URGENT, compute_part, &self->tasks[i]);
    }
    return weft_task_group_wait(&self->group, err);
}

void weft_chunk_columns_choose(weft_chunk_columns *self, const weft_row_choice *choice) {
    self->choice = choice;
}

const weft_column_program *weft_chunk_columns_program(const weft_chunk_columns *self) {
    return self->program;
}

weft_status weft_chunk_columns_new(weft_chunk_columns **out, weft_context *context, weft_worker *workers,
                                   const weft_column_program *program, atomic_uchar *seen, weft_error *err) {
    weft_chunk_columns *self = calloc(1, sizeof *self);
    *out = NULL;
    if (self == NULL) return weft_error_no_memory(err, "derived columns");
    *self = (weft_chunk_columns){.context = context,
                                 .workers = workers,
                                 .program = program,
                                 .seen = seen,
                                 .threads = weft_work_pool_threads(context->pool)};
    self->derivers = calloc((size_t)self->threads, sizeof *self->derivers);
    self->tasks = calloc((size_t)self->threads * PARTS_A_THREAD, sizeof *self->tasks);
    weft_status status = WEFT_OK;
    if (self->derivers == NULL || self->tasks == NULL) status = weft_error_no_memory(err, "derived columns");
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
