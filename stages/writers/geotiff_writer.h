/* The aligned rasters: the stack as a GeoTIFF, and as a Cloud Optimized one.
 *
 * GDAL writes files by position and opens them by itself, so they are made in the run's scratch folder and copied into
 * the output when they are whole and checked: lock, name and sync of the output are those of every format. All cells
 * of the grid are written, whatever rows the tables keep.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_GEOTIFF_WRITER_H
#define WEFT_STAGES_GEOTIFF_WRITER_H

#include "stages/writers/stack_builder.h"

typedef struct weft_geotiff_options {
    const weft_table_spec *table; /* borrowed, as all here; outlives the writer */
    const weft_stack_type *type;
    const weft_stack_spec *stack;
    int64_t tiles_bytes; /* of the ledger, for tiles that are under way */
    weft_output_file *output;
    const char *scratch_folder;
} weft_geotiff_options;

/* Errors: those of weft_stack_builder_new(). */
weft_status weft_geotiff_writer_new(weft_table_writer **out, const weft_geotiff_options *options, weft_error *err);

/* geotiff   the GeoTIFF's writer, which finishes before and lives longer; its stack is taken. NULL: one is made
 * nearest   overviews take one of four cells, which classes need, instead of their mean */
weft_status weft_cog_writer_new(weft_table_writer **out, const weft_geotiff_options *options,
                                const weft_table_writer *geotiff, bool nearest, weft_error *err);

#endif
