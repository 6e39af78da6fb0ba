/* A table writer writes one output: it takes chunks, then finishes. Each format has one.
 *
 * A writer shares its work among the context's workers, and appends to its output in order.
 *
 * thread      all calls come from the coordinating thread
 * call order  a new output: write_chunk() or join(), any number of times; finish(); free()
 *             an output that another process began: resume(), then the same
 *             between two of these: position() and sync_spool(), for a checkpoint
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

/* A writer's position between two chunks: all it needs to continue in another process. */
typedef struct weft_table_position {
    int64_t bytes;       /* of the output, from its start; a resumed run cuts off what comes after them */
    int64_t spool_bytes; /* of the writer's spool file in scratch, likewise */
    int64_t next_cell;   /* the first cell, row-major in the grid, that those bytes do not hold. In long layout the grid
                            counts as being as many times as wide as there are dates */
    int64_t rows;        /* of the table, in those bytes */
} weft_table_position;

typedef struct weft_table_writer_kind {
    /* Takes the cells of `chunk` from its next_cell on. Does not use the chunk after it returns, also when it fails. */
    weft_status (*write_chunk)(weft_table_writer *writer, const weft_chunk *chunk, weft_error *err);
    /* Writes what comes after the last chunk (a footer). NULL: nothing does. */
    weft_status (*finish)(weft_table_writer *writer, weft_error *err);
    void (*free)(weft_table_writer *writer);
    /* Reports the position. NULL, with resume and sync_spool: the format cannot be continued, and a resumed run writes it
     * again from the first row. */
    void (*position)(const weft_table_writer *writer, weft_table_position *out);
    /* Continues at `at`, where the output ends at at->bytes. Called once, before the first chunk. Errors: WEFT_ERR_IO. */
    weft_status (*resume)(weft_table_writer *writer, const weft_table_position *at, weft_error *err);
    /* Syncs the spool as far as position() says, and sets its SHA-256, "" where there is no spool yet. (Whoever opened
     * the output syncs the output.) NULL: there is no spool. Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY. */
    weft_status (*sync_spool)(weft_table_writer *writer, char hash[WEFT_DIGEST_HEX_BYTES], weft_error *err);
    /* Takes a piece that a writer of this kind made of the cells that come next, as if they had come in chunks: its
     * bytes are copied, not made again. What it has of them already is left out: all of a piece, or nothing. NULL: it
     * is given their cells. Errors: WEFT_ERR_IO, WEFT_ERR_DATA (it is no such piece), WEFT_ERR_CANCELLED. */
    weft_status (*join)(weft_table_writer *writer, const weft_table_piece *piece, weft_error *err);
} weft_table_writer_kind;

/* Every kind starts with this. */
struct weft_table_writer {
    const weft_table_writer_kind *kind;
    weft_output_file *output; /* borrowed; whoever opened it commits it. NULL: the writer makes no file */
    int64_t rows;             /* of the table, taken so far */
    int64_t other_bytes;      /* of further files that belong to the output */
    int64_t cell_rows;        /* long layout: the number of dates, which are the rows of one cell; 0: one row a cell */
};

/* The table, as every format sees it. Borrowed. */
typedef struct weft_table_spec {
    weft_context *context;
    const weft_row_format *format; /* the grid's geometry, the columns, and which rows are kept */
    const weft_data_type *types;   /* of the columns */
    const char *const *names;      /* of the columns */
    int64_t cols, rows;            /* the grid's */
    /* The file has the cells first_cell .. end_cell - 1, row-major. Other cells of a chunk are skipped. */
    int64_t first_cell, end_cell;
    bool piece; /* the file is a piece that will be joined to others: it has no header and no footer */
} weft_table_spec;

/* The cells of a chunk that a file of this spec still needs, when it has all cells before next_cell: *begin .. returned
 * value - 1, counted from the chunk's first cell. Returns 0 where it needs none. */
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
