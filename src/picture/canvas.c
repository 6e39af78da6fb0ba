/* SPDX-License-Identifier: MIT
 *
 * Text is neither hinted nor smoothed by subpixels, so that a picture does not depend on the machine's screen. */
#include "picture/canvas.h"

#include "picture/color_ramp.h"

#include <cairo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAME_GREY 0.80

struct weft_canvas {
    cairo_surface_t *surface;
    cairo_t *cairo;
    bool incomplete; /* there was no memory for some text */
};

int64_t weft_canvas_bytes(int width, int height) {
    return (int64_t)cairo_format_stride_for_width(CAIRO_FORMAT_ARGB32, width) * height;
}

weft_status weft_canvas_new(weft_canvas **out, void *pixels, int width, int height, weft_error *err) {
    weft_canvas *canvas = calloc(1, sizeof *canvas);
    *out = NULL;
    if (canvas == NULL) return weft_error_no_memory(err, "a picture");
    canvas->surface = cairo_image_surface_create_for_data(pixels, CAIRO_FORMAT_ARGB32, width, height,
                                                          cairo_format_stride_for_width(CAIRO_FORMAT_ARGB32, width));
    canvas->cairo = cairo_create(canvas->surface);
    if (cairo_status(canvas->cairo) != CAIRO_STATUS_SUCCESS) {
        weft_canvas_free(canvas);
        return weft_error_no_memory(err, "a picture");
    }
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(canvas->cairo, options);
    cairo_font_options_destroy(options);
    cairo_set_source_rgb(canvas->cairo, 1, 1, 1);
    cairo_set_operator(canvas->cairo, CAIRO_OPERATOR_SOURCE);
    cairo_paint(canvas->cairo);
    cairo_set_operator(canvas->cairo, CAIRO_OPERATOR_OVER);
    *out = canvas;
    return WEFT_OK;
}

void weft_canvas_free(weft_canvas *canvas) {
    if (canvas == NULL) return;
    cairo_destroy(canvas->cairo);
    cairo_surface_destroy(canvas->surface);
    free(canvas);
}

/* --- writing --- */

typedef struct sink {
    weft_output_file *output;
    weft_status status;
    weft_error *err;
} sink;

