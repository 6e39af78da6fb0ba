/* One cell of the scene, its quadrilateral over the source's pixels, and what each method that sees a footprint makes
 * of the same pixels.
 *
 * A method's chart sorts the pixels by value and gives each as much width as the footprint covers of it: the average is
 * the mean height, the sum the area, a quantile the height over a share of the width, the mode the widest step.
 *
 * SPDX-License-Identifier: MIT */
#include "docs/pictures/pictures.h"
#include "docs/pictures/scene.h"
#include "processors/footprint/footprint.h"
#include "processors/resample/methods.h"

#include <math.h>
#include <stdlib.h>

#define CELL_COL 150
#define CELL_ROW 180
#define MAX      64 /* pixels in a picture */

static scene globe = {.cell_km = 40, .pole = 128, .cols = 1440, .rows = 1440};

/* The pixels' values in the pictures; 0: missing. */
static const int values_of_pixels[6][6] = {{3, 5, 4, 2, 6, 5}, {4, 2, 6, 6, 3, 7}, {5, 6, 3, 5, 9, 4},
                                           {7, 5, 2, 0, 6, 8}, {3, 8, 7, 6, 4, 5}, {5, 4, 9, 6, 7, 3}};

/* A cell, and the pixels that it touches. */
typedef struct view {
    scene_cell cell;
    weft_footprint footprint;
    double coverage[MAX], values[MAX]; /* footprint.rows * footprint.cols; NaN: missing */
    int count;
} view;

static void look(view *out) {
    weft_resampler how = scene_resampler(&weft_method_average, globe.cols, globe.rows, true);
    scene_locate(&globe, CELL_COL, CELL_ROW, &out->cell);
    weft_footprint *footprint = &out->footprint;
    if (!weft_footprint_make(&how, &out->cell.positions, 1, 1, footprint) || footprint->cols > 6 ||
        footprint->rows > 6) {
        fprintf(stderr, "weft_pictures: the cell of the footprints is not one that fits its picture\n");
        exit(1);
    }
    out->count = (int)(footprint->cols * footprint->rows);
    for (int64_t row = 0; row < footprint->rows; row++) {
        weft_footprint_cover(footprint, (weft_window){footprint->col, footprint->row + row, footprint->cols, 1},
                             out->coverage + row * footprint->cols);
        for (int64_t col = 0; col < footprint->cols; col++) {
            int value = values_of_pixels[row][col];
            out->values[row * footprint->cols + col] = value > 0 ? (double)value : NAN;
        }
    }
}

/* What the resampler says. */
static double result_of(const weft_method *kernel, const view *of) {
    const weft_footprint *footprint = &of->footprint;
    weft_resampler how = scene_resampler(kernel, globe.cols, globe.rows, true);
    weft_window pixels = {footprint->col, footprint->row, footprint->cols, footprint->rows};
    weft_patch patch = {pixels, WEFT_FLOAT64, of->values, NULL};
    double corner_u[4], corner_v[4], result = NAN;
    for (int i = 0; i < 4; i++) {
        corner_u[i] = of->cell.corner_u[(1 + i / 2) * 4 + 1 + i % 2];
        corner_v[i] = of->cell.corner_v[(1 + i / 2) * 4 + 1 + i % 2];
    }
    weft_positions positions = {
        .cols = 1, .rows = 1, .u = of->cell.u + 4, .v = of->cell.v + 4, .corner_u = corner_u, .corner_v = corner_v};
    double *scratch = malloc((size_t)weft_resampler_scratch_bytes(&how, &positions, pixels));
    if (scratch == NULL) exit(1);
    weft_resampler_run(&how, &patch, &positions, scratch, (weft_values){WEFT_FLOAT64, &result, NULL, 1});
    free(scratch);
    return result;
}

/* --- over the pixels --- */

static void draw_cell(svg *out, const svg_frame *frame, const view *of, int col, int row, const char *style) {
    static const int down[] = {0, 0, 1, 1}, right[] = {0, 1, 1, 0};
    double x[4], y[4];
    for (int i = 0; i < 4; i++) {
        int at = (row + down[i]) * 4 + col + right[i];
        x[i] = svg_frame_x(frame, of->cell.corner_u[at]);
        y[i] = svg_frame_y(frame, of->cell.corner_v[at]);
    }
    svg_path(out, style, 4, x, y, true);
}

static void draw_pixel(svg *out, const svg_frame *frame, const view *of, int64_t at, bool with_value) {
    const weft_footprint *footprint = &of->footprint;
    double left = (double)(footprint->col + at % footprint->cols), up = (double)(footprint->row + at / footprint->cols);
    double x = svg_frame_x(frame, left), y = svg_frame_y(frame, up);
    double wide = svg_frame_x(frame, left + 1) - x, high = svg_frame_y(frame, up + 1) - y;
    bool missing = with_value && isnan(of->values[at]);
    if (missing)
        svg_box(out, "absent", x, y, wide, high);
    else
        svg_shade(out, 0.6 * of->coverage[at], x, y, wide, high);
    svg_box(out, "pixel", x, y, wide, high);
    if (with_value && !missing) svg_text(out, "value", x + wide / 2, y + high / 2, "%.0f", of->values[at]);
    if (of->coverage[at] > 0)
        svg_text(out, "small", x + wide / 2, y + high / 2 + (with_value ? 15 : 4), "%.3f", of->coverage[at]);
}

