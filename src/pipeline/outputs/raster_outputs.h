/* The formats that are no tables: the aligned rasters geotiff and cog, and pictures. What their type is, how large they
 * may become, what writing them takes, and their writers.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RASTER_OUTPUTS_H
#define WEFT_PIPELINE_RASTER_OUTPUTS_H

#include "core/memory/reserve.h"
#include "pipeline/plan/plan.h"
#include "stages/writers/geotiff_writer.h"
#include "stages/writers/picture_writer.h"

/* What the writers of a run borrow. Zero-initialised is empty. One thread. */
typedef struct weft_raster_outputs {
    const char **units;     /* of the columns; NULL where unknown */
    bool *classes;          /* of the columns: values that must not be averaged */
    weft_palette *palettes; /* of the columns */
    char *caption, *gather_path;
    char **layer_paths; /* of the columns: their pictures; NULL where there are none */
    int layer_count;
    weft_stack_type type;
    weft_stack_spec stack;
    const weft_table_writer *geotiff; /* once it is made: a COG is made of its stack */
} weft_raster_outputs;

/* The stack's type and nodata value, from the plan's layers. Errors: WEFT_ERR_MEMORY. */
weft_status weft_raster_outputs_type(const weft_plan *plan, weft_stack_type *out, weft_error *err);

/* Whether a format is one of these. */
bool weft_raster_outputs_has(weft_format format);

/* What writing those takes that the configuration asks for. library_bytes: pages of libraries that were dropped, of
 * which GeoTIFFs need more. Errors: WEFT_ERR_MEMORY, WEFT_ERR_DATA (more bands than a GeoTIFF can have). */
weft_status weft_raster_outputs_reserve(weft_reserve *out, const weft_plan *plan, int threads, int64_t library_bytes,
                                        weft_error *err);

/* Warns, in the plan, of values that a raster's type would round, and of a CRS that it cannot say. Errors:
 * WEFT_ERR_MEMORY. */
weft_status weft_raster_outputs_warn(weft_plan *plan, weft_error *err);

/* An upper guess of the size of a format's files, the layers' pictures among them. */
int64_t weft_raster_outputs_estimate(const weft_plan *plan, weft_format format);

/* Where a writer works. Borrowed. */
typedef struct weft_raster_place {
    const weft_table_spec *table;
    weft_output_file *file;
    const char *scratch_folder;
} weft_raster_place;

/* Makes the writer of one of these formats. `outputs`, `plan` and what `place` names outlive it. Errors: WEFT_ERR_IO,
 * WEFT_ERR_MEMORY, WEFT_ERR_DATA. */
weft_status weft_raster_outputs_start(weft_raster_outputs *outputs, const weft_plan *plan, weft_format format,
                                      const weft_raster_place *place, weft_table_writer **out, weft_error *err);

void weft_raster_outputs_dispose(weft_raster_outputs *outputs);

#endif
