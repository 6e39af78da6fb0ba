/* SPDX-License-Identifier: MIT
 *
 * A cell's line is written in one pass, straight to where it stays. x repeats from row to row and comes from a table; y
 * is made once a row. */
#include "processors/text/row_formatter.h"

#include "processors/text/float_lanes.h"
#include "processors/text/number_text.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define COORDINATE_DIGITS 15
#define COORDINATE_BYTES  23 /* "-1.23456789012345e-300" and a comma */
#define INDEX_BYTES       12 /* "2147483647" and a comma */

/* The most bytes of a value's text; floats: std::to_chars' longest ("-1.17549435e-38", "-2.2250738585072014e-308"). */
static size_t max_bytes(weft_data_type type, int precision) {
    if (weft_data_type_is_text(type)) return 2 * weft_data_type_size(type) + 2;
    if (type == WEFT_DATE) return WEFT_DATE_TEXT_BYTES;
    switch (type) {
    case WEFT_INT8:
    case WEFT_UINT8:
        return 4;
    case WEFT_INT16:
    case WEFT_UINT16:
        return 6;
    case WEFT_INT32:
    case WEFT_UINT32:
        return 11;
    case WEFT_INT64:
    case WEFT_UINT64:
        return 20;
    case WEFT_FLOAT32:
        return precision > 0 ? (size_t)precision + 8 : 16;
    case WEFT_FLOAT64:
        return precision > 0 ? (size_t)precision + 8 : 25;
    }
    return WEFT_NUMBER_TEXT_BYTES;
}

size_t weft_row_format_bound(const weft_row_format *format, const weft_data_type *types) {
    /* Numbers, y's too, may be written in WEFT_NUMBER_TEXT_BYTES whatever their text's length: the last one needs that
     * much to spare. */
    size_t bytes = 2 * (COORDINATE_BYTES + 1) + WEFT_NUMBER_TEXT_BYTES + (format->index ? 2 * INDEX_BYTES : 0);
    for (int i = 0; i < format->column_count; i++) {
        size_t value = max_bytes(types[i], i < format->places ? 0 : format->precision);
        bytes += (value > format->nodata_length ? value : format->nodata_length) + 1;
    }
    return bytes;
}

static char delimiter_of(const weft_row_format *format) {
    return format->delimiter != '\0' ? format->delimiter : ',';
}

static double x_of(const weft_row_format *format, int64_t col) {
    return format->origin_x + ((double)col + 0.5) * format->res_x;
}

static double y_of(const weft_row_format *format, int64_t row) {
    return format->origin_y - ((double)row + 0.5) * format->res_y;
}

/* Adding 0 makes +0 of -0. */
double weft_row_format_x(const weft_row_format *format, int64_t col) {
    return weft_number_rounded(x_of(format, col), COORDINATE_DIGITS) + 0.0;
}

double weft_row_format_y(const weft_row_format *format, int64_t row) {
    return weft_number_rounded(y_of(format, row), COORDINATE_DIGITS) + 0.0;
}

/* A coordinate that comes out as zero is "0", never "-0". */
static size_t coordinate_text(double value, char *out) {
    return weft_digits_text(value == 0 ? 0 : value, COORDINATE_DIGITS, out);
}

void weft_row_format_x_texts(const weft_row_format *format, int64_t cols, char *out) {
    for (int64_t col = 0; col < cols; col++) {
        char text[WEFT_NUMBER_TEXT_BYTES];
        size_t length = coordinate_text(x_of(format, col), text);
        assert(length < WEFT_X_TEXT_BYTES);
        out[col * WEFT_X_TEXT_BYTES] = (char)length;
        memcpy(out + col * WEFT_X_TEXT_BYTES + 1, text, length);
    }
}

static size_t x_text(const weft_row_format *format, int64_t col, char *out) {
    if (format->x_texts == NULL) return coordinate_text(x_of(format, col), out);
    const char *ready = format->x_texts + col * WEFT_X_TEXT_BYTES;
    memcpy(out, ready + 1, WEFT_X_TEXT_BYTES - 1);
    return (size_t)ready[0];
}

