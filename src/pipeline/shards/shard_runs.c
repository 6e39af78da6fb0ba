/* SPDX-License-Identifier: MIT */
#include "pipeline/shards/shard_runs.h"

#include "core/text.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Moves the runs of `from` after those of `list`. */
static bool take(weft_run_list *list, weft_run_list *from, int number, int count) {
    weft_run_entry *more = realloc(list->entries, ((size_t)list->count + (size_t)from->count + 1) * sizeof *more);
    if (more == NULL) return false;
    list->entries = more;
    for (int i = 0; i < from->count; i++) {
        more[list->count] = from->entries[i];
        more[list->count].shard = number;
        more[list->count++].shards = count;
    }
    free(from->entries);
    *from = (weft_run_list){0};
    return true;
}

static int by_place(const void *a, const void *b) {
    const weft_run_entry *first = a, *second = b;
    int order = strcmp(first->facts.experiment_id, second->facts.experiment_id);
    if (order != 0) return order;
    return first->shards != second->shards ? first->shards - second->shards : first->shard - second->shard;
}

weft_status weft_shard_runs_add(weft_run_list *list, const char *output_dir, weft_error *err) {
    glob_t found = {0};
    int before = list->count;
    char *pattern = weft_text_format("%s/.weft/shards/*/*-of-*", output_dir);
    weft_status status = pattern == NULL ? weft_error_no_memory(err, "the list of shards") : WEFT_OK;
    size_t folders = status == WEFT_OK && glob(pattern, GLOB_NOSORT, NULL, &found) == 0 ? found.gl_pathc : 0;
    for (size_t i = 0; i < folders && status == WEFT_OK; i++) {
        weft_run_list own = {0};
        int number, count;
        if (sscanf(strrchr(found.gl_pathv[i], '/'), "/%d-of-%d", &number, &count) != 2) continue;
        status = weft_run_list_read(&own, found.gl_pathv[i], true, NULL, err);
        if (status == WEFT_OK && !take(list, &own, number, count))
            status = weft_error_no_memory(err, "the list of shards");
        weft_run_list_dispose(&own);
    }
    if (folders > 0) globfree(&found);
    free(pattern);
    if (list->count > before)
        qsort(list->entries + before, (size_t)(list->count - before), sizeof *list->entries, by_place);
    return status;
}
