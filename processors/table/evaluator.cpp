/* SPDX-License-Identifier: MIT
 *
 * C++ only because muParser's C interface lets std::bad_alloc out of mupCreate(). */
extern "C" {
#include "processors/table/evaluator.h"
#include "processors/table/functions.h"
}

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <muParserDLL.h>

#define PARSER_BYTES 49152 /* of muParser, with its words and what it compiled */

struct weft_evaluator {
    muParserHandle_t parser;
    weft_planes planes;
    const double **given; /* of the cells under way: the operands, and the constants after them */
    double *numbers;      /* muParser's variables: the numbers of these planes */
    double *values;       /* the planes of constants and results */
    int operand_count;
};

static muParserHandle_t new_parser() {
    try {
        return mupCreate(muBASETYPE_FLOAT);
    } catch (...) {
        return nullptr;
    }
}

/* libstdc++ makes a locale's table for reading numbers when a number is first read with it, and other threads look for
 * that table without a lock. muParser has one locale for all parsers, so one thread reads a number before the others.
 */
static bool read_a_number() {
    muParserHandle_t parser = new_parser();
    if (parser == nullptr) return false;
    mupSetExpr(parser, "1");
    (void)mupEval(parser);
    mupRelease(parser);
    return true;
}

static muParserHandle_t new_parser_of_a_thread() {
    static const bool ready = read_a_number();
    return ready ? new_parser() : nullptr;
}

/* muParser's own functions and constants are not ours. Nothing may be worked out before there are cells: the last
 * argument says so. The user data of a function with any number of arguments is none. */
static void define_words(muParserHandle_t parser) {
    mupClearFun(parser);
    mupClearConst(parser);
    for (const weft_operator *one = weft_operators; one->name != nullptr; one++)
        mupDefineOprt(parser, one->name, one->apply, one->precedence,
                      one->from_right ? muOPRT_ASCT_RIGHT : muOPRT_ASCT_LEFT, 0);
    for (const weft_function *one = weft_functions; one->name != nullptr; one++) {
        if (one->one != nullptr) mupDefineFun1(parser, one->name, one->one, 0);
        if (one->two != nullptr) mupDefineFun2(parser, one->name, one->two, 0);
        if (one->any != nullptr) mupDefineMultFun(parser, one->name, one->any, 0);
    }
}

static void define_names(weft_evaluator *self, const weft_expression *expression) {
    char name[16];
    for (int i = 0; i < expression->operand_count + expression->constant_count; i++) {
        bool is_operand = i < expression->operand_count;
        (void)std::snprintf(name, sizeof name, is_operand ? "c%d" : "k%d",
                            is_operand ? i : i - expression->operand_count);
        self->numbers[i] = i + 1;
        mupDefineVar(self->parser, name, &self->numbers[i]);
    }
}

/* The number of the result's plane. */
static double evaluate(weft_evaluator *self, int count) {
    self->planes.used = 0;
    self->planes.count = count;
    weft_planes_use(&self->planes);
    return mupEval(self->parser);
}

/* The first evaluation compiles: of no cells. */
static weft_status compile(weft_evaluator *self, const weft_expression *expression, weft_error *err) {
    mupSetExpr(self->parser, expression->code);
    (void)evaluate(self, 0);
    if (!mupError(self->parser)) return WEFT_OK;
    return weft_error_set(err, WEFT_ERR_DATA, "muParser does not take it: %.300s", mupGetErrorMsg(self->parser));
}

static std::size_t plane_count(const weft_expression *expression) {
    return static_cast<std::size_t>(expression->constant_count) + static_cast<std::size_t>(expression->operation_count);
}

int64_t weft_evaluator_bytes(const weft_expression *expression) {
    return PARSER_BYTES + static_cast<int64_t>(plane_count(expression) * WEFT_PLANE_CELLS * sizeof(double));
}

static bool make_planes(weft_evaluator *self, const weft_expression *expression) {
    auto constants = static_cast<std::size_t>(expression->constant_count);
    std::size_t given = static_cast<std::size_t>(expression->operand_count) + constants;
    self->given = static_cast<const double **>(std::calloc(given + 1, sizeof *self->given));
    self->numbers = static_cast<double *>(std::calloc(given + 1, sizeof *self->numbers));
    self->values = static_cast<double *>(std::calloc(plane_count(expression) + 1, WEFT_PLANE_CELLS * sizeof(double)));
    if (self->given == nullptr || self->numbers == nullptr || self->values == nullptr) return false;
    for (std::size_t i = 0; i < constants; i++) {
        double *plane = self->values + i * WEFT_PLANE_CELLS;
        for (int cell = 0; cell < WEFT_PLANE_CELLS; cell++)
            plane[cell] = expression->constants[i];
        self->given[given - constants + i] = plane;
    }
    self->planes.given = self->given;
    self->planes.given_count = given;
    self->planes.results = self->values + constants * WEFT_PLANE_CELLS;
    return true;
}

weft_status weft_evaluator_new(weft_evaluator **out, const weft_expression *expression, weft_error *err) {
    auto *self = static_cast<weft_evaluator *>(std::calloc(1, sizeof(weft_evaluator)));
    *out = nullptr;
    if (self == nullptr) return weft_error_no_memory(err, "an expression");
    self->operand_count = expression->operand_count;
    self->parser = new_parser_of_a_thread();
    weft_status status = WEFT_OK;
    if (self->parser == nullptr || !make_planes(self, expression)) status = weft_error_no_memory(err, "an expression");
    if (status == WEFT_OK) {
        define_words(self->parser);
        define_names(self, expression);
        status = compile(self, expression, err);
    }
    if (status == WEFT_OK)
        *out = self;
    else
        weft_evaluator_free(self);
    return status;
}

void weft_evaluator_free(weft_evaluator *self) {
    if (self == nullptr) return;
    if (self->parser != nullptr) mupRelease(self->parser);
    std::free(self->given);
    std::free(self->numbers);
    std::free(self->values);
    std::free(self);
}

void weft_evaluator_run(weft_evaluator *self, const double *const *operands, int64_t count, double *out) {
    for (int64_t first = 0; first < count; first += WEFT_PLANE_CELLS) {
        int cells = static_cast<int>(count - first < WEFT_PLANE_CELLS ? count - first : WEFT_PLANE_CELLS);
        for (int i = 0; i < self->operand_count; i++)
            self->given[i] = operands[i] + first;
        const double *values = weft_plane(&self->planes, evaluate(self, cells));
        for (int i = 0; i < cells; i++)
            out[first + i] = std::isfinite(values[i]) ? values[i] : NAN;
    }
}
