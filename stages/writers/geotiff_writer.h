/* The aligned rasters: the stack as a GeoTIFF, and as a Cloud Optimized one.
 *
 * GDAL writes the output's part file itself. When it is whole and checked the output adopts it: lock, sync and name are
 * those of every format. All cells of the grid are written, whatever rows the tables keep.
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

/* The COG is made of the GeoTIFF's part file where there is one, else of a stack in the scratch folder.
 *
 * geotiff   the GeoTIFF's writer, whose finish() comes before this one's, and whose output gets its name after it and
 *           outlives this writer; NULL: none is written
 * nearest   overviews take one of four cells, which classes need, instead of their mean */
weft_status weft_cog_writer_new(weft_table_writer **out, const weft_geotiff_options *options,
                                const weft_table_writer *geotiff, bool nearest, weft_error *err);

#endif
