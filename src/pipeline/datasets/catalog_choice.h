/* Between the files of this folder only: the rasters that a dataset takes from a catalog.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_CATALOG_CHOICE_H
#define WEFT_PIPELINE_CATALOG_CHOICE_H

#include "core/files/path_fields.h"
#include "pipeline/plan/plan.h"

typedef struct weft_catalog_choice {
    const char *path;               /* as GDAL opens it */
    const weft_path_fields *fields; /* those of the template: properties, and {date} the time of acquisition */
    bool complete;                  /* it has all of them */
    const weft_expected_raster *expected;
} weft_catalog_choice;

/* Calls `fn` for each raster of the dataset's catalog that passes and meets the grid, in order. What it is given is
 * borrowed. No raster is opened, but for the one that the grid is made like.
 *
 * template  names of columns, with fields
 * errors    those of weft_catalog_open() and weft_catalog_pick_all(); those of fn */
weft_status weft_catalog_choose(const weft_plan *plan, const weft_config_dataset *dataset, const char *template,
                                weft_status (*fn)(void *payload, const weft_catalog_choice *choice, weft_error *err),
                                void *payload, weft_error *err);

#endif
