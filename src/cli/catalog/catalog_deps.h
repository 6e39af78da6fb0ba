/* What a raster, a configuration or a batch depends on, and what that depends on: jobs, inputs, VRTs and their sources,
 * side-cars.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_CATALOG_DEPS_H
#define WEFT_CLI_CATALOG_DEPS_H

#include "store/catalog/catalog_query.h"

/* Gives rows of file, needed_by, depth, state to `fn`, the header first, each file before what it needs. A job of a
 * batch stands as "job NAME". state is "", "gone" (it is not there), "before" (it stands in a row above with what it
 * needs) or "cycle" (it needs itself).
 *
 * catalog  may be NULL: no file is known. VRTs that it does not know are read themselves
 * *known   whether the catalog knows the file, or it is a VRT, a configuration or a batch file that is there
 * errors   WEFT_ERR_DATA for a cycle, with its path, when all rows were given (of jobs: before any); those of the
 *          catalog and of weft_work_deps_new() */
weft_status weft_catalog_deps(weft_catalog *catalog, const char *location, weft_metrics_row_fn fn, void *payload,
                              bool *known, weft_error *err);

#endif
