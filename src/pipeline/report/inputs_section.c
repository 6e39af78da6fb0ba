/* SPDX-License-Identifier: MIT
 *
 * Files with the size and the time that they had when the run ended well; of another run the plan knows their names. */
#include "core/clock.h"
#include "pipeline/report/html.h"
#include "pipeline/report/sections.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILES      100
#define MAX_LAYERS     100
#define MAX_TRANSFORMS 60

typedef struct input {
    const char *path;
    int64_t bytes, modified_ns;
} input;

static int larger_first(const void *a, const void *b) {
    const input *one = a, *other = b;
    if (one->bytes != other->bytes) return one->bytes < other->bytes ? 1 : -1;
    return strcmp(one->path, other->path);
}

static weft_status add_files(weft_text *out, const json_t *list, weft_error *err) {
    static const char *const heads[] = {"File", "#size", "Changed", NULL};
    size_t count = json_array_size(list), shown = count < MAX_FILES ? count : MAX_FILES;
    input *files = calloc(count > 0 ? count : 1, sizeof *files);
    double all = 0;
    char total[WEFT_SIZE_TEXT_BYTES], number[WEFT_HTML_NUMBER_BYTES], changed[WEFT_CLOCK_TEXT_BYTES];
    if (files == NULL) return weft_error_no_memory(err, "a report");
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(list, i);
        const char *path = json_string_value(json_array_get(one, 0));
        files[i] = (input){path != NULL ? path : "", json_integer_value(json_array_get(one, 1)),
                           json_integer_value(json_array_get(one, 2))};
        all += (double)files[i].bytes;
    }
    qsort(files, count, sizeof *files, larger_first);
    weft_text_size((int64_t)all, total);
    weft_text_add(out, "<p>%s file%s, %s.</p>\n", weft_text_grouped((int64_t)count, number), count == 1 ? "" : "s",
                  total);
    weft_html_table_begin(out, heads);
    for (size_t i = 0; i < shown; i++) {
        weft_clock_format(files[i].modified_ns / 1000000, changed);
        weft_html_row_begin(out);
        weft_html_cell_code(out, files[i].path, 300);
        weft_html_cell_bytes(out, (double)files[i].bytes);
        weft_html_cell(out, changed);
        weft_html_row_end(out);
    }
    weft_html_table_end(out);
    weft_html_capped(out, "The largest", (int64_t)shown, (int64_t)count);
    free(files);
    return WEFT_OK;
}

static void add_layers(weft_text *out, const json_t *layers) {
    static const char *const heads[] = {"Column",   "Dataset",  "#band", "Method", "Type",
                                        "#scale x", "#scale y", "Files", NULL};
    size_t count = json_array_size(layers), shown = count < MAX_LAYERS ? count : MAX_LAYERS;
    if (count == 0) return;
    weft_text_add(out, "<h3>Layers</h3>\n");
    weft_html_table_begin(out, heads);
    for (size_t i = 0; i < shown; i++) {
        const json_t *layer = json_array_get(layers, i), *scale = json_object_get(layer, "scale");
        const json_t *paths = json_object_get(layer, "paths"), *x = json_array_get(scale, 0),
                     *y = json_array_get(scale, 1);
        const char *path = json_string_value(json_array_get(paths, 0));
        weft_html_row_begin(out);
        weft_html_cell_clipped(out, weft_json_text(layer, "column"), 100);
        weft_html_cell_clipped(out, weft_json_text(layer, "dataset"), 100);
        weft_html_cell_count(out, weft_json_real(layer, "band"));
        weft_html_cell(out, weft_json_text(layer, "method"));
        weft_html_cell(out, weft_json_text(layer, "type"));
        weft_html_cell_number(out, json_is_number(x) ? json_number_value(x) : NAN, "%.6g");
        weft_html_cell_number(out, json_is_number(y) ? json_number_value(y) : NAN, "%.6g");
        const char *skipped = weft_json_text(layer, "skipped");
        if (skipped[0] != '\0')
            weft_html_cell_clipped(out, skipped, 200);
        else if (json_array_size(paths) > 1)
            weft_html_cell_count(out, (double)json_array_size(paths));
        else
            weft_html_cell_code(out, path, 160);
        weft_html_row_end(out);
    }
    weft_html_table_end(out);
    weft_text_add(out, "<p class=note>Scale: pixels of the source a cell of the grid.</p>\n");
    weft_html_capped(out, "The first", (int64_t)shown, (int64_t)count);
}

static void add_accuracy(weft_text *out, double metres) {
    if (isfinite(metres))
        weft_html_cell_number(out, metres, "%.3g m");
    else
        weft_html_cell(out, "not known");
}

static void add_transforms(weft_text *out, const json_t *transforms) {
    static const char *const heads[] = {"Dataset", "From", "PROJ's operation", "#accuracy", "Grids that are missing",
                                        NULL};
    size_t count = json_array_size(transforms), shown = count < MAX_TRANSFORMS ? count : MAX_TRANSFORMS;
    weft_text_add(out, "<h3>Transformations</h3>\n");
    if (count == 0) {
        weft_text_add(out, "<p>None: all are in the grid's CRS.</p>\n");
        return;
    }
    weft_html_table_begin(out, heads);
    for (size_t i = 0; i < shown; i++) {
        const json_t *one = json_array_get(transforms, i);
        const char *missing = weft_json_text(one, "missing_grids");
        weft_html_row_begin(out);
        weft_html_cell_clipped(out, weft_json_text(one, "dataset"), 100);
        weft_html_cell_clipped(out, weft_json_text(one, "from"), 160);
        weft_html_cell_clipped(out, weft_json_text(one, "operation"), 500);
        add_accuracy(out, weft_json_real(one, "accuracy_m"));
        if (missing[0] == '\0') {
            weft_html_cell(out, "none");
        } else {
            double better = weft_json_real(one, "better_accuracy_m");
            weft_text_add(out, "<td>");
            weft_html_text(out, missing, 200);
            if (isfinite(better)) weft_text_add(out, "; with it %.3g m", better);
            weft_text_add(out, ", by ");
            weft_html_text(out, weft_json_text(one, "better_operation"), 300);
            weft_text_add(out, "</td>");
        }
        weft_html_row_end(out);
    }
    weft_html_table_end(out);
    weft_html_capped(out, "The first", (int64_t)shown, (int64_t)count);
}

weft_status weft_report_inputs(weft_report *report, weft_error *err) {
    const weft_run_card *run = &report->run;
    const json_t *files = json_object_get(json_object_get(run->metadata, "run"), "inputs");
    weft_status status = WEFT_OK;
    if (files != NULL)
        status = add_files(report->out, files, err);
    else
        weft_text_add(report->out, "<p>Sizes and times of its files are recorded when a run ends well.</p>\n");
    if (status != WEFT_OK) return status;
    add_layers(report->out, json_object_get(run->plan, "layers"));
    add_transforms(report->out, json_object_get(run->metadata != NULL ? run->metadata : run->plan, "transforms"));
    return WEFT_OK;
}
