/* SPDX-License-Identifier: MIT
 *
 * The text is read from left to right by what may stand next, an operand or an operator, and what is open: brackets,
 * calls, and conditions whose ":" is still to come. So every mistake has a place and a word here, and muParser, which
 * knows neither our names nor missing values, is given a text that it is sure to take. */
#include "processors/table/expression.h"

#include "core/text.h"
#include "processors/table/functions.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CODE 20000 /* characters; of so many muParser takes none */
#define MAX_OPEN 64

typedef enum opened { OPEN_BRACKET, OPEN_CALL, OPEN_CONDITION } opened;

typedef struct open_part {
    opened kind;
    size_t at;                     /* where it was opened */
    const weft_function *function; /* of a call */
    int arguments;                 /* of a call, so far */
    bool compared;                 /* the operand under way is a comparison already: another would be of its answer */
} open_part;

typedef struct reader {
    weft_expression *out;
    const weft_expression_names *names;
    const char *text, *next;
    size_t fault;
    char *unknown;
    weft_text code;
    open_part open[MAX_OPEN + 1]; /* open[0] is the whole text */
    int depth;
    bool wants_operand, may_negate, minus; /* minus: a sign that is not written yet */
    weft_error *err;
} reader;

/* --- words and signs --- */

typedef struct spelling {
    const char *sign, *operator;
} spelling;

/* Longer ones first. */
static const spelling spellings[] = {{"**", "raise"}, {"&&", "and"}, {"||", "or"},   {"<=", "le"},
                                     {">=", "ge"},    {"==", "eq"},  {"!=", "ne"},   {"<>", "ne"},
                                     {"<", "lt"},     {">", "gt"},   {"+", "add"},   {"-", "sub"},
                                     {"*", "mul"},    {"/", "div"},  {"^", "raise"}, {0}};

static bool starts_name(char c) {
    return isalpha((unsigned char)c) || c == '_';
}

static bool goes_on_name(char c) {
    return starts_name(c) || isdigit((unsigned char)c) || c == '.';
}

static size_t name_length(const char *at) {
    size_t length = 0;
    while (goes_on_name(at[length]))
        length++;
    return length;
}

static bool is_word_at(const char *at, const char *word) {
    size_t length = name_length(at);
    return length == strlen(word) && strncmp(at, word, length) == 0;
}

bool weft_expression_is_word(const char *text) {
    static const char *const words[] = {"and", "or", "not", "pi", NULL};
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(text, words[i]) == 0) return true;
    return false;
}

static weft_status no_memory(reader *self) {
    return weft_error_set(self->err, WEFT_ERR_MEMORY, "no memory for an expression");
}

static weft_status fault_at(reader *self, const char *at, const char *hint, const char *message) {
    self->fault = (size_t)(at - self->text);
    weft_error_set(self->err, WEFT_ERR_DATA, "%s", message);
    if (hint != NULL) weft_error_hint(self->err, "%s", hint);
    return WEFT_ERR_DATA;
}

/* The word or sign at `at`, for messages. */
static weft_status unexpected(reader *self, const char *at, const char *wanted, const char *hint) {
    size_t length = name_length(at);
    char message[160];
    if (length == 0) length = weft_text_utf8_length(at, strlen(at));
    if (length == 0) length = 1;
    if (*at == '\0')
        (void)snprintf(message, sizeof message, "the expression ends where %s is expected", wanted);
    else
        (void)snprintf(message, sizeof message, "\"%.*s\" is found where %s is expected",
                       (int)(length < 60 ? length : 60), at, wanted);
    return fault_at(self, at, hint, message);
}

/* --- operands --- */

/* Constants go by number, so that no text of a number is read twice. */
static weft_status put_constant(reader *self, double value) {
    weft_expression *out = self->out;
    double *more = realloc(out->constants, (size_t)(out->constant_count + 1) * sizeof *more);
    if (more == NULL) return no_memory(self);
    out->constants = more;
    more[out->constant_count] = value;
    weft_text_add(&self->code, " k%d", out->constant_count++);
    return WEFT_OK;
}

