/* Between the files of this folder only: problems as they are found, told in the order of the file.
 *
 * Values are read in the table's order and rules are checked last; a reader of messages goes from top to bottom.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_PROBLEM_LIST_H
#define WEFT_CONFIG_PROBLEM_LIST_H

#include "config/yaml/problems.h"

typedef struct weft_problem {
    weft_place place;
    bool overridden; /* told after all that is in the file */
    int order;       /* as found: what stands at one place stays in this order */
    char *text;
} weft_problem;

/* Zero-initialised is empty. */
typedef struct weft_problem_list {
    weft_problem *items;
    int count, capacity;
    bool failed; /* no memory for one of them */
} weft_problem_list;

/* Takes over `text`, whole lines; NULL: no memory. */
void weft_problem_list_add(weft_problem_list *list, weft_place place, bool overridden, char *text);

/* Adds all to `out`, in order, and leaves the list empty. */
void weft_problem_list_move(weft_problem_list *list, weft_problems *out);

#endif