static bool is_missing(const weft_values *column, int64_t at) {
    if (column->valid != NULL) return column->valid[at] == 0;
    if (column->type == WEFT_FLOAT32) return isnan(((const float *)column->values)[at]);
    return column->type == WEFT_FLOAT64 && isnan(((const double *)column->values)[at]);
}

static size_t unsigned_text(uint64_t value, char *out) {
    return value < WEFT_SMALL_INTEGER ? weft_small_integer_text((uint32_t)value, out)
                                      : weft_number_text_uint(value, out);
}

static size_t signed_text(int64_t value, char *out) {
    if (value <= -WEFT_SMALL_INTEGER || value >= WEFT_SMALL_INTEGER) return weft_number_text_int(value, out);
    *out = '-';
    size_t sign = value < 0;
    return sign + weft_small_integer_text((uint32_t)(value < 0 ? -value : value), out + sign);
}

/* Quoted too where it would read back as something else: as a missing value, or as none. */
static size_t text_text(const weft_row_format *format, const weft_values *column, int64_t at, char *out) {
    size_t width = weft_data_type_size(column->type), bytes = 0;
    const char *text = (const char *)column->values + (size_t)at * width;
    size_t length = weft_text_value_length(text, width);
    const char special[] = {delimiter_of(format), '"', '\r', '\n'};
    bool quotes = length == format->nodata_length && memcmp(text, format->nodata, length) == 0;
    for (size_t i = 0; i < sizeof special && !quotes; i++)
        quotes = memchr(text, special[i], length) != NULL;
    if (!quotes) {
        memcpy(out, text, length);
        return length;
    }
    out[bytes++] = '"';
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"') out[bytes++] = '"';
        out[bytes++] = text[i];
    }
    out[bytes++] = '"';
    return bytes;
}

static size_t value_text(const weft_row_format *format, const weft_values *column, int precision, int64_t at,
                         char *out) {
    if (weft_data_type_is_text(column->type)) return text_text(format, column, at, out);
    if (column->type == WEFT_DATE) return weft_date_text(((const int32_t *)column->values)[at], out);
#define SIGNED_TEXT(name, type)                                                                                        \
    case name:                                                                                                         \
        return signed_text(((const type *)column->values)[at], out);
#define UNSIGNED_TEXT(name, type)                                                                                      \
    case name:                                                                                                         \
        return unsigned_text(((const type *)column->values)[at], out);
    switch (column->type) {
        WEFT_FOR_EACH_SIGNED(SIGNED_TEXT)
        WEFT_FOR_EACH_UNSIGNED(UNSIGNED_TEXT)
    case WEFT_FLOAT32: /* with so many digits; the shortest text comes from the queue */
        return weft_digits_text(((const float *)column->values)[at], precision, out);
    case WEFT_FLOAT64:
        return precision > 0 ? weft_digits_text(((const double *)column->values)[at], precision, out)
                             : weft_double_text(((const double *)column->values)[at], out);
    }
    return 0;
}

/* Whether the filter keeps the cell at row, col of the window. */
static bool is_kept(const weft_row_format *format, const weft_values *columns, int64_t row, int64_t col) {
    if (format->chosen) {
        const weft_values *chosen = &columns[format->column_count];
        if (((const uint8_t *)chosen->values)[row * chosen->stride + col] == 0) return false;
    }
    if (format->filter == WEFT_ROW_ALL) return true;
    for (int i = 0; i < format->column_count; i++) {
        bool missing = is_missing(&columns[i], row * columns[i].stride + col);
        bool counts = format->carried == NULL || !format->carried[i];
        if (missing && format->filter == WEFT_ROW_COMPLETE) return false;
        if (!missing && counts && format->filter == WEFT_ROW_ANY) return true;
    }
    return format->filter == WEFT_ROW_COMPLETE;
}

