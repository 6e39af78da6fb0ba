/* SPDX-License-Identifier: MIT
 *
 * Values are numbered twice. While expressions are read every layer and every derived column has a number; then those
 * that nobody needs are left out, and the others are numbered anew, in the same order. */
#include "pipeline/columns/derived_columns.h"

#include "core/grown_array.h"
#include "core/text.h"
#include "pipeline/columns/plan_columns.h"
#include "pipeline/columns/value_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The work on a plan. Values are those of value_names.h. */
typedef struct derivation {
    weft_plan *plan;
    const weft_config *config;
    weft_expression *expressions; /* of plan->derived */
    int capacity, derived_room;   /* of expressions, of plan->derived */
    weft_expression where;
    bool *needed; /* of each value */
    int *numbers; /* of each value: what it becomes */
    int *written; /* of each column that is written: its value */
    int written_count;
    int by;      /* the value that a sample's classes are, or -1 */
    int reading; /* the configuration's column whose expression is read */
    /* What names stand for in the expression that is read: variables have their values of one date. */
    const weft_moment *date;   /* NULL: of their first; and their dates are added to: */
    weft_date_list *dates;     /* NULL: variables cannot be named */
    const char *some_variable; /* one that was named all the same */
    bool no_memory;
} derivation;

/* --- names --- */

static int find_operand(void *payload, const char *name) {
    derivation *self = payload;
    int value = weft_value_find(self->plan, name);
    if (value >= 0) return value;
    value = weft_value_find_dated(self->plan, name, NULL);
    if (value < 0) return -1;
    if (self->dates == NULL) {
        self->some_variable = weft_value_name(self->plan, value);
        return -1;
    }
    if (self->date == NULL) {
        self->no_memory =
            self->no_memory || weft_date_list_add_variable(self->dates, self->plan, name, NULL) != WEFT_OK;
        return value;
    }
    value = weft_value_find_dated(self->plan, name, self->date);
    return value < 0 ? WEFT_EXPRESSION_MISSING : value;
}

static void word_unknown(const derivation *self, const char *name, weft_error *err) {
    for (int i = 0; i < self->config->column_count; i++) {
        if (strcmp(self->config->columns[i].name, name) != 0) continue;
        weft_error_hint(err, "it is derived %s: an expression can use the columns above its own",
                        i == self->reading ? "here" : "further down");
        return;
    }
    if (self->some_variable != NULL)
        weft_error_hint(err, "it has a column a date, and here one is chosen by its name: %s", self->some_variable);
    else
        weft_value_suggest(self->plan, name, err);
}

/* --- expressions --- */

/* Texts are no numbers. */
static weft_status check_operands(const derivation *self, const weft_expression *expression, const char *key,
                                  const weft_config_expression *text, weft_error *err) {
    for (int i = 0; i < expression->operand_count; i++) {
        int value = expression->operands[i];
        if (!weft_data_type_is_text(weft_value_type(self->plan, value))) continue;
        weft_error_set(err, WEFT_ERR_DATA, "%s: column %s is a text, which expressions do not compute with", key,
                       weft_value_name(self->plan, value));
        weft_error_hint(err, "a field of numbers can be an operand");
        weft_config_place_expression(self->config, text, 0, err);
        return WEFT_ERR_DATA;
    }
    return WEFT_OK;
}

static weft_status read_expression(derivation *self, weft_expression *out, const char *key,
                                   const weft_config_expression *expression, weft_error *err) {
    const weft_expression_names names = {find_operand, self};
    char *unknown = NULL;
    size_t at = 0;
    weft_status status = weft_expression_read(out, expression->text, &names, &at, &unknown, err);
    if (status == WEFT_OK && self->no_memory) status = weft_error_no_memory(err, "the plan");
    if (status == WEFT_ERR_DATA) {
        if (unknown != NULL) word_unknown(self, unknown, err);
        weft_error_prefix(err, "%s: ", key);
        weft_config_place_expression(self->config, expression, at, err);
    }
    free(unknown);
    if (status == WEFT_OK) status = check_operands(self, out, key, expression, err);
    return status;
}

