/* SPDX-License-Identifier: MIT
 *
 * One size of words, since cairo writes the outlines of a letter once a size. */
#include "picture/drawing.h"

#include <cairo-svg.h>
#include <cairo.h>
#include <stdlib.h>

struct weft_drawing {
    cairo_surface_t *surface;
    cairo_t *cairo;
    weft_drawing_theme theme;
    weft_text svg;
};

/* Light, dark. */
static const unsigned colors[WEFT_COLOR_COUNT][2] = {
    [WEFT_COLOR_PAPER] = {0xffffff, 0x16181c},      [WEFT_COLOR_INK] = {0x20242b, 0xe6e8eb},
    [WEFT_COLOR_SOFT] = {0x5d646e, 0x9aa1ab},       [WEFT_COLOR_RULE] = {0xdfe2e6, 0x33383f},
    [WEFT_COLOR_GOOD] = {0x1b8a5a, 0x2fae78},       [WEFT_COLOR_WARNING] = {0xb86e00, 0xe0a030},
    [WEFT_COLOR_CRITICAL] = {0xcc2f2f, 0xf06a6a},   [WEFT_COLOR_REST] = {0xb4b8be, 0x5b616a},
    [WEFT_COLOR_SERIES] = {0x2a78d6, 0x3987e5},     [WEFT_COLOR_SERIES + 1] = {0xeb6834, 0xd95926},
    [WEFT_COLOR_SERIES + 2] = {0x1baf7a, 0x199e70}, [WEFT_COLOR_SERIES + 3] = {0xeda100, 0xc98500},
    [WEFT_COLOR_SERIES + 4] = {0xe87ba4, 0xd55181}, [WEFT_COLOR_SERIES + 5] = {0x4a3aa7, 0x9085e9},
    [WEFT_COLOR_SERIES + 6] = {0x008300, 0x4f9e2f}, [WEFT_COLOR_SERIES + 7] = {0xe34948, 0xe66767},
};

unsigned weft_drawing_rgb(weft_drawing_theme theme, weft_drawing_color color) {
    return colors[color][theme];
}

static cairo_status_t keep_bytes(void *closure, const unsigned char *bytes, unsigned length) {
    weft_text *svg = closure;
    weft_text_add_bytes(svg, (const char *)bytes, length);
    return svg->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

weft_status weft_drawing_new(weft_drawing **out, double width, double height, weft_drawing_theme theme,
                             weft_error *err) {
    weft_drawing *drawing = calloc(1, sizeof *drawing);
    *out = NULL;
    if (drawing == NULL) return weft_error_no_memory(err, "a drawing");
    drawing->theme = theme;
    drawing->surface = cairo_svg_surface_create_for_stream(keep_bytes, &drawing->svg, width, height);
    drawing->cairo = cairo_create(drawing->surface);
    if (cairo_status(drawing->cairo) != CAIRO_STATUS_SUCCESS) {
        weft_drawing_free(drawing);
        return weft_error_no_memory(err, "a drawing");
    }
    cairo_select_font_face(drawing->cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(drawing->cairo, WEFT_DRAWING_TYPE);
    *out = drawing;
    return WEFT_OK;
}

void weft_drawing_free(weft_drawing *drawing) {
    if (drawing == NULL) return;
    cairo_destroy(drawing->cairo);
    cairo_surface_finish(drawing->surface);
    cairo_surface_destroy(drawing->surface);
    weft_text_dispose(&drawing->svg);
    free(drawing);
}

weft_status weft_drawing_finish(weft_drawing *drawing, weft_text *svg, weft_error *err) {
    cairo_status_t drawn = cairo_status(drawing->cairo);
    cairo_surface_finish(drawing->surface);
    if (drawn == CAIRO_STATUS_SUCCESS) drawn = cairo_surface_status(drawing->surface);
    if (drawn == CAIRO_STATUS_SUCCESS && drawing->svg.length > 0)
        weft_text_add_bytes(svg, drawing->svg.data, drawing->svg.length);
    if (drawn == CAIRO_STATUS_SUCCESS && !svg->failed) return WEFT_OK;
    return weft_error_set(err, WEFT_ERR_MEMORY, "cannot draw (%s)", cairo_status_to_string(drawn));
}

/* --- shapes --- */

static void choose(weft_drawing *drawing, unsigned rgb) {
    cairo_set_source_rgb(drawing->cairo, (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0);
}

void weft_drawing_box_rgb(weft_drawing *drawing, double x, double y, double width, double height, unsigned rgb) {
    choose(drawing, rgb);
    cairo_rectangle(drawing->cairo, x, y, width, height);
    cairo_fill(drawing->cairo);
}

void weft_drawing_box(weft_drawing *drawing, double x, double y, double width, double height,
                      weft_drawing_color color) {
    weft_drawing_box_rgb(drawing, x, y, width, height, colors[color][drawing->theme]);
}

static void trace(weft_drawing *drawing, const weft_drawing_point *points, int count) {
    cairo_new_path(drawing->cairo);
    for (int i = 0; i < count; i++)
        cairo_line_to(drawing->cairo, points[i].x, points[i].y);
}

void weft_drawing_line(weft_drawing *drawing, const weft_drawing_point *points, int count, double width,
                       weft_drawing_color color, bool dashed) {
    static const double dashes[] = {5, 3};
    if (count < 2) return;
    choose(drawing, colors[color][drawing->theme]);
    trace(drawing, points, count);
    cairo_set_line_width(drawing->cairo, width);
    cairo_set_line_join(drawing->cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_set_dash(drawing->cairo, dashes, dashed ? 2 : 0, 0);
    cairo_stroke(drawing->cairo);
}

void weft_drawing_area(weft_drawing *drawing, const weft_drawing_point *points, int count, weft_drawing_color color) {
    if (count < 3) return;
    choose(drawing, colors[color][drawing->theme]);
    trace(drawing, points, count);
    cairo_close_path(drawing->cairo);
    cairo_fill(drawing->cairo);
}

static double text_width(weft_drawing *drawing, const char *text) {
    cairo_text_extents_t extents;
    cairo_text_extents(drawing->cairo, text, &extents);
    return extents.x_advance;
}

double weft_drawing_text(weft_drawing *drawing, double x, double y, weft_drawing_color color, weft_drawing_align align,
                         const char *text) {
    double width = text_width(drawing, text);
    choose(drawing, colors[color][drawing->theme]);
    cairo_move_to(drawing->cairo, x - (align == WEFT_DRAW_LEFT ? 0 : align == WEFT_DRAW_RIGHT ? width : width / 2), y);
    cairo_show_text(drawing->cairo, text);
    return width;
}
