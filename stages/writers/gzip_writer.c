/* SPDX-License-Identifier: MIT
 *
 * A slot of the ring holds a member's text after the room for its compressed bytes. The last member that a chunk
 * begins stays open in the slot that comes next: the next chunk continues its text. */
#include "stages/writers/gzip_writer.h"

#include "processors/text/gzip_compressor.h"
#include "stages/writers/output_ring.h"

#include <limits.h>
#include <stdlib.h>

#define COMPRESSED_MAX    0.6    /* of a text, after compression */
#define MEMBER_TEXT_BYTES 262144 /* a file of 1 MiB members is 0.1 % smaller, and takes four times the memory */
#define USUAL_PLACES      20     /* bytes of x and y in a line, and of a value, for the number of a member's cells */
#define USUAL_VALUE       10

typedef struct gzip_writer gzip_writer;

/* A member under way. first, count: the cells of `chunk`, row-major, that come to its text now. */
typedef struct member {
    gzip_writer *writer;
    weft_ring_slot *slot;
    const weft_chunk *chunk;
    int64_t first, count;
    int64_t lines;
    size_t length; /* of its text so far */
} member;

struct gzip_writer {
    weft_table_writer base;
    const weft_table_spec *spec;
    weft_output_ring ring;
    member *members; /* one for each slot */
    weft_gzip_compressor **compressors;
    int compressor_count;
    int64_t member_cells;
    size_t text_offset; /* in a slot */
    int64_t next_cell;  /* of the grid, row-major: the first one that was not taken */
    bool begun;         /* the header is written */
};

int64_t weft_gzip_member_cells(int column_count) {
    int64_t cells = MEMBER_TEXT_BYTES / (USUAL_PLACES + USUAL_VALUE * (int64_t)column_count);
    return cells > 16 ? cells : 16;
}

static int64_t max_cells(int column_count, int64_t cells) {
    int64_t member_cells = weft_gzip_member_cells(column_count);
    return member_cells < cells ? member_cells : cells;
}

static int64_t text_bytes(int64_t line_bytes, int column_count, int64_t cells) {
    return line_bytes * max_cells(column_count, cells);
}

static int64_t slot_bytes(int64_t text) {
    return (int64_t)weft_gzip_bound((size_t)text) + text;
}

weft_reserve weft_gzip_writer_reserve(int64_t line_bytes, int column_count, int64_t cells, int threads) {
    int64_t slot = slot_bytes(text_bytes(line_bytes, column_count, cells)) + weft_page_bytes();
    return (weft_reserve){.min = slot, .desired = 2 * threads * slot, .beside = threads * WEFT_GZIP_COMPRESSOR_BYTES};
}

/* --- on the workers --- */

