/* SPDX-License-Identifier: MIT
 *
 * A slot's columns lie one after the other, each with its mask, aligned for vector loads. */
#include "stages/chunk_layout.h"

#include "core/window.h"

#include <stdlib.h>

static int value_count(const weft_chunk_layout *layout) {
    return layout->layer_count + (layout->program == NULL ? 0 : layout->program->derived_count);
}

static weft_data_type type_of(const weft_chunk_layout *layout, int value) {
    int layers = layout->layer_count;
    return value < layers ? layout->layers[value]->type : layout->program->derived[value - layers].type;
}

weft_status weft_chunk_views_new(weft_chunk_views *out, const weft_chunk_layout *layout, weft_error *err) {
    out->column_count = layout->program == NULL ? layout->layer_count : layout->program->written_count;
    out->values = calloc((size_t)value_count(layout) + 1, sizeof *out->values);
    out->columns = calloc((size_t)out->column_count + 2, sizeof *out->columns);
    return out->values == NULL || out->columns == NULL ? weft_error_no_memory(err, "chunks") : WEFT_OK;
}

void weft_chunk_views_dispose(weft_chunk_views *views) {
    free(views->values);
    free(views->columns);
    *views = (weft_chunk_views){0};
}

bool weft_chunk_layout_bytes(const weft_chunk_layout *layout, int64_t cells, int64_t *out) {
    int64_t total = 0;
    bool chosen = layout->program != NULL && layout->program->chooses;
    if (chosen && !weft_checked_add(total, cells + WEFT_ALIGNMENT, &total)) return false;
    for (int i = 0; i < value_count(layout); i++) {
        int64_t bytes;
        if (!weft_checked_mul(cells, (int64_t)weft_data_type_cell_bytes(type_of(layout, i)), &bytes)) return false;
        if (!weft_checked_add(total, bytes + 2 * WEFT_ALIGNMENT, &total)) return false;
    }
    *out = total;
    return true;
}

void *weft_chunk_layout_make(const weft_chunk_layout *layout, weft_window window, void *memory,
                             weft_chunk_views *views) {
    const weft_column_program *program = layout->program;
    int64_t cells = window.cols * window.rows;
    char *at = memory;
    for (int i = 0; i < value_count(layout); i++) {
        weft_data_type type = type_of(layout, i);
        weft_values values = {.type = type, .values = at, .stride = window.cols};
        at += weft_align(cells * (int64_t)weft_data_type_size(type));
        if (!weft_data_type_is_float(type)) {
            values.valid = (uint8_t *)at;
            at += weft_align(cells);
        }
        views->values[i] = values;
    }
    if (program != NULL && program->chooses) {
        views->kept = (uint8_t *)at;
        at += weft_align(cells);
    }
    for (int i = 0; i < views->column_count; i++)
        views->columns[i] = views->values[program == NULL ? i : program->written[i]];
    views->columns[views->column_count] =
        (weft_values){.type = WEFT_UINT8, .values = views->kept, .stride = window.cols};
    if (program != NULL && program->by >= 0) views->columns[views->column_count + 1] = views->values[program->by];
    return at;
}