static weft_status warn_of_constant(const derivation *self, const weft_expression *read, const char *key,
                                    const weft_config_expression *expression, weft_error *err) {
    if (read->operand_count > 0) return WEFT_OK;
    return weft_plan_warn(self->plan, err, "%s: \"%.200s\" names no column: it is the same in every cell", key,
                          expression->text);
}

/* Adds a column that is the configuration's, of a date where there is one. Takes the expression over. */
static weft_status add_derived(derivation *self, const weft_config_column *column, const weft_moment *date,
                               const char *key, weft_expression *expression, weft_error *err) {
    weft_plan *plan = self->plan;
    weft_expression *expressions =
        weft_grown_array(self->expressions, plan->derived_count, &self->capacity, sizeof *expressions);
    if (expressions == NULL) return weft_error_no_memory(err, "the plan");
    self->expressions = expressions;
    weft_plan_derived *derived =
        weft_grown_array(plan->derived, plan->derived_count, &self->derived_room, sizeof *derived);
    if (derived == NULL) return weft_error_no_memory(err, "the plan");
    plan->derived = derived;
    weft_plan_derived made = {.from = column, .has_date = date != NULL};
    if (date != NULL) made.date = *date;
    made.name = date != NULL ? weft_plan_dated_name(column->name, date) : weft_text_format("%s", column->name);
    if (made.name == NULL) return weft_error_no_memory(err, "the plan");
    if (weft_plan_column_is_taken(plan, made.name)) {
        free(made.name);
        weft_error_set(err, WEFT_ERR_DATA, "%s: there are two columns of this name", key);
        weft_error_hint(err, "x and y are the coordinates, row and col those of export.index; give it another name");
        weft_config_place_expression(self->config, &column->expression, 0, err);
        return WEFT_ERR_DATA;
    }
    expressions[plan->derived_count] = *expression;
    derived[plan->derived_count++] = made;
    *expression = (weft_expression){0};
    return WEFT_OK;
}

/* The first reading finds the dates of what is named; where there are some, each has a reading of its own. */
static weft_status read_column(derivation *self, const weft_config_column *column, weft_error *err) {
    weft_date_list dates = {0};
    weft_expression expression = {0};
    char key[128];
    (void)snprintf(key, sizeof key, "columns.%.100s", column->name);
    self->date = NULL;
    self->dates = &dates;
    weft_status status = read_expression(self, &expression, key, &column->expression, err);
    if (status == WEFT_OK) status = warn_of_constant(self, &expression, key, &column->expression, err);
    if (status == WEFT_OK && dates.count == 0) status = add_derived(self, column, NULL, key, &expression, err);
    for (int i = 0; i < dates.count && status == WEFT_OK; i++) {
        self->date = &dates.items[i];
        weft_expression_dispose(&expression);
        status = read_expression(self, &expression, key, &column->expression, err);
        if (status == WEFT_OK) status = add_derived(self, column, self->date, key, &expression, err);
    }
    weft_expression_dispose(&expression);
    self->dates = NULL;
    free(dates.items);
    return status;
}

static weft_status read_all(derivation *self, weft_error *err) {
    const weft_config *config = self->config;
    weft_status status = WEFT_OK;
    for (; self->reading < config->column_count && status == WEFT_OK; self->reading++)
        status = read_column(self, &config->columns[self->reading], err);
    if (status != WEFT_OK || config->where.text == NULL) return status;
    status = read_expression(self, &self->where, "rows.where", &config->where, err);
    return status == WEFT_OK ? warn_of_constant(self, &self->where, "rows.where", &config->where, err) : status;
}

/* --- the classes of a sample --- */

static weft_status find_classes(derivation *self, weft_error *err) {
    const char *by = self->config->rows_of.sample.by;
    self->by = -1;
    if (by == NULL) return WEFT_OK;
    self->by = weft_value_find(self->plan, by);
    if (self->by < 0) {
        weft_error_set(err, WEFT_ERR_DATA, "%s: rows.sample.by: there is no column \"%s\"", self->config->file, by);
        weft_value_suggest(self->plan, by, err);
        return WEFT_ERR_DATA;
    }
    if (!weft_data_type_is_float(weft_value_type(self->plan, self->by))) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: rows.sample.by: %s is %s, and classes are whole numbers or texts",
                   self->config->file, by, weft_data_type_name(weft_value_type(self->plan, self->by)));
    weft_error_hint(err,
                    "method: mode or nearest keeps classes; columns: {class: {expr: floor(%s), type: Int16}} makes "
                    "some",
                    by);
    return WEFT_ERR_DATA;
}

