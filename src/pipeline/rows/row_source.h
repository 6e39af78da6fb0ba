/* The contract of a row source: what rows of a table are, how many there are, and how their values are found.
 *
 * Each is one constant table in a file of its own in this folder, found through row_sources.h. Everybody else
 * (configuration, schema, plan, memory, run, metadata, tests of the documentation) goes through that list and knows no
 * row source by name. How to add one: docs/adding.md.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_ROW_SOURCE_H
#define WEFT_PIPELINE_ROW_SOURCE_H

#include "pipeline/memory/memory_needs.h"
#include "pipeline/plan/plan.h"
#include "stages/rows/row_filler.h"

/* Where a filler works. Borrowed; all it names outlives the filler. */
typedef struct weft_row_place {
    const weft_plan *plan;
    const weft_chunk_options *chunks;
    const char *scratch_folder;
} weft_row_place;

struct weft_row_source {
    weft_row_facts facts;
    const char *row; /* what one is, for people: "point" */
    /* All that follows is NULL where rows are the grid's cells.
     *
     * Looks at the file's feature at hand, while the run is planned: takes its shape's bounds, and what it will take,
     * into `rows`. Errors: WEFT_ERR_DATA: it is no row, with a hint. */
    weft_status (*look)(weft_plan_file_rows *rows, weft_vector_file *file, weft_error *err);
    /* Columns of numbers that stand before those of the file's fields ("x", "y"); ends with NULL. */
    const char *const *columns;
    /* When the layers are known: refuses what they cannot be asked. Errors: WEFT_ERR_DATA, with a hint. */
    weft_status (*check)(const weft_plan *plan, weft_error *err);
    /* What a row takes of a chunk beside its columns, of workers' scratch, and of patches. */
    void (*need)(weft_memory_needs *needs, const weft_plan *plan);
    /* Makes what reads and fills the rows. Errors: WEFT_ERR_DATA, WEFT_ERR_IO, WEFT_ERR_MEMORY. */
    weft_status (*open)(weft_row_filler *out, const weft_row_place *place, weft_error *err);
};

/* Of rows that have coordinates of their own: how many of the plan's first columns these are. */
static inline int weft_plan_rows_coordinates(const weft_plan *plan) {
    int count = 0;
    if (plan->rows.file == NULL || plan->rows.file->source->columns == NULL) return 0;
    while (plan->rows.file->source->columns[count] != NULL)
        count++;
    return count;
}

#endif
