/* SPDX-License-Identifier: MIT
 *
 * The pass is an export to a writer without a file. */
#include "pipeline/run/run_draw.h"

#include "core/log.h"
#include "pipeline/run/run_chunks.h"
#include "stages/export_stage.h"
#include "stages/writers/draw_writer.h"

static weft_status pass(weft_run_parts *parts, weft_error *err) {
    const weft_plan *plan = parts->plan;
    weft_context quiet = parts->context;
    weft_chunk_stage *chunks = NULL;
    weft_table_writer *writer = NULL;
    weft_export_result result;
    /* Only the pass that writes counts: a run's cells are counted once, and it ends at its total. */
    quiet.observer.progressed = NULL;
    quiet.observer.exported = NULL;
    weft_status status = weft_draw_writer_new(&writer, &parts->table.chunks, parts->choice.seed, plan->program->by >= 0,
                                              parts->draw, err);
    /* Also of a shard: all rows are drawn from. */
    if (status == WEFT_OK) status = weft_run_chunks_open(&chunks, parts, 0, plan->table_rows, err);
    if (status == WEFT_OK) {
        weft_export_options export = {.context = &quiet,
                                      .chunks = weft_chunk_stage_source(chunks),
                                      .writers = &writer,
                                      .writer_count = 1,
                                      .cols = plan->table_cols,
                                      .first_row = 0,
                                      .end_row = plan->table_rows};
        status = weft_export_run(&export, &result, err);
    }
    weft_chunk_stage_free(chunks);
    weft_table_writer_free(writer);
    return status;
}

static weft_status warn_of_short(weft_run_parts *parts, weft_error *err) {
    const weft_config_sample *sample = &parts->config->rows_of.sample;
    long long total = weft_row_draw_total(parts->draw), few = weft_row_draw_short(parts->draw);
    weft_status status = WEFT_OK;
    int before = parts->plan->warning_count;
    if (sample->count > total)
        status = weft_plan_warn(parts->plan, err, "rows.sample: %lld rows are asked for, and there are %lld",
                                (long long)sample->count, total);
    else if (sample->by != NULL && few > 0)
        status = weft_plan_warn(parts->plan, err, "rows.sample: %lld %s of %s %s fewer than %lld rows", few,
                                few == 1 ? "class" : "classes", sample->by, few == 1 ? "has" : "have",
                                (long long)sample->per);
    for (int i = before; i < parts->plan->warning_count && status == WEFT_OK; i++)
        weft_log(WEFT_LOG_WARNING, "%s", parts->plan->warnings[i]);
    return status;
}

weft_status weft_run_draw(weft_run_parts *parts, weft_error *err) {
    const weft_plan *plan = parts->plan;
    const weft_config_sample *sample = &parts->config->rows_of.sample;
    if (!weft_plan_rows_draw(parts->config) || parts->draw != NULL) return WEFT_OK;
    bool classes = plan->program->by >= 0;
    int by = plan->program->by, derived = by - plan->layer_count;
    weft_data_type type = !classes      ? WEFT_UINT8
                          : derived < 0 ? plan->layers[by].type
                                        : plan->program->derived[derived].type;
    weft_status status = weft_row_draw_new(&parts->draw, classes ? sample->per : sample->count, classes, type, err);
    if (status == WEFT_OK) status = pass(parts, err);
    if (status != WEFT_OK) {
        weft_row_draw_free(parts->draw);
        parts->draw = NULL;
        return status;
    }
    parts->choice.samples = true;
    parts->choice.draw = parts->draw;
    return warn_of_short(parts, err);
}