static weft_status put_column(reader *self, int column) {
    weft_expression *out = self->out;
    int i = 0;
    while (i < out->operand_count && out->operands[i] != column)
        i++;
    if (i == out->operand_count) {
        int *more = realloc(out->operands, (size_t)(i + 1) * sizeof *more);
        if (more == NULL) return no_memory(self);
        out->operands = more;
        more[out->operand_count++] = column;
    }
    weft_text_add(&self->code, " c%d", i);
    return WEFT_OK;
}

static void operand_is_there(reader *self, const char *next) {
    self->next = next;
    self->wants_operand = false;
}

static void put_operation(reader *self, const char *code) {
    weft_text_add(&self->code, " %s", code);
    self->out->operation_count++;
}

static void put_sign(reader *self) {
    if (self->minus) put_operation(self, "-");
    self->minus = false;
}

static weft_status read_number(reader *self) {
    char *end;
    double value = strtod(self->next, &end);
    if (goes_on_name(*end) || !isfinite(value))
        return fault_at(self, self->next, "put a column that begins with a digit in backticks: `2m_temperature`",
                        "this is not a valid number");
    put_sign(self);
    weft_status status = put_constant(self, value);
    operand_is_there(self, end);
    return status;
}

/* `length` bytes at `at`; `next`: what comes after them. */
static weft_status read_column(reader *self, const char *at, size_t length, const char *next) {
    char *name = strndup(at, length);
    if (name == NULL) return no_memory(self);
    int column = self->names == NULL ? 0 : self->names->find(self->names->payload, name);
    put_sign(self);
    if (column >= 0 || column == WEFT_EXPRESSION_MISSING) {
        weft_status status = column >= 0 ? put_column(self, column) : put_constant(self, NAN);
        operand_is_there(self, next);
        free(name);
        return status;
    }
    self->fault = (size_t)(at - self->text);
    weft_error_set(self->err, WEFT_ERR_DATA, "there is no column \"%s\"", name);
    self->unknown = name;
    return WEFT_ERR_DATA;
}

static weft_status read_quoted(reader *self) {
    const char *begin = self->next + 1, *end = strchr(begin, '`');
    if (end == NULL || end == begin)
        return fault_at(self, self->next, "a column's name stands between two backticks: `s2-b4`",
                        "a backtick is not closed");
    return read_column(self, begin, (size_t)(end - begin), end + 1);
}

static weft_status open(reader *self, opened kind, const weft_function *function) {
    if (self->depth == MAX_OPEN) return fault_at(self, self->next, NULL, "more than 64 brackets are open");
    self->open[++self->depth] =
        (open_part){.kind = kind, .at = (size_t)(self->next - self->text), .function = function, .arguments = 1};
    return WEFT_OK;
}

static weft_status unknown_function(reader *self, size_t length) {
    const char *names[64] = {0};
    char message[160], hint[96];
    int count = 0;
    for (const weft_function *function = weft_functions; function->name != NULL && count < 63; function++)
        names[count++] = function->name;
    (void)snprintf(message, sizeof message, "there is no function \"%.*s\"", (int)(length < 60 ? length : 60),
                   self->next);
    char *name = strndup(self->next, length);
    if (name == NULL) return no_memory(self);
    const char *nearest = weft_text_nearest(name, names);
    free(name);
    if (nearest != NULL) (void)snprintf(hint, sizeof hint, "did you mean %s?", nearest);
    return fault_at(self, self->next, nearest != NULL ? hint : "docs/columns.md lists the functions", message);
}

static weft_status read_call(reader *self, size_t length, const char *bracket) {
    char *name = strndup(self->next, length);
    if (name == NULL) return no_memory(self);
    const weft_function *function = weft_function_find(name);
    free(name);
    if (function == NULL) return unknown_function(self, length);
    weft_status status = open(self, OPEN_CALL, function);
    put_sign(self);
    put_operation(self, function->name);
    weft_text_add(&self->code, "(");
    self->next = bracket + 1;
    self->may_negate = true;
    return status;
}

