/* A ring of text buffers: the workers fill them in any order, the writer empties them in the chunk's.
 *
 * SPDX-License-Identifier: MIT */
#include "stages/export_stage.h"

#include <stdlib.h>
#include <string.h>

typedef struct slice {
    const weft_export_options *options;
    const weft_chunk *chunk;
    int64_t first, count; /* cells of the chunk, row-major */
    weft_buffer text;
    size_t length;
    int64_t lines;
    weft_task_group group;
} slice;

typedef struct slice_ring {
    slice *slices;
    int capacity, ready; /* ready: with a group and a buffer */
    int64_t cells;       /* in a slice */
} slice_ring;

static weft_status format_slice(void *payload, int worker, weft_error *err) {
    slice *task = payload;
    weft_context *context = task->options->context;
    weft_status status = weft_cancel_check(context->cancel, err);
    if (status != WEFT_OK) return status;
    uint32_t before = weft_activity_enter(context->activity, worker, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    task->length = weft_row_format_cells(task->options->format, task->chunk->window, task->chunk->columns, task->first,
                                         task->count, task->text.data, &task->lines);
    weft_activity_leave(context->activity, worker, before);
    return WEFT_OK;
}

static void dispose_ring(slice_ring *ring) {
    for (int i = 0; i < ring->ready; i++) {
        (void)weft_task_group_wait(&ring->slices[i].group, NULL);
        weft_task_group_dispose(&ring->slices[i].group);
        weft_buffer_release(&ring->slices[i].text);
    }
    free(ring->slices);
    *ring = (slice_ring){0};
}

/* Two slices a worker, so that none waits for the writer; fewer, or smaller, where the ledger grants no more. */
static weft_status init_ring(slice_ring *ring, const weft_export_options *options, weft_error *err) {
    int64_t line = (int64_t)weft_row_format_bound(options->format, options->types), bytes = options->slice_bytes;
    int wanted = 2 * weft_work_pool_threads(options->context->pool);
    *ring = (slice_ring){.slices = calloc((size_t)wanted, sizeof *ring->slices), .capacity = wanted};
    if (ring->slices == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the export stage");
    if (bytes < line) bytes = line;
    while (ring->ready < wanted) {
        slice *next = &ring->slices[ring->ready];
        next->options = options;
        weft_status status = weft_buffer_reserve(&next->text, options->context->ledger, WEFT_TAG_TEXT, bytes, err);
        if (status != WEFT_OK && ring->ready > 0) break;
        if (status != WEFT_OK && bytes > line) {
            bytes = bytes / 2 > line ? bytes / 2 : line;
            continue;
        }
        if (status == WEFT_OK) status = weft_task_group_init(&next->group, err);
        if (status != WEFT_OK) {
            weft_buffer_release(&next->text);
            return status;
        }
        ring->ready++;
    }
    ring->cells = ring->slices[0].text.bytes / line;
    return WEFT_OK;
}

static weft_status write_slice(slice *done, const weft_export_options *options, weft_export_result *result,
                               weft_error *err) {
    weft_status status = weft_task_group_wait(&done->group, err);
    if (status != WEFT_OK) return status;
    uint32_t before = weft_activity_enter(options->context->activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_EXPORT,
                                          WEFT_OPERATION_WRITE_CHUNK);
    status = weft_output_file_write(options->output, done->text.data, done->length, err);
    weft_activity_leave(options->context->activity, WEFT_ACTIVITY_COORDINATOR, before);
    result->lines += done->lines;
    result->bytes += (int64_t)done->length;
    return status;
}

static void submit_slice(slice_ring *ring, int64_t number, const weft_export_options *options,
                         const weft_chunk *chunk) {
    slice *next = &ring->slices[number % ring->ready];
    int64_t cells = chunk->window.cols * chunk->window.rows;
    next->chunk = chunk;
    next->first = number * ring->cells;
    next->count = cells - next->first < ring->cells ? cells - next->first : ring->cells;
    weft_work_pool_submit(options->context->pool, &next->group, WEFT_TASK_URGENT, format_slice, next);
}

static weft_status export_chunk(slice_ring *ring, const weft_export_options *options, const weft_chunk *chunk,
                                weft_export_result *result, weft_error *err) {
    int64_t cells = chunk->window.cols * chunk->window.rows;
    int64_t slices = (cells + ring->cells - 1) / ring->cells, submitted = 0;
    weft_status status = WEFT_OK;
    for (int64_t written = 0; written < slices && status == WEFT_OK; written++) {
        while (submitted < slices && submitted < written + ring->ready)
            submit_slice(ring, submitted++, options, chunk);
        status = write_slice(&ring->slices[written % ring->ready], options, result, err);
    }
    /* After a failure, whatever is still being formatted reads the chunk: it ends before the chunk is given back. */
    for (int i = 0; i < ring->ready && status != WEFT_OK; i++)
        (void)weft_task_group_wait(&ring->slices[i].group, NULL);
    return status;
}

static weft_status write_header(const weft_export_options *options, int columns, weft_error *err) {
    size_t capacity = 8;
    for (int i = 0; i < columns; i++)
        capacity += 2 * strlen(options->names[i]) + 3;
    char *header = malloc(capacity);
    if (header == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the header");
    size_t length = weft_row_format_header(columns, options->names, header, capacity);
    weft_status status = weft_output_file_write(options->output, header, length, err);
    free(header);
    return status;
}

weft_status weft_export_run(const weft_export_options *options, weft_export_result *out, weft_error *err) {
    slice_ring ring = {0};
    const weft_chunk *chunk = NULL;
    *out = (weft_export_result){0};
    weft_status status = write_header(options, options->format->column_count, err);
    if (status != WEFT_OK) goto done;
    status = init_ring(&ring, options, err);
    if (status != WEFT_OK) goto done;
    while ((status = weft_merge_stage_next(options->merge, &chunk, err)) == WEFT_OK && chunk != NULL) {
        status = export_chunk(&ring, options, chunk, out, err);
        out->chunks++;
        int64_t rows = chunk->window.row + chunk->window.rows;
        weft_merge_stage_release(options->merge, chunk);
        if (status != WEFT_OK) break;
        if (options->context->observer.progressed != NULL)
            options->context->observer.progressed(options->context->observer.payload, WEFT_STAGE_EXPORT, rows,
                                                  options->rows);
    }
done:
    dispose_ring(&ring);
    return status;
}
