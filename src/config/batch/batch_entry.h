/* Between the files of this folder only: an entry of `jobs` as it is read.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_BATCH_ENTRY_H
#define WEFT_CONFIG_BATCH_ENTRY_H

#include "config/batch/batch_file.h"
#include "config/batch/batch_matrix.h"

/* Nodes are the batch file's tree's, with variables in them. */
struct weft_batch_entry {
    weft_place place;
    int index;                     /* in `jobs`, from 0 */
    const weft_yaml_node *name;    /* NULL: made up */
    const weft_yaml_node *config;  /* a scalar, the path, or a mapping */
    const weft_yaml_node *sets[2]; /* the defaults' and its own; NULL: none */
    const weft_yaml_node *needs;   /* a list; NULL: none */
    weft_batch_matrix matrix;
    int64_t retry;      /* -1: the batch's */
    int64_t timeout_ms; /* -1: the batch's */
};

/* What stands after a weft_batch_file, which is its first member. */
typedef struct weft_batch_tree {
    weft_batch_file batch;
    weft_yaml_node *root;
    const weft_yaml_node *default_config, *default_set;
    char **origins; /* of nodes */
    int origin_count, origin_capacity;
} weft_batch_tree;

#endif