/* "not" binds less tightly than a comparison. As muParser is given it, it has an operand on both sides, and would take
 * what stands before it where that binds more tightly still. */
static weft_status read_not(reader *self, size_t length) {
    if (!self->may_negate || self->minus)
        return unexpected(self, self->next, "an operand", "in brackets it may stand here: (not ..)");
    weft_status status = put_constant(self, 0);
    put_operation(self, "not");
    self->next += length;
    return status;
}

static weft_status read_word(reader *self) {
    size_t length = name_length(self->next);
    const char *behind = self->next + length;
    behind += strspn(behind, " \t\r\n");
    if (is_word_at(self->next, "not")) return read_not(self, length);
    if (is_word_at(self->next, "and") || is_word_at(self->next, "or"))
        return unexpected(self, self->next, "an operand", NULL);
    if (*behind == '(') return read_call(self, length, behind);
    if (is_word_at(self->next, "pi")) {
        put_sign(self);
        weft_status status = put_constant(self, M_PI);
        operand_is_there(self, self->next + length);
        return status;
    }
    return read_column(self, self->next, length, self->next + length);
}

static weft_status read_operand(reader *self) {
    char c = *self->next;
    if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)self->next[1]))) return read_number(self);
    if (c == '`') return read_quoted(self);
    if (starts_name(c)) return read_word(self);
    if (c == '!' && self->next[1] != '=') return read_not(self, 1);
    if (c == '+' || c == '-') {
        self->minus = self->minus != (c == '-');
        self->next++;
        return WEFT_OK;
    }
    if (c != '(')
        return unexpected(self, self->next, "a column, a number or a bracket",
                          c == '"' || c == '\'' ? "a column whose name is no plain word stands in backticks: `s2-b4`"
                                                : NULL);
    weft_status status = open(self, OPEN_BRACKET, NULL);
    put_sign(self);
    weft_text_add(&self->code, " (");
    self->next++;
    self->may_negate = true;
    return status;
}

/* --- operators --- */

static void begin_operand(reader *self, bool may_negate) {
    self->wants_operand = true;
    self->may_negate = may_negate;
}

static weft_status missing_colon(reader *self, const open_part *condition) {
    return fault_at(self, self->text + condition->at, "condition ? value : other value", "\"?\" has no \":\"");
}

static weft_status close(reader *self) {
    const open_part *part = &self->open[self->depth];
    if (part->kind == OPEN_CONDITION && self->depth > 0) return missing_colon(self, part);
    if (self->depth == 0) return fault_at(self, self->next, NULL, "\")\" closes nothing");
    const weft_function *called = part->kind == OPEN_CALL ? part->function : NULL;
    int wanted = called == NULL || called->any != NULL ? 0 : called->two != NULL ? 2 : 1;
    if (wanted > 0 && part->arguments != wanted) {
        char message[96];
        (void)snprintf(message, sizeof message, "%s() takes %d %s, not %d", called->name, wanted,
                       wanted == 1 ? "argument" : "arguments", part->arguments);
        return fault_at(self, self->text + part->at, NULL, message);
    }
    weft_text_add(&self->code, " )");
    self->depth--;
    self->next++;
    return WEFT_OK;
}

static weft_status separate(reader *self) {
    open_part *part = &self->open[self->depth];
    if (self->depth > 0 && part->kind == OPEN_CONDITION) return missing_colon(self, part);
    if (self->depth == 0 || part->kind != OPEN_CALL)
        return fault_at(self, self->next, "a decimal point is a point: 0.5", "\",\" is outside the call of a function");
    part->arguments++;
    part->compared = false;
    weft_text_add(&self->code, " ,");
    self->next++;
    begin_operand(self, true);
    return WEFT_OK;
}

static weft_status ask(reader *self) {
    self->open[self->depth].compared = false;
    weft_status status = open(self, OPEN_CONDITION, NULL);
    if (status != WEFT_OK) return status;
    put_operation(self, "ask");
    weft_text_add(&self->code, " (");
    self->next++;
    begin_operand(self, true);
    return status;
}

