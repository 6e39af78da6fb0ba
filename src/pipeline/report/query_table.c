/* SPDX-License-Identifier: MIT */
#include "pipeline/report/query_table.h"

#include "pipeline/report/html.h"
#include "pipeline/report/page.h"

#include <stdio.h>
#include <string.h>

typedef struct shown_column {
    char head[40], kind[16];
    int max;
} shown_column;

static bool is(const shown_column *column, const char *kind) {
    return strcmp(column->kind, kind) == 0;
}

static void add_cell(weft_text *out, weft_metrics_reader *reader, int at, const shown_column *column) {
    size_t max = column->max > 0 ? (size_t)column->max : 400;
    double value = weft_metrics_reader_number(reader, at);
    if (is(column, "code"))
        weft_html_cell_code(out, weft_metrics_reader_text(reader, at), max);
    else if (is(column, "seconds"))
        weft_html_cell_seconds(out, value);
    else if (is(column, "percent"))
        weft_html_cell_number(out, value, column->max > 0 ? "%.1f %%" : "%.0f %%");
    else if (is(column, "bytes") || (is(column, "size") && strstr(weft_metrics_reader_text(reader, 2), "bytes")))
        weft_html_cell_bytes(out, value);
    else if (column->head[0] == '#')
        weft_html_cell_count(out, value);
    else
        weft_html_cell_clipped(out, weft_metrics_reader_text(reader, at), max);
}

static void add_title(weft_text *out, const weft_query_table *table) {
    if (table->id != NULL)
        weft_page_section(out, table->id, table->title);
    else if (table->title != NULL)
        weft_text_add(out, "<h3>%s</h3>\n", table->title);
}

/* Returns how many columns are shown. */
static int begin(weft_text *out, const weft_query_table *table, weft_metrics_reader *reader, shown_column *columns) {
    const char *heads[WEFT_TABLE_COLUMNS + 1] = {NULL};
    int count = 0;
    for (; count < WEFT_TABLE_COLUMNS; count++) {
        const char *name = weft_metrics_reader_name(reader, count);
        if (name == NULL || strcmp(name, "all") == 0) break;
        columns[count] = (shown_column){0};
        (void)sscanf(name, "%39[^|]|%15s %d", columns[count].head, columns[count].kind, &columns[count].max);
        heads[count] = columns[count].head;
    }
    add_title(out, table);
    weft_html_table_begin(out, heads);
    return count;
}

weft_status weft_query_table_add(weft_text *out, weft_metrics_reader *reader, int64_t run_id,
                                 const weft_query_table *table, int64_t *shown, weft_error *err) {
    shown_column columns[WEFT_TABLE_COLUMNS];
    int64_t rows = 0, all = 0;
    int count = 0;
    weft_status status = weft_metrics_reader_ask(reader, table->query, run_id, NULL, err);
    if (status != WEFT_OK) return status;
    while (weft_metrics_reader_next(reader)) {
        if (rows++ == 0) count = begin(out, table, reader, columns);
        weft_html_row_begin(out);
        for (int at = 0; at < count; at++)
            add_cell(out, reader, at, &columns[at]);
        weft_html_row_end(out);
        if (table->capped != NULL) all = weft_metrics_reader_integer(reader, count);
    }
    if (rows > 0)
        weft_html_table_end(out);
    else if (table->none != NULL)
        add_title(out, table);
    weft_text_add(out, "%s", rows > 0 && table->note != NULL ? table->note : "");
    weft_text_add(out, "%s", rows == 0 && table->none != NULL ? table->none : "");
    if (table->capped != NULL) weft_html_capped(out, table->capped, rows, all);
    if (table->id != NULL && (rows > 0 || table->none != NULL)) weft_page_section_end(out);
    if (shown != NULL) *shown = rows;
    return weft_metrics_reader_end(reader, err);
}
