/* SPDX-License-Identifier: MIT
 *
 * Pictures are on disk, with the names of their part files, before the run's state says so: a name is then all that is
 * missing. */
#include "pipeline/picture_files.h"

#include "core/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

char *weft_picture_files_path(const weft_plan *plan, int layer) {
    return weft_text_format("%s/merged_data_%s_%s.png", plan->config->output_dir, plan->config->experiment,
                            plan->layers[layer].column);
}

bool weft_picture_files_are_there(const weft_plan *plan) {
    bool there = true;
    for (int i = 0; i < plan->layer_count && there; i++) {
        char *path = weft_picture_files_path(plan, i);
        char *part = path == NULL ? NULL : weft_text_format("%s.part", path);
        there = part != NULL && (access(part, F_OK) == 0 || access(path, F_OK) == 0);
        free(part);
        free(path);
    }
    return there;
}

static weft_status commit_one(const weft_plan *plan, int layer, weft_error *err) {
    weft_status status = WEFT_OK;
    char *path = weft_picture_files_path(plan, layer);
    char *part = path == NULL ? NULL : weft_text_format("%s.part", path);
    if (part == NULL) {
        status = weft_error_set(err, WEFT_ERR_MEMORY, "no memory for a picture's name");
    } else if (rename(part, path) != 0 && (errno != ENOENT || access(path, F_OK) != 0)) {
        weft_error reason = {0};
        status = weft_error_set_errno(&reason, errno, "%s: cannot rename", part);
        if (status == WEFT_ERR_NO_INPUT) status = reason.status = WEFT_ERR_IO;
        if (err != NULL) *err = reason;
    }
    free(part);
    free(path);
    return status;
}

weft_status weft_picture_files_commit(const weft_plan *plan, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->layer_count && status == WEFT_OK; i++)
        status = commit_one(plan, i, err);
    return status;
}

void weft_picture_files_drop(const weft_plan *plan) {
    for (int i = 0; i < plan->layer_count; i++) {
        char *path = weft_picture_files_path(plan, i);
        char *part = path == NULL ? NULL : weft_text_format("%s.part", path);
        if (part != NULL) (void)unlink(part);
        free(part);
        free(path);
    }
}
