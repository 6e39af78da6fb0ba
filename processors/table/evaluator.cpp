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

struct weft_evaluator {
    muParserHandle_t parser;
    double *operands; /* of the cell under way: muParser's variables */
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

/* muParser's own functions and constants are not ours: some of them give numbers for NaN. Of its operators the sign
 * before an operand stays. The user data of a function with any number of arguments is none. */
static void define_words(muParserHandle_t parser) {
    mupClearFun(parser);
    mupClearConst(parser);
    for (const weft_operator *one = weft_operators; one->name != nullptr; one++)
        mupDefineOprt(parser, one->name, one->apply, one->precedence,
                      one->from_right ? muOPRT_ASCT_RIGHT : muOPRT_ASCT_LEFT, 1);
    for (const weft_function *one = weft_functions; one->name != nullptr; one++) {
        if (one->one != nullptr) mupDefineFun1(parser, one->name, one->one, 1);
        if (one->two != nullptr) mupDefineFun2(parser, one->name, one->two, 1);
        if (one->any != nullptr) mupDefineMultFun(parser, one->name, one->any, 1);
    }
}

static void define_names(weft_evaluator *self, const weft_expression *expression) {
    char name[16];
    for (int i = 0; i < expression->constant_count; i++) {
        (void)std::snprintf(name, sizeof name, "k%d", i);
        mupDefineConst(self->parser, name, expression->constants[i]);
    }
    for (int i = 0; i < expression->operand_count; i++) {
        (void)std::snprintf(name, sizeof name, "c%d", i);
        mupDefineVar(self->parser, name, &self->operands[i]);
    }
}

/* The first evaluation compiles. */
static weft_status compile(weft_evaluator *self, const weft_expression *expression, weft_error *err) {
    mupSetExpr(self->parser, expression->code);
    (void)mupEval(self->parser);
    if (!mupError(self->parser)) return WEFT_OK;
    return weft_error_set(err, WEFT_ERR_DATA, "muParser does not take it: %.300s", mupGetErrorMsg(self->parser));
}

weft_status weft_evaluator_new(weft_evaluator **out, const weft_expression *expression, weft_error *err) {
    auto *self = static_cast<weft_evaluator *>(std::calloc(1, sizeof(weft_evaluator)));
    *out = nullptr;
    if (self == nullptr) return weft_error_no_memory(err, "an expression");
    self->operand_count = expression->operand_count;
    self->operands =
        static_cast<double *>(std::calloc(static_cast<std::size_t>(self->operand_count) + 1, sizeof(double)));
    self->parser = new_parser_of_a_thread();
    weft_status status = WEFT_OK;
    if (self->operands == nullptr || self->parser == nullptr) status = weft_error_no_memory(err, "an expression");
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
    std::free(self->operands);
    std::free(self);
}

void weft_evaluator_run(weft_evaluator *self, const double *const *operands, int64_t count, double *out) {
    for (int64_t i = 0; i < count; i++) {
        for (int j = 0; j < self->operand_count; j++)
            self->operands[j] = operands[j][i];
        double value = mupEval(self->parser);
        out[i] = std::isfinite(value) ? value : NAN;
    }
}
