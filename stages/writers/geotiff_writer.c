/* SPDX-License-Identifier: MIT
 *
 * One structure for both: a COG's writer may take the stack that a GeoTIFF's has built. */
#include "stages/writers/geotiff_writer.h"

#include "core/text.h"
#include "stages/writers/spool_file.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct geotiff_writer {
    weft_table_writer base;
    weft_geotiff_options options;
    weft_stack_spec stack;
    weft_stack_builder *builder; /* NULL: another writer's stack is taken */
    char *stack_path, *gather_path, *cog_path;
    bool owns_stack, nearest;
} geotiff_writer;

static weft_status write_chunk(weft_table_writer *base, const weft_chunk *chunk, weft_error *err) {
    geotiff_writer *writer = (geotiff_writer *)base;
    base->rows += chunk->window.cols * chunk->window.rows;
    return writer->builder == NULL ? WEFT_OK : weft_stack_builder_take(writer->builder, chunk, err);
}

static weft_status copy_to_output(const geotiff_writer *writer, const char *path, bool keep, weft_error *err) {
    weft_spool_file *file = NULL;
    struct stat info;
    if (stat(path, &info) != 0) {
        weft_error_set_errno(err, errno, "%s: scratch", path);
        if (err != NULL) err->status = WEFT_ERR_IO;
        return WEFT_ERR_IO;
    }
    weft_status status = weft_spool_file_open(&file, path, (int64_t)info.st_size, err);
    if (status == WEFT_OK) status = weft_spool_file_copy(file, writer->base.output, err);
    weft_spool_file_close(file, keep);
    return status;
}

static weft_status finish_stack(const geotiff_writer *writer, weft_error *err) {
    weft_status status = weft_stack_builder_finish(writer->builder, err);
    return status == WEFT_OK ? copy_to_output(writer, writer->stack_path, true, err) : status;
}

static weft_status finish_cog(const geotiff_writer *writer, weft_error *err) {
    const weft_context *context = writer->options.table->context;
    weft_cog_options options = {.stack_path = writer->stack_path,
                                .path = writer->cog_path,
                                .temp_folder = writer->options.scratch_folder,
                                .nearest = writer->nearest,
                                .cancel = context->cancel};
    const weft_table_spec *table = writer->options.table;
    int64_t bytes = weft_cog_memory(table->cols, table->rows, writer->stack.band_count, writer->stack.type);
    weft_status status = writer->builder == NULL ? WEFT_OK : weft_stack_builder_finish(writer->builder, err);
    /* The library's memory is booked for as long as it takes it. */
    bool booked = status == WEFT_OK && weft_ledger_reserve(context->ledger, WEFT_TAG_OTHER, bytes, NULL) == WEFT_OK;
    options.small_cache = !booked;
    if (status == WEFT_OK) status = weft_cog_make(&options, &writer->stack, err);
    if (booked) weft_ledger_release(context->ledger, WEFT_TAG_OTHER, bytes);
    return status == WEFT_OK ? copy_to_output(writer, writer->cog_path, false, err) : status;
}

static weft_status finish(weft_table_writer *base, weft_error *err) {
    const geotiff_writer *writer = (const geotiff_writer *)base;
    weft_activity *activity = writer->options.table->context->activity;
    uint32_t before =
        weft_activity_enter(activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_EXPORT, WEFT_OPERATION_WRITE_CHUNK);
    weft_status status = writer->cog_path != NULL ? finish_cog(writer, err) : finish_stack(writer, err);
    weft_activity_leave(activity, WEFT_ACTIVITY_COORDINATOR, before);
    return status;
}

static void free_writer(weft_table_writer *base) {
    geotiff_writer *writer = (geotiff_writer *)base;
    weft_stack_builder_free(writer->builder);
    if (writer->owns_stack) (void)unlink(writer->stack_path);
    if (writer->cog_path != NULL) (void)unlink(writer->cog_path);
    free(writer->stack_path);
    free(writer->gather_path);
    free(writer->cog_path);
    free(writer);
}

static const weft_table_writer_kind geotiff_kind = {.write_chunk = write_chunk, .finish = finish, .free = free_writer};

static weft_status no_memory(weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the GeoTIFF writer");
}

static geotiff_writer *new_writer(const weft_geotiff_options *options, bool rough) {
    geotiff_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) return NULL;
    writer->base = (weft_table_writer){.kind = &geotiff_kind, .output = options->output};
    writer->options = *options;
    writer->stack = *options->stack;
    writer->stack.rough = rough;
    return writer;
}

/* The writer's own stack. `name`: of its file in the scratch folder. */
static weft_status start_stack(geotiff_writer *writer, const char *name, weft_error *err) {
    const char *folder = writer->options.scratch_folder;
    writer->stack_path = weft_text_format("%s/%s.tif", folder, name);
    writer->gather_path = weft_text_format("%s/%s.rows", folder, name);
    if (writer->stack_path == NULL || writer->gather_path == NULL) return no_memory(err);
    writer->owns_stack = true;
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
    if (writer == NULL) return no_memory(err);
    weft_status status = start_stack(writer, "stack", err);
    if (status == WEFT_OK)
        *out = &writer->base;
    else
        free_writer(&writer->base);
    return status;
}

weft_status weft_cog_writer_new(weft_table_writer **out, const weft_geotiff_options *options,
                                const weft_table_writer *geotiff, bool nearest, weft_error *err) {
    geotiff_writer *writer = new_writer(options, geotiff == NULL);
    weft_status status = WEFT_OK;
    *out = NULL;
    if (writer == NULL) return no_memory(err);
    writer->nearest = nearest;
    writer->cog_path = weft_text_format("%s/cog.tif", options->scratch_folder);
    if (writer->cog_path == NULL) {
        status = no_memory(err);
    } else if (geotiff == NULL) {
        status = start_stack(writer, "rough_stack", err);
    } else {
        writer->stack_path = weft_text_format("%s", ((const geotiff_writer *)geotiff)->stack_path);
        if (writer->stack_path == NULL) status = no_memory(err);
    }
    if (status == WEFT_OK)
        *out = &writer->base;
    else
        free_writer(&writer->base);
    return status;
}
