/* SPDX-License-Identifier: MIT
 *
 * While the writers have one chunk the merge stage fills the next. */
#include "stages/export_stage.h"

#include "core/clock.h"

#define GRACE_MS 3000 /* what a signal leaves for the chunk in hand: all of it ends within 5 s */

static weft_status export_chunk(const weft_export_options *options, const weft_chunk *chunk, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < options->writer_count && status == WEFT_OK; i++)
        status = options->writers[i]->kind->write_chunk(options->writers[i], chunk, err);
    return status;
}

static weft_status finish(const weft_export_options *options, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < options->writer_count && status == WEFT_OK; i++)
        if (options->writers[i]->kind->finish != NULL)
            status = options->writers[i]->kind->finish(options->writers[i], err);
    return status;
}

static void fill_result(const weft_export_options *options, weft_export_result *out) {
    out->rows = options->writers[0]->rows;
    for (int i = 0; i < options->writer_count; i++)
        if (options->writers[i]->output != NULL)
            out->bytes += weft_output_file_size(options->writers[i]->output) + options->writers[i]->other_bytes;
}

static weft_status take_checkpoint(const weft_export_options *options, int64_t rows, bool last, weft_error *err) {
    const weft_checkpoint *checkpoint = &options->checkpoint;
    return checkpoint->take == NULL ? WEFT_OK : checkpoint->take(checkpoint->payload, rows, last, err);
}

static void tell_progress(const weft_export_options *options, int64_t rows) {
    const weft_observer *observer = &options->context->observer;
    if (observer->progressed != NULL)
        observer->progressed(observer->payload, WEFT_STAGE_EXPORT, rows - options->first_row,
                             options->end_row - options->first_row);
}

/* One chunk through all writers. *rows: grid rows that are whole afterwards. */
static weft_status drain_chunk(const weft_export_options *options, const weft_chunk *chunk, int64_t *rows,
                               weft_error *err) {
    const weft_observer *observer = &options->context->observer;
    weft_window window = chunk->window;
    double fill_seconds = chunk->fill_seconds;
    int64_t before_ns = weft_clock_monotonic_ns();
    weft_status status = export_chunk(options, chunk, err);
    options->chunks.release(options->chunks.payload, chunk);
    if (status != WEFT_OK) return status;
    double write_seconds = (double)(weft_clock_monotonic_ns() - before_ns) / 1e9;
    if (observer->exported != NULL) observer->exported(observer->payload, window, fill_seconds, write_seconds);
    *rows = window.row + window.rows - (window.col + window.cols < options->cols ? 1 : 0);
    tell_progress(options, *rows);
    return WEFT_OK;
}

/* *whole: every writer stands between two chunks, and all of that could be synced. A sync that failed is not made once
 * more: it would find nothing left to do and call lost pages safe. */
static weft_status drain(const weft_export_options *options, weft_export_result *out, int64_t *rows, bool *whole,
                         weft_error *err) {
    const weft_chunk *chunk = NULL;
    for (;;) {
        weft_status status = options->chunks.next(options->chunks.payload, &chunk, err);
        if (status != WEFT_OK || chunk == NULL) return status;
        out->chunks++;
        *whole = false;
        status = drain_chunk(options, chunk, rows, err);
        if (status == WEFT_OK) status = take_checkpoint(options, *rows, false, err);
        if (status != WEFT_OK) return status;
        *whole = true;
    }
}

/* The same, of parts that others made. */
static weft_status drain_parts(const weft_export_options *options, weft_export_result *out, int64_t *rows, bool *whole,
                               weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < options->part_count && status == WEFT_OK; i++) {
        const weft_table_part *part = &options->parts[i];
        out->chunks++;
        *whole = false;
        status = weft_cancel_check_next(options->context->cancel, err);
        if (status == WEFT_OK)
            status = weft_table_part_join(part, options->table, options->writers, options->writer_count,
                                          options->part_bytes, err);
        if (status != WEFT_OK) return status;
        *rows = part->end_row;
        tell_progress(options, *rows);
        status = take_checkpoint(options, *rows, false, err);
        *whole = status == WEFT_OK;
    }
    return status;
}

weft_status weft_export_run(const weft_export_options *options, weft_export_result *out, weft_error *err) {
    weft_cancel *cancel = options->context->cancel;
    int64_t rows = 0;
    bool whole = true;
    *out = (weft_export_result){0};
    weft_cancel_set_grace(cancel, GRACE_MS);
    weft_status status = (options->chunks.next != NULL ? drain : drain_parts)(options, out, &rows, &whole, err);
    /* What is read ahead is of no use any more. */
    weft_cancel_set_grace(cancel, 0);
    if (status == WEFT_OK && options->chunks_done != NULL) options->chunks_done(options->payload);
    if (status == WEFT_OK)
        status = finish(options, err);
    else if (whole && out->chunks > 0)
        (void)take_checkpoint(options, rows, true, NULL);
    fill_result(options, out);
    return status;
}
