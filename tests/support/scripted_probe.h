/* Memory as a test wants it: a probe that gives one percentage a look, the last one for ever.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_SCRIPTED_PROBE_H
#define WEFT_TESTS_SUPPORT_SCRIPTED_PROBE_H

#include "monitors/memory_probe.h"

/* `percents` is copied. */
weft_status scripted_probe_new(weft_memory_probe **out, const double *percents, int count, weft_error *err);

/* Reads a script from a file: one percentage a line, "*N" repeats it N samples, e.g. "40 *10", and "until FILE N" until
 * the file has N bytes. Errors: WEFT_ERR_NO_INPUT, WEFT_ERR_DATA. */
weft_status scripted_probe_open(weft_memory_probe **out, const char *path, weft_error *err);

#endif
