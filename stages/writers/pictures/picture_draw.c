/* SPDX-License-Identifier: MIT
 *
 * Each worker has a desk: memory for one layer's values, colours and canvas. Layers come onto the sheet in their order,
 * whoever painted them: where labels meet, the later one lies above, and the bytes are the same with all numbers of
 * threads. What takes long, to draw and to compress the layer's own file, follows then, beside other workers. */
#include "stages/writers/pictures/picture_draw.h"

#include "core/memory/buffer.h"
#include "core/window.h"
#include "picture/color_ramp.h"

#include <pthread.h>
#include <stdlib.h>

#define COMPRESSING (INT64_C(1) << 20) /* what libpng and zlib take for a picture at most, beside the ledger */

/* Where each part of a desk begins, from its first byte. */
typedef struct desk_layout {
    int64_t colors, canvas, bins, bytes;
    int width, height; /* of the canvas */
} desk_layout;

typedef struct drawing_task {
    struct drawing_run *run;
    char *desk;
} drawing_task;

typedef struct drawing_run {
    const weft_picture_drawing *drawing;
    desk_layout at;
    int columns;
    weft_canvas *sheet;
    pthread_mutex_t lock; /* of all below, and of the sheet */
    pthread_cond_t turned;
    int next;    /* the layer that nobody has taken */
    int on_turn; /* whose turn it is to come onto the sheet */
    bool failed; /* some layer: nobody waits for its turn, or takes another layer */
} drawing_run;

static desk_layout lay_out(const weft_quicklook_shape *shape, const weft_picture_frame *frame) {
    int64_t map = weft_align(shape->width * shape->height * (int64_t)sizeof(float));
    desk_layout at = {.colors = map, .canvas = 2 * map};
    weft_layer_picture_size(frame, &at.width, &at.height);
    at.bins = at.canvas + weft_align(weft_canvas_bytes(at.width, at.height));
    at.bytes = at.bins + weft_align(WEFT_STRETCH_BINS * (int64_t)sizeof(uint32_t));
    return at;
}

static int64_t sheet_bytes(const weft_contact_sheet *sheet) {
    return weft_align(weft_canvas_bytes(sheet->width, sheet->height));
}

int64_t weft_picture_draw_bytes(const weft_quicklook_shape *shape, const weft_picture_frame *frame,
                                const weft_contact_sheet *sheet) {
    return sheet_bytes(sheet) + lay_out(shape, frame).bytes;
}

/* --- one layer --- */

/* Reads a layer's values and paints them. */
static weft_status load_layer(const drawing_task *task, int column, weft_picture_layer *out, weft_error *err) {
    const weft_picture_drawing *drawing = task->run->drawing;
    const weft_picture_options *options = drawing->options;
    const desk_layout *at = &task->run->at;
    float *values = (float *)(void *)task->desk;
    uint32_t *colors = (uint32_t *)(void *)(task->desk + at->colors);
    int64_t count = drawing->shape->width * drawing->shape->height, length = count * (int64_t)sizeof(float);
    weft_status status = weft_scratch_file_read(drawing->gathered, column * length, values, length, err);
    if (status != WEFT_OK) return status;
    weft_stretch stretch = weft_stretch_find(values, count, (uint32_t *)(void *)(task->desk + at->bins));
    const weft_palette *palette = options->palettes == NULL ? NULL : &options->palettes[column];
    bool has_palette = palette != NULL && palette->count > 0;
    if (has_palette)
        weft_palette_paint(values, count, palette, colors);
    else
        weft_color_ramp_paint(values, count, stretch.low, stretch.high, colors);
    *out = (weft_picture_layer){.name = options->table->names[column],
                                .unit = options->units[column],
                                .low = stretch.low,
                                .high = stretch.high,
                                .min = stretch.min,
                                .max = stretch.max,
                                .missing = 1 - (double)stretch.present / (double)stretch.pixels,
                                .pixels = colors,
                                .has_palette = has_palette};
    return WEFT_OK;
}

static void add_to_sheet(drawing_run *run, int column, const weft_picture_layer *layer) {
    pthread_mutex_lock(&run->lock);
    while (run->on_turn != column && !run->failed)
        pthread_cond_wait(&run->turned, &run->lock);
    if (!run->failed) {
        weft_contact_sheet_add(run->sheet, run->drawing->sheet, column, layer);
        run->on_turn++;
        pthread_cond_broadcast(&run->turned);
    }
    pthread_mutex_unlock(&run->lock);
}

/* The layer's own file: it is whole when it is written, and waits for its name without being open. */
static weft_status write_layer(const drawing_task *task, const weft_picture_layer *layer, const char *path,
                               weft_error *err) {
    const weft_picture_drawing *drawing = task->run->drawing;
    const desk_layout *at = &task->run->at;
    weft_canvas *canvas = NULL;
    weft_output_file *file = NULL;
    weft_status status = weft_canvas_new(&canvas, task->desk + at->canvas, at->width, at->height, err);
    if (status != WEFT_OK) goto done;
    weft_layer_picture_draw(canvas, drawing->frame, layer);
    status = weft_output_file_open(&file, path, err);
    if (status == WEFT_OK) weft_output_file_set_cancel(file, drawing->options->table->context->cancel);
    if (status == WEFT_OK) status = weft_canvas_write(canvas, file, err);
    if (status == WEFT_OK) status = weft_output_file_sync(file, err);
    if (status == WEFT_OK) weft_output_file_keep(file, true);
done:
    weft_output_file_close(file);
    weft_canvas_free(canvas);
    return status;
}

