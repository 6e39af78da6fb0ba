/* A writer without a file that draws the rows of a sample: those that every condition but the sample keeps.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_DRAW_WRITER_H
#define WEFT_STAGES_DRAW_WRITER_H

#include "processors/table/row_sample.h"
#include "stages/writers/table_writer.h"

/* seed   of weft_row_sample_number()
 * by     whether the draw has classes: the view after that of the chosen rows in weft_chunk.columns
 * draw    borrowed; ended by finish()
 * errors  WEFT_ERR_MEMORY */
weft_status weft_draw_writer_new(weft_table_writer **out, const weft_table_spec *spec, uint64_t seed, bool by,
                                 weft_row_draw *draw, weft_error *err);

#endif
