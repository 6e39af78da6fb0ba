/* SPDX-License-Identifier: MIT
 *
 * The keys that choose a dataset's rasters from a catalog. The catalog is not looked at. */
#include "config/config_keys.h"

#include "config/schema_types.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static weft_config_catalog *catalog_at(void *target, size_t offset) {
    return (weft_config_catalog *)((char *)target - offset);
}

/* A value, or the first and the last entry of a list of two. False: it is neither. */
static bool find_ends(const weft_yaml_node *node, const weft_yaml_node **first, const weft_yaml_node **last) {
    bool list = node->kind == WEFT_YAML_SEQUENCE;
    *first = *last = node;
    if (list && node->count == 2) {
        *first = node->children[0];
        *last = node->children[1];
    }
    return (!list || node->count == 2) && (*first)->kind == WEFT_YAML_SCALAR && (*last)->kind == WEFT_YAML_SCALAR;
}

static void read_time(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                      void *target) {
    weft_config_catalog *catalog = catalog_at(target, offsetof(weft_config_catalog, from));
    const weft_yaml_node *first, *last;
    weft_moment begin, end, unused;
    if (!find_ends(node, &first, &last) || !weft_moment_read_span(first->text, &begin, &unused) ||
        !weft_moment_read_span(last->text, &unused, &end)) {
        weft_config_expect(reader, key, node, "the first and the last time",
                           "[2020-01-01, 2020-12-31], or [2020-05, 2020-09]; one alone is all of it");
        return;
    }
    if (weft_moment_compare(&begin, &end) > 0) {
        weft_yaml_report(&reader->report, node->place, node->origin, "the earlier one comes first",
                         "catalog: time: %s is after %s", first->text, last->text);
        return;
    }
    char text[2][WEFT_MOMENT_TEXT_BYTES];
    weft_moment_span_text(first->text, text[0]);
    weft_moment_span_text(last->text, text[1]);
    catalog->from = weft_text_format("%s", text[0]);
    catalog->to = weft_text_format("%s", text[1]);
    reader->no_memory = reader->no_memory || catalog->from == NULL || catalog->to == NULL;
}

static void read_resolution(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                            void *target) {
    weft_config_catalog *catalog = catalog_at(target, offsetof(weft_config_catalog, resolution));
    const weft_yaml_node *first, *last;
    double *out = catalog->resolution;
    if (!find_ends(node, &first, &last) || !weft_config_parse_number(first, &out[0]) ||
        !weft_config_parse_number(last, &out[1]) || !(out[0] > 0) || out[0] > out[1]) {
        out[0] = out[1] = 0;
        weft_config_expect(reader, key, node, "a size of pixels, or the least and the largest", "[10, 20]");
    }
}

void weft_config_read_catalog(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                              void *target) {
    weft_config_dataset *dataset = target;
    dataset->catalog.place = node->place;
    dataset->catalog.cloud_cover = NAN;
    weft_config_read_section(reader, key->children, node, dataset, "catalog");
    dataset->is_mosaic = dataset->is_mosaic || dataset->catalog.file != NULL;
}

#define OF(member) (offsetof(weft_config_dataset, catalog) + offsetof(weft_config_catalog, member))

const weft_config_key weft_config_catalog_keys[] = {
    {.name = "file", .description = "The catalog: what weft catalog makes.", WEFT_KEY_PATH(OF(file))},
    {.name = "name",
     .description = "Rasters of this name: a glob; with a slash, of this path.",
     .read = weft_config_read_filled,
     .offset = OF(name),
     .type = WEFT_SCHEMA_TEXT},
    {.name = "time",
     .description = "Rasters acquired in this range: [2020-01-01, 2020-12-31], both days included, [2020-05, 2020-09], "
                    "or one of them.",
     .read = read_time,
     .offset = OF(from),
     .type = "\"type\": [\"array\", \"string\", \"integer\"], \"items\": {\"type\": [\"string\", \"integer\"]}, "
             "\"maxItems\": 2"},
    {.name = "band",
     .description = "Rasters with a band of this name, or with this in the field band of their names.",
     .read = weft_config_read_filled,
     .offset = OF(band),
     .type = WEFT_SCHEMA_TEXT},
    {.name = "resolution",
     .description = "Rasters with pixels of this size, in units of their CRS: [10, 20], or one number.",
     .read = read_resolution,
     .offset = OF(resolution),
     .type = "\"type\": [\"array\", \"number\"], \"items\": {\"type\": \"number\"}, \"minItems\": 2, \"maxItems\": 2"},
    {.name = "cloud_cover",
     .description = "Rasters with at most this cloud cover, in percent.",
     .read = weft_config_read_number,
     .offset = OF(cloud_cover),
     .type = WEFT_SCHEMA_NUMBER,
     .high = 100},
    {.name = "where",
     .description = "A condition over fields and properties, as weft catalog list --where has it: cloud_cover < 20.",
     .read = weft_config_read_filled,
     .offset = OF(where),
     .type = WEFT_SCHEMA_TEXT},
    {.name = "order",
     .description = "Which comes first in a mosaic: newest, oldest, a field or a property, - before it from high to "
                    "low; default: by path.",
     .read = weft_config_read_filled,
     .offset = OF(order),
     .type = WEFT_SCHEMA_TEXT},
    {0}};
