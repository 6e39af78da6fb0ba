/* Keeps the open files of many sources few, by closing those used longest ago. One for all sources of a run.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_HANDLE_LIMIT_H
#define WEFT_RASTER_HANDLE_LIMIT_H

#include "raster/source.h"

/* Allows a part of the files that the process may open, at most 64. Errors: WEFT_ERR_MEMORY. */
weft_status weft_handle_limit_new(weft_handle_limit **out, weft_error *err);
/* Allows so many from now on, 4 at least, and no more than a quarter of the files that the process may open. Any
 * thread. */
void weft_handle_limit_allow(weft_handle_limit *limit, int64_t handles);
/* NULL is fine. */
void weft_handle_limit_free(weft_handle_limit *limit);

/* Forgets a source, before it is closed. Any thread. */
void weft_handle_limit_forget(weft_handle_limit *limit, const weft_source *source);

/* To be told after a source was read: closes idle handles of others when there are too many. Handles in use stay open,
 * so that there may be one a thread more. Any thread. */
void weft_handle_limit_used(weft_handle_limit *limit, weft_source *source);

#endif
