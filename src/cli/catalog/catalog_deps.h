/* What a raster depends on, and what that depends on: VRTs and their sources, side-cars.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_CATALOG_DEPS_H
#define WEFT_CLI_CATALOG_DEPS_H

#include "store/catalog/catalog_query.h"

/* Gives rows of file, needed_by, depth, state to `fn`, the header first, each file before what it needs. state is "",
 * "gone" (it is not there), "before" (it stands in a row above with what it needs) or "cycle" (it needs itself).
 *
 * VRTs that the catalog does not know are read themselves.
 * *known   whether the catalog knows the file, or it is a VRT that is there
 * errors   WEFT_ERR_DATA for a cycle, with its path, when all rows were given; those of the catalog */
weft_status weft_catalog_deps(weft_catalog *catalog, const char *location, weft_metrics_row_fn fn, void *payload,
                              bool *known, weft_error *err);

#endif