int64_t weft_row_format_kept(const weft_row_format *format, weft_window window, const weft_values *columns,
                             int64_t first, int64_t count, bool *kept) {
    int64_t row = first / window.cols, col = first % window.cols, total = 0;
    for (int64_t i = 0; i < count; i++) {
        kept[i] = is_kept(format, columns, row, col);
        total += kept[i];
        if (++col == window.cols) {
            col = 0;
            row++;
        }
    }
    return total;
}

/* The floats of the cells that are written next, in that order: their shortest texts are made many at a time, of one
 * row of a wide table as of many rows of a narrow one. */
typedef struct float_queue {
    const weft_row_format *format;
    const weft_values *columns;
    int64_t cols, row, col, left; /* the next cell to be queued, and how many there are from it on */
    int column;                   /* the next one of its columns */
    int shortest;                 /* so many columns, the first ones, are written with as many digits as they need */
    int taken;
    weft_float_lanes lanes;
} float_queue;

static void queue_start(float_queue *queue, const weft_row_format *format, const weft_values *columns, int64_t cols,
                        int64_t first, int64_t count) {
    queue->format = format;
    queue->columns = columns;
    queue->cols = cols;
    queue->row = first / cols;
    queue->col = first % cols;
    queue->left = count;
    queue->column = 0;
    queue->shortest = format->precision == 0 ? format->column_count : format->places;
    queue->taken = WEFT_FLOAT_LANES;
}

static void pass_cell(float_queue *queue) {
    queue->column = 0;
    queue->left--;
    if (++queue->col == queue->cols) {
        queue->col = 0;
        queue->row++;
    }
}

/* Adds floats of the next cell while there is room. Returns how many the queue holds then. */
static int queue_cell(float_queue *queue, int held) {
    const weft_values *columns = queue->columns;
    float *values = queue->lanes.values;
    int64_t row = queue->row, col = queue->col;
    int column = queue->column, end = queue->shortest;
    for (; column < end && held < WEFT_FLOAT_LANES; column++)
        if (columns[column].type == WEFT_FLOAT32)
            values[held++] = ((const float *)columns[column].values)[row * columns[column].stride + col];
    queue->column = column;
    if (column == end) pass_cell(queue);
    return held;
}

static void refill(float_queue *queue) {
    int held = 0;
    while (held < WEFT_FLOAT_LANES && queue->left > 0) {
        if (queue->column > 0 || is_kept(queue->format, queue->columns, queue->row, queue->col))
            held = queue_cell(queue, held);
        else
            pass_cell(queue);
    }
    for (; held < WEFT_FLOAT_LANES; held++)
        queue->lanes.values[held] = 0;
    weft_float_lanes_convert(&queue->lanes);
    queue->taken = 0;
}

static int take(float_queue *queue) {
    if (queue->taken == WEFT_FLOAT_LANES) refill(queue);
    return queue->taken++;
}

static size_t nodata_text(const weft_row_format *format, char *out) {
    memcpy(out, format->nodata, format->nodata_length);
    return format->nodata_length;
}

static char *write_values(float_queue *queue, int64_t row, int64_t col, char delimiter, char *out) {
    const weft_row_format *format = queue->format;
    const weft_values *column = queue->columns;
    int count = format->column_count, shortest = queue->shortest;
    for (int i = 0; i < count; i++, column++) {
        int64_t at = row * column->stride + col;
        if (i > 0 || !format->unplaced) *out++ = delimiter;
        if (column->type == WEFT_FLOAT32 && i < shortest) {
            int lane = take(queue);
            float value = queue->lanes.values[lane];
            bool missing = column->valid != NULL ? column->valid[at] == 0 : isnan(value);
            out += missing ? nodata_text(format, out) : weft_float_lane_text(&queue->lanes, lane, out);
        } else if (is_missing(column, at)) {
            out += nodata_text(format, out);
        } else {
            out += value_text(format, column, i < format->places ? 0 : format->precision, at, out);
        }
    }
    *out++ = '\n';
    return out;
}

