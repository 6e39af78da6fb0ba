/* SPDX-License-Identifier: MIT */
#include "stages/parquet/shape_column.h"

#include "core/text.h"
#include "core/window.h"

#include <math.h>
#include <string.h>

static int64_t bounds_bytes(int64_t group_rows) {
    return weft_align(group_rows * (int64_t)sizeof(double));
}

int64_t weft_shape_column_bytes(const weft_shape_options *options, int64_t group_rows) {
    return 4 * bounds_bytes(group_rows) + (int64_t)weft_parquet_blobs_bytes(options->max);
}

static weft_status put_page(void *payload, const uint8_t *bytes, size_t length, weft_error *err) {
    weft_shape_column *column = payload;
    weft_status status = WEFT_OK;
    if (column->spool == NULL) status = weft_spool_file_open(&column->spool, column->options->scratch_path, 0, err);
    return status == WEFT_OK ? weft_spool_file_append(column->spool, bytes, length, err) : status;
}

weft_status weft_shape_column_init(weft_shape_column *column, const weft_shape_options *options, weft_page_codec codec,
                                   weft_ledger *ledger, int64_t group_rows, weft_error *err) {
    column->options = options;
    weft_status status = weft_page_compressor_new(&column->compressor, codec, err);
    if (status == WEFT_OK)
        status = weft_buffer_reserve_min(&column->memory, ledger, WEFT_TAG_TEXT,
                                         weft_shape_column_bytes(options, group_rows), err);
    if (status != WEFT_OK) return status;
    char *at = column->memory.data;
    for (int i = 0; i < 4; i++, at += bounds_bytes(group_rows))
        column->bounds[i] = (double *)(void *)at;
    column->blobs =
        (weft_parquet_blobs){.compressor = column->compressor, .put = put_page, .payload = column, .max = options->max};
    weft_parquet_blobs_init(&column->blobs, at);
    return WEFT_OK;
}

void weft_shape_column_dispose(weft_shape_column *column) {
    weft_spool_file_close(column->spool, false);
    weft_vector_file_close(column->file);
    weft_page_compressor_free(column->compressor);
    weft_buffer_release(&column->memory);
    *column = (weft_shape_column){0};
}

/* --- rows --- */

static size_t put_point(double x, double y, uint8_t *out) {
    static const uint8_t head[5] = {1, 1, 0, 0, 0}; /* little endian; a point */
    const double place[2] = {x, y};
    if (isnan(x) || isnan(y)) return 0;
    memcpy(out, head, sizeof head);
    for (int i = 0; i < 16; i++) {
        uint64_t bits;
        memcpy(&bits, &place[i / 8], sizeof bits);
        out[sizeof head + (size_t)i] = (uint8_t)(bits >> 8 * (i % 8));
    }
    return WEFT_WKB_POINT;
}

static double number_at(const weft_chunk *chunk, int number, int64_t at) {
    return ((const double *)weft_values_at(chunk->columns[number], 0, at).values)[0];
}

static weft_status go_to(weft_shape_column *column, int64_t row, weft_error *err) {
    const weft_vector_options *file = &column->options->file;
    weft_status status = WEFT_OK;
    bool any = true;
    if (column->file == NULL) {
        status = weft_vector_file_open(&column->file, file, err);
        if (status == WEFT_OK && row > 0) status = weft_vector_file_seek(column->file, row, err);
        column->next_row = row;
    }
    while (status == WEFT_OK && any && column->next_row <= row) {
        status = weft_vector_file_next(column->file, &any, err);
        column->next_row++;
    }
    if (status == WEFT_OK && !any)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: it has fewer features than when the run was planned",
                              file->path);
    return status;
}

weft_status weft_shape_column_add(weft_shape_column *column, const weft_chunk *chunk, int64_t at, int64_t row,
                                  weft_error *err) {
    uint8_t *room = weft_parquet_blobs_room(&column->blobs);
    double bounds[4] = {NAN, NAN, NAN, NAN};
    size_t length = 0;
    weft_status status = WEFT_OK;
    if (column->options->points) {
        double x = number_at(chunk, 0, at), y = number_at(chunk, 1, at);
        length = put_point(x, y, room);
        for (int i = 0; i < 4 && length > 0; i++)
            bounds[i] = i % 2 == 0 ? x : y;
    } else {
        status = go_to(column, row, err);
        if (status == WEFT_OK)
            status = weft_vector_feature_wkb(column->file, room, column->options->max, &length, bounds, err);
    }
    for (int i = 0; i < 4; i++)
        column->bounds[i][column->count] = bounds[i];
    column->count++;
    return status == WEFT_OK ? weft_parquet_blobs_add(&column->blobs, length, err) : status;
}

weft_status weft_shape_column_end(weft_shape_column *column, weft_output_file *output, weft_parquet_chunk *out,
                                  weft_error *err) {
    weft_status status = weft_parquet_blobs_end(&column->blobs, out, err);
    column->count = 0;
    if (status == WEFT_OK) status = weft_spool_file_copy(column->spool, output, err);
    weft_spool_file_close(column->spool, false);
    column->spool = NULL;
    return status;
}
