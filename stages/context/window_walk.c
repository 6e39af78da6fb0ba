/* SPDX-License-Identifier: MIT
 *
 * Strips as high as a window, cut into windows from the left. What is left of a strip when the size shrinks is walked
 * as a part of its own. */
#include "stages/context/window_walk.h"

#include "processors/lattice/lattice.h"

/* A lattice row at a time: layers of one dataset then share positions and source blocks. */
static weft_status do_window(const weft_window_walk *walk, weft_worker *worker, weft_window window, weft_error *err) {
    int64_t end = window.row + window.rows;
    weft_status status = WEFT_OK;
    atomic_fetch_add(walk->windows, 1);
    for (weft_window band = window; band.row < end && status == WEFT_OK; band.row += band.rows) {
        band.rows = end - band.row;
        band.rows = weft_lattice_band_rows(band);
        status = walk->band(walk->payload, worker, band, err);
    }
    return status;
}

weft_status weft_window_walk_run(const weft_window_walk *walk, weft_worker *worker, weft_window part, weft_error *err) {
    weft_status status = WEFT_OK;
    while (part.rows > 0 && status == WEFT_OK) {
        weft_window strip = part;
        strip.rows = weft_smaller(part.rows, weft_adaptive_size_get(walk->size));
        part.row += strip.rows;
        part.rows -= strip.rows;
        while (strip.cols > 0 && status == WEFT_OK) {
            weft_worker_relieve(worker);
            int64_t side = weft_adaptive_size_take(walk->size);
            if (side < strip.rows) {
                status = weft_window_walk_run(walk, worker, strip, err);
                break;
            }
            weft_window window = {strip.col, strip.row, weft_smaller(strip.cols, side), strip.rows};
            status = do_window(walk, worker, window, err);
            strip.col += window.cols;
            strip.cols -= window.cols;
        }
    }
    return status;
}
