/* Reads the views of a metrics database, for `weft memory`.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_METRICS_QUERY_H
#define WEFT_STORE_METRICS_QUERY_H

#include "core/status.h"
#include "core/text.h"
#include "store/queries/metrics_row_fn.h"

/* Reads a view ("v_memory_by_stage") of the database at `path`: of one experiment, or of all (NULL), its latest run.
 * Rows come in the view's own order. `header` is called once, before any row, with NULL values, also when there are
 * none. Errors: WEFT_ERR_NO_INPUT (no such file), WEFT_ERR_DATA (not a weft database, no such experiment), WEFT_ERR_IO.
 */
weft_status weft_metrics_query(const char *path, const char *view, const char *experiment_id, weft_metrics_row_fn fn,
                               void *payload, weft_error *err);

/* The same of all runs, with their run_id in front: run_id is one run's, or -1 for every run of the experiment. */
weft_status weft_metrics_query_runs(const char *path, const char *view, const char *experiment_id, int64_t run_id,
                                    weft_metrics_row_fn fn, void *payload, weft_error *err);

/* Reads the answer to one statement, which may read anything of this database and nothing else, and change nothing.
 * Errors: as above; WEFT_ERR_USAGE: it is no such statement. */
weft_status weft_metrics_query_sql(const char *path, const char *sql, weft_metrics_row_fn fn, void *payload,
                                   weft_error *err);

/* "3.40.1": of the library that runs. */
const char *weft_metrics_sqlite_version(void);

#endif
