/* Gives the cells that cells_writer.h wrote, as chunks: they are those of a run, whatever its chunks were.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_CELLS_READER_H
#define WEFT_STAGES_CELLS_READER_H

#include "stages/writers/table_writer.h"

typedef struct weft_cells_reader weft_cells_reader;

/* spec: of the table, borrowed; chunk_bytes: of a chunk's columns in the ledger, at most, but at least one frame.
 * Errors: WEFT_ERR_IO, WEFT_ERR_DATA (it is no such piece), WEFT_ERR_MEMORY. One thread. */
weft_status weft_cells_reader_open(weft_cells_reader **out, const weft_table_spec *spec, const weft_table_piece *piece,
                                   int64_t chunk_bytes, weft_error *err);
/* NULL is fine. */
void weft_cells_reader_close(weft_cells_reader *reader);

/* The next chunk, until the next call; NULL in *out after the last cell of the piece. Errors: WEFT_ERR_IO,
 * WEFT_ERR_DATA, WEFT_ERR_CANCELLED. */
weft_status weft_cells_reader_next(weft_cells_reader *reader, const weft_chunk **out, weft_error *err);

#endif
