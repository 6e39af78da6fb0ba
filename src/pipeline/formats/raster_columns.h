/* Between the files of this folder only: the columns as bands of a raster: the one type that holds them all, which of
 * them are classes, and how they are drawn.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RASTER_COLUMNS_H
#define WEFT_PIPELINE_RASTER_COLUMNS_H

#include "core/memory/keep.h"
#include "pipeline/plan/plan.h"
#include "processors/table/stack_type.h"

/* An entry a column. */
typedef struct weft_raster_columns {
    const char **units;     /* NULL where unknown */
    bool *classes;          /* values that must not be averaged */
    weft_palette *palettes; /* of values of classes; none where it has no colours */
} weft_raster_columns;

/* `keep` and the plan hold it. Errors: WEFT_ERR_MEMORY. */
weft_status weft_raster_columns_describe(weft_raster_columns *out, const weft_plan *plan, weft_keep *keep,
                                         weft_error *err);

/* Refuses columns that no raster holds: texts. format: its name, for the message. Errors: WEFT_ERR_DATA. */
weft_status weft_raster_columns_check(const weft_plan *plan, const char *format, weft_error *err);

/* The type and nodata value of a stack of the columns. Errors: WEFT_ERR_MEMORY. */
weft_status weft_raster_columns_type(const weft_plan *plan, weft_stack_type *out, weft_error *err);

#endif
