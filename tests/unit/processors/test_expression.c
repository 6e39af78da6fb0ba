/* Expressions against arithmetic done by hand: what binds more tightly, what a missing operand does, and where a
 * mistake is.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "processors/table/evaluator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Columns a to e, and two whose names are no words. */
static const char *const columns[] = {"a", "b", "c", "d", "e", "s2-b4", "2m.t", NULL};

static int find(void *payload, const char *name) {
    (void)payload;
    for (int i = 0; columns[i] != NULL; i++)
        if (strcmp(columns[i], name) == 0) return i;
    return -1;
}

static const weft_expression_names names = {find, NULL};

/* The expression for `count` cells, where the values of a begin at `values`, and those of b `stride` values after. */
static void evaluate(const char *text, const double *values, size_t stride, int count, double *out) {
    weft_expression expression;
    weft_evaluator *evaluator = NULL;
    weft_error err = {0};
    size_t at;
    char *unknown;
    const double *operands[8];
    if (weft_expression_read(&expression, text, &names, &at, &unknown, &err) != WEFT_OK)
        fail_msg("%s: at %zu: %s", text, at, err.message);
    if (weft_evaluator_new(&evaluator, &expression, &err) != WEFT_OK) fail_msg("%s: %s", text, err.message);
    for (int i = 0; i < expression.operand_count; i++)
        operands[i] = values + (size_t)expression.operands[i] * stride;
    weft_evaluator_run(evaluator, operands, count, out);
    weft_evaluator_free(evaluator);
    weft_expression_dispose(&expression);
}

/* Of one cell, where a is values[0], b values[1] and so on. */
static double value_of(const char *text, const double *values) {
    double out = -1;
    evaluate(text, values, 1, 1, &out);
    return out;
}

typedef struct known {
    const char *text;
    double value;
} known;

static void check(const known *all, size_t count, const double *values) {
    for (size_t i = 0; i < count; i++) {
        double value = value_of(all[i].text, values);
        bool same = isnan(all[i].value) ? isnan(value) : value == all[i].value;
        if (!same) fail_msg("%s is %.17g, not %.17g", all[i].text, value, all[i].value);
    }
}
#define CHECK(all, values) check(all, sizeof(all) / sizeof *(all), values)

static void test_operators_bind_as_in_arithmetic(void **state) {
    (void)state;
    static const double values[] = {2, 3, 5, 7, 11, 13, 17};
    static const known all[] = {{"a + b * c", 17},
                                {"(a + b) * c", 25},
                                {"d - c - a", 0},
                                {"e / a / b", 11.0 / 2 / 3},
                                {"a ^ b ^ a", 512},
                                {"a ** b", 8},
                                {"-a ^ 2", -4},
                                {"a ^ -1", 0.5},
                                {"-a + b", 1},
                                {"- -a", 2},
                                {"a - -b", 5},
                                {"a*-b", -6},
                                {"-(a + b)", -5},
                                {"a - +b", -1},
                                {"a < b and c < d", 1},
                                {"a > b or c > d", 0},
                                {"a > b || c < d && a < b", 1},
                                {"not a > b", 1},
                                {"not a > b and a > b", 0},
                                {"not (a > b and a > b)", 1},
                                {"not not a", 1},
                                {"!a", 0},
                                {"a != 2", 0},
                                {"a <> 3", 1},
                                {"a == 2", 1},
                                {"a + 1 >= b", 1},
                                {"a > b ? c : d", 7},
                                {"a < b ? c : d", 5},
                                {"a > b ? 1 : a > 1 ? 20 : 30", 20},
                                {"a < b ? a > 5 ? 1 : 2 : 3", 2},
                                {"(a > b ? 1 : 2) + 5", 7},
                                {"max(a > b ? 10 : 1, b)", 3},
                                {"a > b ? 1 : 2 + 5", 7},
                                {"not a > b ? 1 : 2", 1},
                                {"(a < b) == (c < d)", 1},
                                {"`s2-b4` - a", 11},
                                {"`2m.t`+`a`", 19},
                                {"1.5e1+.5", 15.5}};
    CHECK(all, values);
}

