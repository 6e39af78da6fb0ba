/* SPDX-License-Identifier: MIT
 *
 * Each column of text is as wide as its longest word. */
#include "pipeline/outputs/stats_report.h"

#include "processors/text/number_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME, COUNT, MISSING, MIN, MAX, MEAN, SD, FIELDS };

typedef struct line {
    const char *name;
    char fields[FIELDS][WEFT_NUMBER_TEXT_BYTES + 1];
} line;

static const char *field_of(const line *from, int field) {
    return field == NAME ? from->name : from->fields[field];
}

static void describe_number(double value, char *out) {
    if (!isnan(value)) (void)snprintf(out, WEFT_NUMBER_TEXT_BYTES, "%.9g", value);
}

static line describe_column(const weft_plan_column *column, const weft_column_stats *stats, int64_t rows) {
    line out = {.name = column->name};
    (void)snprintf(out.fields[COUNT], sizeof *out.fields, "%lld", (long long)stats->count);
    (void)snprintf(out.fields[MISSING], sizeof *out.fields, "%lld", (long long)(rows - stats->count));
    if (stats->count == 0 || weft_data_type_is_text(column->type)) return out;
    weft_stats_value_text(stats->min, column->type, out.fields[MIN]);
    weft_stats_value_text(stats->max, column->type, out.fields[MAX]);
    if (column->type == WEFT_DATE) return out;
    describe_number(stats->mean, out.fields[MEAN]);
    describe_number(weft_column_stats_sd(stats), out.fields[SD]);
    return out;
}

weft_status weft_stats_describe(const weft_plan *plan, const weft_column_stats *stats, int64_t rows, weft_text *out,
                                weft_error *err) {
    int count = plan->column_count, widths[FIELDS] = {0};
    line *lines = calloc((size_t)count + 1, sizeof *lines);
    if (lines == NULL) return weft_error_no_memory(err, "the columns' statistics");
    lines[0] = (line){"column", {"", "count", "missing", "min", "max", "mean", "sd"}};
    for (int i = 0; i < count; i++)
        lines[i + 1] = describe_column(&plan->columns[i], &stats[i], rows);
    for (int i = 0; i <= count; i++)
        for (int field = 0; field < FIELDS; field++)
            if ((int)strlen(field_of(&lines[i], field)) > widths[field])
                widths[field] = (int)strlen(field_of(&lines[i], field));
    for (int i = 0; i <= count; i++) {
        weft_text_add(out, "%-*s", widths[NAME], lines[i].name);
        for (int field = NAME + 1; field < FIELDS; field++)
            weft_text_add(out, "  %*s", widths[field], lines[i].fields[field]);
        weft_text_add(out, "\n");
    }
    free(lines);
    return out->failed ? weft_error_no_memory(err, "the columns' statistics") : WEFT_OK;
}
