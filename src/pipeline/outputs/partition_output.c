/* SPDX-License-Identifier: MIT */
#include "pipeline/outputs/partition_output.h"

#include "core/text.h"
#include "pipeline/outputs/finished_run.h"
#include "processors/text/row_formatter.h"

#include <stdlib.h>
#include <string.h>

/* What the files' writers are made with. */
typedef struct file_maker {
    const weft_format *format;
    weft_format_place place; /* of any of them, but for table, file and keep */
    weft_keep keep;          /* of the one under way */
} file_maker;

bool weft_partition_output_is(const weft_plan *plan, const weft_format *format) {
    return plan->config->partition == WEFT_PARTITION_BY && format->table;
}

int weft_partition_output_folder_length(const char *path) {
    return (int)(strlen(path) - strlen("/" WEFT_PARTS_MANIFEST));
}

char *weft_partition_output_spool(const weft_format *format) {
    return weft_text_format("partitions_%s.spool", format->facts.choice.word);
}

static weft_partition_columns columns_of(const weft_plan *plan) {
    const weft_plan_partition *partition = &plan->partition;
    return (weft_partition_columns){.by = partition->by,
                                    .by_count = partition->by_count,
                                    .by_types = partition->by_types,
                                    .by_names = partition->by_names,
                                    .column_count = partition->column_count,
                                    .from = partition->from,
                                    .types = partition->types,
                                    .names = partition->names};
}

static int64_t spool_bytes(const weft_plan *plan) {
    const weft_partition_columns columns = columns_of(plan);
    return weft_partition_writer_bytes(&columns, plan->table.types, plan->table.column_count,
                                       plan->table_cols * plan->table_rows * plan->table.cell_rows);
}

weft_status weft_partition_output_reserve(weft_reserve *out, const weft_format *format, const weft_format_shape *shape,
                                          weft_error *err) {
    const weft_plan_partition *partition = &shape->plan->partition;
    weft_format_shape file = *shape;
    file.table_types = partition->types;
    file.table_columns = partition->column_count;
    file.cells = (weft_format_cells){1, shape->cells.cols * shape->cells.rows};
    weft_status status = format->reserve(out, &file, err);
    int64_t spool = spool_bytes(shape->plan);
    *out = weft_reserve_add(*out, (weft_reserve){.min = spool, .desired = spool});
    return status;
}

static weft_status open_file(void *payload, const weft_table_spec *table, weft_output_file *output,
                             weft_table_writer **out, weft_error *err) {
    file_maker *maker = payload;
    weft_format_place place = maker->place;
    place.table = table;
    place.file = output;
    place.keep = &maker->keep;
    return maker->format->open(out, &place, err);
}

static void file_closed(void *payload) {
    weft_keep_dispose(&((file_maker *)payload)->keep);
}

weft_status weft_partition_output_open(weft_table_writer **out, const weft_format *format,
                                       const weft_format_place *place, weft_error *err) {
    const weft_plan *plan = place->plan;
    file_maker *maker = weft_keep_new(place->keep, 1, sizeof *maker);
    weft_partition_columns *columns = weft_keep_new(place->keep, 1, sizeof *columns);
    char *name = weft_partition_output_spool(format);
    weft_partition_options options = {.spec = place->table,
                                      .columns = columns,
                                      .output = place->file,
                                      .suffix = format->suffix,
                                      .digests = plan->config->checksums,
                                      .open = open_file,
                                      .closed = file_closed,
                                      .payload = maker};
    *out = NULL;
    options.spool_path = name == NULL ? NULL : weft_keep_text(place->keep, "%s/%s", place->scratch_folder, name);
    free(name);
    if (maker == NULL || columns == NULL || options.spool_path == NULL) return weft_error_no_memory(err, "the outputs");
    *columns = columns_of(plan);
    *maker = (file_maker){.format = format, .place = *place};
    maker->place.memory_bytes -= spool_bytes(plan);
    return weft_partition_writer_new(out, &options, err);
}
