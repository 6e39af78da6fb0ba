/* SPDX-License-Identifier: MIT
 *
 * Where the limit is far above what was used, lines to scale would press the holders into the bottom: then the axis is
 * cut, and the lines stand above the cut, each with its number. */
#include "picture/memory_chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LEFT       72
#define RIGHT      92
#define TOP        22
#define BOTTOM     28
#define CUT_HEIGHT 58 /* above the cut */
#define CUT_FROM   3  /* times the peak */
#define MAX_LINES  40

const weft_memory_holder weft_memory_holders[WEFT_MEMORY_HOLDERS] = {
    {"unmanaged", "libraries, their caches, the program", WEFT_COLOR_REST},
    {"decoders", "what libraries are expected to take for decoding", WEFT_COLOR_SERIES},
    {"block cache", "decoded blocks of the inputs", WEFT_COLOR_SERIES + 1},
    {"windows", "source pixels and positions that workers hold", WEFT_COLOR_SERIES + 2},
    {"layers", "layers computed whole", WEFT_COLOR_SERIES + 3},
    {"chunks", "rows of the grid being merged", WEFT_COLOR_SERIES + 4},
    {"text", "rows being formatted and written", WEFT_COLOR_SERIES + 5},
    {"other", "all else that weft holds", WEFT_COLOR_SERIES + 6},
};

static double peak_of(const weft_memory_chart *chart) {
    double peak = 0;
    for (int i = 0; i < chart->count; i++)
        peak = fmax(peak, chart->points[i].resident);
    return peak;
}

bool weft_memory_chart_is_cut(const weft_memory_chart *chart) {
    return chart->limit > CUT_FROM * peak_of(chart);
}

/* How much of what is resident lies under the top of a holder. */
static double stacked(const weft_memory_point *point, int holder) {
    double held = 0, below = 0;
    for (int i = 1; i < WEFT_MEMORY_HOLDERS; i++) {
        held += point->held[i];
        if (i <= holder) below += point->held[i];
    }
    if (held <= point->resident) return point->resident - held + below;
    return below * point->resident / held;
}

static weft_status draw_stack(const weft_chart *frame, const weft_memory_chart *chart, weft_error *err) {
    int count = chart->count;
    weft_drawing_point *points = calloc(2 * (size_t)(count > 0 ? count : 1), sizeof *points);
    if (points == NULL) return weft_error_no_memory(err, "a drawing");
    for (int holder = 0; holder < WEFT_MEMORY_HOLDERS; holder++) {
        bool any = false;
        for (int i = 0; i < count; i++) {
            const weft_memory_point *at = &chart->points[i];
            double below = holder > 0 ? stacked(at, holder - 1) : 0, above = stacked(at, holder);
            double x = weft_chart_x(frame, at->seconds);
            any = any || (above - below) * frame->height > 0.1 * frame->max;
            points[i] = (weft_drawing_point){x, weft_chart_y(frame, above)};
            points[2 * count - 1 - i] = (weft_drawing_point){x, weft_chart_y(frame, below)};
        }
        if (!any) continue;
        weft_drawing_area(frame->drawing, points, 2 * count, weft_memory_holders[holder].color);
        weft_drawing_line(frame->drawing, points, count, 0.75, WEFT_COLOR_PAPER, false);
    }
    for (int i = 0; i < count; i++)
        points[i] = (weft_drawing_point){weft_chart_x(frame, chart->points[i].seconds),
                                         weft_chart_y(frame, chart->points[i].resident)};
    weft_drawing_line(frame->drawing, points, count, 1.25, WEFT_COLOR_INK, false);
    free(points);
    return WEFT_OK;
}