static weft_status answer(reader *self) {
    if (self->depth == 0 || self->open[self->depth].kind != OPEN_CONDITION)
        return fault_at(self, self->next, "condition ? value : other value", "\":\" has no \"?\"");
    weft_text_add(&self->code, " ) else");
    self->depth--;
    self->next++;
    begin_operand(self, true);
    return WEFT_OK;
}

static const spelling *find_spelling(const char *at) {
    static const spelling words[] = {{"and", "and"}, {"or", "or"}, {0}};
    for (const spelling *one = words; one->sign != NULL; one++)
        if (is_word_at(at, one->sign)) return one;
    for (const spelling *one = spellings; one->sign != NULL; one++)
        if (strncmp(at, one->sign, strlen(one->sign)) == 0) return one;
    return NULL;
}

static bool compares(const char *operator) {
    static const char *const all[] = {"lt", "le", "gt", "ge", "eq", "ne", NULL};
    for (int i = 0; all[i] != NULL; i++)
        if (strcmp(operator, all[i]) == 0) return true;
    return false;
}

static weft_status read_operator(reader *self) {
    open_part *part = &self->open[self->depth];
    switch (*self->next) {
    case ')':
        return close(self);
    case ',':
        return separate(self);
    case '?':
        return ask(self);
    case ':':
        return answer(self);
    default:
        break;
    }
    const spelling *found = find_spelling(self->next);
    if (found == NULL && *self->next == '=') return fault_at(self, self->next, "== compares", "\"=\" is no operator");
    if (found == NULL)
        return unexpected(self, self->next, "an operator",
                          starts_name(*self->next) ? "between operands: and, or, + - * / ^, == != < <= > >=" : NULL);
    bool logic = strcmp(found->operator, "and") == 0 || strcmp(found->operator, "or") == 0;
    if (compares(found->operator)) {
        if (part->compared)
            return fault_at(self, self->next, "a < b and b < c; where an answer is meant to be compared: (a < b) == c",
                            "comparisons cannot be chained");
        part->compared = true;
    }
    if (logic) part->compared = false;
    put_operation(self, found->operator);
    self->next += strlen(found->sign);
    begin_operand(self, logic);
    return WEFT_OK;
}

/* --- the whole --- */

static weft_status read_all(reader *self) {
    weft_status status = WEFT_OK;
    begin_operand(self, true);
    for (;;) {
        self->next += strspn(self->next, " \t\r\n");
        if (*self->next == '\0' || status != WEFT_OK) break;
        status = self->wants_operand ? read_operand(self) : read_operator(self);
        if (status != WEFT_OK) return status;
    }
    if (self->wants_operand) return unexpected(self, self->next, "a column, a number or a bracket", NULL);
    if (self->depth == 0) return WEFT_OK;
    const open_part *part = &self->open[self->depth];
    if (part->kind == OPEN_CONDITION) return missing_colon(self, part);
    return fault_at(self, self->text + part->at, NULL, "a bracket is not closed");
}

weft_status weft_expression_read(weft_expression *out, const char *text, const weft_expression_names *names, size_t *at,
                                 char **unknown, weft_error *err) {
    reader self = {.out = out, .names = names, .text = text, .next = text, .err = err};
    *out = (weft_expression){0};
    weft_status status = read_all(&self);
    /* muParser 2.3 compares each place with the whole name of every operator, and so reads past the end of a text
     * that is shorter: blanks as long as the longest name stand there. */
    weft_text_add(&self.code, "%8s", "");
    if (status == WEFT_OK && self.code.failed) status = no_memory(&self);
    if (status == WEFT_OK && strlen(self.code.data) >= MAX_CODE)
        status = fault_at(&self, text, "cut it up: a column may be computed from columns before it",
                          "the expression is too long for muParser");
    out->code = self.code.data;
    *at = self.fault;
    *unknown = self.unknown;
    return status;
}

void weft_expression_dispose(weft_expression *expression) {
    free(expression->code);
    free(expression->constants);
    free(expression->operands);
    *expression = (weft_expression){0};
}
