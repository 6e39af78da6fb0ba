/* SPDX-License-Identifier: MIT
 *
 * Values are numbered twice. While expressions are read every layer and every derived column has a number; then those
 * that nobody needs are left out, and the others are numbered anew, in the same order. */
#include "pipeline/planner/derived_columns.h"

#include "core/text.h"
#include "pipeline/planner/plan_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The work on a plan. */
typedef struct derivation {
    weft_plan *plan;
    const weft_config *config;
    weft_expression *expressions; /* of the derived columns, then the row filter's */
    bool *needed;                 /* of each value */
    int *numbers;                 /* of each value: what it becomes */
    int *written;                 /* of each column that is written: its value */
    int written_count;
    int by;    /* the value that a sample's classes are, or -1 */
    int known; /* derived columns that an expression may name */
} derivation;

static weft_status no_memory(weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the plan");
}

static int value_count(const derivation *self) {
    return self->plan->layer_total + self->config->column_count;
}

static const char *value_name(const derivation *self, int value) {
    int layers = self->plan->layer_total;
    return value < layers ? self->plan->layers[value].column : self->config->columns[value - layers].name;
}

/* --- names --- */

static int find_among(const derivation *self, const char *name, int count) {
    for (int i = 0; i < count; i++)
        if (strcmp(value_name(self, i), name) == 0) return i;
    return -1;
}

static int find_operand(const void *payload, const char *name) {
    const derivation *self = payload;
    return find_among(self, name, self->plan->layer_total + self->known);
}

/* Which column may be meant. */
static void suggest(const derivation *self, const char *name, int count, weft_error *err) {
    const char **names = calloc((size_t)count + 1, sizeof *names);
    for (int i = 0; names != NULL && i < count; i++)
        names[i] = value_name(self, i);
    const char *nearest = names == NULL ? NULL : weft_text_nearest(name, names);
    if (nearest != NULL)
        weft_error_hint(err, "did you mean %s?", nearest);
    else
        weft_error_hint(err, "weft columns %s lists them", self->config->file);
    free(names);
}

static void word_unknown(const derivation *self, const char *name, weft_error *err) {
    int value = find_among(self, name, value_count(self));
    if (value < 0)
        suggest(self, name, self->plan->layer_total + self->known, err);
    else
        weft_error_hint(err, "it is derived %s: an expression can use the columns above its own",
                        value == self->plan->layer_total + self->known ? "here" : "further down");
}

/* --- expressions --- */

/* Texts are no numbers. */
static weft_status check_operands(const derivation *self, int number, const char *key,
                                  const weft_config_expression *text, weft_error *err) {
    const weft_expression *expression = &self->expressions[number];
    for (int i = 0; i < expression->operand_count; i++) {
        int value = expression->operands[i];
        if (value >= self->plan->layer_total || !weft_data_type_is_text(self->plan->layers[value].type)) continue;
        weft_error_set(err, WEFT_ERR_DATA, "%s: column %s is a text, which expressions do not compute with", key,
                       value_name(self, value));
        weft_error_hint(err, "a field of numbers can be an operand");
        weft_config_place_expression(self->config, text, 0, err);
        return WEFT_ERR_DATA;
    }
    return WEFT_OK;
}

static weft_status read_expression(derivation *self, int number, const char *key,
                                   const weft_config_expression *expression, weft_error *err) {
    const weft_expression_names names = {find_operand, self};
    char *unknown = NULL;
    size_t at = 0;
    weft_status status = weft_expression_read(&self->expressions[number], expression->text, &names, &at, &unknown, err);
    if (status == WEFT_ERR_DATA) {
        if (unknown != NULL) word_unknown(self, unknown, err);
        weft_error_prefix(err, "%s: ", key);
        weft_config_place_expression(self->config, expression, at, err);
    }
    free(unknown);
    if (status == WEFT_OK) status = check_operands(self, number, key, expression, err);
    if (status != WEFT_OK || self->expressions[number].operand_count > 0) return status;
    return weft_plan_warn(self->plan, err, "%s: \"%.200s\" names no column: it is the same in every cell", key,
                          expression->text);
}

