/* Between the files of this folder only: the SQL of sql/, embedded at build time.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_SQL_TEXT_H
#define WEFT_STORE_SQL_TEXT_H

typedef struct weft_sql_text {
    const char *name; /* the file's, without its ending; NULL ends a list */
    const char *sql;
} weft_sql_text;

/* Numbered from 1, in order: migration i brings a database from user_version i - 1 to i. */
extern const weft_sql_text weft_sql_migrations[];
/* What they make of an empty database, at once. */
extern const weft_sql_text weft_sql_schema[];
extern const weft_sql_text weft_sql_views[];
/* Numbered from 1, in order; applied whole: a run state is of one version for its life. */
extern const weft_sql_text weft_sql_run_state[];
/* Numbered from 1, in order; applied whenever a batch's record is opened: each may be again. */
extern const weft_sql_text weft_sql_batch_record[];
/* Numbered from 1, in order; a new catalog gets all of them. */
extern const weft_sql_text weft_sql_catalog[];
/* Queries that reports ask (metrics_reader.h), by name. */
extern const weft_sql_text weft_sql_report[];
/* Queries that the server asks (served_metrics.h), by name. */
extern const weft_sql_text weft_sql_api[];

#endif
