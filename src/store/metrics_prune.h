/* Old runs leave a metrics database.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_METRICS_PRUNE_H
#define WEFT_STORE_METRICS_PRUNE_H

#include "core/status.h"

#include <stdint.h>

/* Deletes the runs that began before `before_ms` (since 1970), with all that was recorded of them; not those that are
 * under way. In small steps, so that others can write in between, for at most `budget_ms` (0: as long as it takes):
 * what is left then is for the next time. Pages that become free are used again, the file does not shrink.
 *
 * runs    how many went; may be NULL
 * errors  WEFT_ERR_NO_INPUT (no such file), WEFT_ERR_BUSY, WEFT_ERR_DATA (not of weft, or of another schema),
 *         WEFT_ERR_IO, WEFT_ERR_PERMISSION */
weft_status weft_metrics_prune(const char *path, int64_t before_ms, int64_t budget_ms, int64_t *runs, weft_error *err);

#endif
