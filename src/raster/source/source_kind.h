/* Between the files of this folder only: what a source that is put together from others does in place of a file.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_SOURCE_KIND_H
#define WEFT_RASTER_SOURCE_KIND_H

#include "core/status.h"
#include "core/threads/object_pool.h"
#include "core/window.h"

/* Each as the function of source.h that has its name. */
typedef struct weft_source_kind {
    weft_status (*read)(void *payload, int band, weft_window window, void *values, uint8_t *valid, bool *all_valid,
                        weft_error *err);
    void (*pool_stats)(void *payload, weft_pool_stats *out);
    void (*close_idle)(void *payload);
} weft_source_kind;

#endif
