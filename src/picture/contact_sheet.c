/* SPDX-License-Identifier: MIT
 *
 * The number of maps in a row is tried out. */
#include "picture/contact_sheet.h"

#include <math.h>
#include <stdio.h>

#define LARGEST_MAP  520 /* pixels: five maps do not need a poster */
#define MARGIN       40
#define HEAD         76
#define MIN_WIDE     480
#define SCREEN_SHAPE 1.4 /* width to height */

/* Type grows with the map. */
static double type_size(int map_width) {
    return fmin(fmax(map_width / 16.0, 8), 17);
}

static int label_height(int map_width) {
    return (int)ceil(type_size(map_width) * 3.6);
}

static int gap_of(int map_width) {
    return map_width >= 240 ? 28 : map_width >= 120 ? 18 : 10;
}

static weft_contact_sheet with_across(const weft_picture_frame *frame, int count, int across) {
    weft_contact_sheet sheet = {
        .frame = *frame, .count = count, .across = across, .down = (count + across - 1) / across};
    double wide = frame->width * frame->cell_width, high = frame->height * frame->cell_height;
    for (int side = LARGEST_MAP; side > 8; side -= 2) {
        double scale = side / fmax(wide, high);
        sheet.map_width = (int)fmax(floor(wide * scale + 0.5), 8);
        sheet.map_height = (int)fmax(floor(high * scale + 0.5), 8);
        int gap = gap_of(sheet.map_width);
        sheet.cell_width = sheet.map_width + gap;
        sheet.cell_height = sheet.map_height + label_height(sheet.map_width) + gap;
        sheet.width = 2 * MARGIN + across * sheet.cell_width - gap;
        sheet.height = 2 * MARGIN + HEAD + sheet.down * sheet.cell_height - gap;
        if (sheet.width < MIN_WIDE) sheet.width = MIN_WIDE;
        if (sheet.width <= WEFT_PICTURE_SIDE && sheet.height <= WEFT_PICTURE_SIDE) break;
    }
    return sheet;
}

/* How good a layout is: large maps, a sheet of a screen's shape, few empty places. */
static double worth(const weft_contact_sheet *sheet) {
    if (sheet->width > WEFT_PICTURE_SIDE || sheet->height > WEFT_PICTURE_SIDE) return 0;
    double filled = (double)sheet->count / ((double)sheet->across * sheet->down);
    double shape = fabs(log((double)sheet->width / sheet->height / SCREEN_SHAPE));
    return sheet->map_width * sqrt(filled) / (1 + 0.3 * shape);
}

weft_contact_sheet weft_contact_sheet_plan(const weft_picture_frame *frame, int count) {
    weft_contact_sheet best = with_across(frame, count, 1);
    for (int across = 2; across <= count && across <= WEFT_PICTURE_SIDE / 18; across++) {
        weft_contact_sheet sheet = with_across(frame, count, across);
        if (worth(&sheet) > worth(&best)) best = sheet;
    }
    return best;
}

void weft_contact_sheet_begin(weft_canvas *canvas, const weft_contact_sheet *sheet) {
    double max = sheet->width - 2 * MARGIN;
    weft_canvas_text(canvas, MARGIN, MARGIN + 26,
                     (weft_canvas_type){.size = 32, .bold = true, .ink = WEFT_INK_STRONG, .max = max},
                     sheet->frame.title);
    weft_canvas_text(canvas, MARGIN, MARGIN + 54, (weft_canvas_type){.size = 15, .ink = WEFT_INK_SOFT, .max = max},
                     sheet->frame.caption);
}

/* The range under a small map: colours between its ends. */
static void draw_range(weft_canvas *canvas, const weft_contact_sheet *sheet, const weft_picture_layer *layer, double x,
                       double baseline, double size) {
    char low[WEFT_NUMBER_TEXT_BYTES], high[WEFT_NUMBER_TEXT_BYTES], ends[2 * WEFT_NUMBER_TEXT_BYTES + 64];
    weft_canvas_type type = {.size = size, .ink = WEFT_INK_SOFT};
    if (!(layer->low <= layer->high)) {
        weft_canvas_text(canvas, x, baseline, type, "no data");
        return;
    }
    weft_canvas_number(layer->low, layer->high - layer->low, low);
    weft_canvas_number(layer->high, layer->high - layer->low, high);
    (void)snprintf(ends, sizeof ends, layer->unit != NULL ? "%s %.40s" : "%s", high, layer->unit);
    double left = weft_canvas_text(canvas, x, baseline, type, low);
    type.align = WEFT_ALIGN_RIGHT;
    double right = weft_canvas_text(canvas, x + sheet->map_width, baseline, type, ends);
    double room = sheet->map_width - left - right - 2 * size;
    if (room >= 3 * size && !layer->has_palette)
        weft_canvas_draw_ramp(canvas, x + left + size, baseline - 0.68 * size, room, 0.62 * size);
}

void weft_contact_sheet_add(weft_canvas *canvas, const weft_contact_sheet *sheet, int index,
                            const weft_picture_layer *layer) {
    double x = MARGIN + (double)(index % sheet->across) * sheet->cell_width;
    double y = MARGIN + HEAD + (double)(index / sheet->across) * sheet->cell_height;
    double size = type_size(sheet->map_width);
    weft_canvas_map map = {layer->pixels,    sheet->frame.width, sheet->frame.height,
                           sheet->map_width, sheet->map_height,  layer->has_palette};
    weft_canvas_draw_map(canvas, x, y, &map);
    weft_canvas_text(canvas, x, y + sheet->map_height + 1.6 * size,
                     (weft_canvas_type){.size = size, .bold = true, .ink = WEFT_INK_STRONG, .max = sheet->map_width},
                     layer->name);
    /* Below this its numbers would meet. */
    if (sheet->map_width >= 90) draw_range(canvas, sheet, layer, x, y + sheet->map_height + 3.1 * size, 0.85 * size);
}
