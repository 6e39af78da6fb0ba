/* SPDX-License-Identifier: MIT
 *
 * The keys of a dataset's mask. */
#include "config/config_keys.h"

#include "config/schema_types.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static weft_config_mask *mask_at(void *target, size_t offset) {
    return (weft_config_mask *)((char *)target - offset);
}

static void read_path(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                      void *target) {
    if (weft_config_is_filled(reader, key, node, "a path"))
        *(char **)target = weft_config_raster_name(reader, node->text);
}

static void read_values(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                        void *target) {
    weft_config_mask *mask = mask_at(target, offsetof(weft_config_mask, values));
    bool list = node->kind == WEFT_YAML_SEQUENCE;
    if (node->kind == WEFT_YAML_MAPPING || (list && node->count == 0)) {
        weft_config_expect(reader, key, node, "a list of numbers and ranges", "[3, 8, 9, 10], or [3, [8, 10]]");
        return;
    }
    mask->values = calloc(list ? (size_t)node->count : 1, sizeof *mask->values);
    if (mask->values == NULL) {
        reader->no_memory = true;
        return;
    }
    if (!list) mask->value_count = weft_config_read_range(reader, key, node, mask->values);
    for (int i = 0; list && i < node->count; i++)
        if (weft_config_read_range(reader, key, node->children[i], &mask->values[mask->value_count]))
            mask->value_count++;
}

/* "10", or "8-9": some bits that are one number. */
static bool read_span(const char *text, weft_config_bits *out) {
    char *end;
    out->first = out->last = (int)strtol(text, &end, 10);
    if (end == text) return false;
    if (*end == '-') {
        const char *second = end + 1;
        out->last = (int)strtol(second, &end, 10);
        if (end == second) return false;
    }
    return *end == '\0' && out->first >= 0 && out->first <= out->last && out->last < 32;
}

static void read_bits(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                      void *target) {
    static const char form[] =
        "{10: 1, 11: 1}; \"8-9\": 3 are two bits that are one number; bits count from 0, the lowest";
    weft_config_mask *mask = mask_at(target, offsetof(weft_config_mask, bits));
    if (node->kind != WEFT_YAML_MAPPING || node->count == 0) {
        weft_config_expect(reader, key, node, "a mapping of bits to their values", form);
        return;
    }
    mask->bits = calloc((size_t)node->count, sizeof *mask->bits);
    if (mask->bits == NULL) {
        reader->no_memory = true;
        return;
    }
    for (int i = 0; i < node->count; i++) {
        weft_config_bits *bits = &mask->bits[mask->bit_count];
        bool ok = read_span(node->keys[i], bits) && weft_config_parse_integer(node->children[i], &bits->value) &&
                  bits->value >= 0 && bits->value < INT64_C(1) << (bits->last - bits->first + 1);
        if (ok)
            mask->bit_count++;
        else
            weft_yaml_report(&reader->report, node->key_places[i], node->children[i]->origin, form,
                             "bits: \"%.40s\" is no bit from 0 to 31 with a value that it can have", node->keys[i]);
    }
}

void weft_config_read_mask(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                           void *target) {
    weft_config_dataset *dataset = target;
    dataset->mask.place = node->place;
    weft_config_read_section(reader, key->children, node, dataset, "mask");
}

static const weft_choice missing_choices[] = {{.word = "mask"}, {.word = "keep"}, {0}};

#define OF(member) (offsetof(weft_config_dataset, mask) + offsetof(weft_config_mask, member))

const weft_config_key weft_config_mask_keys[] = {
    {.name = "path",
     .description = "The mask; fields in it are filled in from the dataset's path.",
     .read = read_path,
     .offset = OF(path),
     .type = WEFT_SCHEMA_TEXT,
     .path = true},
    {.name = "band",
     .description = "Its band, from 1; default: the first.",
     .read = weft_config_read_int64,
     .offset = OF(band),
     .type = WEFT_SCHEMA_INTEGER,
     .low = 1,
     .high = 65536},
    {.name = "values",
     .description = "Pixels do not count where the mask has one of these values; [low, high] in the list is a range.",
     .read = read_values,
     .offset = OF(values),
     .type = "\"type\": [\"number\", \"array\"]"},
    {.name = "bits",
     .description = "Pixels do not count where one of these bits has this value: {10: 1, 11: 1}, {\"8-9\": 3}.",
     .read = read_bits,
     .offset = OF(bits),
     .type = "\"type\": \"object\", \"additionalProperties\": {\"type\": \"integer\"}"},
    {.name = "where",
     .description = "Pixels do not count where this expression over value is true.",
     .read = weft_config_read_expression,
     .offset = OF(where),
     .type = WEFT_SCHEMA_TEXT},
    {.name = "missing",
     .description = "What is where the mask is missing itself, or does not reach: mask (the pixel does not count: the "
                    "default) or keep.",
     .read = weft_config_read_choice,
     .offset = OF(keeps_missing),
     .choices = missing_choices},
    {0}};
