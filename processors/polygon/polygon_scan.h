/* Which cells of a grid lie in polygons, a row at a time.
 *
 * What a cell is told depends on the polygons and the cell alone, never on where a call begins or ends. Polygons that
 * share sides cover each cell's centre once: a centre on a side belongs to the polygon right of it or below it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_POLYGON_SCAN_H
#define WEFT_PROCESSORS_POLYGON_SCAN_H

#include "processors/polygon/polygon_set.h"

/* Bytes of scratch, aligned for doubles, for rows of at most `cols` cells at once. */
int64_t weft_polygon_scan_bytes(const weft_polygon_set *set, int64_t cols);

/* Whether any polygon is near the cells: false is sure, true is not. */
bool weft_polygon_set_is_near(const weft_polygon_set *set, int64_t col, int64_t row, int64_t cols, int64_t rows);

/* out[i]: 1 where the centre of cell col + i of the row lies in a polygon, else 0. Returns how many do. */
int64_t weft_polygon_scan_centres(const weft_polygon_set *set, int64_t row, int64_t col, int64_t cols, uint8_t *out,
                                  void *scratch);

/* out[i]: the feature in whose polygon the centre lies, the first of them in their order; -1: none. */
void weft_polygon_scan_features(const weft_polygon_set *set, int64_t row, int64_t col, int64_t cols, int32_t *out,
                                void *scratch);

/* A share as the nearest one that is told, so that a threshold and what reaches it are the same. */
double weft_polygon_share(double share);

/* out[i]: the share, 0 to 1, of the cell's area that polygons cover; where these overlap their shares are added up, to
 * 1 at most. */
void weft_polygon_scan_shares(const weft_polygon_set *set, int64_t row, int64_t col, int64_t cols, double *out,
                              void *scratch);

#endif
