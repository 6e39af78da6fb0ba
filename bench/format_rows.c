/* Row formatting on one thread: lines of a table by processors/text/row_formatter.c, beside snprintf of the same
 * numbers in the same order (with as many digits, or "%.9g" beside the shortest text), and beside a plain copy of the
 * text.
 *
 * usage: bench_format_rows [ROUNDS]
 *
 * Each is timed ROUNDS times (default 5), one after the other, and the fastest counts. Prints a Markdown table.
 *
 * SPDX-License-Identifier: MIT */
#include "core/clock.h"
#include "processors/text/row_formatter.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLS       1000
#define ROWS       200
#define CELLS      (COLS * ROWS)
#define MAX_VALUES 5

typedef struct bench_case {
    const char *name;
    weft_data_type types[MAX_VALUES];
    int columns, precision;
} bench_case;

static const bench_case cases[] = {
    {"5 float32, shortest", {WEFT_FLOAT32, WEFT_FLOAT32, WEFT_FLOAT32, WEFT_FLOAT32, WEFT_FLOAT32}, 5, 0},
    {"5 float64, shortest", {WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64}, 5, 0},
    {"5 float64, 1 digit", {WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64}, 5, 1},
    {"5 float64, 5 digits", {WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64}, 5, 5},
    {"5 float64, 9 digits", {WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64}, 5, 9},
    {"5 float64, 13 digits", {WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64}, 5, 13},
    {"5 float64, 17 digits", {WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64}, 5, 17},
    {"4 float32 and a byte", {WEFT_FLOAT32, WEFT_FLOAT32, WEFT_UINT8, WEFT_FLOAT32, WEFT_FLOAT32}, 5, 0},
    {"1 float32", {WEFT_FLOAT32}, 1, 0},
};

static void *allocate(size_t count, size_t size) {
    void *out = calloc(count, size);
    if (out == NULL) {
        fprintf(stderr, "bench_format_rows: no memory\n");
        exit(71);
    }
    return out;
}

/* Elevations, covers, rain, warmth: what rasters hold, each value another one (multiples of the golden ratio). */
static weft_values made_up(weft_data_type type, int column) {
    static const double ranges[MAX_VALUES][2] = {{-20, 3000}, {0, 40}, {1, 40}, {200, 2500}, {-10, 25}};
    weft_values out = {.type = type, .values = allocate(CELLS, weft_data_type_size(type)), .stride = COLS};
    if (type == WEFT_UINT8) out.valid = memset(allocate(CELLS, 1), 1, CELLS);
    for (int64_t i = 0; i < CELLS; i++) {
        double share = (double)i * 0.6180339887498949;
        double value = ranges[column][0] + (ranges[column][1] - ranges[column][0]) * (share - floor(share));
        if (type == WEFT_UINT8)
            ((uint8_t *)out.values)[i] = (uint8_t)value;
        else if (type == WEFT_FLOAT32)
            ((float *)out.values)[i] = (float)value;
        else
            ((double *)out.values)[i] = value;
    }
    return out;
}

static double value_at(const weft_values *column, int64_t at) {
    if (column->type == WEFT_UINT8) return ((const uint8_t *)column->values)[at];
    if (column->type == WEFT_FLOAT32) return (double)((const float *)column->values)[at];
    return ((const double *)column->values)[at];
}

/* The same lines as a program writes them that has printf alone. */
static size_t print_rows(const weft_row_format *format, const weft_values *columns, char *out, size_t room) {
    size_t at = 0;
    int digits = format->precision > 0 ? format->precision : 9;
    for (int64_t cell = 0; cell < CELLS; cell++) {
        double x = format->origin_x + ((double)(cell % COLS) + 0.5) * format->res_x;
        double y = format->origin_y - ((double)(cell / COLS) + 0.5) * format->res_y;
        at += (size_t)snprintf(out + at, room - at, "%.*g,%.*g", digits, x, digits, y);
        for (int i = 0; i < format->column_count; i++)
            at += (size_t)snprintf(out + at, room - at, ",%.*g", digits, value_at(&columns[i], cell));
        out[at++] = '\n';
    }
    return at;
}

static void take_fastest(double *best, int64_t before_ns) {
    double seconds = (double)(weft_clock_monotonic_ns() - before_ns) / 1e9;
    if (*best == 0 || seconds < *best) *best = seconds;
}

static void run_case(const bench_case *what, int rounds) {
    weft_row_format format = {.origin_x = 4147000,
                              .origin_y = 3094000,
                              .res_x = 25,
                              .res_y = 25,
                              .column_count = what->columns,
                              .nodata = "",
                              .precision = what->precision};
    weft_values columns[MAX_VALUES];
    for (int i = 0; i < what->columns; i++)
        columns[i] = made_up(what->types[i], i);
    size_t room = CELLS * weft_row_format_bound(&format, what->types), length = 0, printed = 0;
    char *text = allocate(room, 1), *other = allocate(room, 1), *x_texts = allocate(COLS, WEFT_X_TEXT_BYTES);
    double ours = 0, theirs = 0, copy = 0;
    weft_row_format_x_texts(&format, COLS, x_texts);
    format.x_texts = x_texts;
    for (int round = 0; round < rounds; round++) {
        int64_t lines, before = weft_clock_monotonic_ns();
        length = weft_row_format_cells(&format, (weft_window){0, 0, COLS, ROWS}, columns, 0, CELLS, text, &lines);
        take_fastest(&ours, before);
        before = weft_clock_monotonic_ns();
        printed = print_rows(&format, columns, other, room);
        take_fastest(&theirs, before);
        before = weft_clock_monotonic_ns();
        memcpy(other, text, length);
        take_fastest(&copy, before);
    }
    double numbers = (double)CELLS * (2 + what->columns);
    printf("| %s | %.1f | %.0f | %.1f | %.0f | %.1f | %.0f | %.0f |\n", what->name, ours / numbers * 1e9,
           (double)length / ours / 1e6, theirs / numbers * 1e9, (double)printed / theirs / 1e6, theirs / ours,
           (double)length / copy / 1e6, ours / copy);
    for (int i = 0; i < what->columns; i++) {
        free(columns[i].values);
        free(columns[i].valid);
    }
    free(text);
    free(other);
    free(x_texts);
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 5;
    if (rounds < 1) {
        fprintf(stderr, "usage: bench_format_rows [ROUNDS]\n");
        return 64;
    }
    printf("| columns | ns a number | MB/s | snprintf, ns | MB/s | times as fast | memcpy MB/s | copies |\n"
           "| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        run_case(&cases[i], rounds);
    return 0;
}
