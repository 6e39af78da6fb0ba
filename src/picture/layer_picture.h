/* A layer as a picture of its own: its name, the map, and a legend with range and unit. And what a sheet of many shares
 * with it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PICTURE_LAYER_PICTURE_H
#define WEFT_PICTURE_LAYER_PICTURE_H

#include "picture/canvas.h"

/* What one layer's map shows. Texts are UTF-8 and borrowed. */
typedef struct weft_picture_layer {
    const char *name;
    const char *unit; /* NULL where unknown */
    double low, high; /* what the colours span; NaN: there is no finite value */
    double min, max;
    double missing;         /* share of the map where nothing is */
    const uint32_t *pixels; /* the map, painted */
    bool has_palette;       /* in colours of its file: the ramp says nothing of them */
} weft_picture_layer;

/* What all maps of a run share. */
typedef struct weft_picture_frame {
    const char *title;              /* the experiment */
    const char *caption;            /* the grid, in words */
    int width, height;              /* of the map's pixels */
    double cell_width, cell_height; /* of a pixel on the ground, or in whatever proportion */
} weft_picture_frame;

#define WEFT_PICTURE_SIDE 2000 /* pixels that no picture passes */

/* Size of the picture. */
void weft_layer_picture_size(const weft_picture_frame *frame, int *width, int *height);

/* Draws it on a canvas of that size. */
void weft_layer_picture_draw(weft_canvas *canvas, const weft_picture_frame *frame, const weft_picture_layer *layer);

#endif
