/* Between the files of this folder only: the parameters of an entry, and the jobs that they make.
 *
 *   matrix:
 *     year: [2024, 2025]
 *     day: {from: 2025-01-01, to: 2025-01-31, step: 1 day, format: "%Y%m%d"}
 *     exclude: [{year: 2024, day: 20250101}]
 *     include: [{year: 2020, day: 20200229}]
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_BATCH_MATRIX_H
#define WEFT_CONFIG_BATCH_MATRIX_H

#include "config/config_keys.h"

typedef struct weft_batch_axis {
    char *name;
    weft_place place;
    char **values;
    int count;
} weft_batch_axis;

/* Zero-initialised makes one job without parameters. */
typedef struct weft_batch_matrix {
    weft_batch_axis *axes;
    int axis_count;
    int *kept; /* numbers of the combinations that no `exclude` names */
    int kept_count;
    const weft_yaml_node **included; /* mappings of the tree that `include` adds */
    int included_count;
    bool given;
} weft_batch_matrix;

/* Reads a matrix, as weft_config_read_fn: target is a weft_batch_matrix. */
void weft_batch_matrix_read(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                            void *target);
/* How many jobs it makes, and the parameters of one; weft_batch_entry_variables(). */
int weft_batch_matrix_count(const weft_batch_matrix *matrix);
weft_config_variables weft_batch_matrix_variables(const weft_batch_matrix *matrix, int number,
                                                  weft_config_variable *out);
void weft_batch_matrix_dispose(weft_batch_matrix *matrix);

#endif
