/* GDAL, set up for a process that has its own block cache and words its own errors.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_GDAL_SETUP_H
#define WEFT_RASTER_GDAL_SETUP_H

#include "core/status.h"

#include <stdint.h>

/* What GDAL's own cache may hold: the block it decodes last; a few at once, so that threads do not push out each
 * other's. Of pixel-interleaved files it keeps the other bands' too, as far as they fit. */
#define WEFT_RASTER_GDAL_CACHE (INT64_C(4) << 20)

/* Gives it more, where the files under a VRT need that (weft_codec_cost.cached_bytes), or that again. */
void weft_raster_set_cache(int64_t bytes);

/* Registers the drivers, once a process; opens nothing. Before any thread uses rasters. */
void weft_raster_load(void);
/* The same, and looks whether PROJ has its database. Before any thread uses rasters.
 * Errors: those of weft_proj_database_check(). */
weft_status weft_raster_init(weft_error *err);

/* "3.6.2" and "9.1.1": of the libraries that run. */
const char *weft_raster_gdal_version(void);
const char *weft_raster_proj_version(void);

/* Of the PROJ that GDAL runs with, which is to be the same. */
void weft_raster_gdal_proj_version(char *out, size_t size);

/* Raster drivers that are registered, and whether this one is. After weft_raster_init(). */
int weft_raster_driver_count(void);
bool weft_raster_has_driver(const char *name);
/* The driver that would open a file as a raster, by its first bytes and its name; NULL: none. After
 * weft_raster_init(). */
const char *weft_raster_driver_of(const char *path);

/* For error handlers (CPLErrorHandler) that stand in front of weft's own: what it does with every message. */
void weft_raster_listen(int severity, int number, const char *message);

/* Forgets what GDAL said on this thread: before a call whose failure will be worded. False: there is no memory for what
 * GDAL keeps of a thread that calls it for the first time, without which it crashes where it should fail. */
bool weft_raster_clear_errors(void);

/* Whether it then failed for want of memory: GDAL has said so, whatever it said last, or the system has none now. */
bool weft_raster_out_of_memory(void);

/* GDAL's last message on this thread without its trailing dots and line ends, or `otherwise` when it left none ("out of
 * memory" when it had none to say it with). Valid until GDAL is called again. */
const char *weft_raster_last_reason(const char *otherwise);

#endif
