/* SPDX-License-Identifier: MIT
 *
 * Pictures have no row of their own in the plan: they are made together with the sheet, and have their names before. */
#include "pipeline/outputs/plan_files.h"

#include "core/text.h"
#include "pipeline/outputs/picture_files.h"
#include "pipeline/outputs/raster_outputs.h"

#include <stdlib.h>

/* Takes `path` over; NULL is no memory. */
static bool add(weft_plan_files *files, weft_format format, char *path, int64_t bytes, int output) {
    if (path != NULL) files->files[files->count++] = (weft_plan_file){format, path, bytes, output};
    return path != NULL;
}

weft_status weft_plan_files_list(weft_plan_files *out, const weft_plan *plan, weft_error *err) {
    int64_t picture = weft_picture_writer_estimate(plan->grid.cols, plan->grid.rows);
    *out =
        (weft_plan_files){.files = calloc((size_t)plan->output_count + (size_t)plan->layer_count, sizeof *out->files)};
    bool ok = out->files != NULL;
    for (int i = 0; i < plan->output_count && ok; i++) {
        const weft_plan_output *output = &plan->outputs[i];
        int pictures = output->format == WEFT_FORMAT_PNG ? plan->layer_count : 0;
        ok = add(out, output->format, weft_text_format("%s", output->path), output->bytes_estimate - pictures * picture,
                 i);
        for (int j = 0; j < pictures && ok; j++)
            ok = add(out, output->format, weft_picture_files_path(plan, j), picture, -1);
    }
    if (ok) return WEFT_OK;
    weft_plan_files_dispose(out);
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the names of the outputs");
}

void weft_plan_files_dispose(weft_plan_files *files) {
    for (int i = 0; i < files->count; i++)
        free(files->files[i].path);
    free(files->files);
    *files = (weft_plan_files){0};
}
