/* The pass over all rows that a sample of an exact number needs before the first one is written.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_DRAW_H
#define WEFT_PIPELINE_RUN_DRAW_H

#include "pipeline/run/run_parts.h"

/* Draws the rows, unless that was done or none are to be drawn, and has parts->columns choose them. Warns, in the plan
 * and on the log, where there are fewer than were asked for.
 *
 * errors  those of merging; WEFT_ERR_DATA: too many classes */
weft_status weft_run_draw(weft_run_parts *parts, weft_error *err);

#endif
