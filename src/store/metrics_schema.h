/* Between the files of this folder only: brings a metrics database to the schema of this weft.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_METRICS_SCHEMA_H
#define WEFT_STORE_METRICS_SCHEMA_H

#include "core/status.h"

#include <sqlite3.h>

/* "weft" in application_id: what says that a database is ours. */
#define WEFT_METRICS_APPLICATION_ID 0x77656674

/* Words what SQLite said last. Returns WEFT_ERR_BUSY (someone else has the database: try again), WEFT_ERR_DATA,
 * WEFT_ERR_PERMISSION, WEFT_ERR_IO. */
weft_status weft_metrics_schema_failed(sqlite3 *database, const char *path, weft_error *err);

/* Runs the migrations that are missing, in one transaction, and makes the views anew when anything changed. Foreign
 * keys are to be off, which no transaction can change. Errors: WEFT_ERR_DATA (not a weft database; made by a newer
 * weft), and what weft_metrics_schema_failed() gives. */
weft_status weft_metrics_schema_apply(sqlite3 *database, const char *path, weft_error *err);

/* Whether it was made by an older weft and has not what this one would show. False on any trouble. */
bool weft_metrics_schema_is_older(sqlite3 *database);

/* Whether this is a weft database at all. Errors: as above. */
weft_status weft_metrics_schema_check(sqlite3 *database, const char *path, weft_error *err);

#endif
