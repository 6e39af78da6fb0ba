/* SPDX-License-Identifier: MIT
 *
 * The longest calls, and what was used again. */
#include "pipeline/report/html.h"
#include "pipeline/report/query_table.h"
#include "pipeline/report/sections.h"

weft_status weft_report_slow(weft_report *report, weft_error *err) {
    static const char *const heads[] = {"Ended at", "Stage", "Operation", "#took", "What it was about", NULL};
    weft_metrics_reader *reader = report->reader;
    weft_text *out = report->out;
    int64_t slow = 0, shown = 0;
    char number[WEFT_HTML_NUMBER_BYTES];
    weft_status status = weft_metrics_reader_ask(reader, "run_slow", report->run.run_id, NULL, err);
    if (status != WEFT_OK) return status;
    while (weft_metrics_reader_next(reader)) {
        if (shown++ == 0) weft_html_table_begin(out, heads);
        bool is_slow = weft_metrics_reader_integer(reader, 5) != 0;
        slow = weft_metrics_reader_integer(reader, 6);
        weft_text_add(out, is_slow ? "<tr class=slow>" : "<tr>");
        for (int column = 0; column < 3; column++)
            weft_html_cell(out, weft_metrics_reader_text(reader, column));
        weft_html_cell_seconds(out, weft_metrics_reader_number(reader, 3));
        weft_html_cell_clipped(out, weft_metrics_reader_text(reader, 4), 200);
        weft_html_row_end(out);
    }
    if (shown > 0) weft_html_table_end(out);
    weft_text_add(out, shown == 0 ? "<p>None was recorded.</p>\n" : "");
    if (shown > 0 && slow == 0)
        weft_text_add(out,
                      "<p class=note>None was slow by <code>performance.slow</code>; these are the longest.</p>\n");
    else if (slow > 0)
        weft_text_add(out,
                      "<p class=note>%s %s slow by <code>performance.slow</code> (red); these are the longest.</p>\n",
                      weft_text_grouped(slow, number), slow == 1 ? "call was" : "calls were");
    return weft_metrics_reader_end(reader, err);
}

weft_status weft_report_pools(weft_report *report, weft_error *err) {
    static const weft_query_table table = {
        .query = "run_pools",
        .none = "<p>None was recorded.</p>\n",
        .note = "<p class=note>Made: blocks that were decoded, files that were opened, transforms that were set "
                "up.</p>\n",
        .capped = "The busiest",
    };
    return weft_query_table_add(report->out, report->reader, report->run.run_id, &table, NULL, err);
}