static void format_cells(member *self, int worker) {
    const weft_table_spec *spec = self->writer->spec;
    char *text = (char *)self->slot->memory.data + self->writer->text_offset;
    int64_t lines;
    uint32_t before =
        weft_activity_enter(spec->context->activity, worker, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    self->length += weft_row_format_cells(spec->format, self->chunk->window, self->chunk->columns, self->first,
                                          self->count, text + self->length, &lines);
    self->lines += lines;
    weft_activity_leave(spec->context->activity, worker, before);
}

static weft_status begin_member(void *payload, int worker, weft_error *err) {
    member *self = payload;
    weft_status status = weft_cancel_check(self->writer->spec->context->cancel, err);
    if (status == WEFT_OK) format_cells(self, worker);
    return status;
}

static weft_status end_member(void *payload, int worker, weft_error *err) {
    member *self = payload;
    const gzip_writer *writer = self->writer;
    weft_activity *activity = writer->spec->context->activity;
    weft_status status = begin_member(payload, worker, err);
    self->slot->length = 0;
    if (status != WEFT_OK || self->length == 0) return status;
    uint32_t before = weft_activity_enter(activity, worker, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    char *data = self->slot->memory.data;
    self->slot->length =
        weft_gzip_compress(writer->compressors[worker], data + writer->text_offset, self->length, data);
    weft_activity_leave(activity, worker, before);
    return WEFT_OK;
}

/* --- the writer --- */

static weft_status count_lines(void *payload, int slot, weft_error *err) {
    gzip_writer *writer = payload;
    (void)err;
    writer->base.rows += writer->members[slot].lines;
    return WEFT_OK;
}

static weft_status write_header(const gzip_writer *writer, weft_error *err) {
    const weft_table_spec *spec = writer->spec;
    size_t capacity = weft_row_format_header_bound(spec->format, spec->names);
    char *text = malloc(capacity), *packed = malloc(weft_gzip_bound(capacity));
    weft_status status = WEFT_ERR_MEMORY;
    if (text == NULL || packed == NULL) {
        weft_error_set(err, status, "no memory for the header");
    } else {
        size_t length = weft_row_format_header(spec->format, spec->names, text, capacity);
        length = weft_gzip_compress(writer->compressors[0], text, length, packed);
        status = weft_output_file_write(writer->base.output, packed, length, err);
    }
    free(text);
    free(packed);
    return status;
}

static weft_status begin(gzip_writer *writer, weft_error *err) {
    if (writer->begun) return WEFT_OK;
    writer->begun = true;
    return write_header(writer, err);
}

/* Cells of its member that lie before this one. Members are counted from the file's first cell. */
static int64_t cells_in_member(const gzip_writer *writer, int64_t cell) {
    return (cell - writer->spec->first_cell) % writer->member_cells;
}

/* Hands cells from `at` on of the chunk to a worker, as far as the member of the first one goes. Returns in *open
 * whether the member continues in the next chunk. */
static weft_status take_cells(gzip_writer *writer, const weft_chunk *chunk, int64_t at, int64_t end, int64_t *count,
                              bool *open, weft_error *err) {
    const weft_table_spec *spec = writer->spec;
    weft_window window = chunk->window;
    int64_t cell = window.row * spec->cols + window.col + at;
    int64_t in_member = cells_in_member(writer, cell), left = writer->member_cells - in_member;
    int number;
    weft_status status = weft_output_ring_next(&writer->ring, &number, err);
    if (status != WEFT_OK) return status;
    *count = left < end - at ? left : end - at;
    *open = *count < left && cell + *count < spec->end_cell;
    member *next = &writer->members[number];
    if (in_member == 0) *next = (member){.writer = writer, .slot = &writer->ring.slots[number]};
    next->chunk = chunk;
    next->first = at;
    next->count = *count;
    if (*open)
        weft_work_pool_submit(spec->context->pool, &next->slot->group, WEFT_TASK_URGENT, begin_member, next);
    else
        weft_output_ring_submit(&writer->ring, end_member, next);
    writer->next_cell = cell + *count;
    return WEFT_OK;
}

static weft_status write_chunk(weft_table_writer *base, const weft_chunk *chunk, weft_error *err) {
    gzip_writer *writer = (gzip_writer *)base;
    weft_status status = begin(writer, err);
    bool open = false;
    int64_t count = 0, at, end = weft_table_spec_clip(writer->spec, chunk->window, writer->next_cell, &at);
    for (; at < end && status == WEFT_OK; at += count)
        status = take_cells(writer, chunk, at, end, &count, &open, err);
    status = weft_output_ring_drain(&writer->ring, status, err);
    if (status == WEFT_OK && open)
        status = weft_task_group_wait(&writer->ring.slots[writer->ring.submitted % writer->ring.ready].group, err);
    return status;
}

static weft_status finish(weft_table_writer *base, weft_error *err) {
    return begin((gzip_writer *)base, err);
}

static void position(const weft_table_writer *base, weft_table_position *out) {
    const gzip_writer *writer = (const gzip_writer *)base;
    int64_t open = cells_in_member(writer, writer->next_cell);
    bool ended = writer->next_cell == writer->spec->end_cell;
    *out = (weft_table_position){.bytes = weft_output_file_size(base->output),
                                 .next_cell = ended ? writer->next_cell : writer->next_cell - open,
                                 .rows = base->rows};
}

static weft_status resume(weft_table_writer *base, const weft_table_position *at, weft_error *err) {
    gzip_writer *writer = (gzip_writer *)base;
    bool fits = at->next_cell == writer->spec->end_cell || cells_in_member(writer, at->next_cell) == 0;
    if (!fits || at->bytes != weft_output_file_size(base->output))
        return weft_error_set(err, WEFT_ERR_INTERNAL, "csv.gz cannot be resumed at cell %lld, byte %lld",
                              (long long)at->next_cell, (long long)at->bytes);
    writer->begun = writer->begun || at->bytes > 0;
    writer->next_cell = at->next_cell;
    base->rows = at->rows;
    return WEFT_OK;
}

static weft_status join(weft_table_writer *base, const weft_table_piece *piece, weft_error *err) {
    gzip_writer *writer = (gzip_writer *)base;
    if (piece->end_cell <= writer->next_cell) return WEFT_OK;
    weft_status status = begin(writer, err);
    if (status == WEFT_OK) status = weft_output_file_append_file(base->output, piece->path, 0, piece->bytes, err);
    writer->next_cell = piece->end_cell;
    base->rows += piece->rows;
    return status;
}

static void free_writer(weft_table_writer *base) {
    gzip_writer *writer = (gzip_writer *)base;
    weft_output_ring_dispose(&writer->ring);
    for (int i = 0; i < writer->compressor_count && writer->compressors != NULL; i++)
        weft_gzip_compressor_free(writer->compressors[i]);
    free(writer->compressors);
    free(writer->members);
    free(writer);
}

static const weft_table_writer_kind gzip_kind = {.write_chunk = write_chunk,
                                                 .finish = finish,
                                                 .position = position,
                                                 .resume = resume,
                                                 .join = join,
                                                 .free = free_writer};

static weft_status make_compressors(gzip_writer *writer, int level, weft_error *err) {
    weft_status status = WEFT_OK;
    writer->compressor_count = weft_work_pool_threads(writer->spec->context->pool);
    writer->compressors = calloc((size_t)writer->compressor_count, sizeof(weft_gzip_compressor *));
    if (writer->compressors == NULL) return weft_error_no_memory(err, "the export stage");
    for (int i = 0; i < writer->compressor_count && status == WEFT_OK; i++)
        status = weft_gzip_compressor_new(&writer->compressors[i], level, err);
    return status;
}

weft_status weft_gzip_writer_new(weft_table_writer **out, const weft_table_spec *spec, weft_output_file *output,
                                 int level, int64_t max_bytes, weft_error *err) {
    gzip_writer *writer = calloc(1, sizeof *writer);
    int columns = spec->format->column_count;
    int64_t text =
        text_bytes((int64_t)weft_row_format_bound(spec->format, spec->types), columns, spec->cols * spec->rows);
    *out = NULL;
    if (writer == NULL) return weft_error_no_memory(err, "the export stage");
    writer->base = (weft_table_writer){.kind = &gzip_kind, .output = output};
    writer->spec = spec;
    writer->next_cell = spec->first_cell;
    writer->begun = spec->piece;
    writer->member_cells = weft_gzip_member_cells(columns);
    writer->text_offset = weft_gzip_bound((size_t)text);
    int64_t slots = max_bytes / (slot_bytes(text) + weft_page_bytes());
    writer->ring = (weft_output_ring){.context = spec->context,
                                      .output = output,
                                      .written = count_lines,
                                      .payload = writer,
                                      .max = slots < 1         ? 1
                                             : slots > INT_MAX ? INT_MAX
                                                               : (int)slots};
    weft_status status = make_compressors(writer, level, err);
    if (status == WEFT_OK) status = weft_output_ring_init(&writer->ring, slot_bytes(text), slot_bytes(text), err);
    if (status != WEFT_OK) goto done;
    writer->members = calloc((size_t)writer->ring.ready, sizeof *writer->members);
    if (writer->members == NULL) status = weft_error_no_memory(err, "the export stage");
done:
    if (status == WEFT_OK)
        *out = &writer->base;
    else
        free_writer(&writer->base);
    return status;
}
