/* SPDX-License-Identifier: MIT */
#include "picture/time_bars.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LEFT  190
#define RIGHT 130
#define BAR   16
#define PITCH 23

double weft_time_bars_height(int count) {
    return 8 + PITCH * (double)(count > 0 ? count : 1);
}

weft_drawing_color weft_stage_color(const char *stage) {
    static const char *const stages[] = {"prepare", "resample", "merge", "export"};
    static const int series[] = {3, 0, 2, 1};
    for (int i = 0; i < 4; i++)
        if (strcmp(stage, stages[i]) == 0) return (weft_drawing_color)(WEFT_COLOR_SERIES + series[i]);
    return WEFT_COLOR_REST;
}

void weft_time_bars_draw(weft_drawing *drawing, const weft_time_bar *bars, int count) {
    double longest = 0, all = 0, room = WEFT_TIME_BARS_WIDTH - LEFT - RIGHT;
    char text[96];
    for (int i = 0; i < count; i++) {
        longest = fmax(longest, bars[i].seconds);
        all += bars[i].seconds;
    }
    for (int i = 0; i < count; i++) {
        double y = 4 + PITCH * (double)i, length = longest > 0 ? room * bars[i].seconds / longest : 0;
        (void)snprintf(text, sizeof text, "%s: %s", bars[i].stage, bars[i].operation);
        weft_drawing_text(drawing, LEFT - 8, y + 12, WEFT_COLOR_INK, WEFT_DRAW_RIGHT, text);
        weft_drawing_box(drawing, LEFT, y, fmax(length, 1), BAR, weft_stage_color(bars[i].stage));
        (void)snprintf(text, sizeof text, "%.3g s, %.0f %%", bars[i].seconds,
                       all > 0 ? 100 * bars[i].seconds / all : 0);
        weft_drawing_text(drawing, LEFT + length + 8, y + 12, WEFT_COLOR_SOFT, WEFT_DRAW_LEFT, text);
    }
}
