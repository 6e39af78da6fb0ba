/* The rasters that a dataset takes from a catalog.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_CATALOG_CHOICE_H
#define WEFT_PIPELINE_CATALOG_CHOICE_H

#include "core/cancel.h"
#include "core/files/path_fields.h"
#include "pipeline/datasets/input_files.h"
#include "raster/source/expected_raster.h"

typedef struct weft_catalog_choice {
    const char *path;               /* as GDAL opens it */
    const weft_path_fields *fields; /* those of the template: properties, and {date} the time of acquisition */
    bool complete;                  /* it has all of them */
    const weft_expected_raster *expected;
} weft_catalog_choice;

typedef weft_status (*weft_catalog_choice_fn)(void *payload, const weft_catalog_choice *choice, weft_error *err);

/* Calls `fn` for each raster of the dataset's catalog that passes and meets the grid, in order. What it is given is
 * borrowed. No raster is opened, but for the one that the grid is made like.
 *
 * template  names of columns, with fields
 * errors    those of weft_catalog_open() and weft_catalog_pick_all(); those of fn */
weft_status weft_catalog_choose(const weft_config *config, const weft_config_dataset *dataset, const char *template,
                                weft_catalog_choice_fn fn, void *payload, const weft_cancel *cancel, weft_error *err);

/* The files of a dataset, from its catalog or by weft_input_files_find(). Of a catalog, no file is no error. `out` is as
 * there; errors: of both. */
weft_status weft_dataset_files_find(weft_input_files *out, const weft_config *config,
                                    const weft_config_dataset *dataset, weft_error *err);

#endif
