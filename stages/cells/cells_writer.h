/* Writes the cells of a shard to a file of frames (cell_frame.h), for formats whose pieces cannot be joined by copying.
 * When the shards are joined, cells_reader.h reads them, and the writers of those formats are given the cells.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_CELLS_WRITER_H
#define WEFT_STAGES_CELLS_WRITER_H

#include "core/memory/reserve.h"
#include "stages/cells/cell_frame.h"

/* spec: borrowed, outlives the writer; max_bytes: of the ledger, at least the `min` of weft_cells_writer_reserve(). The
 * writer can be continued at each end of a chunk. Errors: WEFT_ERR_MEMORY. */
weft_status weft_cells_writer_new(weft_table_writer **out, const weft_table_spec *spec, weft_output_file *output,
                                  int64_t max_bytes, weft_error *err);

/* Two frames for each worker are desired, one in all is the least; each worker's compressor is beside the ledger. */
weft_reserve weft_cells_writer_reserve(weft_frame_layout layout, int threads);

#endif
