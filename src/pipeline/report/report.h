/* The report of a run, or of a batch: one HTML page that says where its memory and time went, to keep and to send on.
 *
 * The page is whole: it loads nothing, needs no script, and is at most WEFT_REPORT_MAX_BYTES long whatever the run;
 * what is left out of a table, the table says. Its drawings are SVG, its colours those that the reader's system asks
 * for, light or dark. All of it is read from the metrics database, and nothing else is opened, but for pictures.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_REPORT_H
#define WEFT_PIPELINE_REPORT_H

#include "core/text.h"

#define WEFT_REPORT_MAX_BYTES 2000000

/* Finds the run that is meant: the latest of `experiment`, or of all where that is NULL. Errors: WEFT_ERR_NO_INPUT (no
 * such file), WEFT_ERR_DATA (not a weft database; no such experiment; no run at all), WEFT_ERR_IO, WEFT_ERR_BUSY. */
weft_status weft_report_find(const char *database, const char *experiment, int64_t *run_id, weft_error *err);

/* Adds the page of a run, which may still be going on. Any thread, each with a text of its own. It takes up to four
 * times WEFT_REPORT_MAX_BYTES while it works, and cairo's WEFT_CANVAS_UNMANAGED. Errors: as above; WEFT_ERR_DATA (no
 * such run), WEFT_ERR_MEMORY. */
weft_status weft_report_write(weft_text *out, const char *database, int64_t run_id, weft_error *err);
/* The same with a small copy of the pictures that the run wrote, as far as they are still what its record says. */
weft_status weft_report_write_with_pictures(weft_text *out, const char *database, int64_t run_id, weft_error *err);

/* Adds the page of a batch, of its record (batch/batch_folder.h): jobs over time, granted and used memory, what failed.
 * Errors: as above. */
weft_status weft_report_write_batch(weft_text *out, const char *database, weft_error *err);

#endif
