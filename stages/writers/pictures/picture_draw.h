/* Draws the pictures that a picture writer gathered: each layer's file, and the sheet of all.
 *
 * Between the files of this folder only.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_PICTURE_DRAW_H
#define WEFT_STAGES_PICTURE_DRAW_H

#include "picture/contact_sheet.h"
#include "processors/table/quicklook.h"
#include "stages/writers/pictures/picture_options.h"
#include "stages/writers/scratch_file.h"

/* All borrowed. */
typedef struct weft_picture_drawing {
    const weft_picture_options *options;
    const weft_quicklook_shape *shape;
    const weft_picture_frame *frame;
    const weft_contact_sheet *sheet;
    weft_scratch_file *gathered; /* the layers' values, Float32, one picture after the other */
} weft_picture_drawing;

/* What drawing takes at least: the sheet, and one layer. */
int64_t weft_picture_draw_bytes(const weft_quicklook_shape *shape, const weft_picture_frame *frame,
                                const weft_contact_sheet *sheet);

/* Writes the layers' files, and the sheet to `output`. Layers are drawn by as many workers as have room in what the
 * ledger held before, so that the run's peak is none higher for it; by one, where that is little.
 *
 * thread  not a worker
 * errors  WEFT_ERR_IO, WEFT_ERR_MEMORY, WEFT_ERR_CANCELLED */
weft_status weft_picture_draw_all(const weft_picture_drawing *drawing, weft_output_file *output, weft_error *err);

#endif
