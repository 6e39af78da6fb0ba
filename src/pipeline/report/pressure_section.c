/* SPDX-License-Identifier: MIT */
#include "pipeline/report/query_table.h"
#include "pipeline/report/sections.h"

static const weft_query_table alert_table = {
    .query = "run_alerts",
    .title = "Alerts",
    .capped = "The first",
};

static const weft_query_table adaptation_table = {
    .query = "run_adaptations",
    .title = "Adaptations",
    .capped = "The first",
};

static const weft_query_table event_table = {
    .query = "run_events",
    .title = "Errors that passed, and what was done differently than asked",
    .capped = "The first",
};

weft_status weft_report_pressure(weft_report *report, weft_error *err) {
    weft_metrics_reader *reader = report->reader;
    int64_t run_id = report->run.run_id, alerts = 0, adaptations = 0;
    weft_status status = weft_query_table_add(report->out, reader, run_id, &alert_table, &alerts, err);
    if (status == WEFT_OK)
        status = weft_query_table_add(report->out, reader, run_id, &adaptation_table, &adaptations, err);
    if (status == WEFT_OK && alerts == 0 && adaptations == 0)
        weft_text_add(report->out, "<p>Memory stayed under the warning level, and no size had to change.</p>\n");
    return status == WEFT_OK ? weft_query_table_add(report->out, reader, run_id, &event_table, NULL, err) : status;
}
