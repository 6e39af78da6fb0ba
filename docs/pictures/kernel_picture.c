/* A kernel as a curve, and on it the weights that the pixels around one centre get: while a cell is no larger than a
 * pixel, and when it is three pixels wide.
 *
 * SPDX-License-Identifier: MIT */
#include "docs/pictures/pictures.h"
#include "processors/resample/methods.h"
#include "processors/resample/taps.h"

#include <math.h>

#define PIXELS 64   /* of the row that the centre lies in */
#define CENTRE 32.8 /* so that the pixels lie at ..., -1.3, -0.3, 0.7, 1.7, ... */
#define POINTS 400  /* of the curve */

static weft_resampler row_resampler(const weft_method *kernel, double scale) {
    return (weft_resampler){.method = kernel,
                            .source_type = WEFT_FLOAT64,
                            .type = WEFT_FLOAT64,
                            .scale_x = scale,
                            .scale_y = 1,
                            .value_scale = 1,
                            .source_cols = PIXELS,
                            .source_rows = 1};
}

/* What nearest gives a pixel `distance` from the centre: its value when it is 1 and all others are 0. */
static double nearest_weight(double distance) {
    weft_resampler how = row_resampler(&weft_method_nearest, 1);
    double values[PIXELS] = {[PIXELS / 2] = 1}, u = PIXELS / 2 + 0.5 - distance, v = 0.5, weight = 0, scratch[8];
    weft_patch patch = {{0, 0, PIXELS, 1}, WEFT_FLOAT64, values, NULL};
    weft_positions positions = {.cols = 1, .rows = 1, .u = &u, .v = &v};
    weft_resampler_run(&how, &patch, &positions, scratch, (weft_values){WEFT_FLOAT64, &weight, NULL, 1});
    return weight;
}

/* The weights of pixels first .. first + count - 1. */
static weft_taps find_taps(const weft_method *kernel, const weft_axis *axis, double *weights) {
    if (kernel != &weft_method_nearest) return weft_taps_around(axis, CENTRE, weights);
    weft_taps taps = {(int64_t)CENTRE - 1, 3, false};
    for (int i = 0; i < taps.count; i++)
        weights[i] = nearest_weight((double)taps.first + i + 0.5 - CENTRE);
    return taps;
}

static double curve_at(const weft_method *kernel, const weft_axis *axis, double distance) {
    if (kernel == &weft_method_nearest) return nearest_weight(distance);
    return weft_taps_weight(axis, distance);
}

/* Weights are the curve's values over their sum. */
static double sum_of_curve(const weft_method *kernel, const weft_axis *axis, weft_taps taps) {
    double sum = 0;
    for (int i = 0; i < taps.count; i++)
        sum += curve_at(kernel, axis, (double)taps.first + i + 0.5 - CENTRE);
    return sum;
}

static void draw_pixels(svg *out, const svg_frame *frame, double scale) {
    double base = svg_frame_y(frame, 0), bottom = frame->top + frame->height;
    for (int64_t col = 0; col < PIXELS; col++) {
        double left = (double)col - CENTRE;
        if (left < frame->x0 || left + 1 > frame->x1) continue;
        double x = svg_frame_x(frame, left), wide = svg_frame_x(frame, left + 1) - x;
        if (col % 2 == 0) svg_box(out, "band", x, frame->top, wide, frame->height);
    }
    for (int at = (int)ceil(frame->x0); at <= (int)frame->x1; at++) {
        if (frame->x1 > 4.5 && at % 3 != 0) continue;
        svg_line(out, "axis", svg_frame_x(frame, at), bottom, svg_frame_x(frame, at), bottom + 4);
        svg_text(out, "small", svg_frame_x(frame, at), bottom + 16, "%d", at);
    }
    svg_line(out, "axis", frame->left, base, frame->left + frame->width, base);
    svg_line(out, "cell", svg_frame_x(frame, -scale / 2), bottom, svg_frame_x(frame, scale / 2), bottom);
    svg_dot(out, "centre", svg_frame_x(frame, 0), bottom, 3);
}

static void draw_curve(svg *out, const svg_frame *frame, const weft_method *kernel, const weft_axis *axis, double sum) {
    double x[POINTS + 1], y[POINTS + 1];
    for (int i = 0; i <= POINTS; i++) {
        double distance = frame->x0 + (frame->x1 - frame->x0) * i / POINTS;
        x[i] = svg_frame_x(frame, distance);
        y[i] = svg_frame_y(frame, curve_at(kernel, axis, distance) / sum);
    }
    svg_path(out, "curve", POINTS + 1, x, y, false);
}

static void draw_panel(svg *out, const weft_method *kernel, double scale, double left) {
    weft_resampler how = row_resampler(kernel, scale);
    weft_axis axis = weft_axis_across(&how, kernel == &weft_method_nearest ? &weft_method_bilinear : kernel);
    double weights[PIXELS + 4], reach = kernel == &weft_method_nearest ? 2 : axis.radius;
    bool wide = scale > 1 && kernel != &weft_method_nearest;
    svg_frame frame = {left, 44, 390, 210, -reach - 1, reach + 1, wide ? -0.08 : -0.25, wide ? 0.4 : 1.15};
    weft_taps taps = find_taps(kernel, &axis, weights);
    svg_text(out, "title", left, 28, scale > 1 ? "3 source pixels a cell" : "1 source pixel a cell, or less");
    draw_pixels(out, &frame, scale);
    draw_curve(out, &frame, kernel, &axis, sum_of_curve(kernel, &axis, taps));
    for (int i = 0; i < taps.count; i++) {
        double distance = (double)taps.first + i + 0.5 - CENTRE;
        double x = svg_frame_x(&frame, distance), y = svg_frame_y(&frame, weights[i]);
        svg_line(out, "stem", x, svg_frame_y(&frame, 0), x, y);
        svg_dot(out, "tap", x, y, 3.5);
        if (taps.count <= 12 && weights[i] != 0)
            svg_text(out, "small", x, weights[i] < 0 ? y + 15 : y - 8, "%.3f", weights[i]);
    }
}

void draw_kernel(svg *out, const weft_method *kernel) {
    draw_panel(out, kernel, 1, 20);
    draw_panel(out, kernel, 3, 450);
    svg_text(out, "middle", 430, 292,
             "source pixels from the cell's centre; red: the cell; blue: the weights of the pixels");
}
