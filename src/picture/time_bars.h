/* Where the time went: a bar an operation, longest time first, grouped by stage.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PICTURE_TIME_BARS_H
#define WEFT_PICTURE_TIME_BARS_H

#include "picture/drawing.h"

typedef struct weft_time_bar {
    char stage[16], operation[32];
    double seconds; /* of all threads */
} weft_time_bar;

#define WEFT_TIME_BARS_WIDTH 960
/* How high a drawing of `count` bars is. */
double weft_time_bars_height(int count);

/* Draws them in the order given. colors: that of a stage's bars, by the stage's name. */
void weft_time_bars_draw(weft_drawing *drawing, const weft_time_bar *bars, int count);
weft_drawing_color weft_stage_color(const char *stage);

#endif
