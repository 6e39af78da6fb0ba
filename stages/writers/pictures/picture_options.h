/* What a picture writer is told: the columns, what their values are, and where files belong.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_PICTURE_OPTIONS_H
#define WEFT_STAGES_PICTURE_OPTIONS_H

#include "core/palette.h"
#include "stages/writers/table_writer.h"

typedef struct weft_picture_options {
    const weft_table_spec *table;   /* borrowed, as all here; outlives the writer */
    const bool *classes;            /* of the columns: values are classes, and must not be averaged */
    const weft_palette *palettes;   /* of the columns, for values of classes; NULL: none has one */
    const char *const *units;       /* of the columns; NULL where unknown */
    const char *title, *caption;    /* the experiment, and the grid in words */
    double cell_width, cell_height; /* of a cell, in the CRS's units */
    weft_output_file *output;       /* the sheet */
    char *const *layer_paths;       /* of the columns: each layer's file, which is left as its part file, on disk */
    const char *gather_path;        /* for pictures until they are drawn; has no name any more once it is open */
} weft_picture_options;

#endif
