/* Between the files of this folder only: brings a metrics database to the schema of this weft.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_METRICS_SCHEMA_H
#define WEFT_STORE_METRICS_SCHEMA_H

#include "store/database.h"

/* "weft" in application_id: what says that a database is ours. */
#define WEFT_METRICS_APPLICATION_ID 0x77656674

/* Runs the migrations that are missing, in one transaction, and makes the views anew when anything changed. Foreign
 * keys are to be off, which no transaction can change. Errors: WEFT_ERR_DATA (not a weft database; made by a newer
 * weft), and what weft_database_failed() gives. */
weft_status weft_metrics_schema_apply(const weft_database *database, weft_error *err);

/* Whether it was made by an older weft and has not what this one would show. False on any trouble. */
bool weft_metrics_schema_is_older(const weft_database *database);

/* Whether this is a weft database at all, and none of a newer weft. Errors: as above. */
weft_status weft_metrics_schema_check(const weft_database *database, weft_error *err);

#endif
