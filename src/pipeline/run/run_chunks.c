/* SPDX-License-Identifier: MIT */
#include "pipeline/run/run_chunks.h"

#include "pipeline/rows/file_rows.h"
#include "stages/merge_stage.h"
#include "stages/rows/row_stage.h"

/* The layers of the file's columns stand side by side. */
static int first_column(const weft_plan *plan) {
    int layer = 0;
    while (layer < plan->layer_count && plan->datasets[plan->layers[layer].dataset].made == NULL)
        layer++;
    return layer;
}

static weft_status open_rows(weft_chunk_stage **out, const weft_run_parts *parts, const weft_chunk_options *chunks,
                             weft_error *err) {
    const weft_plan *plan = parts->plan;
    const weft_row_place place = {plan, chunks, parts->scratch_folder};
    weft_row_options options = {.chunks = *chunks,
                                .file = weft_file_rows_options(plan->config),
                                .fields = &plan->rows.file->fields,
                                .first_column = first_column(plan)};
    weft_status status = plan->rows.file->source->open(&options.filler, &place, err);
    return status == WEFT_OK ? weft_row_stage_new(out, &options, err) : status;
}

weft_status weft_run_chunks_open(weft_chunk_stage **out, weft_run_parts *parts, int64_t first_row, int64_t end_row,
                                 weft_error *err) {
    const weft_plan *plan = parts->plan;
    const weft_chunk_options options = {
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
    return plan->rows.file != NULL ? open_rows(out, parts, &options, err) : weft_merge_stage_new(out, &options, err);
}
