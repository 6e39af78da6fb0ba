/* Why the files of a mosaic are not one raster, in words: they are inputs of a dataset, each a group of files.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_INPUT_DIFFERENCE_H
#define WEFT_PIPELINE_INPUT_DIFFERENCE_H

#include "pipeline/plan/plan.h"

typedef struct weft_input_difference {
    const char *what; /* "the pixel lattice", "the CRS", "the offset of band 1" .. */
    const char *hint; /* what makes it the same */
    bool in_place;    /* it is about where pixels lie */
    char text[64];
} weft_input_difference;

/* What tells the first two inputs of a dataset that has several apart. `out->what` may lie in `out->text`. */
void weft_input_difference_find(weft_input_difference *out, const weft_plan_dataset *dataset);

#endif