/* --- what is written, and what that needs --- */

static void write_value(derivation *self, int value) {
    for (int i = 0; i < self->written_count; i++)
        if (self->written[i] == value) return;
    self->written[self->written_count++] = value;
}

/* A variable is all of its dates. */
static weft_status choose_one(derivation *self, const weft_config_chosen *chosen, weft_error *err) {
    weft_date_list dates = {0};
    int value = weft_value_find(self->plan, chosen->name);
    weft_status status = WEFT_OK;
    if (value >= 0) {
        write_value(self, value);
        return WEFT_OK;
    }
    status = weft_date_list_add_variable(&dates, self->plan, chosen->name, err);
    for (int i = 0; i < dates.count && status == WEFT_OK; i++)
        write_value(self, weft_value_find_dated(self->plan, chosen->name, &dates.items[i]));
    free(dates.items);
    if (status != WEFT_OK || dates.count > 0) return status;
    weft_error_set(err, WEFT_ERR_DATA, "export.columns: there is no column \"%s\"", chosen->name);
    weft_value_suggest(self->plan, chosen->name, err);
    if (chosen->origin != NULL)
        weft_error_prefix(err, "%s: ", chosen->origin);
    else
        weft_config_place_error(self->config, chosen->place, err);
    return WEFT_ERR_DATA;
}

/* What is written before what: 0: coordinates, which always are, 1: other columns that stand in front, 2: the rest. */
static int place_of(const derivation *self, int value) {
    const weft_plan *plan = self->plan;
    const weft_plan_file_rows *file = plan->rows.file;
    if (value >= plan->layer_total || file == NULL) return 2;
    const weft_plan_made *made = plan->datasets[plan->layers[value].dataset].made;
    if (made == NULL || !made->in_front) return 2;
    return plan->layers[value].which < made->config.column_count - file->fields.count ? 0 : 1;
}

static weft_status choose(derivation *self, weft_error *err) {
    const weft_config *config = self->config;
    weft_status status = WEFT_OK;
    for (int place = 0; place < (config->chosen_count == 0 ? 3 : 1); place++)
        for (int i = 0; i < weft_value_count(self->plan); i++)
            if (place_of(self, i) == place) write_value(self, i);
    for (int i = 0; i < config->chosen_count && status == WEFT_OK; i++)
        status = choose_one(self, &config->chosen[i], err);
    return status;
}

static void need_operands(derivation *self, const weft_expression *expression) {
    for (int i = 0; i < expression->operand_count; i++)
        self->needed[expression->operands[i]] = true;
}

/* From the last on: what needs a column stands after it. One layer stays, for there to be a table. */
static void find_needed(derivation *self) {
    int layers = self->plan->layer_total;
    bool any = false;
    for (int i = 0; i < self->written_count; i++)
        self->needed[self->written[i]] = true;
    need_operands(self, &self->where);
    if (self->by >= 0) self->needed[self->by] = true;
    for (int i = self->plan->derived_count - 1; i >= 0; i--)
        if (self->needed[layers + i]) need_operands(self, &self->expressions[i]);
    for (int i = 0; i < layers; i++)
        any = any || self->needed[i];
    if (!any) self->needed[0] = true;
}

/* Layers that are needed come first, each part in its order. */
static weft_status order_layers(derivation *self, weft_error *err) {
    weft_plan *plan = self->plan;
    weft_plan_layer *sorted = calloc((size_t)plan->layer_total, sizeof *sorted);
    int count = 0, next;
    if (sorted == NULL) return weft_error_no_memory(err, "the plan");
    for (int i = 0; i < plan->layer_total; i++)
        if (self->needed[i]) sorted[self->numbers[i] = count++] = plan->layers[i];
    plan->layer_count = next = count;
    for (int i = 0; i < plan->layer_total; i++)
        if (!self->needed[i]) sorted[self->numbers[i] = count++] = plan->layers[i];
    for (int i = 0; i < plan->derived_count; i++)
        self->numbers[plan->layer_total + i] = self->needed[plan->layer_total + i] ? next++ : -1;
    free(plan->layers);
    plan->layers = sorted;
    return WEFT_OK;
}

