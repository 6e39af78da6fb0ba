/* Gathers the rows of a row group from chunks: those of a group that lies in several, or that the row filter keeps.
 *
 * A row group has so many rows of the table, wherever chunks begin and end. Chosen cells are copied out of each chunk,
 * column by column, a task each, since a chunk's memory is another's after it was written.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_ROW_GATHERER_H
#define WEFT_STAGES_ROW_GATHERER_H

#include "core/memory/buffer.h"
#include "stages/writers/group_rows.h"
#include "stages/writers/table_writer.h"

/* Zero-initialised is empty and may be disposed. One thread, not a worker. */
typedef struct weft_row_gatherer {
    const weft_table_spec *spec; /* borrowed */
    int64_t group_rows, filled;  /* rows of a group; of them gathered */
    weft_buffer memory;          /* cells, then each column's values and mask */
    int64_t *cells;              /* in memory: the grid's cell of each row */
    weft_values *columns;        /* in memory, at stride group_rows */
    struct weft_gather_task *tasks;
    weft_task_group group;
    bool group_ready;
} weft_row_gatherer;

/* What groups of so many rows take of the ledger. */
int64_t weft_row_gatherer_bytes(const weft_data_type *types, int column_count, int64_t group_rows);

/* Reserves the memory. Errors: WEFT_ERR_MEMORY (the ledger or the system refused); dispose takes what there is. */
weft_status weft_row_gatherer_init(weft_row_gatherer *gatherer, const weft_table_spec *spec, int64_t group_rows,
                                   weft_error *err);
void weft_row_gatherer_dispose(weft_row_gatherer *gatherer);

/* Takes the chunk's cells from *at to before `end` that the filter keeps, until the group is full, and moves *at after
 * them. Nobody may read the group meanwhile. Errors: none of its own. */
weft_status weft_row_gatherer_take(weft_row_gatherer *gatherer, const weft_chunk *chunk, int64_t *at, int64_t end,
                                   weft_error *err);

/* The rows that are gathered, at least one, and begins a new group: their memory stays until the next take. */
weft_group_rows weft_row_gatherer_end_group(weft_row_gatherer *gatherer);

#endif
