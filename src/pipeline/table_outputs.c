/* SPDX-License-Identifier: MIT
 *
 * The one place that knows which writer makes which format, and what a Parquet file says of its grid. */
#include "pipeline/table_outputs.h"

#include "core/text.h"
#include "stages/csv_writer.h"
#include "stages/parquet_writer.h"

#include <jansson.h>
#include <stdlib.h>

weft_status weft_table_outputs_open(weft_table_outputs *outputs, const weft_plan *plan, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->output_count && status == WEFT_OK; i++) {
        status = weft_output_file_open(&outputs->files[i], plan->outputs[i].path, err);
        if (status == WEFT_OK) outputs->count++;
    }
    return status;
}

/* --- Parquet's metadata --- */

static char *grid_text(const weft_grid *grid) {
    weft_bounds b = weft_grid_bounds(grid);
    json_t *json = json_pack("{s:[f, f], s:[f, f], s:I, s:I, s:[f, f, f, f]}", "origin", grid->origin_x, grid->origin_y,
                             "resolution", grid->res_x, grid->res_y, "cols", (json_int_t)grid->cols, "rows",
                             (json_int_t)grid->rows, "bounds", b.xmin, b.ymin, b.xmax, b.ymax);
    char *text = json == NULL ? NULL : json_dumps(json, JSON_REAL_PRECISION(17));
    json_decref(json);
    return text;
}

static weft_status describe(weft_table_outputs *outputs, const weft_plan *plan, weft_error *err) {
    static const char *const kept[] = {
        [WEFT_ROWS_ALL] = "all", [WEFT_ROWS_ANY] = "any", [WEFT_ROWS_COMPLETE] = "complete"};
    outputs->grid_text = grid_text(&plan->grid);
    if (outputs->grid_text == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the table's metadata");
    outputs->pairs[0] = (weft_parquet_pair){"weft.version", WEFT_VERSION};
    outputs->pairs[1] = (weft_parquet_pair){"weft.crs", weft_crs_wkt(plan->grid.crs)};
    outputs->pairs[2] = (weft_parquet_pair){"weft.grid", outputs->grid_text};
    outputs->pairs[3] = (weft_parquet_pair){"weft.rows", kept[plan->config->rows]};
    return WEFT_OK;
}

static weft_status start_parquet(weft_table_outputs *outputs, int index, const weft_plan *plan,
                                 const weft_table_spec *spec, const char *scratch_folder, weft_error *err) {
    static const weft_page_codec codecs[] = {[WEFT_PARQUET_CODEC_ZSTD] = WEFT_PAGE_ZSTD,
                                             [WEFT_PARQUET_CODEC_GZIP] = WEFT_PAGE_GZIP,
                                             [WEFT_PARQUET_CODEC_NONE] = WEFT_PAGE_PLAIN};
    weft_status status = describe(outputs, plan, err);
    if (status != WEFT_OK) return status;
    outputs->spool_path = weft_text_format("%s/row_groups", scratch_folder);
    if (outputs->spool_path == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the Parquet writer");
    weft_parquet_options options = {.spec = spec,
                                    .output = outputs->files[index],
                                    .codec = codecs[plan->config->parquet_codec],
                                    .memory_bytes = plan->memory.encoder_bytes,
                                    .spool_path = outputs->spool_path,
                                    .pairs = outputs->pairs,
                                    .pair_count = (int)(sizeof outputs->pairs / sizeof *outputs->pairs)};
    return weft_parquet_writer_new(&outputs->writers[index], &options, err);
}

weft_status weft_table_outputs_start(weft_table_outputs *outputs, const weft_plan *plan, const weft_table_spec *spec,
                                     const char *scratch_folder, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < outputs->count && status == WEFT_OK; i++) {
        if (plan->outputs[i].format == WEFT_FORMAT_PARQUET)
            status = start_parquet(outputs, i, plan, spec, scratch_folder, err);
        else
            status = weft_csv_writer_new(&outputs->writers[i], spec, outputs->files[i], plan->memory.slice_bytes, err);
    }
    return status;
}

weft_status weft_table_outputs_commit(weft_table_outputs *outputs, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < outputs->count && status == WEFT_OK; i++)
        status = weft_output_file_commit(outputs->files[i], err);
    return status;
}

void weft_table_outputs_free_writers(weft_table_outputs *outputs) {
    for (int i = 0; i < outputs->count; i++) {
        weft_table_writer_free(outputs->writers[i]);
        outputs->writers[i] = NULL;
    }
}

void weft_table_outputs_dispose(weft_table_outputs *outputs) {
    weft_table_outputs_free_writers(outputs);
    for (int i = 0; i < outputs->count; i++)
        weft_output_file_close(outputs->files[i]);
    free(outputs->grid_text);
    free(outputs->spool_path);
    *outputs = (weft_table_outputs){0};
}
