/* SPDX-License-Identifier: MIT
 *
 * A slot's one task reads its features; while the next slot's does, the filler has all workers fill the columns. */
#include "stages/rows/row_stage.h"

#include "core/clock.h"

#include <stdlib.h>

#define ROWS_A_CHECK 256 /* rows that are read between two looks at the cancel flag */

typedef struct row_stage {
    weft_row_options options;
    weft_vector_file *file;
} row_stage;

static int64_t bytes_of(const weft_chunk_slot *slot, weft_window window) {
    const weft_row_filler *filler = &((const row_stage *)slot->payload)->options.filler;
    return filler->bytes(filler->payload, window.rows);
}

/* Into row `row` of the slot. */
static weft_status read_row(const row_stage *self, weft_chunk_slot *slot, int64_t row, weft_error *err) {
    const weft_row_options *options = &self->options;
    const weft_row_filler *filler = &options->filler;
    weft_values *columns = slot->views.values + options->first_column;
    double numbers[WEFT_ROW_NUMBERS];
    bool more = false;
    weft_status status = row % ROWS_A_CHECK == 0 ? weft_cancel_check(slot->options->context->cancel, err) : WEFT_OK;
    if (status == WEFT_OK) status = weft_vector_file_next(self->file, &more, err);
    if (status == WEFT_OK && !more)
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: it has fewer features than when the run was planned",
                                options->file.path);
    if (status == WEFT_OK) status = filler->read(filler->payload, self->file, slot, row, numbers, err);
    for (int i = 0; i < filler->numbers && status == WEFT_OK; i++)
        ((double *)columns[i].values)[row] = numbers[i];
    for (int i = 0; i < options->fields->count && status == WEFT_OK; i++)
        status = weft_vector_field_read(&options->fields->items[i], self->file, columns[filler->numbers + i], row, err);
    return status;
}

static weft_status read_rows(void *payload, int worker, weft_error *err) {
    weft_chunk_slot *slot = payload;
    const row_stage *self = slot->payload;
    const weft_row_filler *filler = &self->options.filler;
    weft_status status = WEFT_OK;
    (void)worker;
    for (int64_t row = 0; row < slot->chunk.window.rows && status == WEFT_OK; row++) {
        if (row > 0 && filler->is_full != NULL && filler->is_full(filler->payload, slot, row))
            slot->chunk.window.rows = row;
        else
            status = read_row(self, slot, row, err);
    }
    return status;
}

static void start(weft_chunk_slot *slot) {
    weft_work_pool_submit(slot->options->context->pool, &slot->tasks, WEFT_TASK_NORMAL, read_rows, slot);
}

static weft_status fill(weft_chunk_slot *slot, weft_error *err) {
    const weft_row_options *options = &((const row_stage *)slot->payload)->options;
    const weft_row_filler *filler = &options->filler;
    const weft_chunk_options *chunks = &options->chunks;
    slot->begun_ns = weft_clock_monotonic_ns();
    weft_status status = filler->begin(filler->payload, slot, err);
    for (int first = 0, end; first < chunks->layer_count && status == WEFT_OK; first = end) {
        end = weft_layers_of_dataset(chunks->layers, chunks->layer_count, first);
        if (first != options->first_column) status = filler->fill(filler->payload, slot, first, end, err);
    }
    atomic_store(&slot->filled_ns, weft_clock_monotonic_ns());
    return status;
}

static void free_stage(void *payload) {
    row_stage *self = payload;
    weft_vector_file_close(self->file);
    self->options.filler.free(self->options.filler.payload);
    free(self);
}

weft_status weft_row_stage_new(weft_chunk_stage **out, const weft_row_options *options, weft_error *err) {
    row_stage *self = calloc(1, sizeof *self);
    *out = NULL;
    if (self == NULL) {
        options->filler.free(options->filler.payload);
        return weft_error_no_memory(err, "rows");
    }
    self->options = *options;
    weft_status status = weft_vector_file_open(&self->file, &options->file, err);
    if (status == WEFT_OK && options->chunks.first_row > 0)
        status = weft_vector_file_seek(self->file, options->chunks.first_row, err);
    if (status != WEFT_OK) {
        free_stage(self);
        return status;
    }
    const weft_chunk_filler filler = {bytes_of, start, fill, free_stage, self};
    return weft_chunk_stage_new(out, &options->chunks, &filler, err);
}
