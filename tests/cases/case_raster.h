/* Makes the rasters that a case describes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_CASES_CASE_RASTER_H
#define WEFT_TESTS_CASES_CASE_RASTER_H

#include "cases/case_file.h"

/* Writes each entry of `rasters`, a mapping of file names to descriptions (README.md), into the current folder. Fails
 * the running test when one cannot be made. */
void case_rasters_write(case_file *self, yaml_node_t *rasters);

#endif
