/* SPDX-License-Identifier: MIT
 *
 * The JSON members are those of the `end` event and of what `weft run --json` prints: they cannot differ. */
#include "cli/run_summary.h"

#include "cli/arguments.h"
#include "core/text.h"
#include "pipeline/formats/formats.h"

static const char *counted(int count, const char *one, const char *many) {
    return count == 1 ? one : many;
}

static void add_object(weft_text *out, bool *first, const char *a_name, const char *a, const char *b_name,
                       const char *b) {
    weft_text inner = {0};
    weft_text_add_json_member(&inner, a_name, a);
    weft_text_add_json_member(&inner, b_name, b);
    out->failed = out->failed || inner.failed;
    /* Behind the comma and the space. */
    if (!inner.failed) weft_text_add(out, "%s{%s}", *first ? "" : ", ", inner.data + 2);
    *first = false;
    weft_text_dispose(&inner);
}

static void list_members(weft_text *out, const weft_plan *plan) {
    bool first = true;
    weft_text_add(out, ", \"outputs\": [");
    for (int i = 0; i < plan->output_count; i++)
        add_object(out, &first, "format", weft_format_name(plan->outputs[i].format), "path", plan->outputs[i].path);
    weft_text_add(out, "], \"skipped\": [");
    first = true;
    for (int i = 0; i < plan->dataset_count; i++)
        if (plan->datasets[i].skipped != NULL)
            add_object(out, &first, "dataset", plan->datasets[i].config->name, "reason", plan->datasets[i].skipped);
    weft_text_add(out, "], \"warnings\": %d", plan->warning_count);
}

void weft_run_summary_plan(weft_run_summary *summary, const weft_plan *plan) {
    for (int i = 0; i < plan->dataset_count; i++)
        if (plan->datasets[i].skipped != NULL)
            weft_text_add(&summary->lines, "skipped  %s, its columns are empty: %s\n", plan->datasets[i].config->name,
                          plan->datasets[i].skipped);
    for (int i = 0; i < plan->output_count; i++)
        weft_text_add(&summary->lines, "output   %s\n", plan->outputs[i].path);
    if (summary->lines.data != NULL) weft_text_make_printable(summary->lines.data, summary->lines.length);
    list_members(&summary->members, plan);
}

void weft_run_summary_print(const weft_run_summary *summary, const weft_run_result *result, FILE *to) {
    char lines[WEFT_GROUPED_TEXT_BYTES], rate[WEFT_GROUPED_TEXT_BYTES], bytes[WEFT_SIZE_TEXT_BYTES],
        peak[WEFT_SIZE_TEXT_BYTES], limit[WEFT_SIZE_TEXT_BYTES];
    weft_text_size(result->bytes, bytes);
    weft_text_size(result->peak_bytes, peak);
    weft_text_size(result->limit_bytes, limit);
    double seconds = result->seconds > 1e-6 ? result->seconds : 1e-6;
    if (summary->lines.data != NULL) fputs(summary->lines.data, to);
    fprintf(to, "rows     %s, %s\n", weft_text_grouped(result->lines, lines), bytes);
    fprintf(to, "time     %.2f s, %s rows/s\n", result->seconds,
            weft_text_grouped((int64_t)((double)(result->lines - result->kept_lines) / seconds), rate));
    if (result->kept_lines > 0)
        fprintf(to, "         %s of the rows were there before\n", weft_text_grouped(result->kept_lines, lines));
    fprintf(to, "memory   peak %s of %s\n", peak, limit);
    if (result->bound_by != NULL) fprintf(to, "verdict  %s\n", result->verdict);
    if (result->adaptations > 0)
        weft_print_plain_line(to, "         sizes changed %lld times under pressure: weft memory adaptations --db %s\n",
                              (long long)result->adaptations, summary->config->metrics_database);
    if (result->reads_recovered > 0)
        fprintf(to, "reads    %lld succeeded when they were tried again\n", (long long)result->reads_recovered);
    if (result->restarts > 0)
        fprintf(to, "writing  resumed from the last checkpoint %lld %s, after %s that passed\n",
                (long long)result->restarts, counted((int)result->restarts, "time", "times"),
                counted((int)result->restarts, "a failure", "failures"));
    weft_print_plain_line(to, "metrics  %s\n",
                          result->kept_metrics ? summary->config->metrics_database : "none were kept");
    if (summary->statistics.data != NULL) fprintf(to, "\n%s", summary->statistics.data);
}

static const char *state_of(const weft_run_end *end) {
    if (end->result->was_finished) return "finished before";
    if (end->err->status == WEFT_OK) return "done";
    return end->err->status == WEFT_ERR_CANCELLED ? "interrupted" : "failed";
}

static void add_number(weft_text *out, const char *name, int64_t value) {
    weft_text_add(out, ", \"%s\": %lld", name, (long long)value);
}

void weft_run_summary_members(const weft_run_summary *summary, const weft_run_end *end, weft_text *out) {
    const weft_run_result *result = end->result;
    weft_text_add_json_member(out, "state", state_of(end));
    add_number(out, "exit_code", end->exit_code);
    if (summary->members.data != NULL) weft_text_add(out, "%s", summary->members.data);
    add_number(out, "rows", result->lines);
    add_number(out, "rows_kept", result->kept_lines);
    add_number(out, "cells", result->cells);
    add_number(out, "bytes", result->bytes);
    weft_text_add(out, ", \"seconds\": %.3f", result->seconds);
    add_number(out, "peak_bytes", result->peak_bytes);
    add_number(out, "limit_bytes", result->limit_bytes);
    weft_text_add_json_member(out, "bound_by", result->bound_by);
    weft_text_add_json_member(out, "verdict", result->bound_by == NULL ? NULL : result->verdict);
    add_number(out, "enough_bytes", result->enough_bytes);
    add_number(out, "adaptations", result->adaptations);
    add_number(out, "reads_recovered", result->reads_recovered);
    add_number(out, "restarts", result->restarts);
    weft_text_add_json_member(out, "metrics", result->kept_metrics ? summary->config->metrics_database : NULL);
    if (end->err->status != WEFT_OK) {
        weft_text_add_json_member(out, "error", end->err->message);
        if (end->err->hint[0] != '\0') weft_text_add_json_member(out, "hint", end->err->hint);
    }
    weft_text_add_json_member(out, "resume", end->resume);
}

void weft_run_summary_dispose(weft_run_summary *summary) {
    weft_text_dispose(&summary->lines);
    weft_text_dispose(&summary->members);
    weft_text_dispose(&summary->statistics);
}
