/* SPDX-License-Identifier: MIT
 *
 * Frames of whole rows are gathered into one chunk as long as there is room; a part of a row is a chunk of its own. */
#include "stages/cells/cells_reader.h"

#include "core/memory/buffer.h"
#include "core/window.h"
#include "stages/cells/cell_frame.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct weft_cells_reader {
    const weft_table_spec *spec;
    const weft_table_piece *piece;
    int fd;
    int64_t offset, next_cell; /* of the next frame */
    weft_buffer memory;        /* the columns, a frame's streams, its packed bytes */
    int64_t max_cells;         /* of a chunk */
    weft_frame_layout layout;
    uint8_t *streams, *packed; /* a frame's, in `memory` */
    weft_values *views;        /* max_cells of each of the spec's columns, then which cells are rows */
    weft_values *columns;      /* of the chunk */
    weft_chunk chunk;
};

/* --- frames --- */

static weft_status damaged(const weft_cells_reader *reader, weft_error *err) {
    return weft_piece_file_damaged(reader->piece, err);
}

static weft_status read_header(weft_cells_reader *reader, weft_frame_header *out, weft_error *err) {
    const weft_table_spec *spec = reader->spec;
    weft_status status = weft_piece_file_read(reader->fd, reader->piece, reader->offset, out, sizeof *out, err);
    if (status != WEFT_OK) return status;
    bool good = out->mark == WEFT_FRAME_MARK && out->cols >= 1 && out->cols <= spec->cols && out->rows >= 1 &&
                out->rows <= spec->rows && out->row >= 0 && out->col >= 0 && out->col + out->cols <= spec->cols &&
                out->rows <= reader->layout.max_cells / out->cols && (out->rows == 1 || out->cols == spec->cols) &&
                out->packed_bytes > 0 && out->packed_bytes <= reader->layout.packed_bytes &&
                out->row * spec->cols + out->col == reader->next_cell &&
                out->cols * out->rows <= reader->piece->end_cell - reader->next_cell;
    return good ? WEFT_OK : damaged(reader, err);
}

/* Unpacks a frame into the chunk's memory, from its cell `at` on. */
static weft_status read_frame(weft_cells_reader *reader, const weft_frame_header *header, int64_t at, weft_error *err) {
    int64_t cells = header->cols * header->rows;
    int count = reader->spec->format->column_count + 1;
    weft_status status = weft_piece_file_read(reader->fd, reader->piece, reader->offset + (int64_t)sizeof *header,
                                              reader->packed, (size_t)header->packed_bytes, err);
    if (status != WEFT_OK) return status;
    if (!weft_page_unpack_zstd(reader->packed, (size_t)header->packed_bytes, reader->streams,
                               (size_t)(cells * reader->layout.cell_bytes)))
        return damaged(reader, err);
    for (int i = 0; i < count; i++) {
        reader->columns[i] = weft_values_at(reader->views[i], 0, at);
        reader->columns[i].stride = header->cols;
    }
    weft_frame_unite(reader->spec, reader->columns, header->cols, header->rows, reader->streams);
    reader->offset += (int64_t)sizeof *header + header->packed_bytes;
    reader->next_cell += cells;
    return WEFT_OK;
}

/* --- chunks --- */

static weft_status gather(weft_cells_reader *reader, weft_error *err) {
    weft_window *window = &reader->chunk.window;
    weft_frame_header header;
    weft_status status = WEFT_OK;
    *window = (weft_window){0};
    while (status == WEFT_OK && reader->next_cell < reader->piece->end_cell) {
        int64_t held = window->cols * window->rows;
        status = read_header(reader, &header, err);
        if (status != WEFT_OK) break;
        bool fits = held == 0 || (window->cols == reader->spec->cols && header.cols == window->cols &&
                                  held + header.cols * header.rows <= reader->max_cells);
        if (!fits) break;
        status = read_frame(reader, &header, held, err);
        if (held == 0)
            *window = (weft_window){header.col, header.row, header.cols, header.rows};
        else
            window->rows += header.rows;
    }
    return status;
}

weft_status weft_cells_reader_next(weft_cells_reader *reader, const weft_chunk **out, weft_error *err) {
    int count = reader->spec->format->column_count + 1;
    *out = NULL;
    weft_status status = weft_cancel_check(reader->spec->context->cancel, err);
    if (status == WEFT_OK && reader->next_cell >= reader->piece->end_cell)
        return reader->offset == reader->piece->bytes ? WEFT_OK : damaged(reader, err);
    if (status == WEFT_OK) status = gather(reader, err);
    if (status != WEFT_OK) return status;
    for (int i = 0; i < count; i++) {
        reader->columns[i] = reader->views[i];
        reader->columns[i].stride = reader->chunk.window.cols;
    }
    reader->chunk.number++;
    *out = &reader->chunk;
    return WEFT_OK;
}

