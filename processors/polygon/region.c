/* SPDX-License-Identifier: MIT */
#include "processors/polygon/region.h"

#include <string.h>

int64_t weft_region_bytes(const weft_region *region, int64_t cols) {
    int64_t shares = region->rule == WEFT_REGION_SHARE ? cols * (int64_t)sizeof(double) : 0;
    return weft_polygon_scan_bytes(&region->set, cols) + shares;
}

int64_t weft_region_scan(const weft_region *region, int64_t row, int64_t col, int64_t cols, uint8_t *out,
                         void *scratch) {
    double *shares = scratch;
    int64_t count = 0;
    if (region->rule == WEFT_REGION_CENTRE)
        return weft_polygon_scan_centres(&region->set, row, col, cols, out, scratch);
    weft_polygon_scan_shares(&region->set, row, col, cols, shares, shares + cols);
    for (int64_t i = 0; i < cols; i++)
        count += out[i] = shares[i] > 0 && shares[i] >= region->share;
    return count;
}

static void widen(weft_window *to, int64_t row, int64_t first, int64_t last) {
    bool none = to->rows == 0;
    int64_t left = none ? first : weft_smaller(to->col, first), end = to->col + to->cols;
    int64_t right = none ? last + 1 : weft_larger(end, last + 1);
    if (none) to->row = row;
    *to = (weft_window){left, to->row, right - left, row + 1 - to->row};
}

weft_window weft_region_clip(const weft_region *region, weft_window window, uint8_t *mask, void *scratch) {
    weft_window out = {0};
    if (!weft_polygon_set_is_near(&region->set, window.col, window.row, window.cols, window.rows)) return out;
    for (int64_t row = 0; row < window.rows; row++) {
        uint8_t *line = mask + row * window.cols;
        if (weft_region_scan(region, window.row + row, window.col, window.cols, line, scratch) == 0) continue;
        const uint8_t *first = memchr(line, 1, (size_t)window.cols);
        int64_t last = window.cols - 1;
        while (line[last] == 0)
            last--;
        widen(&out, window.row + row, window.col + (first - line), window.col + last);
    }
    return out;
}
