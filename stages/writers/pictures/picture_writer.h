/* A quick look at every layer, and a sheet of all of them, as PNG.
 *
 * Cells are gathered into small pictures while chunks pass by; the pictures lie in a scratch file until the end, when
 * they are drawn (picture_draw.h). The sheet is the format's output; each layer's file is one of its own, named
 * after it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_PICTURE_WRITER_H
#define WEFT_STAGES_PICTURE_WRITER_H

#include "core/memory/reserve.h"
#include "stages/writers/pictures/picture_options.h"

/* Gathering, while chunks come, is all or nothing; drawing is at the end. */
weft_reserve weft_picture_writer_reserve(int64_t cols, int64_t rows, int column_count, double cell_width,
                                         double cell_height);

/* An upper guess of the bytes of a layer's file, and of the sheet. */
int64_t weft_picture_writer_estimate(int64_t cols, int64_t rows);
int64_t weft_picture_writer_sheet_estimate(int64_t cols, int64_t rows);

/* Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY. */
weft_status weft_picture_writer_new(weft_table_writer **out, const weft_picture_options *options, weft_error *err);

#endif