/* (0.1 + 0.2) + 0.3 is not 0.1 + (0.2 + 0.3), and 3 (x + 1) is not 3 x + 3. */
static void test_what_is_computed_is_what_is_written(void **state) {
    (void)state;
    static const double values[] = {0.1, 0.7};
    const known all[] = {{"a + 0.2 + 0.3", (0.1 + 0.2) + 0.3},
                         {"(b + 1) * 3.1", (0.7 + 1) * 3.1},
                         {"b * 3.1 * 0.3", 0.7 * 3.1 * 0.3},
                         {"b * 3.1 / 0.3", 0.7 * 3.1 / 0.3},
                         {"b * 3.1 + b", 0.7 * 3.1 + 0.7}};
    CHECK(all, values);
}

static void test_functions_are_those_of_mathematics(void **state) {
    (void)state;
    static const double values[] = {4, -7.5, 3};
    static const known all[] = {{"abs(b)", 7.5},
                                {"sqrt(a)", 2},
                                {"exp(0)", 1},
                                {"log(exp(2))", 2},
                                {"ln(1)", 0},
                                {"log10(1000)", 3},
                                {"log2(8)", 3},
                                {"sin(0) + cos(0) + tan(0)", 1},
                                {"asin(0) + acos(1) + atan(0)", 0},
                                {"atan2(0, 1)", 0},
                                {"cos(pi)", -1},
                                {"floor(b)", -8},
                                {"ceil(b)", -7},
                                {"trunc(b)", -7},
                                {"round(b)", -8},
                                {"round(2.5)", 3},
                                {"sign(b) + sign(a) + sign(0)", 0},
                                {"mod(b, 2)", 0.5},
                                {"mod(7, 3)", 1},
                                {"mod(-1, 24)", 23},
                                {"pow(a, 2)", 16},
                                {"min(a, b, c)", -7.5},
                                {"max(a, b, c)", 4},
                                {"sum(a, b, c)", -0.5},
                                {"mean(a, c)", 3.5},
                                {"min(a)", 4},
                                {"missing(a)", 0},
                                {"coalesce(a, b)", 4}};
    CHECK(all, values);
}

/* a is missing. */
static void test_a_missing_operand_makes_a_missing_result(void **state) {
    (void)state;
    static const double values[] = {NAN, 1, 0};
    static const char *const all[] = {"a",
                                      "a + b",
                                      "b - a",
                                      "a * c",
                                      "b / a",
                                      "a / b",
                                      "a ^ 0",
                                      "b ^ a",
                                      "pow(a,0)",
                                      "pow(1,a)",
                                      "-a",
                                      "min(a, b)",
                                      "min(b, a)",
                                      "max(b, a, c)",
                                      "max(a, b)",
                                      "sum(b, a)",
                                      "mean(a)",
                                      "sign(a)",
                                      "round(a)",
                                      "abs(a)",
                                      "mod(a, b)",
                                      "mod(b, a)",
                                      "atan2(a,b)",
                                      "coalesce(a, a)",
                                      "b > 0 ? a : b",
                                      "c > 0 ? b : a",
                                      "sqrt(a)",
                                      "a - a"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!isnan(value_of(all[i], values))) fail_msg("%s is %g", all[i], value_of(all[i], values));
}

static void test_a_comparison_with_a_missing_operand_is_false(void **state) {
    (void)state;
    static const double values[] = {NAN, 1, 0};
    static const known all[] = {{"a < b", 0},      {"a <= b", 0},         {"a > b", 0},
                                {"a >= b", 0},     {"a == b", 0},         {"a != b", 0},
                                {"a == a", 0},     {"b != a", 0},         {"a and b", 0},
                                {"a or b", 1},     {"a or c", 0},         {"not a", 1},
                                {"not a > b", 1},  {"a ? 1 : 2", 2},      {"a > 0 ? a : b", 1},
                                {"missing(a)", 1}, {"coalesce(a, b)", 1}, {"missing(a) ? 5 : a", 5}};
    CHECK(all, values);
}

