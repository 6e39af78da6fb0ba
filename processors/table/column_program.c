/* SPDX-License-Identifier: MIT
 *
 * Cells are worked a piece at a time: the piece's operands become planes of doubles, each once, which all expressions
 * share, and stay in the processor's cache meanwhile. */
#include "processors/table/column_program.h"

#include "processors/table/evaluator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PIECE_CELLS 512

struct weft_deriver {
    const weft_column_program *program;
    weft_evaluator **evaluators; /* one a derived column, then the row filter's; some are another's before them */
    int *planes;                 /* of each value: its plane in scratch, or -1 */
    const double **operands;     /* of the expression under way */
    int plane_count;
};

static int value_count(const weft_column_program *program) {
    return program->layer_count + program->derived_count;
}

static void free_expressions(weft_column_program *program) {
    for (int i = 0; i < program->derived_count; i++)
        weft_expression_dispose(&program->derived[i].expression);
    weft_expression_dispose(&program->where);
}

void weft_column_program_dispose(weft_column_program *program) {
    free_expressions(program);
    free(program->derived);
    free(program->written);
    *program = (weft_column_program){0};
}

int64_t weft_column_program_cell_bytes(const weft_column_program *program) {
    int64_t bytes = program->chooses ? 1 : 0;
    for (int i = 0; i < program->derived_count; i++)
        bytes += (int64_t)weft_data_type_cell_bytes(program->derived[i].type);
    return bytes;
}

/* --- making one --- */

/* At most one plane a value, and one for the row filter's answers. */
int64_t weft_deriver_scratch_bytes(const weft_column_program *program) {
    return ((int64_t)value_count(program) + 1) * PIECE_CELLS * (int64_t)sizeof(double);
}

static void give_planes(weft_deriver *self, const weft_expression *expression) {
    for (int i = 0; i < expression->operand_count; i++)
        if (self->planes[expression->operands[i]] < 0) self->planes[expression->operands[i]] = self->plane_count++;
}

/* The first derived column whose expression is compiled to the same: of other dates, say. */
static int same_code(const weft_column_program *program, int number) {
    const weft_expression *own = &program->derived[number].expression;
    for (int i = 0; i < number; i++) {
        const weft_expression *other = &program->derived[i].expression;
        if (other->constant_count == own->constant_count && strcmp(other->code, own->code) == 0 &&
            (own->constant_count == 0 ||
             memcmp(other->constants, own->constants, (size_t)own->constant_count * sizeof *own->constants) == 0))
            return i;
    }
    return number;
}

int64_t weft_deriver_compiled_bytes(const weft_column_program *program) {
    int64_t bytes = program->has_where ? weft_evaluator_bytes(&program->where) : 0;
    for (int i = 0; i < program->derived_count; i++)
        if (same_code(program, i) == i) bytes += weft_evaluator_bytes(&program->derived[i].expression);
    return bytes;
}

static weft_status compile(weft_deriver *self, weft_error *err) {
    const weft_column_program *program = self->program;
    weft_status status = WEFT_OK;
    for (int i = 0; i < program->derived_count && status == WEFT_OK; i++) {
        int same = same_code(program, i);
        if (same < i)
            self->evaluators[i] = self->evaluators[same];
        else
            status = weft_evaluator_new(&self->evaluators[i], &program->derived[i].expression, err);
    }
    if (status == WEFT_OK && program->has_where)
        status = weft_evaluator_new(&self->evaluators[program->derived_count], &program->where, err);
    return status;
}

weft_status weft_deriver_new(weft_deriver **out, const weft_column_program *program, weft_error *err) {
    weft_deriver *self = calloc(1, sizeof *self);
    size_t values = (size_t)value_count(program), derived = (size_t)program->derived_count;
    weft_status status = WEFT_ERR_MEMORY;
    *out = NULL;
    if (self == NULL) return weft_error_no_memory(err, "derived columns");
    self->program = program;
    self->evaluators = calloc(derived + 1, sizeof *self->evaluators);
    self->planes = calloc(values + 1, sizeof *self->planes);
    self->operands = calloc(values + 1, sizeof *self->operands);
    if (self->evaluators == NULL || self->planes == NULL || self->operands == NULL) {
        weft_error_no_memory(err, "derived columns");
        goto done;
    }
    for (size_t i = 0; i < values; i++)
        self->planes[i] = -1;
    for (size_t i = 0; i < derived; i++) {
        give_planes(self, &program->derived[i].expression);
        if (self->planes[(size_t)program->layer_count + i] < 0)
            self->planes[(size_t)program->layer_count + i] = self->plane_count++;
    }
    give_planes(self, &program->where);
    status = compile(self, err);
done:
    if (status == WEFT_OK)
        *out = self;
    else
        weft_deriver_free(self);
    return status;
}

void weft_deriver_free(weft_deriver *self) {
    if (self == NULL) return;
    for (int i = 0; self->evaluators != NULL && i <= self->program->derived_count; i++)
        if (i == self->program->derived_count || same_code(self->program, i) == i)
            weft_evaluator_free(self->evaluators[i]);
    free(self->evaluators);
    free(self->planes);
    free(self->operands);
    free(self);
}

/* --- values to doubles and back --- */

/* Whole numbers of 64 bits beyond 2^53 are rounded to the nearest double. */
static void load(const weft_values *from, int64_t first, int64_t count, double *out) {
    switch (from->type == WEFT_DATE ? WEFT_INT32 : from->type) {
#define LOAD(enumerator, type)                                                                                         \
    case enumerator:                                                                                                   \
        for (int64_t i = 0; i < count; i++)                                                                            \
            out[i] = (double)((const type *)from->values)[first + i];                                                  \
        break;
        WEFT_FOR_EACH_TYPE(LOAD)
#undef LOAD
    }
    for (int64_t i = 0; i < count && from->valid != NULL; i++)
        if (from->valid[first + i] == 0) out[i] = NAN;
}

