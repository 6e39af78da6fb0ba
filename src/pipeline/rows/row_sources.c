/* SPDX-License-Identifier: MIT
 *
 * The list, and nothing else that knows a row source. */
#include "pipeline/rows/row_sources.h"

#include <stddef.h>

/* A line a row source. Its table is in the file of its name: weft_points_rows in points_rows.c. The first is the
 * default. */
#define ROW_SOURCES(X)                                                                                                 \
    X(cells)                                                                                                           \
    X(points)                                                                                                          \
    X(polygons)

#define DECLARE(name) extern const weft_row_source weft_##name##_rows;
#define ADDRESS(name) &weft_##name##_rows,
ROW_SOURCES(DECLARE)
static const weft_row_source *const sources[] = {ROW_SOURCES(ADDRESS)};

enum { COUNT = sizeof sources / sizeof *sources };

const weft_row_source *weft_row_source_at(int number) {
    return number < COUNT ? sources[number] : NULL;
}

const weft_row_facts *weft_row_facts_at(int number) {
    return number < COUNT ? &sources[number]->facts : NULL;
}
