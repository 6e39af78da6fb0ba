/* One band of one dataset seen on the grid: it answers "the values of this window".
 *
 * The joint that makes both modes one code path: merge asks layers for windows and does not know whether they are
 * resampled on the spot (lazy), were computed before (materialised), or have nothing to give (empty).
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_LAYER_H
#define WEFT_STAGES_LAYER_H

#include "core/data_type.h"
#include "core/window.h"
#include "stages/context/worker.h"

#include <stdatomic.h>

typedef struct weft_layer weft_layer;

typedef struct weft_layer_kind {
    weft_stage_id stage; /* what reading it is charged to */
    weft_operation_id operation;
    weft_status (*read)(weft_layer *layer, weft_worker *worker, weft_window window, weft_values out, weft_error *err);
    void (*free)(weft_layer *layer);
} weft_layer_kind;

/* Every kind starts with this. */
struct weft_layer {
    const weft_layer_kind *kind;
    const char *column; /* borrowed: the plan's */
    weft_data_type type;
    int dataset;         /* layers of one dataset are read one after the other, by one worker */
    int64_t window_cols; /* that windows of the dataset may be wide, for its blocks to stay at hand; 0: any number */
    bool of_class;       /* its values are shares of a class, which is there where one is over 0 */
    int group;           /* of the dataset's layers: blocks stay at hand for those of one group */
};

/* Fills `out` with the layer's values on `window`.
 *
 * window   in grid cells, inside the grid
 * out      window.rows x window.cols values of layer->type from its first one on, by its stride; missing cells hold NaN
 *          or a zero mask byte
 * thread   any worker, one call at a time per `worker`
 * errors   WEFT_ERR_IO and WEFT_ERR_DATA (a source block), WEFT_ERR_MEMORY (the ledger refused), WEFT_ERR_CANCELLED */
weft_status weft_layer_read(weft_layer *layer, weft_worker *worker, weft_window window, weft_values out,
                            weft_error *err);
/* Sets *seen where the layer has a value among `cols` x `rows` that were read of it; of a class, a share over 0. A
 * column that has values mostly has one among the first: others are not looked at any more. Any thread. */
void weft_layer_look_for_value(const weft_layer *layer, weft_values values, int64_t cols, int64_t rows,
                               atomic_uchar *seen);

/* One past the last of the layers, side by side, that a worker makes together with `layers[first]`, 32 rows of each in
 * turn: those of its dataset and group. */
int weft_layers_of_dataset(weft_layer *const *layers, int count, int first);

/* Cells that a window of the layer's dataset is wide, of `side` that it may be. */
int64_t weft_layer_window_cols(const weft_layer *layer, int64_t side);

/* NULL is fine. */
void weft_layer_free(weft_layer *layer);

/* A layer that is missing everywhere: a skipped dataset, or one off the grid. */
weft_status weft_empty_layer_new(weft_layer **out, const char *column, weft_data_type type, int dataset,
                                 weft_error *err);

#endif
