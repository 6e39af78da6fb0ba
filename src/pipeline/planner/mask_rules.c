/* SPDX-License-Identifier: MIT
 *
 * Pixels of 8 and 16 bits have few values: each is tried once, before the run. */
#include "pipeline/planner/mask_rules.h"

#include "config/gdal_name.h"
#include "core/files/path_fields.h"
#include "processors/table/evaluator.h"
#include "raster/info/missing_values.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE 256

typedef struct mask_rule {
    weft_mask_rule rule;
    const weft_config_dataset *config;
    weft_expression where;
    weft_evaluator *evaluator; /* under the lock */
    pthread_mutex_t lock;
    /* By the mask's type. Of a band only the type and `missing` are set: the pixels that `values` are. */
    weft_band_info bands[WEFT_FLOAT64 + 1];
    uint8_t *tables[WEFT_FLOAT64 + 1];
    int found, absent; /* files that have a mask, and that have none */
    char *one_absent;
} mask_rule;

/* --- values --- */

/* Bits of whole numbers, in 64 bits. An integer has no more bits than its type: the sign is not carried on. A float has
 * those of its whole part; one of 2^63 or more has none that can be asked for. */
static void bits_of(weft_data_type type, const void *pixels, int64_t count, uint64_t *out) {
    double reals[PIECE];
    size_t size = weft_data_type_size(type);
    uint64_t own = size < sizeof *out ? (UINT64_C(1) << 8 * size) - 1 : UINT64_MAX;
    if (!weft_data_type_is_float(type)) {
        weft_data_type_convert(WEFT_UINT64, out, type, pixels, count);
        for (int64_t i = 0; i < count; i++)
            out[i] &= own;
        return;
    }
    weft_data_type_convert(WEFT_FLOAT64, reals, type, pixels, count);
    for (int64_t i = 0; i < count; i++)
        out[i] = fabs(reals[i]) < 0x1p63 ? (uint64_t)(int64_t)reals[i] : 0;
}

static void test_bits(const weft_config_mask *mask, weft_data_type type, const void *pixels, int64_t count,
                      uint8_t *out) {
    uint64_t bits[PIECE];
    bits_of(type, pixels, count, bits);
    memset(out, 0, (size_t)count);
    for (int i = 0; i < mask->bit_count; i++) {
        const weft_config_bits *wanted = &mask->bits[i];
        uint64_t low = (UINT64_C(1) << (wanted->last - wanted->first + 1)) - 1;
        for (int64_t j = 0; j < count; j++)
            out[j] = out[j] != 0 || (bits[j] >> wanted->first & low) == (uint64_t)wanted->value;
    }
}

static void test_values(const weft_band_info *band, const void *pixels, int64_t count, uint8_t *out) {
    uint8_t others[PIECE];
    bool any = weft_missing_values_mark(band, pixels, count, others);
    for (int64_t i = 0; i < count; i++)
        out[i] = any && others[i] == 0;
}

static void test_where(mask_rule *self, weft_data_type type, const void *pixels, int64_t count, uint8_t *out) {
    double values[PIECE], answers[PIECE];
    const double *operands[] = {values};
    weft_data_type_convert(WEFT_FLOAT64, values, type, pixels, count);
    (void)pthread_mutex_lock(&self->lock);
    weft_evaluator_run(self->evaluator, operands, count, answers);
    (void)pthread_mutex_unlock(&self->lock);
    for (int64_t i = 0; i < count; i++)
        out[i] = answers[i] == answers[i] && answers[i] != 0;
}

static void test(void *payload, weft_data_type type, const void *pixels, int64_t count, uint8_t *out) {
    mask_rule *self = payload;
    const weft_config_mask *mask = &self->config->mask;
    for (int64_t at = 0; at < count; at += PIECE) {
        const void *from = (const char *)pixels + at * (int64_t)weft_data_type_size(type);
        int64_t piece = weft_smaller(PIECE, count - at);
        if (self->evaluator != NULL)
            test_where(self, type, from, piece, out + at);
        else if (mask->bit_count > 0)
            test_bits(mask, type, from, piece, out + at);
        else
            test_values(&self->bands[type], from, piece, out + at);
    }
}

