/* SPDX-License-Identifier: MIT */
#include "cli/terminal/sparkline.h"

static const char *const bars[] = {"\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
#define BARS ((int)(sizeof bars / sizeof *bars))

void weft_sparkline(weft_text *out, const double *values, int count, double max, int width) {
    if (width > count) width = count;
    for (int i = 0; i < width; i++) {
        int first = (int)((int64_t)i * count / width), end = (int)((int64_t)(i + 1) * count / width);
        double high = 0;
        for (int j = first; j < end; j++)
            if (values[j] > high) high = values[j];
        int bar = max > 0 ? (int)(high / max * BARS) : 0;
        weft_text_add(out, "%s", bars[bar < BARS ? bar : BARS - 1]);
    }
}
