/* SPDX-License-Identifier: MIT
 *
 * tsv: csv's lines with a tab between fields, whatever export.delimiter says. */
#include "pipeline/formats/csv_format.h"

#include <string.h>

static weft_status start(weft_table_writer **out, const weft_format_place *place, weft_error *err) {
    const char *nodata = place->plan->config->nodata_text;
    size_t capacity = 2 * strlen(nodata) + 3;
    weft_table_spec *table = weft_keep_new(place->keep, 1, sizeof *table);
    weft_row_format *rows = weft_keep_new(place->keep, 1, sizeof *rows);
    char *field = weft_keep_new(place->keep, capacity, 1);
    if (table == NULL || rows == NULL || field == NULL)
        return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the table");
    *table = *place->table;
    *rows = *table->format;
    table->format = rows;
    rows->delimiter = '\t';
    rows->nodata = field;
    rows->nodata_length = weft_row_format_field(nodata, '\t', field, capacity);
    return weft_csv_format_open(out, place, table, err);
}

const weft_format weft_tsv_format = {
    .facts = {.choice = {.word = "tsv", .synonyms = "tab"}, .to_stdout = true},
    .suffix = "tsv",
    .resumes = true,
    .texts = true,
    .reserve = weft_csv_format_reserve,
    .estimate = weft_csv_format_estimate,
    .least = weft_csv_format_least,
    .open = start,
};
