/* SPDX-License-Identifier: MIT
 *
 * cells: each cell of the grid. */
#include "pipeline/rows/row_source.h"

const weft_row_source weft_cells_rows = {.facts = {.choice = {.word = "cells", .synonyms = "grid, pixels"}},
                                         .row = "cell"};