static cairo_status_t write_bytes(void *closure, const unsigned char *bytes, unsigned length) {
    sink *to = closure;
    to->status = weft_output_file_write(to->output, bytes, length, to->err);
    return to->status == WEFT_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

weft_status weft_canvas_write(weft_canvas *canvas, weft_output_file *output, weft_error *err) {
    sink to = {output, WEFT_OK, err};
    if (canvas->incomplete) return weft_error_no_memory(err, "a picture's text");
    cairo_surface_flush(canvas->surface);
    cairo_status_t status = cairo_status(canvas->cairo);
    if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_write_to_png_stream(canvas->surface, write_bytes, &to);
    if (status == CAIRO_STATUS_SUCCESS || to.status != WEFT_OK) return to.status;
    return weft_error_set(err, WEFT_ERR_MEMORY, "cannot draw a picture (%s)", cairo_status_to_string(status));
}

/* --- type --- */

static void choose_type(cairo_t *cairo, const weft_canvas_type *type) {
    cairo_select_font_face(cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           type->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, type->size);
    if (type->ink == WEFT_INK_STRONG)
        cairo_set_source_rgb(cairo, 0.13, 0.15, 0.18);
    else
        cairo_set_source_rgb(cairo, 0.43, 0.46, 0.50);
}

static double width_of(cairo_t *cairo, const char *text) {
    cairo_text_extents_t extents;
    cairo_text_extents(cairo, text, &extents);
    return extents.x_advance;
}

static bool is_inside(const char *text, size_t at) {
    return ((unsigned char)text[at] & 0xc0) == 0x80; /* not the first byte of a character */
}

/* Puts an ellipsis for as much of its middle as it takes to fit: names of bands differ in their ends. */
static void shorten(cairo_t *cairo, const char *text, char *out, double max) {
    static const char ellipsis[] = "\xe2\x80\xa6";
    size_t length = strlen(text);
    for (size_t kept = length; kept > 0; kept--) {
        size_t head = (kept + 1) / 2, tail = length - kept / 2;
        while (head > 0 && is_inside(text, head))
            head--;
        while (tail < length && is_inside(text, tail))
            tail++;
        memcpy(out, text, head);
        memcpy(out + head, ellipsis, sizeof ellipsis - 1);
        memcpy(out + head + sizeof ellipsis - 1, text + tail, length - tail + 1);
        if (width_of(cairo, out) <= max) return;
    }
}

double weft_canvas_text(weft_canvas *canvas, double x, double y, weft_canvas_type type, const char *text) {
    size_t length = strlen(text);
    char *shown = malloc(length + sizeof "...");
    if (shown == NULL) {
        canvas->incomplete = true;
        return 0;
    }
    memcpy(shown, text, length + 1);
    choose_type(canvas->cairo, &type);
    if (type.max > 0 && width_of(canvas->cairo, shown) > type.max) shorten(canvas->cairo, text, shown, type.max);
    double width = width_of(canvas->cairo, shown);
    cairo_move_to(canvas->cairo,
                  x - (type.align == WEFT_ALIGN_LEFT    ? 0
                       : type.align == WEFT_ALIGN_RIGHT ? width
                                                        : width / 2),
                  y);
    cairo_show_text(canvas->cairo, shown);
    free(shown);
    return width;
}

void weft_canvas_number(double value, double span, char out[WEFT_NUMBER_TEXT_BYTES]) {
    double size = fabs(value);
    if (size >= 1e7 || (size > 0 && size < 1e-4)) {
        (void)snprintf(out, WEFT_NUMBER_TEXT_BYTES, "%.4g", value);
        return;
    }
    int decimals = span > 0 ? 2 - (int)floor(log10(span)) : 2;
    decimals = decimals < 0 ? 0 : decimals > 6 ? 6 : decimals;
    (void)snprintf(out, WEFT_NUMBER_TEXT_BYTES, "%.*f", decimals, value);
    /* 12.50 is 12.5, 12.00 is 12, and -0 is 0. */
    if (strchr(out, '.') != NULL) {
        size_t length = strlen(out);
        while (out[length - 1] == '0')
            out[--length] = '\0';
        if (out[length - 1] == '.') out[length - 1] = '\0';
    }
    if (strcmp(out, "-0") == 0) memcpy(out, "0", 2);
}

/* --- shapes --- */

void weft_canvas_draw_map(weft_canvas *canvas, double x, double y, const weft_canvas_map *map) {
    cairo_t *cairo = canvas->cairo;
    cairo_surface_t *image =
        cairo_image_surface_create_for_data((unsigned char *)map->pixels, CAIRO_FORMAT_ARGB32, map->width, map->height,
                                            cairo_format_stride_for_width(CAIRO_FORMAT_ARGB32, map->width));
    bool larger = map->shown_width >= map->width && map->shown_height >= map->height;
    bool nearest = larger || map->of_classes;
    cairo_save(cairo);
    cairo_set_source_rgb(cairo, FRAME_GREY, FRAME_GREY, FRAME_GREY);
    cairo_rectangle(cairo, x - 1, y - 1, map->shown_width + 2, map->shown_height + 2);
    cairo_fill(cairo);
    cairo_rectangle(cairo, x, y, map->shown_width, map->shown_height);
    cairo_clip(cairo);
    cairo_set_operator(cairo, CAIRO_OPERATOR_SOURCE);
    cairo_translate(cairo, x, y);
    cairo_scale(cairo, (double)map->shown_width / map->width, (double)map->shown_height / map->height);
    cairo_set_source_surface(cairo, image, 0, 0);
    cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD);
    cairo_pattern_set_filter(cairo_get_source(cairo), nearest ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
    cairo_paint(cairo);
    cairo_restore(cairo);
    cairo_surface_destroy(image);
}

void weft_canvas_draw_ramp(weft_canvas *canvas, double x, double y, double width, double height) {
    cairo_t *cairo = canvas->cairo;
    cairo_pattern_t *ramp = cairo_pattern_create_linear(x, 0, x + width, 0);
    for (int i = 0; i <= 32; i++) {
        uint32_t color = weft_color_ramp(i / 32.0);
        cairo_pattern_add_color_stop_rgb(ramp, i / 32.0, (color >> 16 & 0xff) / 255.0, (color >> 8 & 0xff) / 255.0,
                                         (color & 0xff) / 255.0);
    }
    cairo_set_source(cairo, ramp);
    cairo_rectangle(cairo, x, y, width, height);
    cairo_fill(cairo);
    cairo_pattern_destroy(ramp);
}

void weft_canvas_draw_hole(weft_canvas *canvas, double x, double y, double side) {
    cairo_t *cairo = canvas->cairo;
    cairo_set_source_rgb(cairo, FRAME_GREY, FRAME_GREY, FRAME_GREY);
    cairo_rectangle(cairo, x, y, side, side);
    cairo_fill(cairo);
    cairo_save(cairo);
    cairo_set_operator(cairo, CAIRO_OPERATOR_CLEAR);
    cairo_rectangle(cairo, x + 1, y + 1, side - 2, side - 2);
    cairo_fill(cairo);
    cairo_restore(cairo);
}
