/* A layer of which a cell's value is a field of the polygon that its centre lies in.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_ZONE_LAYER_H
#define WEFT_STAGES_ZONE_LAYER_H

#include "processors/polygon/polygon_scan.h"
#include "stages/layers/layer.h"

/* polygons, values   outlive the layer; (0, i) of the values is the feature i's
 * errors             WEFT_ERR_MEMORY */
weft_status weft_zone_layer_new(weft_layer **out, const char *column, int dataset, const weft_polygon_set *polygons,
                                const weft_values *values, weft_error *err);

/* What a worker needs for windows of at most `cols` columns. */
int64_t weft_zone_layer_bytes(const weft_polygon_set *polygons, int64_t cols);

#endif
