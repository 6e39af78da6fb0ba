/* Row groups of a Parquet file that is being written: their metadata goes to a spool, and from there to the footer, so
 * that memory does not grow with the table.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_PARQUET_GROUPS_H
#define WEFT_STAGES_PARQUET_GROUPS_H

#include "core/files/output_file.h"
#include "processors/parquet/parquet_footer.h"
#include "stages/pieces/piece_file.h"
#include "stages/writers/spool_file.h"

/* One thread. */
typedef struct weft_parquet_groups {
    const weft_parquet_table *table; /* borrowed, as the output */
    weft_output_file *output;
    weft_spool_file *spool;     /* opened and closed by the owner */
    weft_parquet_chunk *chunks; /* of the group that is being written: room for one a field; the owner's */
    int chunks_written;
    int64_t offset, count, rows; /* where that group begins; whole groups in the file, and their rows */
} weft_parquet_groups;

/* Keeps the metadata of the group's next column, which is in the output. Errors: WEFT_ERR_IO. */
weft_status weft_parquet_groups_keep(weft_parquet_groups *groups, const weft_parquet_chunk *chunk, weft_error *err);

/* The footer of a table of so many rows. Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY; WEFT_ERR_DATA: it is too large. */
weft_status weft_parquet_groups_end(weft_parquet_groups *groups, int64_t rows, weft_error *err);

/* A piece ends in what its spool has, and in how many bytes of it are groups. Errors: WEFT_ERR_IO. */
weft_status weft_parquet_groups_end_piece(weft_parquet_groups *groups, weft_error *err);
/* Takes over the groups of an open piece. group_rows: of full ones. Errors: WEFT_ERR_IO, WEFT_ERR_DATA. */
weft_status weft_parquet_groups_join(weft_parquet_groups *groups, const weft_table_piece *piece, int fd,
                                     int64_t group_rows, weft_error *err);

#endif
