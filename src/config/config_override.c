/* SPDX-License-Identifier: MIT
 *
 * Readers of what a dataset says in place of its file. */
#include "config/config_keys.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- nodata ---
 *
 * A pair of numbers is a range: nodata: [249, 255] is what products with several fill values document. All other lists
 * are of values and ranges. */

static const char nodata_expected[] = "a number, a range [low, high], a list of numbers and ranges, or none";

/* Whole numbers are exact, as 64-bit pixels are compared with them. Others are the nearest double, not a long double,
 * as GDAL's and everybody's are. */
static bool parse_value(const weft_yaml_node *node, long double *out) {
    static const struct {
        const char *word;
        double value;
    } words[] = {{"nan", NAN},        {".nan", NAN},        {"inf", INFINITY},  {".inf", INFINITY},
                 {"-inf", -INFINITY}, {"-.inf", -INFINITY}, {"+inf", INFINITY}, {"+.inf", INFINITY}};
    if (weft_config_parse_exact(node, out)) return true;
    for (size_t i = 0; node->kind == WEFT_YAML_SCALAR && i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(node->text, words[i].word) != 0) continue;
        *out = words[i].value;
        return true;
    }
    return false;
}

static void report_order(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                         long double low, long double high) {
    char hint[160];
    (void)snprintf(hint, sizeof hint, "low comes first: [%.15Lg, %.15Lg]; two single values are [[%.15Lg], [%.15Lg]]",
                   high, low, low, high);
    weft_yaml_report(&reader->report, node->place, node->origin, hint, "%s: [%.15Lg, %.15Lg] is not a range", key->name,
                     low, high);
}

bool weft_config_read_range(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                            weft_value_range *out) {
    bool list = node->kind == WEFT_YAML_SEQUENCE && node->count >= 1 && node->count <= 2;
    bool ok = parse_value(list ? node->children[0] : node, &out->low);
    out->high = out->low;
    if (ok && list && node->count == 2)
        ok = parse_value(node->children[1], &out->high) && !isnan(out->low) && !isnan(out->high);
    if (!ok) {
        weft_config_expect(reader, key, node, nodata_expected, "[249, 255], or [0, 1, [249, 255]]");
        return false;
    }
    if (out->low > out->high) report_order(reader, key, node, out->low, out->high);
    return isnan(out->low) || out->low <= out->high;
}

/* Whether a list is a pair of numbers. */
static bool is_pair(const weft_yaml_node *node) {
    long double low, high;
    return node->kind == WEFT_YAML_SEQUENCE && node->count == 2 && parse_value(node->children[0], &low) &&
           parse_value(node->children[1], &high) && !isnan(low) && !isnan(high);
}

void weft_config_read_nodata(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                             void *target) {
    weft_config_dataset *dataset = (weft_config_dataset *)((char *)target - offsetof(weft_config_dataset, nodata));
    bool list = node->kind == WEFT_YAML_SEQUENCE && node->count > 0;
    dataset->has_nodata = true;
    if (node->kind == WEFT_YAML_SCALAR && strcmp(node->text, "none") == 0) return;
    dataset->nodata = calloc(list ? (size_t)node->count : 1, sizeof *dataset->nodata);
    if (dataset->nodata == NULL) {
        reader->no_memory = true;
        return;
    }
    dataset->nodata_pair = is_pair(node);
    if (!list || dataset->nodata_pair) {
        dataset->nodata_count = weft_config_read_range(reader, key, node, dataset->nodata);
        dataset->nodata_pair = dataset->nodata_pair && dataset->nodata->low < dataset->nodata->high;
        return;
    }
    for (int i = 0; i < node->count; i++)
        if (!weft_config_read_range(reader, key, node->children[i], &dataset->nodata[dataset->nodata_count++])) return;
}

/* --- place and scale --- */

void weft_config_read_geotransform(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                                   void *target) {
    weft_config_dataset *dataset =
        (weft_config_dataset *)((char *)target - offsetof(weft_config_dataset, geotransform));
    double *g = dataset->geotransform;
    bool ok = node->kind == WEFT_YAML_SEQUENCE && node->count == 6;
    for (int i = 0; i < 6 && ok; i++)
        ok = weft_config_parse_number(node->children[i], &g[i]);
    if (!ok) {
        weft_config_expect(reader, key, node, "a list of six numbers",
                           "GDAL's order: [left, width, 0, top, 0, -height], of a pixel");
        return;
    }
    if (g[1] * g[5] - g[2] * g[4] == 0)
        weft_yaml_report(&reader->report, node->place, node->origin,
                         "GDAL's order: [left, width, 0, top, 0, -height], of a pixel",
                         "geotransform: its pixels have no area");
    dataset->has_geotransform = true;
}

void weft_config_read_factor(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                             void *target) {
    double value;
    bool is_scale = strcmp(key->name, "scale") == 0;
    if (weft_config_parse_number(node, &value) && !(is_scale && value == 0))
        *(double *)target = value;
    else
        weft_config_expect(reader, key, node, is_scale ? "a number other than 0" : "a number",
                           is_scale ? "0.0001 for pixels of 10000 that mean 1" : NULL);
}

/* --- open options --- */

static bool add_option(weft_config_reader *reader, char **options, int at, const char *name, const char *value) {
    options[at] = value == NULL ? weft_text_format("%s", name) : weft_text_format("%s=%s", name, value);
    if (options[at] == NULL) reader->no_memory = true;
    return options[at] != NULL;
}

void weft_config_read_open_options(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                                   void *target) {
    static const char hint[] = "{HONOUR_VALID_RANGE: NO}, or [HONOUR_VALID_RANGE=NO]";
    bool mapping = node->kind == WEFT_YAML_MAPPING, ok = node->kind != WEFT_YAML_SCALAR;
    for (int i = 0; i < node->count && ok; i++) {
        const weft_yaml_node *child = node->children[i];
        ok = child->kind == WEFT_YAML_SCALAR && (mapping || strchr(child->text, '=') > child->text);
    }
    if (!ok) {
        weft_config_expect(reader, key, node, "a mapping, or a list of KEY=VALUE", hint);
        return;
    }
    char **options = calloc((size_t)node->count + 1, sizeof *options);
    *(char ***)target = options;
    if (options == NULL) reader->no_memory = true;
    for (int i = 0; i < node->count && options != NULL; i++)
        if (!add_option(reader, options, i, mapping ? node->keys[i] : node->children[i]->text,
                        mapping ? node->children[i]->text : NULL))
            return;
}