static weft_status draw_layer(const drawing_task *task, int column, weft_error *err) {
    const weft_picture_options *options = task->run->drawing->options;
    weft_picture_layer layer;
    weft_status status = weft_cancel_check(options->table->context->cancel, err);
    if (status == WEFT_OK) status = load_layer(task, column, &layer, err);
    if (status != WEFT_OK) return status;
    add_to_sheet(task->run, column, &layer);
    return write_layer(task, &layer, options->layer_paths[column], err);
}

/* --- all of them --- */

/* The next layer, or -1: there is none, or one has failed. */
static int take_layer(drawing_run *run) {
    pthread_mutex_lock(&run->lock);
    int column = run->failed || run->next == run->columns ? -1 : run->next++;
    pthread_mutex_unlock(&run->lock);
    return column;
}

static void give_up(drawing_run *run) {
    pthread_mutex_lock(&run->lock);
    run->failed = true;
    pthread_cond_broadcast(&run->turned);
    pthread_mutex_unlock(&run->lock);
}

static weft_status draw_layers(void *payload, int worker, weft_error *err) {
    const drawing_task *task = payload;
    weft_activity *activity = task->run->drawing->options->table->context->activity;
    weft_status status = WEFT_OK;
    for (int column; status == WEFT_OK && (column = take_layer(task->run)) >= 0;) {
        uint32_t before = weft_activity_enter(activity, worker, WEFT_STAGE_EXPORT, WEFT_OPERATION_DRAW_PICTURE);
        status = draw_layer(task, column, err);
        weft_activity_leave(activity, worker, before);
    }
    if (status != WEFT_OK) give_up(task->run);
    return status;
}

static weft_status run_tasks(drawing_run *run, char *desks, int count, weft_error *err) {
    weft_work_pool *pool = run->drawing->options->table->context->pool;
    drawing_task *tasks = calloc((size_t)count, sizeof *tasks);
    weft_task_group group;
    if (tasks == NULL) return weft_error_no_memory(err, "pictures");
    weft_status status = weft_task_group_init(&group, err);
    if (status != WEFT_OK) goto done;
    for (int i = 0; i < count; i++) {
        tasks[i] = (drawing_task){run, desks + i * run->at.bytes};
        weft_work_pool_submit(pool, &group, WEFT_TASK_URGENT, draw_layers, &tasks[i]);
    }
    status = weft_task_group_wait(&group, err);
    weft_task_group_dispose(&group);
done:
    free(tasks);
    return status;
}

/* Returns how many desks there are, after the sheet; 0: no memory for one. */
static int reserve(weft_buffer *buffer, const drawing_run *run, weft_error *err) {
    const weft_picture_drawing *drawing = run->drawing;
    const weft_context *context = drawing->options->table->context;
    int64_t sheet = sheet_bytes(drawing->sheet);
    weft_ledger_state state;
    weft_ledger_read(context->ledger, &state);
    int64_t room = state.peak_bytes - state.used_bytes - sheet - weft_page_bytes();
    int64_t max = weft_smaller(weft_work_pool_threads(context->pool), run->columns);
    int64_t count = weft_smaller(max, room / (run->at.bytes + COMPRESSING));
    int64_t bytes = sheet + count * run->at.bytes;
    if (count > 1 && weft_buffer_reserve(buffer, context->ledger, WEFT_TAG_TEXT, bytes, NULL) == WEFT_OK)
        return (int)count;
    return weft_buffer_reserve_min(buffer, context->ledger, WEFT_TAG_TEXT, sheet + run->at.bytes, err) == WEFT_OK;
}

static weft_status write_sheet(const drawing_run *run, weft_output_file *output, weft_error *err) {
    weft_activity *activity = run->drawing->options->table->context->activity;
    uint32_t before =
        weft_activity_enter(activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_EXPORT, WEFT_OPERATION_DRAW_PICTURE);
    weft_status status = weft_canvas_write(run->sheet, output, err);
    weft_activity_leave(activity, WEFT_ACTIVITY_COORDINATOR, before);
    return status;
}

static weft_status draw_sheet(drawing_run *run, const weft_buffer *buffer, int desks, weft_output_file *output,
                              weft_error *err) {
    const weft_contact_sheet *sheet = run->drawing->sheet;
    weft_status status = weft_canvas_new(&run->sheet, buffer->data, sheet->width, sheet->height, err);
    if (status == WEFT_OK) {
        weft_contact_sheet_begin(run->sheet, sheet);
        status = run_tasks(run, (char *)buffer->data + sheet_bytes(sheet), desks, err);
    }
    if (status == WEFT_OK) status = write_sheet(run, output, err);
    weft_canvas_free(run->sheet);
    return status;
}

weft_status weft_picture_draw_all(const weft_picture_drawing *drawing, weft_output_file *output, weft_error *err) {
    drawing_run run = {.drawing = drawing,
                       .at = lay_out(drawing->shape, drawing->frame),
                       .columns = drawing->options->table->format->column_count,
                       .lock = PTHREAD_MUTEX_INITIALIZER,
                       .turned = PTHREAD_COND_INITIALIZER};
    weft_buffer buffer = {0};
    int desks = reserve(&buffer, &run, err);
    weft_status status = desks > 0 ? draw_sheet(&run, &buffer, desks, output, err) : WEFT_ERR_MEMORY;
    weft_buffer_release(&buffer);
    return status;
}
