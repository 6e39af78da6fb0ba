/* SPDX-License-Identifier: MIT */
#include "cli/catalog/catalog_printer.h"

#include "cli/record_printer.h"

#include <stdio.h>

/* Columns that hold JSON already. */
static const char *const json[] = {"geometry", "geotransform", "bands", "properties", "depends", NULL};

bool weft_catalog_printer_row(void *payload, int columns, const char *const *names, const char *const *values,
                              const bool *numeric) {
    weft_catalog_printer *printer = payload;
    if (printer->output == WEFT_CATALOG_CSV) {
        weft_print_csv_line(columns, values == NULL ? names : values);
        return ferror(stdout) == 0;
    }
    if (values == NULL) {
        fputs(printer->output == WEFT_CATALOG_JSON ? "[" : "{\"type\": \"FeatureCollection\", \"features\": [", stdout);
        return true;
    }
    fputs(printer->rows++ > 0 ? ",\n " : "\n ", stdout);
    if (printer->output == WEFT_CATALOG_JSON) {
        weft_print_json_object(columns, names, values, numeric, json);
    } else {
        printf("{\"type\": \"Feature\", \"geometry\": %s, \"properties\": ", values[0] == NULL ? "null" : values[0]);
        weft_print_json_object(columns - 1, names + 1, values + 1, numeric + 1, json);
        fputs("}", stdout);
    }
    return ferror(stdout) == 0;
}

void weft_catalog_printer_end(const weft_catalog_printer *printer) {
    if (printer->output == WEFT_CATALOG_JSON) fputs("]\n", stdout);
    if (printer->output == WEFT_CATALOG_GEOJSON) fputs("]}\n", stdout);
}
