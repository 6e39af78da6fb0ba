/* What weft plan and weft columns share: a configuration is planned, and told as text.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_PLAN_PRINTER_H
#define WEFT_CLI_PLAN_PRINTER_H

#include "cli/arguments.h"
#include "pipeline/plan/plan.h"

typedef weft_status (*weft_plan_tell_fn)(const weft_plan *plan, weft_text *out, weft_error *err);

/* Loads the configuration, plans it, or a shard of it ("2/7"; NULL: all of it), and prints what `tell` adds. Disposes
 * the overrides. Returns the exit code. */
int weft_print_plan(const char *file, weft_overrides *overrides, const char *shard, weft_plan_tell_fn tell);

#endif
