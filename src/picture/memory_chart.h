/* Memory over time: what held it, one on top of the other, under the lines of the limit.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PICTURE_MEMORY_CHART_H
#define WEFT_PICTURE_MEMORY_CHART_H

#include "picture/chart.h"

#include <stdint.h>

#define WEFT_MEMORY_HOLDERS 8

/* From the bottom: what is not in the ledger, then its holders. */
typedef struct weft_memory_holder {
    const char *name, *means;
    weft_drawing_color color;
} weft_memory_holder;
extern const weft_memory_holder weft_memory_holders[WEFT_MEMORY_HOLDERS];

typedef struct weft_memory_point {
    double seconds;                   /* since the run began */
    double resident;                  /* bytes */
    double held[WEFT_MEMORY_HOLDERS]; /* bytes, in the order of weft_memory_holders; the first is not looked at: it is
                                         what is left of resident */
} weft_memory_point;

typedef struct weft_memory_mark {
    double seconds;
    bool grows; /* a size that grew again; else it shrank */
} weft_memory_mark;

typedef struct weft_memory_chart {
    const weft_memory_point *points; /* in the order of time */
    int count;
    const weft_memory_mark *marks; /* of sizes that changed */
    int mark_count;
    double seconds;                  /* of the run */
    double limit, warning, critical; /* bytes; 0: there is none */
} weft_memory_chart;

#define WEFT_MEMORY_CHART_WIDTH  960
#define WEFT_MEMORY_CHART_HEIGHT 320

/* Whether memory is so far below the limit that the axis is cut between them. */
bool weft_memory_chart_is_cut(const weft_memory_chart *chart);

/* Draws it on a drawing of that size. Where less is resident than is in the ledger, since part of that is not touched
 * yet, the holders are drawn in proportion. Errors: WEFT_ERR_MEMORY. */
weft_status weft_memory_chart_draw(weft_drawing *drawing, const weft_memory_chart *chart, weft_error *err);

#endif