static weft_status read_column(derivation *self, int i, weft_error *err) {
    const weft_config_column *column = &self->config->columns[i];
    char key[128];
    (void)snprintf(key, sizeof key, "columns.%.100s", column->name);
    if (weft_plan_column_is_taken(self->plan, column->name, i)) {
        weft_error_set(err, WEFT_ERR_DATA, "%s: there are two columns of this name", key);
        weft_error_hint(err, "x and y are the coordinates, row and col those of export.index; give it another name");
        weft_config_place_expression(self->config, &column->expression, 0, err);
        return WEFT_ERR_DATA;
    }
    self->known = i;
    return read_expression(self, i, key, &column->expression, err);
}

static weft_status read_all(derivation *self, weft_error *err) {
    const weft_config *config = self->config;
    weft_status status = WEFT_OK;
    for (int i = 0; i < config->column_count && status == WEFT_OK; i++)
        status = read_column(self, i, err);
    self->known = config->column_count;
    if (status == WEFT_OK && config->where.text != NULL)
        status = read_expression(self, config->column_count, "rows.where", &config->where, err);
    return status;
}

/* --- the classes of a sample --- */

static weft_data_type value_type(const derivation *self, int value) {
    int layers = self->plan->layer_total;
    return value < layers ? self->plan->layers[value].type : self->config->columns[value - layers].type;
}

static weft_status find_classes(derivation *self, weft_error *err) {
    const char *by = self->config->rows_of.sample.by;
    self->by = -1;
    if (by == NULL) return WEFT_OK;
    self->by = find_among(self, by, value_count(self));
    if (self->by < 0) {
        weft_error_set(err, WEFT_ERR_DATA, "%s: rows.sample.by: there is no column \"%s\"", self->config->file, by);
        suggest(self, by, value_count(self), err);
        return WEFT_ERR_DATA;
    }
    if (!weft_data_type_is_float(value_type(self, self->by))) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: rows.sample.by: %s is %s, and classes are whole numbers or texts",
                   self->config->file, by, weft_data_type_name(value_type(self, self->by)));
    weft_error_hint(err,
                    "method: mode or nearest keeps classes; columns: {class: {expr: floor(%s), type: Int16}} makes "
                    "some",
                    by);
    return WEFT_ERR_DATA;
}

/* --- what is written, and what that needs --- */

static weft_status choose(derivation *self, weft_error *err) {
    const weft_config *config = self->config;
    int all = value_count(self);
    for (int i = 0; i < all && config->chosen_count == 0; i++)
        self->written[self->written_count++] = i;
    for (int i = 0; i < config->chosen_count; i++) {
        const weft_config_chosen *chosen = &config->chosen[i];
        int value = find_among(self, chosen->name, all);
        if (value < 0) {
            weft_error_set(err, WEFT_ERR_DATA, "export.columns: there is no column \"%s\"", chosen->name);
            suggest(self, chosen->name, all, err);
            if (chosen->origin != NULL)
                weft_error_prefix(err, "%s: ", chosen->origin);
            else
                weft_error_prefix(err, "%s:%d:%d: ", config->file, chosen->place.line, chosen->place.column);
            return WEFT_ERR_DATA;
        }
        self->written[self->written_count++] = value;
    }
    return WEFT_OK;
}

static void need_operands(derivation *self, const weft_expression *expression) {
    for (int i = 0; i < expression->operand_count; i++)
        self->needed[expression->operands[i]] = true;
}

