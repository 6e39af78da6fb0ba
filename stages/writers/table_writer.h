/* What the export stage needs of a table format: take a chunk, finish. A format is one more of these, nothing else.
 *
 * A writer shares its work among the context's workers and appends to its output in order. All calls come from the one
 * thread that drains the chunks.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_TABLE_WRITER_H
#define WEFT_STAGES_TABLE_WRITER_H

#include "core/files/output_file.h"
#include "processors/text/row_formatter.h"
#include "stages/context/chunk.h"
#include "stages/context/context.h"
#include "stages/pieces/piece_file.h"

typedef struct weft_table_writer weft_table_writer;

/* Where a writer stands, at the end of a chunk: all it needs to go on in another process. */
typedef struct weft_table_position {
    int64_t bytes;       /* of the output, from its start: what lies behind is cut off on resume */
    int64_t spool_bytes; /* of the writer's own spool in scratch, likewise */
    int64_t next_cell;   /* row-major: the first one that those bytes do not hold; of the grid, in long layout of the
                            grid that is as many times as wide as there are dates */
    int64_t rows;        /* of the table, in those bytes */
} weft_table_position;

/* A writer is made on an output that is empty, and begins it; or on one that holds what another process wrote, and then
 * resume() is called before anything else. */
typedef struct weft_table_writer_kind {
    /* Takes the cells of `chunk` from its next_cell on; done with it on return, also on failure. */
    weft_status (*write_chunk)(weft_table_writer *writer, const weft_chunk *chunk, weft_error *err);
    /* Writes what comes after the last chunk. NULL: nothing does. */
    weft_status (*finish)(weft_table_writer *writer, weft_error *err);
    void (*free)(weft_table_writer *writer);
    /* Where it stands, between chunks. NULL, as the two that follow: the format cannot be gone on with and is rebuilt
     * from the first row. */
    void (*position)(const weft_table_writer *writer, weft_table_position *out);
    /* Goes on at `at`: once, before the first chunk. The output ends at at->bytes. Errors: WEFT_ERR_IO. */
    weft_status (*resume)(weft_table_writer *writer, const weft_table_position *at, weft_error *err);
    /* Returns when the spool is on disk as far as position() says, and its SHA-256, "" where there is none yet; the
     * output is synced by whoever opened it. NULL: there is no spool. Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY. */
    weft_status (*sync_spool)(weft_table_writer *writer, char hash[WEFT_DIGEST_HEX_BYTES], weft_error *err);
    /* Takes a piece that a writer of this kind made of the cells that come next, as if they had come in chunks: its
     * bytes are copied, not made again. What it has of them already is left out: all of a piece, or nothing. NULL: it
     * is given their cells. Errors: WEFT_ERR_IO, WEFT_ERR_DATA (it is no such piece), WEFT_ERR_CANCELLED. */
    weft_status (*join)(weft_table_writer *writer, const weft_table_piece *piece, weft_error *err);
} weft_table_writer_kind;

/* Every kind starts with this. */
struct weft_table_writer {
    const weft_table_writer_kind *kind;
    weft_output_file *output; /* borrowed; committed by whoever opened it. NULL: what it makes is no file */
    int64_t rows;             /* of the table, taken so far */
    int64_t other_bytes;      /* of files beside the output that are it, too */
    int64_t cell_rows;        /* so many of the cells that it counts are one of the chunks'; 0: each is one */
};

/* What all formats are told of the table. Borrowed. */
typedef struct weft_table_spec {
    weft_context *context;
    const weft_row_format *format; /* the grid's geometry, the columns, and which rows are kept */
    const weft_data_type *types;   /* of the columns */
    const char *const *names;      /* of the columns */
    int64_t cols, rows;            /* the grid's */
    /* The cells that the file is of, row-major: all of the grid's, or those from first_cell to before end_cell. Chunks
     * may hold others, which are passed over. */
    int64_t first_cell, end_cell;
    bool piece; /* others are joined to it: what begins and ends a file is left out */
} weft_table_spec;

/* Which cells of a chunk, counted in it, a file of this spec takes that has all before next_cell: those from *begin to
 * before what is returned; 0: none. */
static inline int64_t weft_table_spec_clip(const weft_table_spec *spec, weft_window window, int64_t next_cell,
                                           int64_t *begin) {
    int64_t first = window.row * spec->cols + window.col, end = first + window.cols * window.rows;
    if (end > spec->end_cell) end = spec->end_cell;
    *begin = next_cell > first ? next_cell - first : 0;
    return end - first > *begin ? end - first : 0;
}

/* NULL is fine. */
static inline void weft_table_writer_free(weft_table_writer *writer) {
    if (writer != NULL) writer->kind->free(writer);
}

#endif
