/* The file of a piece: what a process wrote of a range of the grid's cells, for another one to join with its
 * neighbours.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_PIECE_FILE_H
#define WEFT_STAGES_PIECE_FILE_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/* It is whole and closed. */
typedef struct weft_table_piece {
    const char *path;
    int64_t bytes, rows;          /* rows: of the table, in it */
    int64_t first_cell, end_cell; /* of the grid, row-major: it holds those from first_cell to before end_cell */
} weft_table_piece;

/* Opens it to read; *fd is closed by the caller, -1 on failure. Errors: WEFT_ERR_IO, WEFT_ERR_PERMISSION, WEFT_ERR_DATA
 * (it is not as long as it should be). Any thread. */
weft_status weft_piece_file_open(int *fd, const weft_table_piece *piece, weft_error *err);

/* Reads `length` bytes at `offset`. Errors: WEFT_ERR_IO, WEFT_ERR_DATA (it ends before). Any thread. */
weft_status weft_piece_file_read(int fd, const weft_table_piece *piece, int64_t offset, void *bytes, size_t length,
                                 weft_error *err);

/* Words that its bytes are not those of such a piece, and returns WEFT_ERR_DATA. */
weft_status weft_piece_file_damaged(const weft_table_piece *piece, weft_error *err);

#endif
