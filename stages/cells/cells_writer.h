/* The cells of a piece as they are, for formats whose files cannot be copied one behind the other: whoever joins the
 * pieces gives the cells to the writers of those formats (cells_reader.h).
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_CELLS_WRITER_H
#define WEFT_STAGES_CELLS_WRITER_H

#include "core/memory/reserve.h"
#include "stages/writers/table_writer.h"

/* spec: borrowed, outlives the writer; max_bytes: of the ledger, at least what reserve() calls the least. A position is
 * the end of a chunk. Errors: WEFT_ERR_MEMORY. */
weft_status weft_cells_writer_new(weft_table_writer **out, const weft_table_spec *spec, weft_output_file *output,
                                  int64_t max_bytes, weft_error *err);

/* Two frames under way a worker are desired, one in all is the least; each worker's compressor is beside the ledger.
 * cols, rows: the grid's. */
weft_reserve weft_cells_writer_reserve(const weft_data_type *types, int column_count, bool chosen, int64_t cols,
                                       int64_t rows, int threads);

#endif
