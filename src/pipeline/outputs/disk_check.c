/* SPDX-License-Identifier: MIT */
#include "pipeline/outputs/disk_check.h"

#include "core/files/disk_space.h"
#include "core/text.h"
#include "pipeline/formats/formats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Sums of what may be huge stay finite: all is counted in double and cut here. */
static int64_t whole(double bytes) {
    return bytes <= 0 ? 0 : bytes < 9e18 ? (int64_t)bytes : INT64_MAX;
}

static double part_bytes(const weft_plan_output *output) {
    struct stat info;
    char *path = weft_text_format("%s.part", output->path);
    bool there = path != NULL && stat(path, &info) == 0;
    free(path);
    return there ? (double)info.st_size : 0;
}

/* Of the grid's cells that it is of. */
static double share_of(const weft_plan *plan, const weft_plan_output *output) {
    return (double)(output->end_cell - output->first_cell) /
           ((double)plan->table_cols * (double)plan->table_rows * (double)output->cell_rows);
}

/* Bytes that the run will add to the output folder. */
typedef struct disk_need {
    int64_t min_bytes;   /* outputs cannot be smaller */
    int64_t upper_bytes; /* outputs are not likely to be larger */
} disk_need;

/* What an interrupted run left in .part files is there already. */
static disk_need need_of(const weft_plan *plan) {
    double min = 0, upper = 0;
    for (int i = 0; i < plan->output_count && !plan->config->to_stdout; i++) {
        double there = part_bytes(&plan->outputs[i]);
        if (plan->outputs[i].format->min != NULL)
            min += fmax(plan->outputs[i].format->min(plan) * share_of(plan, &plan->outputs[i]) - there, 0);
        upper += fmax((double)plan->outputs[i].bytes_estimate - there, 0);
    }
    return (disk_need){whole(min), whole(fmax(min, upper))};
}

weft_status weft_disk_check_warn(weft_plan *plan, weft_error *err) {
    disk_need need = need_of(plan);
    weft_disk_space space;
    char needed[WEFT_SIZE_TEXT_BYTES], present[WEFT_SIZE_TEXT_BYTES];
    if (!weft_disk_space_at(plan->config->output_dir, &space) || need.upper_bytes <= space.free_bytes) return WEFT_OK;
    weft_text_size(need.upper_bytes, needed);
    weft_text_size(space.free_bytes, present);
    return weft_plan_warn(plan, err, "%s: the disk may fill up: the outputs may take %s, %s are free",
                          plan->config->output_dir, needed, present);
}

weft_status weft_disk_check(const weft_plan *plan, weft_error *err) {
    disk_need need = need_of(plan);
    weft_disk_space space;
    if (!weft_disk_space_at(plan->config->output_dir, &space) || need.min_bytes <= space.free_bytes) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_IO,
                   "%s: the outputs do not fit on the disk: at least %lld bytes are needed, %lld are free",
                   plan->config->output_dir, (long long)need.min_bytes, (long long)space.free_bytes);
    weft_error_hint(
        err, "make room there, choose another output_dir, or a format that compresses: export.formats: [parquet]");
    return WEFT_ERR_IO;
}
