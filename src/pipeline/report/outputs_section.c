/* SPDX-License-Identifier: MIT
 *
 * Pictures are those that the run made: the sheet of all layers, as long as it is the file that the record tells of. */
#include "picture/thumbnail.h"
#include "pipeline/report/html.h"
#include "pipeline/report/sections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_OUTPUTS 100
#define SHEET_SIDE  960    /* pixels of the picture that a page takes in, or fewer */
#define MAX_SHEET   480000 /* bytes of it */

/* What was written, or of a run that has not written it, what was to be. */
static void add_files(weft_text *out, const json_t *outputs, bool written) {
    static const char *const heads[] = {"File", "Format", "#size", "SHA-256", NULL};
    static const char *const planned_heads[] = {"File", "Format", "#estimate", NULL};
    size_t count = json_array_size(outputs), shown = count < MAX_OUTPUTS ? count : MAX_OUTPUTS;
    if (!written) weft_text_add(out, "<p>No output has its name yet. These were to be written:</p>\n");
    weft_html_table_begin(out, written ? heads : planned_heads);
    for (size_t i = 0; i < shown; i++) {
        const json_t *one = json_array_get(outputs, i);
        weft_html_row_begin(out);
        weft_html_cell_code(out, weft_json_text(one, written ? "file" : "path"), written ? 200 : 300);
        weft_html_cell(out, weft_json_text(one, "format"));
        weft_html_cell_bytes(out, weft_json_real(one, written ? "bytes" : "bytes_estimate"));
        if (written) weft_html_cell_code(out, weft_json_text(one, "sha256"), 0);
        weft_html_row_end(out);
    }
    weft_html_table_end(out);
    weft_html_capped(out, "The first", (int64_t)shown, (int64_t)count);
}

/* The path of the sheet of all layers, where the plan has one, and the file is as large as the record says; or NULL. */
static const char *find_sheet(const json_t *planned, const json_t *written) {
    const char *path = NULL;
    for (size_t i = 0; i < json_array_size(planned) && path == NULL; i++) {
        const json_t *one = json_array_get(planned, i);
        if (strcmp(weft_json_text(one, "format"), "png") == 0) path = weft_json_text(one, "path");
    }
    const char *name = path != NULL ? strrchr(path, '/') : NULL;
    struct stat info;
    if (name == NULL || stat(path, &info) != 0 || !S_ISREG(info.st_mode)) return NULL;
    for (size_t i = 0; i < json_array_size(written); i++) {
        const json_t *one = json_array_get(written, i);
        if (strcmp(weft_json_text(one, "file"), name + 1) == 0 && weft_json_real(one, "bytes") == (double)info.st_size)
            return path;
    }
    return NULL;
}

/* What cannot be read is left out: the report is about the run. */
static weft_status add_pictures(weft_report *report, const json_t *planned, const json_t *written, weft_error *err) {
    const char *path = find_sheet(planned, written);
    weft_text *out = report->out;
    weft_text png = {0};
    int width = 0, height = 0;
    weft_status status = path == NULL ? WEFT_ERR_NO_INPUT : WEFT_OK;
    weft_text_add(out, "<h3>Quick looks</h3>\n");
    for (int side = SHEET_SIDE; status == WEFT_OK && side >= SHEET_SIDE / 4; side = side * 3 / 4) {
        png.length = 0;
        status = weft_thumbnail_png(&png, path, side, &width, &height, err);
        if (png.length <= MAX_SHEET) break;
    }
    if (status == WEFT_OK && png.length <= MAX_SHEET) {
        weft_text_add(out,
                      "<figure><img width=%d height=%d alt=\"Small maps of all columns, each with its range.\" "
                      "src=\"data:image/png;base64,",
                      width, height);
        weft_html_base64(out, png.data, png.length);
        weft_text_add(out, "\"></figure>\n<p class=note>From <code>");
        weft_html_text(out, path, 300);
        weft_text_add(out, "</code>, made smaller.</p>\n");
    } else {
        weft_text_add(out,
                      "<p>Its pictures are not there. With <code>png</code> among <code>export.formats</code> a run "
                      "makes one of each layer, and the report shows them.</p>\n");
    }
    weft_text_dispose(&png);
    return status == WEFT_ERR_MEMORY ? status : WEFT_OK;
}

weft_status weft_report_outputs(weft_report *report, weft_error *err) {
    const json_t *written = json_object_get(report->run.metadata, "outputs");
    const json_t *planned = json_object_get(report->run.plan, "outputs");
    if (json_array_size(written) > 0)
        add_files(report->out, written, true);
    else if (json_array_size(planned) > 0)
        add_files(report->out, planned, false);
    else
        weft_text_add(report->out, "<p>None is in the record.</p>\n");
    return report->pictures ? add_pictures(report, planned, written, err) : WEFT_OK;
}
