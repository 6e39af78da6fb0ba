/* Between the files of this folder only: addresses that are good for a while, made by a user's command.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_SIGNED_ADDRESS_H
#define WEFT_RASTER_SIGNED_ADDRESS_H

#include "core/status.h"

/* Runs `command` by /bin/sh with the address of `path` after it, as a word: https://.. for /vsicurl/https://..,
 * s3://.., gs://.. and az://.. for their like, else the path. The first line that it prints is the address to open;
 * *out is what GDAL calls that, on the heap. What it says to standard error is seen. It has a minute. Any thread.
 *
 * errors  WEFT_ERR_IO (it cannot be run, or fails), WEFT_ERR_DATA (what it prints is no address), WEFT_ERR_MEMORY */
weft_status weft_signed_address(char **out, const char *command, const char *path, weft_error *err);

#endif
