/* The table as CSV in gzip members: workers format and compress one each.
 *
 * A member is the lines of a fixed number of the grid's cells (weft_gzip_member_cells()), counted from its first one,
 * so that a file has the same bytes whatever the chunks. The header line is a member of its own; a member without
 * lines is left out. Every gzip reader takes members that follow each other as one text.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_GZIP_WRITER_H
#define WEFT_STAGES_GZIP_WRITER_H

#include "core/memory/reserve.h"
#include "stages/writers/table_writer.h"

/* spec: borrowed, outlives the writer; level: 1 to 9; max_bytes: of the ledger, as far as one member allows. Errors:
 * WEFT_ERR_MEMORY. */
weft_status weft_gzip_writer_new(weft_table_writer **out, const weft_table_spec *spec, weft_output_file *output,
                                 int level, int64_t max_bytes, weft_error *err);

/* Cells of a member: their lines are about 256 KiB of text. Follows from the number of columns alone. */
int64_t weft_gzip_member_cells(int column_count);

/* What a writer needs with `threads` workers: two members under way a worker are desired, one in all is the least; and
 * each worker's compressor beside the ledger. line_bytes: weft_row_format_bound(); cells: the grid's. */
weft_reserve weft_gzip_writer_reserve(int64_t line_bytes, int column_count, int64_t cells, int threads);

#endif
