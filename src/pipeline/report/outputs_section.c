/* SPDX-License-Identifier: MIT
 *
 * Pictures are those that the run made: the sheet of all layers, as long as it is the file that the record tells of. */
#include "pipeline/report/html.h"
#include "pipeline/report/sections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OUTPUTS 100
#define MAX_SHEET   600000 /* bytes of a picture that a page takes in */

static void add_files(weft_text *out, const json_t *outputs) {
    static const char *const heads[] = {"File", "Format", "#size", "SHA-256", NULL};
    size_t count = json_array_size(outputs), shown = count < MAX_OUTPUTS ? count : MAX_OUTPUTS;
    weft_html_table_begin(out, heads);
    for (size_t i = 0; i < shown; i++) {
        const json_t *one = json_array_get(outputs, i);
        weft_html_row_begin(out);
        weft_html_cell_code(out, weft_json_text(one, "file"), 200);
        weft_html_cell(out, weft_json_text(one, "format"));
        weft_html_cell_bytes(out, weft_json_real(one, "bytes"));
        weft_html_cell_code(out, weft_json_text(one, "sha256"), 0);
        weft_html_row_end(out);
    }
    weft_html_table_end(out);
    weft_html_capped(out, "The first", (int64_t)shown, (int64_t)count);
}

/* What was to be written, of a run that has not written it. */
static void add_planned(weft_text *out, const json_t *outputs) {
    static const char *const heads[] = {"File", "Format", "#estimate", NULL};
    size_t count = json_array_size(outputs), shown = count < MAX_OUTPUTS ? count : MAX_OUTPUTS;
    weft_text_add(out, "<p>No output has its name yet. These were to be written:</p>\n");
    weft_html_table_begin(out, heads);
    for (size_t i = 0; i < shown; i++) {
        const json_t *one = json_array_get(outputs, i);
        weft_html_row_begin(out);
        weft_html_cell_code(out, weft_json_text(one, "path"), 300);
        weft_html_cell(out, weft_json_text(one, "format"));
        weft_html_cell_bytes(out, weft_json_real(one, "bytes_estimate"));
        weft_html_row_end(out);
    }
    weft_html_table_end(out);
    weft_html_capped(out, "The first", (int64_t)shown, (int64_t)count);
}

weft_status weft_report_outputs(weft_report *report, weft_error *err) {
    const json_t *written = json_object_get(report->run.metadata, "outputs");
    const json_t *planned = json_object_get(report->run.plan, "outputs");
    (void)err;
    if (json_array_size(written) > 0)
        add_files(report->out, written);
    else if (json_array_size(planned) > 0)
        add_planned(report->out, planned);
    else
        weft_text_add(report->out, "<p>None is in the record.</p>\n");
    return WEFT_OK;
}
