/* Reads a metrics database for reports: named queries (sql/report), which all see it as it was when the first one was
 * asked, whatever a run writes meanwhile.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_METRICS_READER_H
#define WEFT_STORE_METRICS_READER_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/* One thread. */
typedef struct weft_metrics_reader weft_metrics_reader;

/* Errors: WEFT_ERR_NO_INPUT (no such file), WEFT_ERR_DATA (not a weft database; made by a newer weft), WEFT_ERR_BUSY,
 * WEFT_ERR_IO, WEFT_ERR_MEMORY, WEFT_ERR_PERMISSION. */
weft_status weft_metrics_reader_open(weft_metrics_reader **out, const char *path, weft_error *err);
/* NULL is fine. */
void weft_metrics_reader_close(weft_metrics_reader *reader);

/* Asks the query of sql/report/NAME.sql; what was asked before is over.
 *
 * number  its parameter ?1, a run_id for most; queries without one ignore it
 * text    its parameter ?2, likewise; may be NULL
 * errors  WEFT_ERR_IO, WEFT_ERR_DATA (also: an older weft made it, without what is asked for), WEFT_ERR_BUSY,
 *         WEFT_ERR_MEMORY; WEFT_ERR_INTERNAL: there is no such query */
weft_status weft_metrics_reader_ask(weft_metrics_reader *reader, const char *name, int64_t number, const char *text,
                                    weft_error *err);
/* Goes to the next row; false: there is none, or reading failed, which weft_metrics_reader_end() tells. */
bool weft_metrics_reader_next(weft_metrics_reader *reader);
/* Ends a query, whether all its rows were read or not. Errors: as above. */
weft_status weft_metrics_reader_end(weft_metrics_reader *reader, weft_error *err);

/* Of the current row. SQL NULL is NaN, 0 and "". A text lasts until the next row. */
double weft_metrics_reader_number(weft_metrics_reader *reader, int column);
int64_t weft_metrics_reader_integer(weft_metrics_reader *reader, int column);
const char *weft_metrics_reader_text(weft_metrics_reader *reader, int column);
/* The name of a column of the query; NULL: it has no such column. */
const char *weft_metrics_reader_name(weft_metrics_reader *reader, int column);

#endif
