/* What a shard made of the table, and how the whole table's writers take it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_TABLE_PART_H
#define WEFT_STAGES_TABLE_PART_H

#include "stages/writers/table_writer.h"

typedef struct weft_table_part {
    int64_t end_row;                /* of the grid: those before it are whole when this part is joined */
    const weft_table_piece *pieces; /* one a writer, of its kind; path NULL: the writer is given the cells */
    weft_table_piece cells;         /* path NULL: no writer needs them */
} weft_table_part;

/* Gives the part to all writers, which have those before it: pieces are copied, others' cells are written.
 *
 * spec         of the whole table
 * chunk_bytes  of the ledger, for cells on their way
 * errors       WEFT_ERR_IO, WEFT_ERR_DATA (a piece is damaged), WEFT_ERR_CANCELLED, WEFT_ERR_MEMORY */
weft_status weft_table_part_join(const weft_table_part *part, const weft_table_spec *spec,
                                 weft_table_writer *const *writers, int writer_count, int64_t chunk_bytes,
                                 weft_error *err);

#endif
