/* A layer: one band of one dataset seen on the grid. It answers one question: what are the values of this window?
 *
 * Merge asks layers for windows and does not know their kind. That makes streaming and in-memory mode one code path.
 *
 * kind           file                    its values
 * lazy           lazy_layer.h            resampled when a window is asked for
 * materialised   materialised_layer.h    computed before, whole, in memory of the ledger
 * mosaic         mosaic_layer.h          joined from several lazy layers, cell by cell
 * region         region_layer.h          missing outside of polygons, where the layer beneath is not asked
 * zone           zone_layer.h            a field of the polygon that a cell lies in
 * empty          layer.h                 missing everywhere
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
    weft_stage_id stage; /* that reading is charged to, with the operation */
    weft_operation_id operation;
    weft_status (*read)(weft_layer *layer, weft_worker *worker, weft_window window, weft_values out, weft_error *err);
    void (*free)(weft_layer *layer);
} weft_layer_kind;

/* The struct of every kind starts with this. */
struct weft_layer {
    const weft_layer_kind *kind;
    const char *column; /* borrowed: the plan's */
    weft_data_type type;
    int dataset; /* one worker reads the layers of one dataset one after the other */
    /* The most columns of a window for which the dataset's blocks stay in the cache; 0: no limit. */
    int64_t window_cols;
    bool of_class; /* values are shares of a class; the class occurs where a share is over 0 */
    int group;     /* a number: the blocks of all layers of one group of the dataset fit in the cache together */
};

/* Fills `out` with the layer's values on `window`.
 *
 * window   in grid cells, inside the grid
 * out      window.rows x window.cols values of layer->type, by its stride; a missing cell is NaN in floats, and a 0 in
 *          the mask otherwise
 * thread   any worker, one call at a time per `worker`
 * errors   WEFT_ERR_IO and WEFT_ERR_DATA (a source block), WEFT_ERR_MEMORY (the ledger refused), WEFT_ERR_CANCELLED */
weft_status weft_layer_read(weft_layer *layer, weft_worker *worker, weft_window window, weft_values out,
                            weft_error *err);
/* Sets *seen if the layer has a value among the cols x rows `values` that were read from it (for a class: a share over
 * 0). Does nothing once *seen is set. Any thread. */
void weft_layer_look_for_value(const weft_layer *layer, weft_values values, int64_t cols, int64_t rows,
                               atomic_uchar *seen);

/* The index after the last layer that a worker computes together with layers[first] (32 grid rows of each in turn): the
 * layers of one dataset and group are side by side. */
int weft_layers_of_dataset(weft_layer *const *layers, int count, int first);

/* The columns of a window of the layer's dataset: `side`, or less where layer->window_cols asks for it. */
int64_t weft_layer_window_cols(const weft_layer *layer, int64_t side);

/* NULL is allowed. */
void weft_layer_free(weft_layer *layer);

/* A layer that is missing everywhere: a skipped dataset, or one off the grid. */
weft_status weft_empty_layer_new(weft_layer **out, const char *column, weft_data_type type, int dataset,
                                 weft_error *err);

#endif
