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

weft_metrics_row *weft_metrics_row_new(weft_metrics_row_kind kind, weft_sql_values values) {
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
