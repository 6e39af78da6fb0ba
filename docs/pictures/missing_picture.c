/* Which cells get what around a hole and at the edges of a source: found by resampling it, and the same pixels without
 * hole and edges, and by seeing which results agree.
 *
 * SPDX-License-Identifier: MIT */
#include "docs/pictures/pictures.h"
#include "docs/pictures/scene.h"

#include <math.h>
#include <stdlib.h>

#define SOURCE 11 /* pixels a side of the source */
#define MARGIN 4  /* pixels around it in the same raster without edges */
#define WHOLE  (SOURCE + 2 * MARGIN)
#define FINE   4 /* centres a pixel */
#define CELLS  (FINE * (SOURCE + 2))

/* Results of the cells of a grid that is one pixel larger than the source on each side. */
typedef struct field {
    double values[CELLS * CELLS];
} field;

/* No two pixels near each other, and no sums of a few of them, agree by chance. */
static double pixel_value(int64_t col, int64_t row) {
    return sin(12.9898 * (double)(col + 40) + 78.233 * (double)(row + 40)) * 43.7585;
}

static bool is_hole(int64_t col, int64_t row) {
    return col >= 6 && col <= 7 && row >= 4 && row <= 5;
}

/* The value of a cell of one pixel around (u, v). */
static double resample_cell(const weft_resampler *how, const weft_patch *patch, double u, double v) {
    double corner_u[] = {u - 0.5, u + 0.5}, corner_v[] = {v - 0.5, v + 0.5}, value = NAN;
    weft_positions cell = {
        .cols = 1, .rows = 1, .separable = true, .u = &u, .v = &v, .corner_u = corner_u, .corner_v = corner_v};
    double *scratch = malloc((size_t)weft_resampler_scratch_bytes(how, &cell, patch->window));
    if (scratch == NULL) exit(1);
    weft_resampler_run(how, patch, &cell, scratch, (weft_values){WEFT_FLOAT64, &value, NULL, 1});
    free(scratch);
    return value;
}

/* The source with its hole and edges, or the larger one that has neither. */
static void resample(const weft_method *kernel, bool whole, field *out) {
    int64_t side = whole ? WHOLE : SOURCE, origin = whole ? MARGIN : 0;
    double pixels[WHOLE * WHOLE];
    for (int64_t i = 0; i < side * side; i++) {
        int64_t col = i % side - origin, row = i / side - origin;
        pixels[i] = !whole && is_hole(col, row) ? NAN : pixel_value(col, row);
    }
    weft_resampler how = scene_resampler(kernel, side, side, false);
    weft_patch patch = {{0, 0, side, side}, WEFT_FLOAT64, pixels, NULL};
    for (int row = 0; row < CELLS; row++)
        for (int col = 0; col < CELLS; col++)
            out->values[row * CELLS + col] = resample_cell(&how, &patch, (col + 0.5) / FINE - 1 + (double)origin,
                                                           (row + 0.5) / FINE - 1 + (double)origin);
}

static bool agree(double a, double b) {
    return fabs(a - b) < 1e-9;
}

/* `fields`: the kernel's results, those without hole and edges, and bilinear's. */
static const char *style_at(const weft_method *kernel, const field fields[3], int at) {
    static const char *const styles[] = {"nothing", "full", "fallback", "renormalised"};
    double value = fields[0].values[at];
    if (isnan(value)) return styles[0];
    if (agree(value, fields[1].values[at])) return styles[1];
    return kernel == &weft_method_cubic && agree(value, fields[2].values[at]) ? styles[2] : styles[3];
}

static void draw_panel(svg *out, const weft_method *kernel, double left) {
    static field fields[3];
    svg_frame frame = {left, 44, 260, 260, -1, SOURCE + 1, SOURCE + 1, -1};
    double step = frame.width / CELLS, pixel = frame.width / (SOURCE + 2);
    resample(kernel, false, &fields[0]);
    resample(kernel, true, &fields[1]);
    resample(&weft_method_bilinear, false, &fields[2]);
    for (int row = 0; row < CELLS; row++) {
        for (int first = 0, end; first < CELLS; first = end) {
            const char *style = style_at(kernel, fields, row * CELLS + first);
            for (end = first + 1; end < CELLS && style_at(kernel, fields, row * CELLS + end) == style;)
                end++;
            svg_box(out, style, left + first * step, frame.top + row * step, (end - first) * step, step);
        }
    }
    for (int row = 0; row < SOURCE; row++)
        for (int col = 0; col < SOURCE; col++)
            svg_box(out, is_hole(col, row) ? "edge" : "pixel", svg_frame_x(&frame, col), svg_frame_y(&frame, row),
                    pixel, pixel);
    svg_box(out, "edge", svg_frame_x(&frame, 0), svg_frame_y(&frame, 0), SOURCE * pixel, SOURCE * pixel);
    svg_text(out, "title", left, 28, "%s", weft_method_name(kernel));
}

void draw_missing(svg *out, const weft_method *unused) {
    static const char *const styles[] = {"full", "renormalised", "fallback", "nothing"};
    static const char *const meanings[] = {"the kernel over all its pixels", "over the pixels that are there",
                                           "bilinear over the pixels that are there", "missing"};
    (void)unused;
    draw_panel(out, &weft_method_bilinear, 20);
    draw_panel(out, &weft_method_cubic, 300);
    draw_panel(out, &weft_method_average, 580);
    for (int i = 0; i < 4; i++) {
        svg_box(out, styles[i], 40 + i % 2 * 400, 326 + i / 2 * 26, 14, 14);
        svg_box(out, "pixel", 40 + i % 2 * 400, 326 + i / 2 * 26, 14, 14);
        svg_text(out, "", 62 + i % 2 * 400, 338 + i / 2 * 26, "%s", meanings[i]);
    }
    svg_text(
        out, "", 40, 402,
        "A source of 11 x 11 pixels with a hole of four. Each dot of colour is the centre of a cell of one pixel.");
}
