/* Something to draw a picture on, and what all of weft's pictures share: paper, type, a frame for a map, a bar of
 * colours, numbers for people.
 *
 * Memory is the caller's, so that it is in the ledger. Cairo and its fonts take WEFT_CANVAS_UNMANAGED beside it. One
 * thread a canvas.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PICTURE_CANVAS_H
#define WEFT_PICTURE_CANVAS_H

#include "core/files/output_file.h"

#define WEFT_CANVAS_UNMANAGED (INT64_C(12) << 20)

typedef struct weft_canvas weft_canvas;

/* What a canvas' pixels take. */
int64_t weft_canvas_bytes(int width, int height);

/* White paper of width x height pixels in `pixels`, which outlives it. Errors: WEFT_ERR_MEMORY. */
weft_status weft_canvas_new(weft_canvas **out, void *pixels, int width, int height, weft_error *err);
/* NULL is fine. */
void weft_canvas_free(weft_canvas *canvas);

/* Appends it to `output` as PNG. Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY. */
weft_status weft_canvas_write(weft_canvas *canvas, weft_output_file *output, weft_error *err);

typedef enum weft_canvas_ink { WEFT_INK_STRONG, WEFT_INK_SOFT } weft_canvas_ink;
typedef enum weft_canvas_align { WEFT_ALIGN_LEFT, WEFT_ALIGN_CENTER, WEFT_ALIGN_RIGHT } weft_canvas_align;

typedef struct weft_canvas_type {
    double size; /* pixels */
    bool bold;
    weft_canvas_ink ink;
    weft_canvas_align align;
    double max; /* pixels wide: what is longer loses its middle. 0: no limit */
} weft_canvas_type;

/* UTF-8 with its baseline at y, and x where `align` says. Returns how wide it is. */
double weft_canvas_text(weft_canvas *canvas, double x, double y, weft_canvas_type type, const char *text);

/* A map of width x height pixels (0xAARRGGBB, transparent where nothing is) drawn as large as shown_width x
 * shown_height at (x, y), in a hole of the paper. */
typedef struct weft_canvas_map {
    const uint32_t *pixels;
    int width, height, shown_width, shown_height;
    bool of_classes; /* colours are not mixed where it is shown smaller */
} weft_canvas_map;
void weft_canvas_draw_map(weft_canvas *canvas, double x, double y, const weft_canvas_map *map);

/* The ramp from left to right. */
void weft_canvas_draw_ramp(weft_canvas *canvas, double x, double y, double width, double height);

/* A small empty box: what missing looks like. */
void weft_canvas_draw_hole(weft_canvas *canvas, double x, double y, double side);

#define WEFT_NUMBER_TEXT_BYTES 40
/* A number with as many digits as tell values apart that are `span` from each other. */
void weft_canvas_number(double value, double span, char out[WEFT_NUMBER_TEXT_BYTES]);

#endif