static char *write_index(int64_t row, int64_t col, char delimiter, char *out) {
    out += unsigned_text((uint64_t)row, out);
    *out++ = delimiter;
    out += unsigned_text((uint64_t)col, out);
    *out++ = delimiter;
    return out;
}

/* Rows that are no cells: columns, and nothing before them. */
static size_t unplaced_rows(const weft_row_format *format, weft_window window, const weft_values *columns,
                            int64_t first, int64_t count, char *out, int64_t *rows) {
    char *at = out, delimiter = delimiter_of(format);
    float_queue queue;
    queue_start(&queue, format, columns, window.cols, first, count);
    for (int64_t i = first; i < first + count; i++) {
        int64_t row = i / window.cols, col = i % window.cols;
        if (!is_kept(format, columns, row, col)) continue;
        at = write_values(&queue, row, col, delimiter, at);
        ++*rows;
    }
    return (size_t)(at - out);
}

size_t weft_row_format_cells(const weft_row_format *format, weft_window window, const weft_values *columns,
                             int64_t first, int64_t count, char *out, int64_t *rows) {
    char *at = out, y[WEFT_NUMBER_TEXT_BYTES] = {0}, delimiter = delimiter_of(format);
    size_t y_length = 0;
    int64_t row = first / window.cols, col = first % window.cols, y_row = -1;
    float_queue queue;
    *rows = 0;
    if (format->unplaced) return unplaced_rows(format, window, columns, first, count, out, rows);
    queue_start(&queue, format, columns, window.cols, first, count);
    for (int64_t i = 0; i < count; i++) {
        if (is_kept(format, columns, row, col)) {
            if (y_row != row) {
                y_length = coordinate_text(y_of(format, window.row + row), y);
                y_row = row;
            }
            int64_t grid_col = weft_row_format_col(format, window.col + col);
            if (format->index) at = write_index(window.row + row, grid_col, delimiter, at);
            at += x_text(format, grid_col, at);
            *at++ = delimiter;
            memcpy(at, y, sizeof y); /* of a fixed size, so that it takes no call */
            at = write_values(&queue, row, col, delimiter, at + y_length);
            ++*rows;
        }
        if (++col == window.cols) {
            col = 0;
            row++;
        }
    }
    return (size_t)(at - out);
}

size_t weft_row_format_field(const char *text, char delimiter, char *out, size_t capacity) {
    const char special[] = {delimiter, '"', '\r', '\n', '\0'};
    size_t length = strlen(text), at = 0;
    if (strpbrk(text, special) == NULL) {
        if (length > capacity) return (size_t)-1;
        memcpy(out, text, length);
        return length;
    }
    if (2 * length + 2 > capacity) return (size_t)-1;
    out[at++] = '"';
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"') out[at++] = '"';
        out[at++] = text[i];
    }
    out[at++] = '"';
    return at;
}

int weft_row_format_places(const weft_row_format *format, const char *names[4]) {
    int count = 0;
    if (format->unplaced) return 0;
    if (format->index) {
        names[count++] = "row";
        names[count++] = "col";
    }
    names[count++] = "x";
    names[count++] = "y";
    return count;
}

size_t weft_row_format_header_bound(const weft_row_format *format, const char *const *names) {
    size_t bytes = 32; /* places, should they need quotes */
    for (int i = 0; i < format->column_count; i++)
        bytes += 2 * strlen(names[i]) + 3;
    return bytes;
}

size_t weft_row_format_header(const weft_row_format *format, const char *const *names, char *out, size_t capacity) {
    const char *places[4];
    int place_count = weft_row_format_places(format, places);
    size_t at = 0;
    for (int i = 0; i < place_count + format->column_count; i++) {
        const char *name = i < place_count ? places[i] : names[i - place_count];
        if (at + 2 > capacity) return 0;
        if (i > 0) out[at++] = delimiter_of(format);
        size_t length = weft_row_format_field(name, delimiter_of(format), out + at, capacity - at - 1);
        if (length == (size_t)-1) return 0;
        at += length;
    }
    if (at >= capacity) return 0;
    out[at++] = '\n';
    return at;
}
