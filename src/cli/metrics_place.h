/* Which metrics database a command line means, and which experiment of it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_METRICS_PLACE_H
#define WEFT_CLI_METRICS_PLACE_H

#include "cli/arguments.h"

typedef struct weft_metrics_place {
    const char *database; /* as given; NULL: not */
    char *configured;     /* the database of a configuration, on the heap; NULL: none was given */
    char *own;            /* the experiment that it names, likewise */
} weft_metrics_place;

/* Takes a file: a database, or a configuration, which names one. NULL: none was given. With a database, or without a
 * file, overrides are refused, and so are two databases. Returns an exit code; what is wrong is said. */
int weft_metrics_place_take(weft_metrics_place *place, const char *path, const weft_overrides *overrides);

/* The path that is meant: without any, where the bundled configuration and the default put it. */
const char *weft_metrics_place_path(const weft_metrics_place *place);

void weft_metrics_place_dispose(weft_metrics_place *place);

/* Whether the file is a SQLite database. */
bool weft_is_database(const char *path);

#endif