/* From the last on: what needs a column stands behind it. One layer stays, for there to be a table. */
static void find_needed(derivation *self) {
    int layers = self->plan->layer_total;
    bool any = false;
    for (int i = 0; i < self->written_count; i++)
        self->needed[self->written[i]] = true;
    need_operands(self, &self->expressions[self->config->column_count]);
    if (self->by >= 0) self->needed[self->by] = true;
    for (int i = self->config->column_count - 1; i >= 0; i--)
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
    if (sorted == NULL) return no_memory(err);
    for (int i = 0; i < plan->layer_total; i++)
        if (self->needed[i]) sorted[self->numbers[i] = count++] = plan->layers[i];
    plan->layer_count = next = count;
    for (int i = 0; i < plan->layer_total; i++)
        if (!self->needed[i]) sorted[self->numbers[i] = count++] = plan->layers[i];
    for (int i = 0; i < self->config->column_count; i++)
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
    if (program == NULL) return no_memory(err);
    program->layer_count = plan->layer_count;
    program->derived = calloc((size_t)config->column_count + 1, sizeof *program->derived);
    program->written = calloc((size_t)self->written_count + 1, sizeof *program->written);
    if (program->derived == NULL || program->written == NULL) return no_memory(err);
    for (int i = 0; i < config->column_count; i++) {
        if (!self->needed[plan->layer_total + i]) continue;
        renumber(self, &self->expressions[i]);
        program->derived[program->derived_count++] =
            (weft_derived_column){config->columns[i].name, self->expressions[i], config->columns[i].type};
        self->expressions[i] = (weft_expression){0};
    }
    program->has_where = config->where.text != NULL;
    program->chooses = !weft_plan_rows_are_all(config);
    program->by = self->by < 0 ? -1 : self->numbers[self->by];
    renumber(self, &self->expressions[config->column_count]);
    program->where = self->expressions[config->column_count];
    self->expressions[config->column_count] = (weft_expression){0};
    for (int i = 0; i < self->written_count; i++)
        program->written[program->written_count++] = self->numbers[self->written[i]];
    return WEFT_OK;
}

static weft_status list_columns(derivation *self, weft_error *err) {
    weft_plan *plan = self->plan;
    plan->columns = calloc((size_t)self->written_count + 1, sizeof *plan->columns);
    if (plan->columns == NULL) return no_memory(err);
    for (int i = 0; i < self->written_count; i++) {
        int value = self->written[i], derived = value - plan->layer_total;
        weft_plan_column *column = &plan->columns[plan->column_count++];
        if (derived < 0) {
            const weft_plan_layer *layer = &plan->layers[self->numbers[value]];
            *column = (weft_plan_column){.name = layer->column, .type = layer->type, .layer = layer};
        } else {
            const weft_config_column *from = &self->config->columns[derived];
            *column = (weft_plan_column){.name = from->name, .type = from->type, .derived = from};
        }
    }
    return WEFT_OK;
}

static void dispose(derivation *self) {
    for (int i = 0; self->expressions != NULL && i <= self->config->column_count; i++)
        weft_expression_dispose(&self->expressions[i]);
    free(self->expressions);
    free(self->needed);
    free(self->numbers);
    free(self->written);
}

weft_status weft_plan_derive_columns(weft_plan *plan, weft_error *err) {
    const weft_config *config = plan->config;
    derivation self = {.plan = plan, .config = config};
    size_t values = (size_t)value_count(&self);
    self.expressions = calloc((size_t)config->column_count + 1, sizeof *self.expressions);
    self.needed = calloc(values, sizeof *self.needed);
    self.numbers = calloc(values, sizeof *self.numbers);
    self.written = calloc(values + (size_t)config->chosen_count, sizeof *self.written);
    weft_status status = WEFT_OK;
    if (self.expressions == NULL || self.needed == NULL || self.numbers == NULL || self.written == NULL)
        status = no_memory(err);
    if (status == WEFT_OK) status = read_all(&self, err);
    if (status == WEFT_OK) status = find_classes(&self, err);
    if (status == WEFT_OK) status = choose(&self, err);
    if (status == WEFT_OK) {
        find_needed(&self);
        status = order_layers(&self, err);
    }
    bool plain = config->column_count == 0 && config->chosen_count == 0 && weft_plan_rows_are_all(config);
    if (status == WEFT_OK && !plain) status = make_program(&self, err);
    if (status == WEFT_OK) status = list_columns(&self, err);
    dispose(&self);
    return status;
}
