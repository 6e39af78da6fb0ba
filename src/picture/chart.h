/* What all charts over time share: a plot with a net, seconds below, values at the left.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PICTURE_CHART_H
#define WEFT_PICTURE_CHART_H

#include "picture/drawing.h"

#define WEFT_CHART_TEXT_BYTES 32

/* How a value is written beside the axis. */
typedef void (*weft_chart_words)(double value, double step, char out[WEFT_CHART_TEXT_BYTES]);

/* "512 MiB", "1.5 GiB" of bytes; "2.5 million" of counts. */
void weft_chart_bytes(double value, double step, char out[WEFT_CHART_TEXT_BYTES]);
void weft_chart_count(double value, double step, char out[WEFT_CHART_TEXT_BYTES]);

typedef struct weft_chart {
    weft_drawing *drawing;
    double left, top, width, height; /* of the plot */
    double seconds;                  /* that it spans, from 0 */
    double max;                      /* its value at the top; the bottom is 0 */
} weft_chart;

double weft_chart_x(const weft_chart *chart, double seconds);
double weft_chart_y(const weft_chart *chart, double value);

/* Draws net, seconds and values. binary: of bytes. words NULL: no values, as where lanes have no size. */
void weft_chart_frame(const weft_chart *chart, weft_chart_words words, bool binary);

#endif
