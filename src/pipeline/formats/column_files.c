/* SPDX-License-Identifier: MIT
 *
 * They are on disk, with the names of their part files, before the run's state says so: a name is then all that is
 * missing. Names are made on the stack: parts are removed when memory has run out, too. */
#include "pipeline/formats/column_files.h"

#include "core/text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

typedef struct column_names {
    char path[PATH_MAX], part[PATH_MAX];
} column_names;

char *weft_column_file_path(const weft_plan *plan, const weft_format *format, int column) {
    char stem[PATH_MAX];
    (void)weft_config_output_stem(plan->config, stem, sizeof stem);
    return weft_text_format("%s_%s.%s", stem, plan->columns[column].name, format->suffix);
}

/* The same; cut short where no file can have such a name. */
static void name_file(column_names *out, const weft_plan *plan, const weft_format *format, int column) {
    char stem[PATH_MAX];
    (void)weft_config_output_stem(plan->config, stem, sizeof stem);
    (void)snprintf(out->path, sizeof out->path, "%.*s_%s.%s", PATH_MAX / 2, stem, plan->columns[column].name,
                   format->suffix);
    (void)snprintf(out->part, sizeof out->part, "%.*s.part", (int)(sizeof out->part - sizeof ".part"), out->path);
}

bool weft_column_files_are_there(const weft_plan *plan, const weft_format *format) {
    column_names names;
    bool there = true;
    for (int i = 0; i < plan->column_count && there; i++) {
        name_file(&names, plan, format, i);
        there = access(names.part, F_OK) == 0 || access(names.path, F_OK) == 0;
    }
    return there;
}

static weft_status commit_one(const column_names *names, weft_error *err) {
    weft_error reason = {0};
    if (rename(names->part, names->path) == 0 || (errno == ENOENT && access(names->path, F_OK) == 0)) return WEFT_OK;
    weft_status status = weft_error_set_errno(&reason, errno, "%s: cannot rename", names->part);
    if (status == WEFT_ERR_NO_INPUT) status = reason.status = WEFT_ERR_IO;
    if (err != NULL) *err = reason;
    return status;
}

weft_status weft_column_files_commit(const weft_plan *plan, const weft_format *format, weft_error *err) {
    column_names names;
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->column_count && status == WEFT_OK; i++) {
        name_file(&names, plan, format, i);
        status = commit_one(&names, err);
    }
    return status;
}

void weft_column_files_drop(const weft_plan *plan, const weft_format *format) {
    column_names names;
    for (int i = 0; i < plan->column_count; i++) {
        name_file(&names, plan, format, i);
        (void)unlink(names.part);
    }
}
