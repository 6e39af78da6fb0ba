/* SPDX-License-Identifier: MIT */
#include "picture/rate_chart.h"

#include <math.h>

#define LEFT   92
#define RIGHT  72
#define TOP    12
#define BOTTOM 28

void weft_rate_chart_draw(weft_drawing *drawing, const weft_rate_step *steps, int count, double seconds, double mean) {
    double highest = mean;
    for (int i = 0; i < count; i++)
        highest = fmax(highest, steps[i].rate);
    weft_chart frame = {.drawing = drawing,
                        .left = LEFT,
                        .top = TOP,
                        .width = WEFT_RATE_CHART_WIDTH - LEFT - RIGHT,
                        .height = WEFT_RATE_CHART_HEIGHT - TOP - BOTTOM,
                        .seconds = fmax(seconds, 1e-3),
                        .max = fmax(1.1 * highest, 1e-9)};
    weft_chart_frame(&frame, weft_chart_count, false);
    for (int i = 0; i < count; i++) {
        double x = weft_chart_x(&frame, steps[i].from_seconds), y = weft_chart_y(&frame, steps[i].rate);
        double wide = weft_chart_x(&frame, steps[i].to_seconds) - x;
        weft_drawing_box(drawing, x, y, fmax(wide - (wide > 6 ? 1 : 0), 0.5), frame.top + frame.height - y,
                         WEFT_COLOR_SERIES);
    }
    double y = weft_chart_y(&frame, mean), right = frame.left + frame.width;
    weft_drawing_line(drawing, (weft_drawing_point[]){{frame.left, y}, {right, y}}, 2, 1.25, WEFT_COLOR_INK, true);
    weft_drawing_text(drawing, right + 6, y + 4, WEFT_COLOR_INK, WEFT_DRAW_LEFT, "mean");
}
