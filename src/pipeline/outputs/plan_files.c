/* SPDX-License-Identifier: MIT
 *
 * The files of columns have no row of their own in the plan: they are made with the output, and have their names
 * before. */
#include "pipeline/outputs/plan_files.h"

#include "core/text.h"
#include "pipeline/formats/column_files.h"

#include <stdlib.h>

/* Takes `path` over; NULL is no memory. */
static bool add(weft_plan_files *files, const weft_format *format, char *path, int64_t bytes, int output) {
    if (path != NULL) files->files[files->count++] = (weft_plan_file){format, path, bytes, output};
    return path != NULL;
}

weft_status weft_plan_files_list(weft_plan_files *out, const weft_plan *plan, weft_error *err) {
    size_t max = (size_t)plan->output_count * (1 + (size_t)plan->column_count);
    *out = (weft_plan_files){.files = calloc(max + 1, sizeof *out->files)};
    bool ok = out->files != NULL;
    for (int i = 0; i < plan->output_count && ok; i++) {
        const weft_plan_output *output = &plan->outputs[i];
        int columns = output->format->column_file != NULL ? plan->column_count : 0;
        int64_t bytes = columns > 0 ? output->format->column_file_estimate(plan) : 0;
        ok =
            add(out, output->format, weft_text_format("%s", output->path), output->bytes_estimate - columns * bytes, i);
        for (int j = 0; j < columns && ok; j++)
            ok = add(out, output->format, weft_column_file_path(plan, output->format, j), bytes, -1);
    }
    if (ok) return WEFT_OK;
    weft_plan_files_dispose(out);
    return weft_error_no_memory(err, "the names of the outputs");
}

void weft_plan_files_dispose(weft_plan_files *files) {
    for (int i = 0; i < files->count; i++)
        free(files->files[i].path);
    free(files->files);
    *files = (weft_plan_files){0};
}