static weft_status fill_table(mask_rule *self, weft_data_type type, weft_error *err) {
    int count = weft_data_type_size(type) == 1 ? 256 : 65536;
    self->tables[type] = malloc((size_t)count);
    if (self->tables[type] == NULL) return weft_error_no_memory(err, "a mask");
    for (int bits = 0; bits < count; bits++) {
        uint8_t one = (uint8_t)bits;
        uint16_t two = (uint16_t)bits;
        test(self, type, count == 256 ? (const void *)&one : &two, 1, &self->tables[type][bits]);
    }
    return WEFT_OK;
}

static weft_status prepare(void *payload, weft_data_type type, const uint8_t **table, weft_error *err) {
    mask_rule *self = payload;
    const weft_config_mask *mask = &self->config->mask;
    weft_status status = WEFT_OK;
    if (mask->value_count > 0 && self->bands[type].missing == NULL) {
        self->bands[type].type = type;
        if (!weft_missing_values_choose(&self->bands[type], mask->values, mask->value_count))
            return weft_error_no_memory(err, "a mask");
    }
    if (weft_data_type_size(type) <= 2 && self->tables[type] == NULL) status = fill_table(self, type, err);
    *table = self->tables[type];
    return status;
}

/* --- files --- */

static char *path_for(const mask_rule *self, const char *path) {
    const char *pattern = self->config->path_count > 0 ? self->config->paths[0] : "", *mask = self->config->mask.path;
    weft_path_fields fields = {0};
    bool undated;
    if (weft_path_has_fields(mask) && weft_path_has_fields(pattern))
        (void)weft_path_fields_match(pattern, path, &fields, &undated);
    return fields.count > 0 ? weft_path_fields_fill(mask, &fields, WEFT_PATH_FILL_PATH) : weft_text_format("%s", mask);
}

static weft_status path_of(void *payload, const char *path, char **out, bool *all_masked, weft_error *err) {
    mask_rule *self = payload;
    *out = path_for(self, path);
    *all_masked = false;
    if (*out == NULL) return weft_error_no_memory(err, "a mask");
    if (weft_gdal_name_is(*out) || access(*out, F_OK) == 0) {
        self->found++;
        return WEFT_OK;
    }
    self->absent++;
    if (self->one_absent == NULL)
        self->one_absent = *out;
    else
        free(*out);
    *out = NULL;
    *all_masked = !self->rule.keeps_missing;
    return WEFT_OK;
}

/* --- rules --- */

static int find_value(void *payload, const char *name) {
    (void)payload;
    return strcmp(name, "value") == 0 ? 0 : -1;
}

static weft_status compile(mask_rule *self, const weft_config *config, weft_error *err) {
    const weft_config_expression *where = &self->config->mask.where;
    const weft_expression_names names = {find_value, NULL};
    char *unknown = NULL;
    size_t at = 0;
    if (where->text == NULL) return WEFT_OK;
    weft_status status = weft_expression_read(&self->where, where->text, &names, &at, &unknown, err);
    if (status == WEFT_ERR_DATA) {
        if (unknown != NULL) weft_error_hint(err, "a pixel of the mask is called value: where: \"value > 60\"");
        weft_error_prefix(err, "mask.where: ");
        weft_config_place_expression(config, where, at, err);
    }
    free(unknown);
    return status == WEFT_OK ? weft_evaluator_new(&self->evaluator, &self->where, err) : status;
}

static void free_rule(weft_mask_rule *rule) {
    mask_rule *self = (mask_rule *)rule;
    weft_evaluator_free(self->evaluator);
    weft_expression_dispose(&self->where);
    for (int i = 0; i <= (int)WEFT_FLOAT64; i++) {
        free(self->tables[i]);
        free((void *)self->bands[i].missing);
    }
    free(self->one_absent);
    (void)pthread_mutex_destroy(&self->lock);
    free(self);
}

weft_status weft_plan_mask_rule(weft_plan *plan, const weft_config_dataset *config, const weft_mask_rule **out,
                                weft_error *err) {
    const weft_config *all = plan->config;
    if (plan->mask_rules == NULL) plan->mask_rules = calloc((size_t)all->dataset_count, sizeof *plan->mask_rules);
    plan->free_mask_rule = free_rule;
    if (plan->mask_rules == NULL) return weft_error_no_memory(err, "a mask");
    weft_mask_rule **rule = &plan->mask_rules[config - all->datasets];
    *out = *rule;
    if (*rule != NULL) return WEFT_OK;
    mask_rule *self = calloc(1, sizeof *self);
    if (self == NULL) return weft_error_no_memory(err, "a mask");
    (void)pthread_mutex_init(&self->lock, NULL);
    self->config = config;
    self->rule = (weft_mask_rule){.path_of = path_of,
                                  .band = config->mask.band > 0 ? (int)config->mask.band : 1,
                                  .prepare = prepare,
                                  .test = test,
                                  .payload = self,
                                  .keeps_missing = config->mask.keeps_missing != 0};
    *out = *rule = &self->rule;
    return compile(self, all, err);
}

