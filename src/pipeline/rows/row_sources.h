/* The row sources, by number.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_ROW_SOURCES_H
#define WEFT_PIPELINE_ROW_SOURCES_H

#include "pipeline/rows/row_source.h"

/* By number from 0; NULL past the last. */
const weft_row_source *weft_row_source_at(int number);
const weft_row_facts *weft_row_facts_at(int number);

#endif
