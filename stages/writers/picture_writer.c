/* SPDX-License-Identifier: MIT
 *
 * A task gathers the rows of a chunk into one layer's picture; layers share nothing. */
#include "stages/writers/picture_writer.h"

#include "core/memory/buffer.h"
#include "core/text.h"
#include "picture/color_ramp.h"
#include "picture/contact_sheet.h"
#include "processors/table/quicklook.h"
#include "stages/writers/scratch_file.h"

#include <stdlib.h>
#include <string.h>

#define MAX_PIXELS 1200 /* a side, that a layer's map has */
#define ALIGNMENT  64

typedef struct picture_writer picture_writer;

typedef struct gather_task {
    picture_writer *writer;
    const weft_chunk *chunk;
    int column;
} gather_task;

struct picture_writer {
    weft_table_writer base;
    weft_picture_options options;
    weft_quicklook_shape shape;
    weft_picture_frame frame;
    weft_contact_sheet sheet;
    weft_quicklook *looks; /* one a column */
    gather_task *tasks;    /* likewise */
    weft_buffer rows;      /* of all looks: sums, counts, and a row of finished pixels */
    weft_buffer drawing;   /* at the end: a layer's values, its colours, its canvas, the sheet's canvas, and bins */
    weft_task_group group;
    bool group_ready;
    weft_scratch_file *gathered;
};

/* --- memory --- */

