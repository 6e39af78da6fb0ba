/* SPDX-License-Identifier: MIT
 *
 * Measures are pixels; everything hangs on the map's left edge. */
#include "picture/layer_picture.h"

#include <math.h>
#include <stdio.h>

#define MAP_SIDE   1200 /* pixels: the longer side, about */
#define MARGIN     40
#define HEAD       76  /* above the map, under the margin */
#define LEGEND     92  /* below the map, above the margin */
#define MIN_WIDE   560 /* what the legend needs */
#define BAR_WIDTH  360
#define BAR_HEIGHT 14

/* How large a map is shown so that its longer side is about `side`. Where it is enlarged, a pixel of the map becomes a
 * whole number of pixels. */
static void find_shown_size(const weft_picture_frame *frame, int side, int *width, int *height) {
    double wide = frame->width * frame->cell_width, high = frame->height * frame->cell_height;
    double scale = side / fmax(wide, high);
    bool square = fabs(frame->cell_width / frame->cell_height - 1) < 1e-6;
    double times = scale * frame->cell_width; /* what a pixel becomes */
    if (square && times >= 1) scale = floor(times) / frame->cell_width;
    *width = (int)fmax(floor(wide * scale + 0.5), 1);
    *height = (int)fmax(floor(high * scale + 0.5), 1);
}

void weft_layer_picture_size(const weft_picture_frame *frame, int *width, int *height) {
    find_shown_size(frame, MAP_SIDE, width, height);
    *width = (*width > MIN_WIDE ? *width : MIN_WIDE) + 2 * MARGIN;
    *height += HEAD + LEGEND + 2 * MARGIN;
}

static void draw_range(weft_canvas *canvas, const weft_picture_layer *layer, double x, double y) {
    const weft_canvas_type number = {.size = 15, .ink = WEFT_INK_STRONG};
    char text[WEFT_NUMBER_TEXT_BYTES];
    double span = layer->high - layer->low;
    weft_canvas_draw_ramp(canvas, x, y, BAR_WIDTH, BAR_HEIGHT);
    for (int i = 0; i <= 2; i++) {
        weft_canvas_type type = number;
        type.align = i == 0 ? WEFT_ALIGN_LEFT : i == 1 ? WEFT_ALIGN_CENTER : WEFT_ALIGN_RIGHT;
        if (i == 1 && !(span > 0)) continue;
        weft_canvas_number(layer->low + span * i / 2, span, text);
        weft_canvas_text(canvas, x + BAR_WIDTH * i / 2.0, y + BAR_HEIGHT + 22, type, text);
    }
    if (layer->unit != NULL) {
        weft_canvas_type unit = {.size = 15, .ink = WEFT_INK_SOFT, .max = 120};
        weft_canvas_text(canvas, x + BAR_WIDTH + 14, y + BAR_HEIGHT - 1, unit, layer->unit);
    }
}

static void draw_legend(weft_canvas *canvas, const weft_picture_layer *layer, double x, double y) {
    const weft_canvas_type note = {.size = 13, .ink = WEFT_INK_SOFT};
    char min[WEFT_NUMBER_TEXT_BYTES], max[WEFT_NUMBER_TEXT_BYTES], text[160];
    double end = x, span = layer->max - layer->min;
    if (layer->low <= layer->high) {
        const char *format = layer->has_palette ? "colours of its palette, its values %s to %s"
                                                : "colours span 2 to 98 %% of the map, its values %s to %s";
        if (!layer->has_palette) draw_range(canvas, layer, x, y);
        weft_canvas_number(layer->min, span, min);
        weft_canvas_number(layer->max, span, max);
        (void)snprintf(text, sizeof text, format, min, max);
        end += weft_canvas_text(canvas, x, y + LEGEND - 26, note, text) + 24;
    }
    if (!(layer->missing > 0)) return;
    weft_canvas_draw_hole(canvas, end, y + LEGEND - 37, 13);
    (void)snprintf(text, sizeof text, layer->missing >= 0.001 ? "no data: %.1f %%" : "no data: under 0.1 %%",
                   100 * layer->missing);
    weft_canvas_text(canvas, end + 20, y + LEGEND - 26, note, text);
}

void weft_layer_picture_draw(weft_canvas *canvas, const weft_picture_frame *frame, const weft_picture_layer *layer) {
    weft_canvas_map map = {
        .pixels = layer->pixels, .width = frame->width, .height = frame->height, .of_classes = layer->has_palette};
    find_shown_size(frame, MAP_SIDE, &map.shown_width, &map.shown_height);
    double width = map.shown_width > MIN_WIDE ? map.shown_width : MIN_WIDE;
    weft_canvas_text(canvas, MARGIN, MARGIN + 26,
                     (weft_canvas_type){.size = 32, .bold = true, .ink = WEFT_INK_STRONG, .max = width}, layer->name);
    weft_canvas_text(canvas, MARGIN, MARGIN + 54, (weft_canvas_type){.size = 15, .ink = WEFT_INK_SOFT, .max = width},
                     frame->caption);
    weft_canvas_draw_map(canvas, MARGIN, MARGIN + HEAD, &map);
    draw_legend(canvas, layer, MARGIN, MARGIN + HEAD + map.shown_height + 26);
}
