/* The most that a run will have resident: what libraries take, and what of each share will really be filled.
 *
 * Shares are ceilings. A small raster never fills its part of the block cache, the last window's patch is no larger
 * than the window, a grid of one chunk has no second one. So each is counted as far as the sources and the grid go.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PEAK_ESTIMATE_H
#define WEFT_PIPELINE_PEAK_ESTIMATE_H

#include "pipeline/plan.h"

/* Sets plan->memory.peak_bytes and layers_bytes. Projects a few points a source; reads no pixel.
 *
 * needs    those that the memory plan was made for
 * errors   the projectors', WEFT_ERR_MEMORY */
weft_status weft_peak_estimate(weft_plan *plan, const weft_memory_needs *needs, weft_error *err);

#endif
