/* What is wrong with a file that a user wrote, and where.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_PROBLEMS_H
#define WEFT_CONFIG_PROBLEMS_H

#include "core/status.h"
#include "core/text.h"

/* A place in a configuration file. line and column count from 1; 0: not from the file (a default, or --set). */
typedef struct weft_place {
    int line, column;
} weft_place;

/* All that is wrong with a configuration, in the order of the file, then of the overrides: a line
 * "FILE:LINE:COL: message", or "--set KEY=VALUE: message", each; below it "  hint: ..." where there is one. */
typedef struct weft_problems {
    weft_text text;
    int count;
    int of_options; /* how many of them are in options of the command line, not in the file */
} weft_problems;

void weft_problems_dispose(weft_problems *problems);

#endif
