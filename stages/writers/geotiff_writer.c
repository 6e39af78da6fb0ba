/* SPDX-License-Identifier: MIT
 *
 * One structure for both: a COG's writer may take the stack that a GeoTIFF's has built. */
#include "stages/writers/geotiff_writer.h"

#include "core/text.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct geotiff_writer {
    weft_table_writer base;
    weft_geotiff_options options;
    weft_stack_spec stack;
    weft_stack_builder *builder; /* NULL: another writer's stack is taken */
    const char *stack_path;      /* a part file's, or `rough_path` */
    char *rough_path;            /* a stack in scratch that only this COG is made of; NULL: there is none */
    char *gather_path;
    bool cog, nearest;
} geotiff_writer;

static weft_status write_chunk(weft_table_writer *base, const weft_chunk *chunk, weft_error *err) {
    geotiff_writer *writer = (geotiff_writer *)base;
    base->rows += chunk->window.cols * chunk->window.rows;
    return writer->builder == NULL ? WEFT_OK : weft_stack_builder_take(writer->builder, chunk, err);
}

static weft_status make_cog(const geotiff_writer *writer, weft_error *err) {
    const weft_context *context = writer->options.table->context;
    weft_cog_options options = {.stack_path = writer->stack_path,
                                .path = weft_output_file_part_path(writer->base.output),
                                .temp_folder = writer->options.scratch_folder,
                                .nearest = writer->nearest,
                                .cancel = context->cancel};
    const weft_table_spec *table = writer->options.table;
    int64_t bytes = weft_cog_memory(table->cols, table->rows, writer->stack.band_count, writer->stack.type);
    /* The library's memory is booked for as long as it takes it. */
    bool booked = weft_ledger_reserve(context->ledger, WEFT_TAG_OTHER, bytes, NULL) == WEFT_OK;
    options.small_cache = !booked;
    weft_status status = weft_cog_make(&options, &writer->stack, err);
    if (booked) weft_ledger_release(context->ledger, WEFT_TAG_OTHER, bytes);
    return status;
}

static weft_status finish(weft_table_writer *base, weft_error *err) {
    const geotiff_writer *writer = (const geotiff_writer *)base;
    weft_activity *activity = writer->options.table->context->activity;
    uint32_t before =
        weft_activity_enter(activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_EXPORT, WEFT_OPERATION_WRITE_CHUNK);
    weft_status status = writer->builder == NULL ? WEFT_OK : weft_stack_builder_finish(writer->builder, err);
    if (status == WEFT_OK && writer->cog) status = make_cog(writer, err);
    if (status == WEFT_OK) status = weft_output_file_adopt(base->output, err);
    weft_activity_leave(activity, WEFT_ACTIVITY_COORDINATOR, before);
    return status;
}

static void free_writer(weft_table_writer *base) {
    geotiff_writer *writer = (geotiff_writer *)base;
    weft_stack_builder_free(writer->builder);
    if (writer->rough_path != NULL) (void)unlink(writer->rough_path);
    free(writer->rough_path);
    free(writer->gather_path);
    free(writer);
}

static const weft_table_writer_kind geotiff_kind = {.write_chunk = write_chunk, .finish = finish, .free = free_writer};

static geotiff_writer *new_writer(const weft_geotiff_options *options, bool rough) {
    geotiff_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) return NULL;
    writer->base = (weft_table_writer){.kind = &geotiff_kind, .output = options->output};
    writer->options = *options;
    writer->stack = *options->stack;
    writer->stack.rough = rough;
    return writer;
}

/* The writer's own stack, at `stack_path`. `rows`: the file in the scratch folder where rows wait for their tiles. */
static weft_status start_stack(geotiff_writer *writer, const char *rows, weft_error *err) {
    writer->gather_path = weft_text_format("%s/%s", writer->options.scratch_folder, rows);
    if (writer->gather_path == NULL) return weft_error_no_memory(err, "the GeoTIFF writer");
    weft_stack_builder_options options = {.table = writer->options.table,
                                          .type = writer->options.type,
                                          .stack = &writer->stack,
                                          .tiles_bytes = writer->options.tiles_bytes,
                                          .path = writer->stack_path,
                                          .gather_path = writer->gather_path};
    return weft_stack_builder_new(&writer->builder, &options, err);
}

weft_status weft_geotiff_writer_new(weft_table_writer **out, const weft_geotiff_options *options, weft_error *err) {
    geotiff_writer *writer = new_writer(options, false);
    *out = NULL;
    if (writer == NULL) return weft_error_no_memory(err, "the GeoTIFF writer");
    writer->stack_path = weft_output_file_part_path(options->output);
    weft_status status = start_stack(writer, "stack.rows", err);
    if (status == WEFT_OK)
        *out = &writer->base;
    else
        free_writer(&writer->base);
    return status;
}

static weft_status start_rough_stack(geotiff_writer *writer, weft_error *err) {
    writer->rough_path = weft_text_format("%s/rough_stack.tif", writer->options.scratch_folder);
    writer->stack_path = writer->rough_path;
    return writer->rough_path == NULL ? weft_error_no_memory(err, "the GeoTIFF writer")
                                      : start_stack(writer, "rough_stack.rows", err);
}

weft_status weft_cog_writer_new(weft_table_writer **out, const weft_geotiff_options *options,
                                const weft_table_writer *geotiff, bool nearest, weft_error *err) {
    geotiff_writer *writer = new_writer(options, geotiff == NULL);
    weft_status status = WEFT_OK;
    *out = NULL;
    if (writer == NULL) return weft_error_no_memory(err, "the GeoTIFF writer");
    writer->cog = true;
    writer->nearest = nearest;
    if (geotiff == NULL)
        status = start_rough_stack(writer, err);
    else
        writer->stack_path = weft_output_file_part_path(geotiff->output);
    if (status == WEFT_OK)
        *out = &writer->base;
    else
        free_writer(&writer->base);
    return status;
}