static int64_t align(int64_t bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static int64_t row_bytes(const weft_quicklook_shape *shape) {
    return align(shape->width * (int64_t)(sizeof(double) + sizeof(int64_t) + sizeof(float)));
}

static int64_t map_bytes(const weft_quicklook_shape *shape) {
    return align(shape->width * shape->height * (int64_t)sizeof(float));
}

static weft_picture_frame make_frame(const weft_quicklook_shape *shape, double cell_width, double cell_height) {
    return (weft_picture_frame){.width = (int)shape->width,
                                .height = (int)shape->height,
                                .cell_width = cell_width * (double)shape->cols / (double)shape->width,
                                .cell_height = cell_height * (double)shape->rows / (double)shape->height};
}

/* Values, colours, the layer's canvas, the sheet's, and bins: where each begins. */
typedef struct drawing_layout {
    int64_t colors, canvas, sheet, bins, bytes;
    int width, height; /* of the layer's canvas */
} drawing_layout;

static drawing_layout lay_out(const weft_quicklook_shape *shape, const weft_picture_frame *frame,
                              const weft_contact_sheet *sheet) {
    drawing_layout at = {.colors = map_bytes(shape)};
    weft_layer_picture_size(frame, &at.width, &at.height);
    at.canvas = at.colors + map_bytes(shape);
    at.sheet = at.canvas + align(weft_canvas_bytes(at.width, at.height));
    at.bins = at.sheet + align(weft_canvas_bytes(sheet->width, sheet->height));
    at.bytes = at.bins + align(WEFT_STRETCH_BINS * (int64_t)sizeof(uint32_t));
    return at;
}

weft_reserve weft_picture_writer_reserve(int64_t cols, int64_t rows, int column_count, double cell_width,
                                         double cell_height) {
    weft_quicklook_shape shape = weft_quicklook_shape_fit(cols, rows, MAX_PIXELS);
    weft_picture_frame frame = make_frame(&shape, cell_width, cell_height);
    weft_contact_sheet sheet = weft_contact_sheet_plan(&frame, column_count);
    int64_t gathering = column_count * row_bytes(&shape) + weft_page_bytes();
    return (weft_reserve){.min = gathering,
                          .desired = gathering,
                          .beside = WEFT_CANVAS_UNMANAGED,
                          .ending = lay_out(&shape, &frame, &sheet).bytes + weft_page_bytes()};
}

/* Three bytes a pixel, which hardly shrink where values are noise; type and legend. */
int64_t weft_picture_writer_estimate(int64_t cols, int64_t rows) {
    weft_quicklook_shape shape = weft_quicklook_shape_fit(cols, rows, MAX_PIXELS);
    return 3 * shape.width * shape.height + 65536;
}

int64_t weft_picture_writer_sheet_estimate(int64_t cols, int64_t rows) {
    return weft_picture_writer_estimate(cols, rows) + (INT64_C(4) << 20);
}

/* --- gathering --- */

static weft_status end_row(picture_writer *writer, int column, int64_t row, weft_error *err) {
    weft_quicklook *look = &writer->looks[column];
    const weft_quicklook_shape *shape = &writer->shape;
    float *pixels = (float *)(void *)(look->counts + shape->width);
    int64_t y = row * shape->height / shape->rows, length = shape->width * (int64_t)sizeof(float);
    weft_quicklook_take_row(look, pixels);
    return weft_scratch_file_write(writer->gathered, (column * shape->height + y) * length, pixels, length, err);
}

static weft_status gather_column(void *payload, int worker, weft_error *err) {
    const gather_task *task = payload;
    picture_writer *writer = task->writer;
    weft_context *context = writer->options.table->context;
    weft_window window = task->chunk->window;
    weft_status status = weft_cancel_check(context->cancel, err);
    uint32_t before = weft_activity_enter(context->activity, worker, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    for (int64_t row = 0; row < window.rows && status == WEFT_OK; row++) {
        weft_values cells = weft_values_at(task->chunk->columns[task->column], row, 0);
        weft_quicklook_add(&writer->looks[task->column], cells, window.row + row, window.col, window.cols);
        if (window.col + window.cols == writer->shape.cols && weft_quicklook_ends_row(&writer->shape, window.row + row))
            status = end_row(writer, task->column, window.row + row, err);
    }
    weft_activity_leave(context->activity, worker, before);
    return status;
}

static weft_status write_chunk(weft_table_writer *base, const weft_chunk *chunk, weft_error *err) {
    picture_writer *writer = (picture_writer *)base;
    base->rows += chunk->window.cols * chunk->window.rows;
    for (int i = 0; i < chunk->column_count; i++) {
        writer->tasks[i] = (gather_task){writer, chunk, i};
        weft_work_pool_submit(writer->options.table->context->pool, &writer->group, WEFT_TASK_URGENT, gather_column,
                              &writer->tasks[i]);
    }
    return weft_task_group_wait(&writer->group, err);
}

/* --- drawing --- */

/* Reads a layer's values and paints them. */
static weft_status load_layer(picture_writer *writer, int column, const drawing_layout *at, weft_picture_layer *out,
                              weft_error *err) {
    char *memory = writer->drawing.data;
    float *values = (float *)(void *)memory;
    uint32_t *colors = (uint32_t *)(void *)(memory + at->colors);
    int64_t count = writer->shape.width * writer->shape.height, length = count * (int64_t)sizeof(float);
    weft_status status = weft_scratch_file_read(writer->gathered, column * length, values, length, err);
    if (status != WEFT_OK) return status;
    weft_stretch stretch = weft_stretch_find(values, count, (uint32_t *)(void *)(memory + at->bins));
    const weft_palette *palette = writer->options.palettes == NULL ? NULL : &writer->options.palettes[column];
    bool has_palette = palette != NULL && palette->count > 0;
    if (has_palette)
        weft_palette_paint(values, count, palette, colors);
    else
        weft_color_ramp_paint(values, count, stretch.low, stretch.high, colors);
    *out = (weft_picture_layer){.name = writer->options.table->names[column],
                                .unit = writer->options.units[column],
                                .low = stretch.low,
                                .high = stretch.high,
                                .min = stretch.min,
                                .greatest = stretch.greatest,
                                .missing = 1 - (double)stretch.present / (double)stretch.pixels,
                                .pixels = colors,
                                .has_palette = has_palette};
    return WEFT_OK;
}

/* The layer's own file: it is whole when it is written, and waits for its name without being open. */
static weft_status write_layer(picture_writer *writer, const drawing_layout *at, const weft_picture_layer *layer,
                               const char *path, weft_error *err) {
    weft_canvas *canvas = NULL;
    weft_output_file *file = NULL;
    weft_status status =
        weft_canvas_new(&canvas, (char *)writer->drawing.data + at->canvas, at->width, at->height, err);
    if (status != WEFT_OK) goto done;
    weft_layer_picture_draw(canvas, &writer->frame, layer);
    status = weft_output_file_open(&file, path, err);
    if (status == WEFT_OK) weft_output_file_set_cancel(file, writer->options.table->context->cancel);
    if (status == WEFT_OK) status = weft_canvas_write(canvas, file, err);
    if (status == WEFT_OK) status = weft_output_file_sync(file, err);
    if (status == WEFT_OK) weft_output_file_keep(file, true);
done:
    weft_output_file_close(file);
    weft_canvas_free(canvas);
    return status;
}

static uint32_t enter(picture_writer *writer, weft_operation_id operation) {
    weft_activity *activity = writer->options.table->context->activity;
    return weft_activity_enter(activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_EXPORT, operation);
}

static void leave(picture_writer *writer, uint32_t before) {
    weft_activity_leave(writer->options.table->context->activity, WEFT_ACTIVITY_COORDINATOR, before);
}

static weft_status draw_layer(picture_writer *writer, int column, weft_canvas *sheet, const drawing_layout *at,
                              weft_error *err) {
    weft_picture_layer layer;
    uint32_t before = enter(writer, WEFT_OPERATION_DRAW_PICTURE);
    weft_status status = load_layer(writer, column, at, &layer, err);
    if (status == WEFT_OK) status = write_layer(writer, at, &layer, writer->options.layer_paths[column], err);
    if (status == WEFT_OK) weft_contact_sheet_add(sheet, &writer->sheet, column, &layer);
    leave(writer, before);
    return status;
}

static weft_status draw_all(picture_writer *writer, weft_canvas *sheet, const drawing_layout *at, weft_error *err) {
    weft_status status = WEFT_OK;
    weft_contact_sheet_begin(sheet, &writer->sheet);
    for (int i = 0; i < writer->options.table->format->column_count && status == WEFT_OK; i++)
        status = draw_layer(writer, i, sheet, at, err);
    if (status != WEFT_OK) return status;
    uint32_t before = enter(writer, WEFT_OPERATION_DRAW_PICTURE);
    status = weft_canvas_write(sheet, writer->base.output, err);
    leave(writer, before);
    return status;
}

static weft_status finish(weft_table_writer *base, weft_error *err) {
    picture_writer *writer = (picture_writer *)base;
    drawing_layout at = lay_out(&writer->shape, &writer->frame, &writer->sheet);
    weft_canvas *sheet = NULL;
    uint32_t before = enter(writer, WEFT_OPERATION_WRITE_CHUNK);
    weft_status status =
        weft_buffer_reserve_min(&writer->drawing, writer->options.table->context->ledger, WEFT_TAG_TEXT, at.bytes, err);
    if (status == WEFT_OK)
        status = weft_canvas_new(&sheet, (char *)writer->drawing.data + at.sheet, writer->sheet.width,
                                 writer->sheet.height, err);
    if (status == WEFT_OK) status = draw_all(writer, sheet, &at, err);
    weft_canvas_free(sheet);
    weft_buffer_release(&writer->drawing);
    leave(writer, before);
    return status;
}

/* --- making --- */

static void free_writer(weft_table_writer *base) {
    picture_writer *writer = (picture_writer *)base;
    if (writer->group_ready) {
        (void)weft_task_group_wait(&writer->group, NULL);
        weft_task_group_dispose(&writer->group);
    }
    weft_scratch_file_close(writer->gathered);
    weft_buffer_release(&writer->rows);
    weft_buffer_release(&writer->drawing);
    free(writer->looks);
    free(writer->tasks);
    free(writer);
}

static const weft_table_writer_kind picture_kind = {.write_chunk = write_chunk, .finish = finish, .free = free_writer};

static weft_status reserve(picture_writer *writer, weft_error *err) {
    weft_ledger *ledger = writer->options.table->context->ledger;
    int count = writer->options.table->format->column_count;
    int64_t row = row_bytes(&writer->shape), width = writer->shape.width;
    weft_status status = weft_buffer_reserve_min(&writer->rows, ledger, WEFT_TAG_TEXT, count * row, err);
    if (status != WEFT_OK) return status;
    memset(writer->rows.data, 0, (size_t)(count * row));
    for (int i = 0; i < count; i++) {
        double *sums = (double *)(void *)((char *)writer->rows.data + i * row);
        writer->looks[i] = (weft_quicklook){writer->shape, writer->options.classes[i], sums, (int64_t *)(sums + width)};
    }
    return WEFT_OK;
}

weft_status weft_picture_writer_new(weft_table_writer **out, const weft_picture_options *options, weft_error *err) {
    picture_writer *writer = calloc(1, sizeof *writer);
    size_t count = (size_t)options->table->format->column_count;
    weft_status status = WEFT_OK;
    *out = NULL;
    if (writer == NULL) return weft_error_no_memory(err, "pictures");
    writer->base = (weft_table_writer){.kind = &picture_kind, .output = options->output};
    writer->options = *options;
    writer->shape = weft_quicklook_shape_fit(options->table->cols, options->table->rows, MAX_PIXELS);
    writer->frame = make_frame(&writer->shape, options->cell_width, options->cell_height);
    writer->frame.title = options->title;
    writer->frame.caption = options->caption;
    writer->sheet = weft_contact_sheet_plan(&writer->frame, (int)count);
    writer->looks = calloc(count, sizeof *writer->looks);
    writer->tasks = calloc(count, sizeof *writer->tasks);
    if (writer->looks == NULL || writer->tasks == NULL) {
        status = weft_error_no_memory(err, "pictures");
        goto done;
    }
    status = reserve(writer, err);
    if (status == WEFT_OK) status = weft_scratch_file_open(&writer->gathered, options->gather_path, err);
    if (status == WEFT_OK) status = weft_task_group_init(&writer->group, err);
    writer->group_ready = status == WEFT_OK;
done:
    if (status == WEFT_OK)
        *out = &writer->base;
    else
        free_writer(&writer->base);
    return status;
}
