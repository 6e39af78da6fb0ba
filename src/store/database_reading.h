/* Between the files of this folder only: opens a metrics database for whoever only looks at it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_DATABASE_READING_H
#define WEFT_STORE_DATABASE_READING_H

#include "store/database.h"

#define WEFT_READING_BUSY_MS 2000 /* that a command waits for a lock of someone else's */

/* Opens the metrics database at `path` for reading, also where its folder cannot be written. Whoever gets an error
 * closes it as well. Errors: WEFT_ERR_NO_INPUT (no such file, or nothing in it), WEFT_ERR_DATA (not a weft database, or
 * a newer weft's), WEFT_ERR_BUSY, and those of weft_database_open(). */
weft_status weft_metrics_open_reading(weft_database *out, const char *path, int busy_ms, weft_error *err);

#endif