/* --- what is said --- */

static weft_status tell_of_rule(weft_plan *plan, const mask_rule *self, weft_error *err) {
    const char *name = self->config->name;
    int all = self->found + self->absent;
    if (self->found == 0 && all > 0) {
        weft_error_set(err, WEFT_ERR_NO_INPUT, "mask: %s: there is no such file", self->one_absent);
        weft_error_hint(err, "its fields are filled in from those of the dataset's path");
        weft_plan_place_error(plan, self->config, self->config->mask.place, err);
        return WEFT_ERR_NO_INPUT;
    }
    weft_status status = weft_plan_match(plan, err, "dataset %s: %d of %d %s a mask", name, self->found, all,
                                         all == 1 ? "file has" : "files have");
    if (status != WEFT_OK || self->absent == 0) return status;
    return weft_plan_warn(plan, err, "dataset %s: %d of %d files have no mask, and %s (mask.missing): %s", name,
                          self->absent, all, self->rule.keeps_missing ? "are taken as they are" : "count as missing",
                          self->one_absent);
}

/* Whether all pixels of a type are alike to the rule: masked (*masks) or not. Of wider types only values are known. */
static bool is_constant(const mask_rule *self, weft_data_type type, bool *masks) {
    const uint8_t *table = self->tables[type];
    size_t count = weft_data_type_size(type) == 1 ? 256 : 65536;
    *masks = table != NULL && table[0] != 0;
    if (table != NULL) return memcmp(table, table + 1, count - 1) == 0;
    return self->config->mask.value_count > 0 && self->bands[type].missing != NULL &&
           self->bands[type].missing_count == 0;
}

/* A value or a bit that the mask's pixels do not have is one of another product, or of another band. */
static weft_status warn_of_constant(weft_plan *plan, const mask_rule *self, weft_error *err) {
    const weft_config_mask *mask = &self->config->mask;
    bool masks;
    for (int type = 0; type <= (int)WEFT_FLOAT64; type++) {
        if (!is_constant(self, (weft_data_type)type, &masks)) continue;
        return weft_plan_warn(plan, err,
                              "dataset %s: mask.%s %s whatever value its pixels have, which are %s: is it of another "
                              "file or band?",
                              self->config->name,
                              mask->where.text != NULL ? "where"
                              : mask->bit_count > 0    ? "bits"
                                                       : "values",
                              masks ? "masks all" : "masks nothing", weft_data_type_name((weft_data_type)type));
    }
    return WEFT_OK;
}

static weft_status warn_of_cover(weft_plan *plan, const weft_config_dataset *config, weft_error *err) {
    for (int i = 0; i < plan->dataset_count; i++) {
        for (int j = 0; plan->datasets[i].origin == config && j < plan->datasets[i].input_count; j++) {
            const weft_source_info *info = weft_source_describe(plan->datasets[i].inputs[j].source);
            if (info->mask_block_bytes == 0 || info->mask_cover > 0.999) continue;
            return weft_plan_warn(plan, err,
                                  "dataset %s: its mask reaches %.3g %% of %s; pixels beyond %s (mask.missing)",
                                  config->name, 100 * info->mask_cover, info->path,
                                  config->mask.keeps_missing ? "are taken as they are" : "count as missing");
        }
    }
    return WEFT_OK;
}

weft_status weft_plan_masks_report(weft_plan *plan, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; plan->mask_rules != NULL && i < plan->config->dataset_count && status == WEFT_OK; i++) {
        if (plan->mask_rules[i] == NULL) continue;
        status = tell_of_rule(plan, (const mask_rule *)plan->mask_rules[i], err);
        if (status == WEFT_OK) status = warn_of_constant(plan, (const mask_rule *)plan->mask_rules[i], err);
        if (status == WEFT_OK) status = warn_of_cover(plan, &plan->config->datasets[i], err);
    }
    return status;
}
