/* SPDX-License-Identifier: MIT
 *
 * A task gathers the rows of a chunk into one layer's picture; layers share nothing. */
#include "stages/writers/pictures/picture_writer.h"

#include "core/memory/buffer.h"
#include "core/text.h"
#include "core/window.h"
#include "stages/writers/pictures/picture_draw.h"

#include <stdlib.h>
#include <string.h>

#define MAX_PIXELS 1200 /* a side, that a layer's map has */

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
    weft_task_group group;
    bool group_ready;
    weft_scratch_file *gathered;
};

/* --- memory --- */

static int64_t row_bytes(const weft_quicklook_shape *shape) {
    return weft_align(shape->width * (int64_t)(sizeof(double) + sizeof(int64_t) + sizeof(float)));
}

static weft_picture_frame make_frame(const weft_quicklook_shape *shape, double cell_width, double cell_height) {
    return (weft_picture_frame){.width = (int)shape->width,
                                .height = (int)shape->height,
                                .cell_width = cell_width * (double)shape->cols / (double)shape->width,
                                .cell_height = cell_height * (double)shape->rows / (double)shape->height};
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
                          .ending = weft_picture_draw_bytes(&shape, &frame, &sheet) + weft_page_bytes()};
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

static weft_status finish(weft_table_writer *base, weft_error *err) {
    picture_writer *writer = (picture_writer *)base;
    const weft_picture_drawing drawing = {&writer->options, &writer->shape, &writer->frame, &writer->sheet,
                                          writer->gathered};
    return weft_picture_draw_all(&drawing, base->output, err);
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
