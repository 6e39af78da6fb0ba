/* SPDX-License-Identifier: MIT
 *
 * The columns that a statement names and the values of its kind stand in the same order. */
#include "store/metrics_row.h"

#include <stdlib.h>
#include <string.h>

const char *const weft_metrics_row_sql[WEFT_ROW_KINDS] = {
    [WEFT_ROW_BEGIN] =
        "insert into experiments (experiment_id, started_ms, config_file, config_text, weft_version, mode, "
        "limit_bytes, threads, grid_cols, grid_rows, layers, warning_percent, critical_percent, command, plan_json) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [WEFT_ROW_SAMPLE] = "insert into memory_samples (run_id, sampled_ms, stage, operation, resident_bytes, "
                        "anonymous_bytes, ledger_bytes, usage_percent, system_percent, probe, window_bytes, "
                        "cache_bytes, decoder_bytes, layer_bytes, chunk_bytes, text_bytes, other_bytes) "
                        "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [WEFT_ROW_ALERT] = "insert into memory_alerts (run_id, alerted_ms, level, usage_percent, probe, stage, "
                       "resident_bytes, limit_bytes) values (?, ?, ?, ?, ?, ?, ?, ?)",
    [WEFT_ROW_ADAPTATION] = "insert into memory_adaptations (run_id, adapted_ms, stage, parameter, old_value, "
                            "new_value, level, usage_percent, reason) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [WEFT_ROW_STAGE] = "insert into stage_results (run_id, stage, started_ms, seconds, items, average_bytes, "
                       "peak_bytes, status) values (?, ?, ?, ?, ?, ?, ?, ?)",
    [WEFT_ROW_POOL] = "insert into pool_stats (run_id, pool, created, acquired, released, reused, in_use, available) "
                      "values (?, ?, ?, ?, ?, ?, ?, ?)",
    [WEFT_ROW_OPERATION] = "insert into operation_stats (run_id, stage, operation, calls, seconds, longest_seconds, "
                           "p50_seconds, p95_seconds, slow_calls) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [WEFT_ROW_EVENT] =
        "insert into run_events (run_id, happened_ms, kind, subject, count, detail) values (?, ?, ?, ?, ?, ?)",
    [WEFT_ROW_SLOW] = "insert into slow_operations (run_id, ended_ms, stage, operation, seconds, subject, is_slow) "
                      "values (?, ?, ?, ?, ?, ?, ?)",
    [WEFT_ROW_CHUNK] = "insert into chunk_times (run_id, exported_ms, first_row, first_col, rows, cols, "
                       "fill_seconds, write_seconds) values (?, ?, ?, ?, ?, ?, ?, ?)",
    [WEFT_ROW_METRIC] = "insert into pipeline_metrics (run_id, metric, value) values (?, ?, ?)",
    [WEFT_ROW_VERDICT] =
        "update experiments set bound_by = ?2, verdict = ?3, enough_bytes = nullif(?4, 0) where run_id = ?1",
    [WEFT_ROW_METADATA] = "update experiments set metadata_json = ?2 where run_id = ?1",
    [WEFT_ROW_END] = "update experiments set ended_ms = ?2, status = ?3, message = ?4, output_rows = ?5, "
                     "peak_bytes = ?6 where run_id = ?1",
};

static weft_metrics_row *copy_row(weft_metrics_row_kind kind, weft_sql_values values) {
    size_t value_bytes = (size_t)values.count * sizeof *values.items, text_bytes = 0;
    for (int i = 0; i < values.count; i++)
        if (values.items[i].type == SQLITE_TEXT) text_bytes += strlen(values.items[i].text) + 1;
    weft_metrics_row *row = malloc(sizeof *row + value_bytes + text_bytes);
    if (row == NULL) return NULL;
    row->kind = kind;
    row->count = values.count;
    memcpy(row->values, values.items, value_bytes);
    char *at = (char *)(row->values + values.count);
    for (int i = 0; i < values.count; i++) {
        if (values.items[i].type != SQLITE_TEXT) continue;
        row->values[i].text = strcpy(at, values.items[i].text);
        at += strlen(at) + 1;
    }
    return row;
}

static weft_sql_value stage_name(weft_stage_id stage) {
    return weft_sql_string(weft_stage_name(stage));
}

weft_metrics_row *weft_metrics_row_begin(const weft_experiment_record *record) {
    return copy_row(WEFT_ROW_BEGIN,
                    WEFT_SQL_VALUES(weft_sql_string(record->experiment_id), weft_sql_integer(record->started_ms),
                                    weft_sql_string(record->config_file), weft_sql_string(record->config_text),
                                    weft_sql_string(record->weft_version), weft_sql_string(record->mode),
                                    weft_sql_integer(record->limit_bytes), weft_sql_integer(record->threads),
                                    weft_sql_integer(record->grid_cols), weft_sql_integer(record->grid_rows),
                                    weft_sql_integer(record->layers), weft_sql_real(record->warning_percent),
                                    weft_sql_real(record->critical_percent), weft_sql_string(record->command),
                                    weft_sql_string(record->plan_json)));
}

weft_metrics_row *weft_metrics_row_sample(const weft_memory_sample *record) {
    const int64_t *held = record->held_bytes;
    return copy_row(WEFT_ROW_SAMPLE,
                    WEFT_SQL_VALUES(weft_sql_integer(record->wall_ms), stage_name(record->stage),
                                    weft_sql_string(weft_operation_name(record->operation)),
                                    weft_sql_integer(record->resident_bytes), weft_sql_integer(record->anonymous_bytes),
                                    weft_sql_integer(record->ledger_bytes), weft_sql_real(record->usage_percent),
                                    weft_sql_real(record->system_percent), weft_sql_string(record->probe),
                                    weft_sql_integer(held[WEFT_TAG_PATCH] + held[WEFT_TAG_LATTICE]),
                                    weft_sql_integer(held[WEFT_TAG_BLOCK_CACHE]),
                                    weft_sql_integer(held[WEFT_TAG_DECODER]), weft_sql_integer(held[WEFT_TAG_LAYER]),
                                    weft_sql_integer(held[WEFT_TAG_CHUNK]), weft_sql_integer(held[WEFT_TAG_TEXT]),
                                    weft_sql_integer(held[WEFT_TAG_OTHER] + record->kept_bytes)));
}

weft_metrics_row *weft_metrics_row_alert(const weft_memory_alert *record) {
    return copy_row(
        WEFT_ROW_ALERT,
        WEFT_SQL_VALUES(weft_sql_integer(record->wall_ms), weft_sql_string(weft_pressure_level_name(record->level)),
                        weft_sql_real(record->usage_percent), weft_sql_string(record->probe), stage_name(record->stage),
                        weft_sql_integer(record->resident_bytes), weft_sql_integer(record->limit_bytes)));
}

weft_metrics_row *weft_metrics_row_adaptation(int64_t wall_ms, const weft_adaptation *adaptation) {
    return copy_row(WEFT_ROW_ADAPTATION,
                    WEFT_SQL_VALUES(weft_sql_integer(wall_ms), stage_name(adaptation->stage),
                                    weft_sql_string(adaptation->parameter), weft_sql_integer(adaptation->old_value),
                                    weft_sql_integer(adaptation->new_value),
                                    weft_sql_string(weft_pressure_level_name(adaptation->level)),
                                    weft_sql_real(adaptation->usage_percent), weft_sql_string(adaptation->reason)));
}

weft_metrics_row *weft_metrics_row_stage(const weft_stage_record *record) {
    return copy_row(WEFT_ROW_STAGE,
                    WEFT_SQL_VALUES(stage_name(record->stage), weft_sql_integer(record->started_ms),
                                    weft_sql_real(record->seconds), weft_sql_integer(record->items),
                                    weft_sql_real(record->average_bytes), weft_sql_integer(record->peak_bytes),
                                    weft_sql_string(weft_status_name(record->status))));
}

weft_metrics_row *weft_metrics_row_pool(const weft_pool_record *record) {
    return copy_row(WEFT_ROW_POOL,
                    WEFT_SQL_VALUES(weft_sql_string(record->pool), weft_sql_integer(record->created),
                                    weft_sql_integer(record->acquired), weft_sql_integer(record->released),
                                    weft_sql_integer(record->reused), weft_sql_integer(record->in_use),
                                    weft_sql_integer(record->available)));
}

weft_metrics_row *weft_metrics_row_operation(const weft_operation_record *record) {
    return copy_row(WEFT_ROW_OPERATION,
                    WEFT_SQL_VALUES(stage_name(record->stage), weft_sql_string(weft_operation_name(record->operation)),
                                    weft_sql_integer(record->calls), weft_sql_real(record->seconds),
                                    weft_sql_real(record->longest_seconds), weft_sql_real(record->p50_seconds),
                                    weft_sql_real(record->p95_seconds), weft_sql_integer(record->slow_calls)));
}

weft_metrics_row *weft_metrics_row_event(int64_t wall_ms, const weft_event_record *record) {
    static const char *const kinds[] = {
        [WEFT_EVENT_RETRY] = "retry", [WEFT_EVENT_SKIP] = "skip", [WEFT_EVENT_FALLBACK] = "fallback"};
    return copy_row(WEFT_ROW_EVENT, WEFT_SQL_VALUES(weft_sql_integer(wall_ms), weft_sql_string(kinds[record->kind]),
                                                    weft_sql_string(record->subject), weft_sql_integer(record->count),
                                                    weft_sql_string(record->detail)));
}

weft_metrics_row *weft_metrics_row_slow(const weft_slow_record *record) {
    return copy_row(WEFT_ROW_SLOW, WEFT_SQL_VALUES(weft_sql_integer(record->wall_ms), stage_name(record->stage),
                                                   weft_sql_string(weft_operation_name(record->operation)),
                                                   weft_sql_real(record->seconds), weft_sql_string(record->subject),
                                                   weft_sql_integer(record->is_slow)));
}

weft_metrics_row *weft_metrics_row_chunk(const weft_chunk_record *record) {
    return copy_row(WEFT_ROW_CHUNK,
                    WEFT_SQL_VALUES(weft_sql_integer(record->wall_ms), weft_sql_integer(record->first_row),
                                    weft_sql_integer(record->first_col), weft_sql_integer(record->rows),
                                    weft_sql_integer(record->cols), weft_sql_real(record->fill_seconds),
                                    weft_sql_real(record->write_seconds)));
}

weft_metrics_row *weft_metrics_row_metric(const char *metric, double value) {
    return copy_row(WEFT_ROW_METRIC, WEFT_SQL_VALUES(weft_sql_string(metric), weft_sql_real(value)));
}

weft_metrics_row *weft_metrics_row_verdict(const weft_verdict_record *record) {
    return copy_row(WEFT_ROW_VERDICT,
                    WEFT_SQL_VALUES(weft_sql_string(record->bound_by), weft_sql_string(record->verdict),
                                    weft_sql_integer(record->enough_bytes)));
}

weft_metrics_row *weft_metrics_row_metadata(const char *json) {
    return copy_row(WEFT_ROW_METADATA, WEFT_SQL_VALUES(weft_sql_string(json)));
}

weft_metrics_row *weft_metrics_row_end(int64_t wall_ms, weft_status status, int64_t rows, int64_t peak_bytes,
                                       const char *message) {
    return copy_row(WEFT_ROW_END,
                    WEFT_SQL_VALUES(weft_sql_integer(wall_ms), weft_sql_string(weft_status_name(status)),
                                    weft_sql_string(message), weft_sql_integer(rows), weft_sql_integer(peak_bytes)));
}