/* --- the program --- */

static void renumber(const derivation *self, weft_expression *expression) {
    for (int i = 0; i < expression->operand_count; i++)
        expression->operands[i] = self->numbers[expression->operands[i]];
}

/* Takes the expressions over. */
static weft_status make_program(derivation *self, weft_error *err) {
    weft_plan *plan = self->plan;
    const weft_config *config = self->config;
    weft_column_program *program = plan->program = calloc(1, sizeof *program);
    if (program == NULL) return weft_error_no_memory(err, "the plan");
    program->layer_count = plan->layer_count;
    program->derived = calloc((size_t)plan->derived_count + 1, sizeof *program->derived);
    program->written = calloc((size_t)self->written_count + 1, sizeof *program->written);
    if (program->derived == NULL || program->written == NULL) return weft_error_no_memory(err, "the plan");
    for (int i = 0; i < plan->derived_count; i++) {
        if (!self->needed[plan->layer_total + i]) continue;
        renumber(self, &self->expressions[i]);
        program->derived[program->derived_count++] =
            (weft_derived_column){plan->derived[i].name, self->expressions[i], plan->derived[i].from->type};
        self->expressions[i] = (weft_expression){0};
    }
    program->has_where = config->where.text != NULL;
    program->chooses = !weft_plan_rows_are_all(config);
    program->by = self->by < 0 ? -1 : self->numbers[self->by];
    renumber(self, &self->where);
    program->where = self->where;
    self->where = (weft_expression){0};
    for (int i = 0; i < self->written_count; i++)
        program->written[program->written_count++] = self->numbers[self->written[i]];
    return WEFT_OK;
}

static weft_status list_columns(derivation *self, weft_error *err) {
    weft_plan *plan = self->plan;
    plan->columns = calloc((size_t)self->written_count + 1, sizeof *plan->columns);
    if (plan->columns == NULL) return weft_error_no_memory(err, "the plan");
    for (int i = 0; i < self->written_count; i++) {
        int value = self->written[i], derived = value - plan->layer_total;
        weft_plan_column *column = &plan->columns[plan->column_count++];
        if (derived < 0) {
            const weft_plan_layer *layer = &plan->layers[self->numbers[value]];
            *column = (weft_plan_column){.name = layer->column, .type = layer->type, .layer = layer};
        } else {
            const weft_plan_derived *from = &plan->derived[derived];
            *column = (weft_plan_column){.name = from->name, .type = from->from->type, .derived = from};
        }
    }
    return WEFT_OK;
}

static void dispose(derivation *self) {
    for (int i = 0; i < self->plan->derived_count; i++)
        weft_expression_dispose(&self->expressions[i]);
    weft_expression_dispose(&self->where);
    free(self->expressions);
    free(self->needed);
    free(self->numbers);
    free(self->written);
}

weft_status weft_plan_derive_columns(weft_plan *plan, weft_error *err) {
    const weft_config *config = plan->config;
    derivation self = {.plan = plan, .config = config};
    weft_status status = read_all(&self, err);
    size_t values = (size_t)weft_value_count(plan) + 1;
    self.needed = calloc(values, sizeof *self.needed);
    self.numbers = calloc(values, sizeof *self.numbers);
    self.written = calloc(values, sizeof *self.written);
    if (status == WEFT_OK && (self.needed == NULL || self.numbers == NULL || self.written == NULL))
        status = weft_error_no_memory(err, "the plan");
    if (status == WEFT_OK) status = find_classes(&self, err);
    if (status == WEFT_OK) status = choose(&self, err);
    if (status == WEFT_OK) {
        find_needed(&self);
        status = order_layers(&self, err);
    }
    bool plain = config->column_count == 0 && config->chosen_count == 0 && weft_plan_rows_are_all(config) &&
                 plan->rows.file == NULL;
    if (status == WEFT_OK && !plain) status = make_program(&self, err);
    if (status == WEFT_OK) status = list_columns(&self, err);
    dispose(&self);
    return status;
}
