/* A random sample of cells, which depends on the seed and each cell's place in the grid alone: whoever looks at the
 * cells, in whatever order and parts, chooses the same ones.
 *
 * Every cell has a number of 64 bits by which the cells are as good as shuffled. A share takes the cells under a
 * bound; an exact count the cells with the smallest numbers, which one pass over all cells finds (weft_row_draw).
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_ROW_SAMPLE_H
#define WEFT_PROCESSORS_ROW_SAMPLE_H

#include "core/data_type.h"
#include "core/status.h"

/* The number of the cell at row, col. Different for all cells of a grid (each below 2^32) with one seed. */
uint64_t weft_row_sample_number(uint64_t seed, int64_t row, int64_t col);

/* The bound under which a share of all numbers lies; UINT64_MAX for 1. A cell is taken where its number is at most
 * that. */
uint64_t weft_row_sample_bound(double share);

/* Finds the smallest numbers of cells, of all together or of each class. One thread. */
typedef struct weft_row_draw weft_row_draw;

#define WEFT_ROW_DRAW_CLASSES 10000 /* the most */

/* count   rows that are drawn, of each class
 * type    of the classes: an integer, a date or a text; with classes. The number of bytes of a class is its size
 * errors  WEFT_ERR_MEMORY */
weft_status weft_row_draw_new(weft_row_draw **out, int64_t count, bool classes, weft_data_type type, weft_error *err);
/* NULL is fine. */
void weft_row_draw_free(weft_row_draw *draw);

/* What it takes at most for so many rows in all. */
int64_t weft_row_draw_bytes(int64_t rows);

/* Takes a cell's number; at: its class in `classes` (NULL: there are none; missing: the cell is of no class and is not
 * drawn). Errors: WEFT_ERR_MEMORY; WEFT_ERR_DATA: too many classes. */
weft_status weft_row_draw_add(weft_row_draw *draw, uint64_t number, const weft_values *classes, int64_t at,
                              weft_error *err);

/* After the last: makes bounds of what was taken. */
void weft_row_draw_end(weft_row_draw *draw);

/* Whether the cell is drawn. Any thread, after the end. */
bool weft_row_draw_has(const weft_row_draw *draw, uint64_t number, const weft_values *classes, int64_t at);

/* Classes of which there were fewer rows than were to be drawn, and all rows that are drawn. After the end. */
int64_t weft_row_draw_short(const weft_row_draw *draw);
int64_t weft_row_draw_total(const weft_row_draw *draw);

#endif
