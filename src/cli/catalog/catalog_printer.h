/* Rows of a catalog as they come: CSV, JSON or GeoJSON, without holding them all.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_CATALOG_PRINTER_H
#define WEFT_CLI_CATALOG_PRINTER_H

#include "core/status.h"

#include <stdint.h>

typedef enum weft_catalog_output {
    WEFT_CATALOG_CSV,
    WEFT_CATALOG_JSON,    /* an array of objects */
    WEFT_CATALOG_GEOJSON, /* a FeatureCollection; the first column is the geometry */
} weft_catalog_output;

typedef struct weft_catalog_printer {
    weft_catalog_output output;
    int64_t rows;
} weft_catalog_printer;

/* Prints a row on stdout, as weft_metrics_row_fn. */
bool weft_catalog_printer_row(void *printer, int columns, const char *const *names, const char *const *values,
                              const bool *numeric);
/* What stands after the last one. */
void weft_catalog_printer_end(const weft_catalog_printer *printer);

#endif
