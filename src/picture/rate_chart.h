/* Cells a second over time, as steps.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PICTURE_RATE_CHART_H
#define WEFT_PICTURE_RATE_CHART_H

#include "picture/chart.h"

typedef struct weft_rate_step {
    double from_seconds, to_seconds; /* since the run began */
    double rate;                     /* cells a second */
} weft_rate_step;

#define WEFT_RATE_CHART_WIDTH  960
#define WEFT_RATE_CHART_HEIGHT 190

/* Draws steps, in the order of time, of a run that took `seconds`; `mean` is a line. On a drawing of that size. */
void weft_rate_chart_draw(weft_drawing *drawing, const weft_rate_step *steps, int count, double seconds, double mean);

#endif