/* The pixels that the cell touches, and `margin` more on each side. */
static svg_frame frame_around(const weft_footprint *footprint, double left, double top, double pixel, double margin) {
    double cols = (double)footprint->cols + 2 * margin, rows = (double)footprint->rows + 2 * margin;
    double u = (double)footprint->col - margin, v = (double)footprint->row - margin;
    return (svg_frame){left, top, cols * pixel, rows * pixel, u, u + cols, v + rows, v};
}

void draw_footprint(svg *out, const weft_method *unused) {
    view of;
    double sum = 0;
    (void)unused;
    look(&of);
    svg_frame frame = frame_around(&of.footprint, 20, 20, 76, 0.4);
    for (int64_t at = 0; at < of.count; at++) {
        draw_pixel(out, &frame, &of, at, false);
        sum += of.coverage[at];
    }
    svg_begin_clip(out, frame.left, frame.top, frame.width, frame.height);
    for (int i = 0; i < 9; i++)
        draw_cell(out, &frame, &of, i % 3, i / 3, "neighbour");
    draw_cell(out, &frame, &of, 1, 1, "cell");
    svg_dot(out, "centre", svg_frame_x(&frame, of.cell.u[4]), svg_frame_y(&frame, of.cell.v[4]), 3);
    svg_end_clip(out);
    svg_text(out, "", 20, frame.top + frame.height + 20, "The cell covers %.3f source pixels; thin: its neighbours.",
             sum);
}

/* --- a method's chart --- */

typedef struct chart {
    int order[MAX], count; /* pixels with weight, by value */
    double width, result;
} chart;

static void sort_pixels(const view *of, chart *out) {
    out->count = 0;
    out->width = 0;
    for (int at = 0; at < of->count; at++) {
        if (of->coverage[at] <= 0 || isnan(of->values[at])) continue;
        int to = out->count++;
        for (; to > 0 && of->values[out->order[to - 1]] > of->values[at]; to--)
            out->order[to] = out->order[to - 1];
        out->order[to] = at;
        out->width += of->coverage[at];
    }
}

static void draw_axes(svg *out, const svg_frame *frame, const weft_method *kernel, const chart *of) {
    for (int value = 0; value <= 9; value++) {
        double y = svg_frame_y(frame, value);
        if (value % 3 == 0) svg_line(out, "grid", frame->left, y, frame->left + frame->width, y);
        if (value % 3 == 0) svg_text(out, "end", frame->left - 6, y + 4, "%d", value);
    }
    for (int covered = 0; covered <= (int)of->width; covered += 2)
        svg_text(out, "small", svg_frame_x(frame, covered), frame->top + frame->height + 14, "%d", covered);
    svg_text(out, "middle", frame->left + frame->width / 2, frame->top + frame->height + 32,
             "covered area in pixels, by value; all: %.3f", of->width);
    double share = kernel->quantile;
    if (share <= 0) return;
    double x = svg_frame_x(frame, share * of->width);
    svg_line(out, "result", x, frame->top, x, frame->top + frame->height);
    svg_text(out, "found", x + 4, frame->top + 10, "%.2f of the area", share);
}

static void draw_chart(svg *out, const weft_method *kernel, const view *from, const chart *of) {
    svg_frame frame = {460, 50, 370, 260, 0, of->width, 0, 10};
    double covered = 0, y = svg_frame_y(&frame, of->result);
    bool chosen = kernel->result == WEFT_RESULT_KEPT;
    draw_axes(out, &frame, kernel, of);
    for (int i = 0; i < of->count; i++) {
        int at = of->order[i];
        double x = svg_frame_x(&frame, covered), top = svg_frame_y(&frame, from->values[at]);
        covered += from->coverage[at];
        bool is_result = kernel == &weft_method_sum || (chosen && from->values[at] == of->result);
        svg_box(out, is_result ? "chosen" : "step", x, top, svg_frame_x(&frame, covered) - x,
                frame.top + frame.height - top);
    }
    if (kernel != &weft_method_sum) svg_line(out, "result", frame.left, y, frame.left + frame.width, y);
    svg_text(out, "title", frame.left, 30, "%s = %.6g", weft_method_name(kernel), of->result);
}

void draw_footprint_method(svg *out, const weft_method *kernel) {
    view from;
    chart of;
    look(&from);
    sort_pixels(&from, &of);
    of.result = result_of(kernel, &from);
    svg_frame frame = frame_around(&from.footprint, 20, 44, 64, 0.05);
    for (int64_t at = 0; at < from.count; at++)
        draw_pixel(out, &frame, &from, at, true);
    draw_cell(out, &frame, &from, 1, 1, "cell");
    svg_text(out, "title", 20, 28, "values, and the area covered of each pixel");
    draw_chart(out, kernel, &from, &of);
}