/* A line with its name and number to the right of the plot. */
static void draw_level(const weft_chart *frame, double y, double words_y, double bytes, const char *name,
                       weft_drawing_color color) {
    double right = frame->left + frame->width;
    char text[WEFT_CHART_TEXT_BYTES];
    weft_drawing_line(frame->drawing, (weft_drawing_point[]){{frame->left, y}, {right, y}}, 2, 1.25, color,
                      color != WEFT_COLOR_INK);
    weft_drawing_text(frame->drawing, right + 6, words_y, color, WEFT_DRAW_LEFT, name);
    if (bytes > 0) {
        weft_chart_bytes(bytes, 0, text);
        weft_drawing_text(frame->drawing, frame->left - 8, words_y, color, WEFT_DRAW_RIGHT, text);
    }
}

/* Two strokes across the axis say that a part of it is left out. */
static void draw_cut(const weft_chart *frame, double y) {
    for (int i = 0; i < 2; i++) {
        double at = y - 3 + 6 * i;
        weft_drawing_line(frame->drawing, (weft_drawing_point[]){{frame->left - 6, at + 3}, {frame->left + 6, at - 3}},
                          2, 1.25, WEFT_COLOR_SOFT, false);
    }
}

static void draw_levels(const weft_chart *frame, const weft_memory_chart *chart) {
    const struct {
        double bytes;
        const char *name;
        weft_drawing_color color;
    } levels[] = {{chart->limit, "limit", WEFT_COLOR_INK},
                  {chart->critical, "critical", WEFT_COLOR_CRITICAL},
                  {chart->warning, "warning", WEFT_COLOR_WARNING}};
    bool cut = weft_memory_chart_is_cut(chart);
    double last = -100;
    for (int i = 0; i < 3; i++) {
        if (levels[i].bytes <= 0) continue;
        double y = cut ? TOP + 17.0 * i : weft_chart_y(frame, levels[i].bytes);
        double words = fmax(y + 4, last + 12); /* words do not lie on each other where lines nearly do */
        last = words;
        draw_level(frame, y, words, cut ? levels[i].bytes : 0, levels[i].name, levels[i].color);
    }
    if (cut) draw_cut(frame, frame->top - 9);
}

/* A mark above each that points down or up, with a thin line below it as long as the picture can be seen through them.
 */
static void draw_marks(const weft_chart *frame, const weft_memory_chart *chart) {
    double bottom = frame->top + frame->height;
    for (int i = 0; i < chart->mark_count; i++) {
        const weft_memory_mark *mark = &chart->marks[i];
        double x = weft_chart_x(frame, mark->seconds), base = mark->grows ? 14 : 5, tip = mark->grows ? 5 : 14;
        weft_drawing_color color = mark->grows ? WEFT_COLOR_GOOD : WEFT_COLOR_CRITICAL;
        if (chart->mark_count <= MAX_LINES)
            weft_drawing_line(frame->drawing, (weft_drawing_point[]){{x, 15}, {x, bottom}}, 2, 0.75, color, true);
        weft_drawing_area(frame->drawing, (weft_drawing_point[]){{x - 4.5, base}, {x + 4.5, base}, {x, tip}}, 3, color);
    }
}

weft_status weft_memory_chart_draw(weft_drawing *drawing, const weft_memory_chart *chart, weft_error *err) {
    bool cut = weft_memory_chart_is_cut(chart);
    double peak = fmax(peak_of(chart), 1), top = TOP + (cut ? CUT_HEIGHT : 0);
    weft_chart frame = {.drawing = drawing,
                        .left = LEFT,
                        .top = top,
                        .width = WEFT_MEMORY_CHART_WIDTH - LEFT - RIGHT,
                        .height = WEFT_MEMORY_CHART_HEIGHT - top - BOTTOM,
                        .seconds = fmax(chart->seconds, 1e-3),
                        .max = cut ? 1.15 * peak : 1.04 * fmax(1.05 * peak, chart->limit)};
    weft_chart_frame(&frame, weft_chart_bytes, true);
    weft_status status = draw_stack(&frame, chart, err);
    if (status != WEFT_OK) return status;
    draw_marks(&frame, chart);
    draw_levels(&frame, chart);
    return WEFT_OK;
}
