/* SPDX-License-Identifier: MIT */
#include "pipeline/outputs/run_table.h"

#include "pipeline/rows/row_source.h"

#include <stdlib.h>
#include <string.h>

/* x is the same in every row: its texts are made once, where the plan has room for them. */
static void make_x_texts(weft_run_table *table, weft_ledger *ledger, const weft_plan *plan) {
    int64_t cols = plan->table_cols, bytes = cols * WEFT_X_TEXT_BYTES;
    if (plan->memory.x_text_bytes < bytes) return;
    if (weft_buffer_reserve(&table->x_texts, ledger, WEFT_TAG_TEXT, bytes, NULL) != WEFT_OK) return;
    weft_row_format_x_texts(&table->chunks_format, cols, table->x_texts.data);
    table->chunks_format.x_texts = table->x_texts.data;
}

static weft_status list_columns(weft_run_table *table, const weft_plan *plan, weft_error *err) {
    int given = 0;
    table->names = calloc((size_t)plan->column_count, sizeof *table->names);
    table->types = calloc((size_t)plan->column_count, sizeof *table->types);
    table->given = calloc((size_t)plan->column_count, sizeof *table->given);
    if (table->names == NULL || table->types == NULL || table->given == NULL)
        return weft_error_no_memory(err, "the row format");
    for (int i = 0; i < plan->column_count; i++) {
        table->names[i] = plan->columns[i].name;
        table->types[i] = plan->columns[i].type;
        const weft_plan_layer *layer = plan->columns[i].layer;
        table->given[i] = layer != NULL && plan->datasets[layer->dataset].made != NULL;
        given += table->given[i];
    }
    /* Where there is no other column these are asked: each row has a value. */
    if (given == plan->column_count) memset(table->given, 0, (size_t)given * sizeof *table->given);
    return WEFT_OK;
}

static weft_status describe_rows(weft_run_table *table, const weft_plan *plan, weft_error *err) {
    static const weft_row_filter filters[] = {
        [WEFT_ROWS_ALL] = WEFT_ROW_ALL, [WEFT_ROWS_ANY] = WEFT_ROW_ANY, [WEFT_ROWS_COMPLETE] = WEFT_ROW_COMPLETE};
    const weft_config *config = plan->config;
    const weft_grid *grid = &plan->grid;
    size_t capacity = 2 * strlen(config->nodata_text) + 3; /* each character a quote, between two, and the end */
    table->nodata_field = malloc(capacity);
    if (table->nodata_field == NULL) return weft_error_no_memory(err, "the row format");
    table->chunks_format = (weft_row_format){
        .origin_x = grid->origin_x,
        .origin_y = grid->origin_y,
        .res_x = grid->res_x,
        .res_y = grid->res_y,
        .column_count = plan->column_count,
        .filter = filters[config->rows],
        .chosen = !weft_plan_rows_are_all(config),
        .nodata = table->nodata_field,
        .nodata_length = weft_row_format_field(config->nodata_text, config->delimiter, table->nodata_field, capacity),
        .precision = config->precision,
        .delimiter = config->delimiter,
        .unplaced = plan->rows.file != NULL,
        .places = weft_plan_rows_coordinates(plan),
        .index = config->index_columns,
        .carried = table->given,
    };
    return WEFT_OK;
}

/* The table that is made of chunks, where that is another: its columns, and cell_rows rows for each row of a chunk. */
static void describe_table(weft_run_table *table, const weft_plan_table *made) {
    table->table_format = table->chunks_format;
    table->table_format.column_count = made->column_count;
    table->table_format.cell_rows = made->cell_rows;
    if (made->carried != NULL) table->table_format.carried = made->carried;
    table->table = table->chunks;
    table->table.format = &table->table_format;
    table->table.types = made->types;
    table->table.names = made->names;
    if (table->chunks_format.unplaced)
        table->table.rows *= made->cell_rows;
    else
        table->table.cols *= made->cell_rows;
    table->table.end_cell *= made->cell_rows;
}

weft_status weft_run_table_make(weft_run_table *table, weft_context *context, const weft_plan *plan, weft_error *err) {
    weft_status status = list_columns(table, plan, err);
    if (status == WEFT_OK) status = describe_rows(table, plan, err);
    if (status != WEFT_OK) return status;
    make_x_texts(table, context->ledger, plan);
    table->chunks = (weft_table_spec){.context = context,
                                      .format = &table->chunks_format,
                                      .types = table->types,
                                      .names = table->names,
                                      .cols = plan->table_cols,
                                      .rows = plan->table_rows,
                                      .end_cell = plan->table_cols * plan->table_rows};
    describe_table(table, &plan->table);
    return WEFT_OK;
}

void weft_run_table_dispose(weft_run_table *table) {
    weft_buffer_release(&table->x_texts);
    free(table->names);
    free(table->types);
    free(table->given);
    free(table->nodata_field);
}
