/* SPDX-License-Identifier: MIT */
#include "pipeline/run/run_chunks.h"

#include "pipeline/rows/row_source.h"

static weft_status open_merge(weft_run_chunks *chunks, weft_run_parts *parts, int64_t first_row, int64_t end_row,
                              weft_error *err) {
    const weft_plan *plan = parts->plan;
    const weft_merge_options options = {
        .context = &parts->context,
        .workers = parts->workers,
        .layers = parts->layers.merged,
        .layer_count = plan->layer_count,
        .cols = plan->table_cols,
        .rows = end_row,
        .first_row = first_row,
        .slot_bytes = plan->memory.chunk_bytes / 2,
        .seen = parts->layers.seen,
        .columns = parts->columns,
        .chunk_size = &parts->chunk_size,
        .window_size = &parts->window_size,
    };
    return weft_merge_stage_new(&chunks->merge, &options, err);
}

static weft_status open_rows(weft_run_chunks *chunks, weft_run_parts *parts, int64_t first_row, int64_t end_row,
                             weft_error *err) {
    const weft_plan *plan = parts->plan;
    const weft_row_place place = {.plan = plan,
                                  .context = &parts->context,
                                  .workers = parts->workers,
                                  .layers = parts->layers.merged,
                                  .seen = parts->layers.seen,
                                  .first_row = first_row,
                                  .scratch_folder = parts->scratch_folder};
    weft_status status = plan->rows.file->source->open(&chunks->filler, &place, err);
    if (status != WEFT_OK) return status;
    const weft_row_stage_options options = {.context = &parts->context,
                                            .layers = parts->layers.merged,
                                            .layer_count = plan->layer_count,
                                            .rows = end_row,
                                            .first_row = first_row,
                                            .slot_bytes = plan->memory.chunk_bytes / 2,
                                            .columns = parts->columns,
                                            .chunk_size = &parts->chunk_size,
                                            .filler = &chunks->filler};
    return weft_row_stage_new(&chunks->rows, &options, err);
}

weft_status weft_run_chunks_open(weft_run_chunks *chunks, weft_run_parts *parts, int64_t first_row, int64_t end_row,
                                 weft_error *err) {
    return (parts->plan->rows.file != NULL ? open_rows : open_merge)(chunks, parts, first_row, end_row, err);
}

void weft_run_chunks_close(weft_run_chunks *chunks) {
    weft_merge_stage_free(chunks->merge);
    weft_row_stage_free(chunks->rows);
    if (chunks->filler.free != NULL) chunks->filler.free(chunks->filler.payload);
    *chunks = (weft_run_chunks){0};
}

weft_chunk_source weft_run_chunks_source(const weft_run_chunks *chunks) {
    if (chunks->rows != NULL) return weft_row_stage_source(chunks->rows);
    return chunks->merge == NULL ? (weft_chunk_source){0} : weft_merge_stage_source(chunks->merge);
}

int64_t weft_run_chunks_count(const weft_run_chunks *chunks) {
    if (chunks->rows != NULL) return weft_row_stage_chunks(chunks->rows);
    return chunks->merge == NULL ? 0 : weft_merge_stage_chunks(chunks->merge);
}

int64_t weft_run_chunks_windows(const weft_run_chunks *chunks) {
    return chunks->merge == NULL ? 0 : weft_merge_stage_windows(chunks->merge);
}