static void test_what_has_no_value_is_missing(void **state) {
    (void)state;
    static const double values[] = {0, -1, 1e308, INFINITY};
    static const char *const all[] = {"1 / a",     "a / a",   "1 / (1 / a)", "log(a)",    "log(b)",  "log10(a)",
                                      "log2(b)",   "sqrt(b)", "a ^ b",       "mod(1, a)", "b ^ 0.5", "c * 10",
                                      "exp(1000)", "d",       "asin(2)",     "0 / 0"};
    static const known false_ones[] = {{"1 / a > 5", 0}, {"log(a) < 5", 0}, {"exp(1000) > 5", 1}, {"d > c", 1}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!isnan(value_of(all[i], values))) fail_msg("%s is %g", all[i], value_of(all[i], values));
    CHECK(false_ones, values);
}

typedef struct mistake {
    const char *text;
    size_t at;
    const char *message;
} mistake;

static void test_a_mistake_has_a_place(void **state) {
    (void)state;
    static const mistake all[] = {{"a + ", 4, "the expression ends"},
                                  {"", 0, "the expression ends"},
                                  {"a b", 2, "\"b\" is found where an operator is expected"},
                                  {"a + * b", 4, "\"*\" is found where a column"},
                                  {"(a + b", 0, "a bracket is not closed"},
                                  {"a + b)", 5, "\")\" closes nothing"},
                                  {"a = b", 2, "\"=\" is no operator"},
                                  {"a, b", 1, "\",\" is outside the call"},
                                  {"sqr(a)", 0, "there is no function \"sqr\""},
                                  {"1 + sqrt(a, b)", 4, "sqrt() takes 1 argument, not 2"},
                                  {"atan2(a)", 0, "atan2() takes 2 arguments, not 1"},
                                  {"min()", 4, "\")\" is found where a column"},
                                  {"a ? b", 2, "\"?\" has no \":\""},
                                  {"(a ? b) : c", 3, "\"?\" has no \":\""},
                                  {"a : b", 2, "\":\" has no \"?\""},
                                  {"1 < a < 5", 6, "comparisons cannot be chained"},
                                  {"a == not b", 5, "\"not\" is found where an operand is expected"},
                                  {"a + nil", 4, "there is no column \"nil\""},
                                  {"a + `x y`", 5, "there is no column \"x y\""},
                                  {"a + `b", 4, "a backtick is not closed"},
                                  {"2b", 0, "this is not a valid number"},
                                  {"a % b", 2, "\"%\" is found where an operator is expected"},
                                  {"\"a\"", 0, "\"\"\" is found where a column"},
                                  {"a and", 5, "the expression ends"},
                                  {"and a", 0, "\"and\" is found where"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        weft_expression expression;
        weft_error err = {0};
        size_t at = 99;
        char *unknown = NULL;
        assert_int_equal(weft_expression_read(&expression, all[i].text, &names, &at, &unknown, &err), WEFT_ERR_DATA);
        if (at != all[i].at || strstr(err.message, all[i].message) != err.message)
            fail_msg("%s: at %zu: %s", all[i].text, at, err.message);
        free(unknown);
        weft_expression_dispose(&expression);
    }
}

/* No operand by its name: only the form is checked. */
static void test_the_form_is_checked_without_columns(void **state) {
    (void)state;
    weft_expression expression;
    weft_error err = {0};
    size_t at;
    char *unknown;
    assert_int_equal(weft_expression_read(&expression, "nobody + knows", NULL, &at, &unknown, &err), WEFT_OK);
    weft_expression_dispose(&expression);
}

/* Whatever bytes stand there, what is read is taken by muParser, and gives a number or NaN. */
static void test_what_is_read_can_be_compiled(void **state) {
    (void)state;
    static const char *const parts[] = {"a",    "b", "1", "2.5",  "+",    "-", "*",  "/",   "^", "(",    ")",      ",",
                                        "min(", "?", ":", "and ", "not ", "<", "==", "or ", "!", "sin(", "`2m.t`", " "};
    static const double values[] = {1, 2, 3, 4, 5, 6, 7};
    uint32_t seed = 7;
    int read = 0;
    for (int i = 0; i < 200000; i++) {
        char text[160] = "";
        weft_expression expression;
        weft_error err = {0};
        size_t at;
        char *unknown;
        int count = 1 + i % 9;
        for (int j = 0; j < count; j++) {
            seed = seed * 1664525u + 1013904223u;
            strcat(text, parts[(seed >> 16) % (sizeof parts / sizeof *parts)]);
        }
        weft_status status = weft_expression_read(&expression, text, &names, &at, &unknown, &err);
        assert_true(at <= strlen(text));
        free(unknown);
        weft_expression_dispose(&expression);
        if (status != WEFT_OK) continue;
        read++;
        (void)value_of(text, values);
    }
    assert_true(read > 1000);
}

/* Cells are worked many at a time, and the last of them are fewer: no count of cells changes the value of one. Signs stand
 * before every kind of operand. */
static void test_cells_do_not_depend_on_each_other(void **state) {
    (void)state;
    enum { CELLS = 1000 };
    static const char *const texts[] = {
        "-a",
        "-(a - b) * -c",
        "-a > -b ? -c : -(a + b)",
        "(a > b ? -a : b > c ? -b : -c) - 1",
        "max(-a, -b, c, -(a - c)) + -min(a, -b)",
        "mean(a, b, -c) / -sqrt(c)",
        "coalesce(missing(a) ? -b : a, -(a > c ? a : b))",
        "not -a > b and -c < 0 or a == -(-a)",
        "-a ^ 2 + (-a) ^ 2 - -2 ^ -1",
    };
    static double values[3][CELLS], out[CELLS + 1];
    for (int i = 0; i < CELLS; i++) {
        values[0][i] = i % 17 == 0 ? (double)NAN : i % 101 - 50;
        values[1][i] = i % 7 - 3 + 0.25 * (i % 3);
        values[2][i] = i % 13 + 1;
    }
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        for (int count = 1; count <= CELLS; count += 111) {
            out[count] = 7;
            evaluate(texts[t], values[0], CELLS, count, out);
            assert_true(out[count] == 7);
            for (int i = count > 300 ? count - 300 : 0; i < count; i++) {
                const double cell[3] = {values[0][i], values[1][i], values[2][i]};
                double alone = value_of(texts[t], cell);
                if (memcmp(&alone, &out[i], sizeof alone) != 0 && !(isnan(alone) && isnan(out[i])))
                    fail_msg("%s: cell %d of %d is %.17g, alone %.17g", texts[t], i, count, out[i], alone);
            }
        }
    }
}

