/* SPDX-License-Identifier: MIT */
#include "stages/writers/draw_writer.h"

#include "core/window.h"

#include <stdlib.h>

#define PIECE_CELLS 4096 /* that are looked at in one go: the row filter's answers lie on the stack */

typedef struct draw_writer {
    weft_table_writer base;
    const weft_table_spec *spec;
    uint64_t seed;
    bool by;
    weft_row_draw *draw;
} draw_writer;

static weft_status take_piece(draw_writer *writer, const weft_chunk *chunk, int64_t first, int64_t count,
                              weft_error *err) {
    bool kept[PIECE_CELLS];
    weft_window window = chunk->window;
    const weft_values *classes = writer->by ? &chunk->columns[chunk->column_count + 1] : NULL;
    weft_status status = WEFT_OK;
    (void)weft_row_format_kept(writer->spec->format, window, chunk->columns, first, count, kept);
    for (int64_t i = 0; i < count && status == WEFT_OK; i++) {
        if (!kept[i]) continue;
        int64_t row = window.row + (first + i) / window.cols, col = window.col + (first + i) % window.cols;
        status =
            weft_row_draw_add(writer->draw, weft_row_sample_number(writer->seed, row, col), classes, first + i, err);
    }
    return status;
}

static weft_status write_chunk(weft_table_writer *base, const weft_chunk *chunk, weft_error *err) {
    draw_writer *writer = (draw_writer *)base;
    int64_t cells = chunk->window.cols * chunk->window.rows;
    weft_status status = WEFT_OK;
    for (int64_t at = 0; at < cells && status == WEFT_OK; at += PIECE_CELLS) {
        status = weft_cancel_check(writer->spec->context->cancel, err);
        if (status == WEFT_OK) status = take_piece(writer, chunk, at, weft_smaller(PIECE_CELLS, cells - at), err);
    }
    return status;
}

static weft_status finish(weft_table_writer *base, weft_error *err) {
    (void)err;
    weft_row_draw_end(((draw_writer *)base)->draw);
    return WEFT_OK;
}

static void free_writer(weft_table_writer *base) {
    free(base);
}

static const weft_table_writer_kind draw_kind = {.write_chunk = write_chunk, .finish = finish, .free = free_writer};

weft_status weft_draw_writer_new(weft_table_writer **out, const weft_table_spec *spec, uint64_t seed, bool by,
                                 weft_row_draw *draw, weft_error *err) {
    draw_writer *writer = calloc(1, sizeof *writer);
    *out = NULL;
    if (writer == NULL) return weft_error_no_memory(err, "the sample");
    *writer = (draw_writer){.base = {.kind = &draw_kind}, .spec = spec, .seed = seed, .by = by, .draw = draw};
    *out = &writer->base;
    return WEFT_OK;
}