/* What a whole type can hold, as doubles: the high end is the first value that is too large. */
static void bounds_of(weft_data_type type, double *low, double *end) {
    bool natural = type == WEFT_UINT8 || type == WEFT_UINT16 || type == WEFT_UINT32 || type == WEFT_UINT64;
    int bits = 8 * (int)weft_data_type_size(type);
    *low = natural ? 0 : -ldexp(1, bits - 1);
    *end = ldexp(1, natural ? bits : bits - 1);
}

/* Rounds, halves away from zero. Where a value does not fit there is 0 and it is missing. Returns whether all fit. */
static bool store_whole(weft_values to, int64_t first, int64_t count, const double *values) {
    double low, end;
    bool fit = true;
    bounds_of(to.type, &low, &end);
    for (int64_t i = 0; i < count; i++) {
        double value = round(values[i]);
        to.valid[first + i] = value >= low && value < end;
        fit = fit && (to.valid[first + i] || isnan(value));
    }
    switch (to.type) {
#define STORE(enumerator, type)                                                                                        \
    case enumerator:                                                                                                   \
        for (int64_t i = 0; i < count; i++)                                                                            \
            ((type *)to.values)[first + i] = to.valid[first + i] ? (type)round(values[i]) : 0;                         \
        break;
        WEFT_FOR_EACH_TYPE(STORE)
#undef STORE
    }
    return fit;
}

static bool store(weft_values to, int64_t first, int64_t count, const double *values) {
    bool fit = true;
    if (to.type == WEFT_FLOAT64) {
        for (int64_t i = 0; i < count; i++)
            ((double *)to.values)[first + i] = values[i];
        return true;
    }
    if (to.type != WEFT_FLOAT32) return store_whole(to, first, count, values);
    for (int64_t i = 0; i < count; i++) {
        float value = (float)values[i];
        fit = fit && !isinf(value);
        ((float *)to.values)[first + i] = isinf(value) ? NAN : value;
    }
    return fit;
}

void weft_column_program_mask(const weft_column_program *program, const weft_values *values, const uint8_t *kept,
                              int64_t first, int64_t count) {
    for (int64_t at = 0, end; at < count; at = end) {
        bool keeps = kept[first + at] != 0;
        for (end = at + 1; end < count && (kept[first + end] != 0) == keeps;)
            end++;
        for (int i = 0; i < program->written_count && !keeps; i++)
            weft_values_fill_missing(weft_values_at(values[program->written[i]], 0, first + at), end - at, 1);
    }
}

/* --- running --- */

static double *plane_at(const weft_deriver *self, double *scratch, int value) {
    return scratch + (int64_t)self->planes[value] * PIECE_CELLS;
}

static void evaluate(weft_deriver *self, const weft_expression *expression, weft_evaluator *evaluator, double *scratch,
                     int64_t count, double *out) {
    for (int i = 0; i < expression->operand_count; i++)
        self->operands[i] = plane_at(self, scratch, expression->operands[i]);
    weft_evaluator_run(evaluator, self->operands, count, out);
}

/* Most columns have one in their first piece: others are not looked at any more. */
static void look_for_value(atomic_uchar *mark, const double *values, int64_t count) {
    if ((atomic_load_explicit(mark, memory_order_relaxed) & WEFT_MARK_VALUE) != 0) return;
    for (int64_t i = 0; i < count; i++) {
        if (isnan(values[i])) continue;
        atomic_fetch_or(mark, WEFT_MARK_VALUE);
        return;
    }
}

static void run_piece(weft_deriver *self, const weft_values *values, uint8_t *kept, int64_t first, int64_t count,
                      double *scratch, atomic_uchar *seen) {
    const weft_column_program *program = self->program;
    for (int i = 0; i < program->layer_count; i++)
        if (self->planes[i] >= 0) load(&values[i], first, count, plane_at(self, scratch, i));
    for (int i = 0; i < program->derived_count; i++) {
        int value = program->layer_count + i;
        double *out = plane_at(self, scratch, value);
        evaluate(self, &program->derived[i].expression, self->evaluators[i], scratch, count, out);
        if (!store(values[value], first, count, out)) atomic_fetch_or(&seen[i], WEFT_MARK_OUT_OF_RANGE);
        /* Who uses it sees what it is, not what it was before it was rounded. */
        if (program->derived[i].type != WEFT_FLOAT64) load(&values[value], first, count, out);
        look_for_value(&seen[i], out, count);
    }
    if (!program->has_where) return;
    double *answers = scratch + (int64_t)self->plane_count * PIECE_CELLS;
    evaluate(self, &program->where, self->evaluators[program->derived_count], scratch, count, answers);
    for (int64_t i = 0; i < count; i++)
        /* False is missing, as missing is false; and nobody asks outside a region. */
        answers[i] = answers[i] != 0 && kept[first + i] != 0 ? answers[i] : NAN;
    look_for_value(&seen[program->derived_count], answers, count);
    for (int64_t i = 0; i < count; i++)
        kept[first + i] &= (uint8_t)!isnan(answers[i]);
}

void weft_deriver_run(weft_deriver *self, const weft_values *values, uint8_t *kept, int64_t first, int64_t count,
                      void *scratch, atomic_uchar *seen) {
    for (int64_t at = 0; at < count; at += PIECE_CELLS) {
        int64_t piece = count - at < PIECE_CELLS ? count - at : PIECE_CELLS;
        run_piece(self, values, kept, first + at, piece, scratch, seen);
    }
}
