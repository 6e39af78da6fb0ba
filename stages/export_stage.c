/* SPDX-License-Identifier: MIT
 *
 * While the writers have one chunk the merge stage fills the next. */
#include "stages/export_stage.h"

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
        out->bytes += weft_output_file_size(options->writers[i]->output);
}

weft_status weft_export_run(const weft_export_options *options, weft_export_result *out, weft_error *err) {
    const weft_observer *observer = &options->context->observer;
    const weft_chunk *chunk = NULL;
    *out = (weft_export_result){0};
    weft_status status;
    while ((status = weft_merge_stage_next(options->merge, &chunk, err)) == WEFT_OK && chunk != NULL) {
        status = export_chunk(options, chunk, err);
        out->chunks++;
        int64_t rows = chunk->window.row + chunk->window.rows;
        weft_merge_stage_release(options->merge, chunk);
        if (status != WEFT_OK) break;
        if (observer->progressed != NULL)
            observer->progressed(observer->payload, WEFT_STAGE_EXPORT, rows, options->rows);
    }
    if (status == WEFT_OK && options->chunks_done != NULL) options->chunks_done(options->payload);
    if (status == WEFT_OK) status = finish(options, err);
    fill_result(options, out);
    return status;
}
