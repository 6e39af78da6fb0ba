/* SPDX-License-Identifier: MIT
 *
 * The list, and nothing else that knows a format. */
#include "pipeline/formats/formats.h"

#include "pipeline/formats/piece_formats.h"
#include "pipeline/rows/row_sources.h"
#include "processors/resample/methods.h"
#include "processors/table/expression.h"
#include "raster/crs/crs.h"

/* A line a format. Its table is in the file of its name: weft_csv_format in csv_format.c. */
#define FORMATS(X)                                                                                                     \
    X(csv)                                                                                                             \
    X(csv_gz)                                                                                                          \
    X(parquet)                                                                                                         \
    X(sqlite)                                                                                                          \
    X(geotiff)                                                                                                         \
    X(cog)                                                                                                             \
    X(png)

#define DECLARE(name) extern const weft_format weft_##name##_format;
#define ADDRESS(name) &weft_##name##_format,
FORMATS(DECLARE)
static const weft_format *const formats[] = {FORMATS(ADDRESS)};

enum { COUNT = sizeof formats / sizeof *formats };
_Static_assert(COUNT <= WEFT_PLAN_MAX_OUTPUTS, "a plan has room for an output of every format");

const weft_format *weft_format_at(int number) {
    return number < COUNT ? formats[number] : NULL;
}

bool weft_format_any(const weft_config *config, bool (*is)(const weft_format *format)) {
    for (int i = 0; i < COUNT; i++)
        if (config->formats[i] && is(formats[i])) return true;
    return false;
}

bool weft_plan_keeps_all_rows(const weft_plan *plan) {
    return plan->config->rows == WEFT_ROWS_ALL && weft_plan_rows_are_all(plan->config);
}

static const weft_format_facts *facts_of(int number) {
    return number < COUNT ? &formats[number]->facts : NULL;
}

static weft_status check_expression(const char *text, size_t *at, weft_error *err) {
    weft_expression expression;
    char *unknown;
    weft_status status = weft_expression_read(&expression, text, NULL, at, &unknown, err);
    weft_expression_dispose(&expression);
    return status;
}

const weft_registries weft_all_registries = {weft_method_choice, facts_of, weft_row_facts_at, weft_crs_code_owner,
                                             check_expression};
