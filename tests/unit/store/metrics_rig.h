/* A metrics database with a run in it, and what SQL says of it. Used in a sandbox; fails the running test on trouble.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_UNIT_METRICS_RIG_H
#define WEFT_TESTS_UNIT_METRICS_RIG_H

#include "store/metrics_store.h"

/* A store at `path`, in which a run of the experiment has begun: of 3 x 4 cells, at second 1 of 1970. */
weft_metrics_store *metrics_open(const char *path, const char *experiment);

/* What the sqlite3 program prints; freed by the caller. */
char *metrics_query(const char *path, const char *sql);
void metrics_check(const char *path, const char *sql, const char *expected);

#endif
