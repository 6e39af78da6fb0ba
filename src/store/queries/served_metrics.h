/* Asks a metrics database again and again, while runs write to it: for the server.
 *
 * It is opened once and kept open; where it is replaced by another file, that one is opened. What can be asked are the
 * queries of sql/api, one a file, and nothing else.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_SERVED_METRICS_H
#define WEFT_STORE_SERVED_METRICS_H

#include "core/status.h"
#include "store/queries/metrics_row_fn.h"

#include <stdint.h>

typedef struct weft_served_metrics weft_served_metrics;

/* What fills in a query's parameters, as far as it has them. */
typedef struct weft_served_ask {
    const char *query;      /* the file's name in sql/api, without its ending */
    const char *experiment; /* :experiment; NULL: SQL's */
    int64_t run_id;         /* :run; 0: SQL's NULL */
    int64_t since_ms;       /* :since */
    int64_t limit;          /* :limit */
} weft_served_ask;

/* Looks whether the file at `path` is a metrics database, or none yet; it is opened when it is first asked. Errors:
 * WEFT_ERR_DATA, WEFT_ERR_IO, WEFT_ERR_PERMISSION, WEFT_ERR_MEMORY. */
weft_status weft_served_metrics_new(weft_served_metrics **out, const char *path, weft_error *err);
/* NULL is fine. */
void weft_served_metrics_free(weft_served_metrics *reader);

/* Calls fn for the names of the columns and for each row. One thread at a time. Waits at most 20 ms for someone else's
 * lock. Errors: WEFT_ERR_NO_INPUT (there is no database yet), WEFT_ERR_DATA (of another schema), WEFT_ERR_BUSY,
 * WEFT_ERR_IO, WEFT_ERR_MEMORY. */
weft_status weft_served_metrics_ask(weft_served_metrics *reader, const weft_served_ask *ask, weft_metrics_row_fn fn,
                                    void *payload, weft_error *err);

#endif