static void test_signs_stand_before_every_operand(void **state) {
    (void)state;
    static const double values[] = {2, 3, 5, 7, 11, 13, 17};
    static const known all[] = {{"-(a - b) * -c", -5},           {"-a > -b ? -c : -(a + b)", -5},
                                {"-b > -a ? -c : -(a + b)", -5}, {"-b > -a ? -c : -(a * b)", -6},
                                {"max(-a, -b, -c)", -2},         {"-max(a, b) + -min(a, -b)", 0},
                                {"-mean(a, -b, -c)", 2},         {"-a ^ 2 + (-a) ^ 2 - -2 ^ -1", 0.5},
                                {"-(a < b ? -c : d)", 5},        {"-coalesce(-a, b)", 2},
                                {"not -a > b and -c < 0", 1}};
    CHECK(all, values);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells_do_not_depend_on_each_other),
        cmocka_unit_test(test_signs_stand_before_every_operand),
        cmocka_unit_test(test_operators_bind_as_in_arithmetic),
        cmocka_unit_test(test_what_is_computed_is_what_is_written),
        cmocka_unit_test(test_functions_are_those_of_mathematics),
        cmocka_unit_test(test_a_missing_operand_makes_a_missing_result),
        cmocka_unit_test(test_a_comparison_with_a_missing_operand_is_false),
        cmocka_unit_test(test_what_has_no_value_is_missing),
        cmocka_unit_test(test_a_mistake_has_a_place),
        cmocka_unit_test(test_the_form_is_checked_without_columns),
        cmocka_unit_test(test_what_is_read_can_be_compiled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
