/* The registry of output formats, in the order in which they are written.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_FORMATS_H
#define WEFT_PIPELINE_FORMATS_H

#include "pipeline/formats/format.h"

/* By number from 0, as in weft_config.formats; NULL past the last. */
const weft_format *weft_format_at(int number);

/* "csv" */
static inline const char *weft_format_name(const weft_format *format) {
    return format->facts.choice.word;
}

/* Rows of the format's table that a cell gives: its cells are counted in them. */
static inline int64_t weft_format_cell_rows(const weft_format *format, const weft_plan *plan) {
    return format->table ? plan->table.cell_rows : 1;
}

/* Whether the configuration asks for a format that is so: `is` may be NULL, for any. */
bool weft_format_any(const weft_config *config, bool (*is)(const weft_format *format));

/* What a configuration can name: formats, resampling methods, CRSs, and expressions. */
extern const weft_registries weft_all_registries;

#endif
