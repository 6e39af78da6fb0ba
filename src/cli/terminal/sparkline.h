/* A line of bars of text, for a terminal.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_SPARKLINE_H
#define WEFT_CLI_SPARKLINE_H

#include "core/text.h"

/* Adds at most `width` bars, each as high as the largest of its part of the `count` values is of `max`. Values are not
 * negative. */
void weft_sparkline(weft_text *out, const double *values, int count, double max, int width);

#endif
