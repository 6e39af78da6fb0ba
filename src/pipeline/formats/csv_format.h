/* Between the files of this folder only: what every format of one line a row needs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_CSV_FORMAT_H
#define WEFT_PIPELINE_CSV_FORMAT_H

#include "pipeline/formats/format.h"

/* As weft_format's functions of these names. */
weft_status weft_csv_format_reserve(weft_reserve *out, const weft_format_shape *shape, weft_error *err);
int64_t weft_csv_format_estimate(const weft_plan *plan);
double weft_csv_format_min_bytes(const weft_plan *plan);

int64_t weft_csv_format_unit(const weft_plan *plan);

/* Makes a writer of lines, in slices that fit into its share of memory. table: the place's, or one with another row
 * format. */
weft_status weft_csv_format_open(weft_table_writer **out, const weft_format_place *place, const weft_table_spec *table,
                                 weft_error *err);

#endif