/* --- making --- */

static int64_t column_bytes(weft_data_type type, int64_t cells) {
    return weft_align(cells * (int64_t)weft_data_type_size(type)) +
           (weft_data_type_is_float(type) ? 0 : weft_align(cells));
}

static int64_t columns_bytes(const weft_table_spec *spec, int64_t cells) {
    int64_t bytes = weft_align(cells);
    for (int i = 0; i < spec->format->column_count; i++)
        bytes += column_bytes(spec->types[i], cells);
    return bytes;
}

static void lay_out(weft_cells_reader *reader) {
    const weft_table_spec *spec = reader->spec;
    uint8_t *at = reader->memory.data;
    int count = spec->format->column_count;
    for (int i = 0; i < count; i++) {
        weft_data_type type = spec->types[i];
        reader->views[i] = (weft_values){.type = type, .values = at};
        if (!weft_data_type_is_float(type))
            reader->views[i].valid = at + weft_align(reader->max_cells * (int64_t)weft_data_type_size(type));
        at += column_bytes(type, reader->max_cells);
    }
    reader->views[count] = (weft_values){.type = WEFT_UINT8, .values = at};
    at += weft_align(reader->max_cells);
    reader->streams = at;
    reader->packed = at + weft_align(reader->layout.max_cells * reader->layout.cell_bytes);
}

static weft_status reserve(weft_cells_reader *reader, int64_t chunk_bytes, weft_error *err) {
    const weft_table_spec *spec = reader->spec;
    weft_frame_layout layout =
        weft_frame_layout_of(spec->types, spec->format->column_count, spec->format->chosen, spec->cols * spec->rows);
    int64_t frame = weft_align(layout.max_cells * layout.cell_bytes) + layout.packed_bytes;
    reader->layout = layout;
    reader->max_cells =
        weft_larger(layout.max_cells, chunk_bytes / columns_bytes(spec, WEFT_ALIGNMENT) * WEFT_ALIGNMENT);
    reader->max_cells = weft_smaller(reader->max_cells, reader->piece->end_cell - reader->piece->first_cell);
    reader->max_cells = weft_larger(reader->max_cells, 1);
    weft_status status = weft_buffer_reserve(&reader->memory, spec->context->ledger, WEFT_TAG_CHUNK,
                                             columns_bytes(spec, reader->max_cells) + frame, NULL);
    if (status != WEFT_OK) {
        reader->max_cells = weft_smaller(reader->max_cells, layout.max_cells);
        status = weft_buffer_reserve_min(&reader->memory, spec->context->ledger, WEFT_TAG_CHUNK,
                                         columns_bytes(spec, reader->max_cells) + frame, err);
    }
    if (status == WEFT_OK) lay_out(reader);
    return status;
}

weft_status weft_cells_reader_open(weft_cells_reader **out, const weft_table_spec *spec, const weft_table_piece *piece,
                                   int64_t chunk_bytes, weft_error *err) {
    weft_cells_reader *reader = calloc(1, sizeof *reader);
    size_t count = (size_t)spec->format->column_count + 1;
    *out = NULL;
    if (reader != NULL) {
        *reader = (weft_cells_reader){.spec = spec, .piece = piece, .fd = -1, .next_cell = piece->first_cell};
        reader->views = calloc(count, sizeof *reader->views);
        reader->columns = calloc(count, sizeof *reader->columns);
    }
    if (reader == NULL || reader->views == NULL || reader->columns == NULL) {
        weft_cells_reader_close(reader);
        return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to read it", piece->path);
    }
    reader->chunk = (weft_chunk){.number = -1, .column_count = (int)count - 1, .columns = reader->columns};
    weft_status status = weft_piece_file_open(&reader->fd, piece, err);
    if (status == WEFT_OK) status = reserve(reader, chunk_bytes, err);
    if (status == WEFT_OK)
        *out = reader;
    else
        weft_cells_reader_close(reader);
    return status;
}

void weft_cells_reader_close(weft_cells_reader *reader) {
    if (reader == NULL) return;
    if (reader->fd >= 0) (void)close(reader->fd);
    weft_buffer_release(&reader->memory);
    free(reader->views);
    free(reader->columns);
    free(reader);
}
