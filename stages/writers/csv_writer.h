/* The table as CSV: workers format slices of a chunk.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_CSV_WRITER_H
#define WEFT_STAGES_CSV_WRITER_H

#include "stages/writers/table_writer.h"

/* Writes the header line, unless the output has it.
 *
 * spec         borrowed, outlives the writer
 * slice_bytes  text that a worker formats at once, if the ledger grants it; two slices a worker are reserved
 * errors       WEFT_ERR_IO, WEFT_ERR_MEMORY */
weft_status weft_csv_writer_new(weft_table_writer **out, const weft_table_spec *spec, weft_output_file *output,
                                int64_t slice_bytes, weft_error *err);

#endif
