/* All layers of a run on one sheet: small maps in a grid, each with its name, its colours and its range.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PICTURE_CONTACT_SHEET_H
#define WEFT_PICTURE_CONTACT_SHEET_H

#include "picture/layer_picture.h"

/* How a sheet of `count` layers is laid out: as large as its maps can be. */
typedef struct weft_contact_sheet {
    weft_picture_frame frame; /* texts borrowed */
    int count, across, down;
    int map_width, map_height;   /* as shown */
    int cell_width, cell_height; /* map, label and the gap to the next */
    int width, height;           /* of the sheet */
} weft_contact_sheet;

weft_contact_sheet weft_contact_sheet_plan(const weft_picture_frame *frame, int count);

/* Draws the sheet's head on a canvas of that size, then a layer at its place. */
void weft_contact_sheet_begin(weft_canvas *canvas, const weft_contact_sheet *sheet);
void weft_contact_sheet_add(weft_canvas *canvas, const weft_contact_sheet *sheet, int index,
                            const weft_picture_layer *layer);

#endif
