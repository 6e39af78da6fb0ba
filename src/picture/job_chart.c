/* SPDX-License-Identifier: MIT
 *
 * Sums over time are kept a column of pixels: however many jobs there were, so many are drawn. */
#include "picture/job_chart.h"

#include <math.h>
#include <stdlib.h>

#define LEFT      76
#define RIGHT     24
#define TOP       8
#define BOTTOM    28
#define MAX_LANES 64

#define COLUMNS (WEFT_JOB_CHART_WIDTH - LEFT - RIGHT)

int weft_job_bars_lay(weft_job_bar *bars, int count, int max) {
    double free_at[MAX_LANES] = {0};
    int lanes = 0;
    if (max > MAX_LANES) max = MAX_LANES;
    for (int i = 0; i < count; i++) {
        int lane = 0;
        while (lane < lanes && free_at[lane] > bars[i].from_seconds + 1e-9)
            lane++;
        if (lane == max) lane = max - 1;
        if (lane == lanes) lanes++;
        free_at[lane] = fmax(free_at[lane], bars[i].to_seconds);
        bars[i].lane = lane;
    }
    return lanes;
}

static double pitch_of(int lanes) {
    return lanes > 24 ? 9 : 16;
}

double weft_job_lanes_height(int lanes) {
    return TOP + BOTTOM + pitch_of(lanes) * (double)(lanes > 0 ? lanes : 1);
}

weft_drawing_color weft_job_color(weft_job_look look) {
    return look == WEFT_JOB_LOOK_DONE     ? WEFT_COLOR_SERIES
           : look == WEFT_JOB_LOOK_FAILED ? WEFT_COLOR_CRITICAL
                                          : WEFT_COLOR_WARNING;
}

static weft_chart frame_of(weft_drawing *drawing, double height, double seconds, double max) {
    return (weft_chart){.drawing = drawing,
                        .left = LEFT,
                        .top = TOP,
                        .width = COLUMNS,
                        .height = height - TOP - BOTTOM,
                        .seconds = fmax(seconds, 1e-3),
                        .max = fmax(max, 1e-9)};
}

void weft_job_lanes_draw(weft_drawing *drawing, const weft_job_bar *bars, int count, int lanes, double seconds) {
    double pitch = pitch_of(lanes);
    weft_chart frame = frame_of(drawing, weft_job_lanes_height(lanes), seconds, 1);
    weft_chart_frame(&frame, NULL, false);
    weft_drawing_text(drawing, LEFT - 8, TOP + 10, WEFT_COLOR_SOFT, WEFT_DRAW_RIGHT, "at once");
    for (int i = 0; i < count; i++) {
        double x = weft_chart_x(&frame, bars[i].from_seconds), wide = weft_chart_x(&frame, bars[i].to_seconds) - x;
        weft_drawing_box(drawing, x, TOP + pitch * bars[i].lane, fmax(wide - (wide > 4 ? 1 : 0), 0.75), pitch - 2,
                         weft_job_color(bars[i].look));
    }
}

/* --- memory --- */

typedef struct totals {
    double granted[COLUMNS + 1], used[COLUMNS + 1];
} totals;

/* What begins and what ends in each column, then the sums of that. */
static void add_up(totals *out, const weft_job_bar *bars, int count, double seconds) {
    for (int i = 0; i < count; i++) {
        int from = (int)(COLUMNS * bars[i].from_seconds / seconds), to = (int)(COLUMNS * bars[i].to_seconds / seconds);
        from = from < 0 ? 0 : from >= COLUMNS ? COLUMNS - 1 : from;
        to = to <= from ? from + 1 : to > COLUMNS ? COLUMNS : to;
        out->granted[from] += bars[i].granted;
        out->granted[to] -= bars[i].granted;
        out->used[from] += bars[i].used;
        out->used[to] -= bars[i].used;
    }
    for (int i = 1; i <= COLUMNS; i++) {
        out->granted[i] += out->granted[i - 1];
        out->used[i] += out->used[i - 1];
    }
}

/* Steps over the columns; the bottom closes an area. Returns how many points there are. */
static int trace(const weft_chart *frame, const double *values, weft_drawing_point *out) {
    int count = 0;
    out[count++] = (weft_drawing_point){LEFT, frame->top + frame->height};
    for (int i = 0; i < COLUMNS; i++) {
        double y = weft_chart_y(frame, values[i]);
        out[count++] = (weft_drawing_point){LEFT + i, y};
        out[count++] = (weft_drawing_point){LEFT + i + 1, y};
    }
    out[count++] = (weft_drawing_point){LEFT + COLUMNS, frame->top + frame->height};
    return count;
}

weft_status weft_job_memory_draw(weft_drawing *drawing, const weft_job_bar *bars, int count, double seconds,
                                 weft_error *err) {
    totals *sums = calloc(1, sizeof *sums);
    weft_drawing_point *points = calloc(2 * COLUMNS + 2, sizeof *points);
    double highest = 0;
    weft_status status = WEFT_OK;
    if (sums == NULL || points == NULL) {
        status = weft_error_no_memory(err, "a drawing");
        goto done;
    }
    add_up(sums, bars, count, fmax(seconds, 1e-3));
    for (int i = 0; i < COLUMNS; i++)
        highest = fmax(highest, fmax(sums->granted[i], sums->used[i]));
    weft_chart frame = frame_of(drawing, WEFT_JOB_MEMORY_CHART_HEIGHT, seconds, 1.1 * highest);
    weft_chart_frame(&frame, weft_chart_bytes, true);
    weft_drawing_area(drawing, points, trace(&frame, sums->used, points), WEFT_COLOR_SERIES);
    weft_drawing_line(drawing, points, trace(&frame, sums->granted, points), 1.5, WEFT_COLOR_INK, false);
done:
    free(points);
    free(sums);
    return status;
}
