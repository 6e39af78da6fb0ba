/* The table, row by row, into a sink that is passed in: a database, whose library no stage may use.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_SINK_WRITER_H
#define WEFT_STAGES_SINK_WRITER_H

#include "core/row_sink.h"
#include "stages/writers/table_writer.h"

/* spec: borrowed, outlives the writer; sink: taken over, also on failure; output: the file that the sink writes itself,
 * adopted at the end. Rows are added by the thread that drains the chunks, while workers fill the next. Such a table is
 * rebuilt from its first row after a stop. Errors: WEFT_ERR_MEMORY. */
weft_status weft_sink_writer_new(weft_table_writer **out, const weft_table_spec *spec, weft_output_file *output,
                                 weft_row_sink sink, weft_error *err);

#endif
