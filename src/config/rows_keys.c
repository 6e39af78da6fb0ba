/* SPDX-License-Identifier: MIT
 *
 * The keys of the rows section, and what ties them together. No file is looked at. */
#include "config/config_keys.h"

#include "config/schema_types.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define AT(member) offsetof(weft_config, rows_of.member)

/* --- readers --- */

static void read_below(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                       void *target) {
    (void)target;
    weft_config_read_section(reader, key->children, node, reader->config, key->name);
}

static void read_polygons(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                          void *target) {
    weft_config_rows *rows = &reader->config->rows_of;
    *(strcmp(key->name, "within") == 0 ? &rows->within.place : &rows->zone.place) = node->place;
    (void)target; /* not the section's where the section is absent */
    if (node->kind == WEFT_YAML_MAPPING && node->count > 0 && weft_yaml_find(node, "path") == NULL)
        weft_yaml_report(&reader->report, node->place, node->origin, "{path: country.gpkg}",
                         "%s: path is missing: the file of polygons", key->name);
    weft_config_read_section(reader, key->children, node, reader->config, key->name);
}

static void read_vector_path(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                             void *target) {
    char **out = target;
    if (node->kind != WEFT_YAML_SCALAR || node->text[0] == '\0') {
        weft_config_expect(reader, key, node, "a path", "anything that OGR reads: country.gpkg");
        return;
    }
    free(*out);
    *out = weft_config_raster_name(reader, node->text);
}

static void read_touch(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                       void *target) {
    weft_config_touch *out = target;
    double share;
    if (node->kind == WEFT_YAML_SCALAR && (strcmp(node->text, "centre") == 0 || strcmp(node->text, "center") == 0))
        out->rule = WEFT_TOUCH_CENTRE;
    else if (node->kind == WEFT_YAML_SCALAR && strcmp(node->text, "any") == 0)
        out->rule = WEFT_TOUCH_ANY;
    else if (weft_config_parse_number(node, &share) && share > 0 && share <= 1)
        *out = (weft_config_touch){WEFT_TOUCH_SHARE, share};
    else
        weft_config_expect(reader, key, node, "centre, any, or a least share of the cell", "touch: 0.5");
}

/* --- keys --- */

#define POLYGON_KEYS(MEMBER)                                                                                           \
    {.name = "path",                                                                                                   \
     .description = "A file of polygons: anything OGR reads, of any CRS.",                                             \
     .read = read_vector_path,                                                                                         \
     .offset = AT(MEMBER.path),                                                                                        \
     .type = WEFT_SCHEMA_TEXT,                                                                                         \
     .path = true},                                                                                                    \
        {.name = "layer",                                                                                              \
         .description = "Which of the file's layers; needed where it has several.",                                    \
         .read = weft_config_read_filled,                                                                              \
         .offset = AT(MEMBER.layer),                                                                                   \
         .type = WEFT_SCHEMA_TEXT},                                                                                    \
    {                                                                                                                  \
        .name = "where", .description = "Only features for which this is true, as OGR's SQL has it: iso = 'BRA'.",     \
        .read = weft_config_read_filled, .offset = AT(MEMBER.where), .type = WEFT_SCHEMA_TEXT                          \
    }

static const weft_config_key within_keys[] = {
    POLYGON_KEYS(within),
    {.name = "touch",
     .description = "Which cells are in a polygon: those whose centre is (centre, the default), those of which it "
                    "covers any part (any), or at least a share of the area (0.5).",
     .read = read_touch,
     .offset = AT(touch),
     .type = "\"oneOf\": [{\"enum\": [\"centre\", \"any\"]}, {\"type\": \"number\", \"exclusiveMinimum\": 0, "
             "\"maximum\": 1}]"},
    {0}};

static const weft_config_key zone_keys[] = {
    POLYGON_KEYS(zone),
    {.name = "field",
     .description = "The field whose value is the column; its name is the column's.",
     .read = weft_config_read_filled,
     .offset = AT(zone_field),
     .type = WEFT_SCHEMA_TEXT},
    {0}};

static const weft_config_key sample_keys[] = {
    {.name = "share",
     .description = "Each row with this probability.",
     .read = weft_config_read_number,
     .offset = AT(sample.share),
     .type = WEFT_SCHEMA_NUMBER,
     .low = 0,
     .high = 1,
     .over = true},
    {.name = "count",
     .description = "So many of the rows that the other conditions keep, all of which are equally likely.",
     .read = weft_config_read_int64,
     .offset = AT(sample.count),
     .type = WEFT_SCHEMA_INTEGER,
     .low = 1,
     .high = 1e12},
    {.name = "by",
     .description = "A column of whole numbers or texts: classes, of each of which `per` rows are taken.",
     .read = weft_config_read_name,
     .offset = AT(sample.by),
     .type = WEFT_SCHEMA_TEXT},
    {.name = "per",
     .description = "So many rows a class of `by`, or all of one that has fewer.",
     .read = weft_config_read_int64,
     .offset = AT(sample.per),
     .type = WEFT_SCHEMA_INTEGER,
     .low = 1,
     .high = 1e9},
    {.name = "seed",
     .description = "Another seed, other rows; the same, the same rows; default: 0.",
     .read = weft_config_read_int64,
     .offset = AT(sample.seed),
     .type = WEFT_SCHEMA_INTEGER,
     .low = 0,
     .high = 4294967295.0},
    {0}};

const weft_config_key weft_config_rows_keys[] = {
    {.name = "where",
     .description = "Only cells where this expression over columns is true; the others are no rows, and missing in "
                    "rasters.",
     .read = weft_config_read_where,
     .type = WEFT_SCHEMA_TEXT},
    {.name = "within",
     .description = "Only cells in these polygons; the others are no rows, missing in rasters, and not resampled.",
     .read = read_polygons,
     .children = within_keys},
    {.name = "zone",
     .description = "A column: a field of the polygon that the cell's centre lies in, of the first one where they "
                    "overlap.",
     .read = read_polygons,
     .children = zone_keys},
    {.name = "sample", .description = "A random sample of the rows.", .read = read_below, .children = sample_keys},
    {0}};

/* --- what ties them together --- */

static void report(weft_config_reader *reader, const weft_yaml_node *at, const char *hint, const char *message) {
    weft_yaml_report(&reader->report, at->place, at->origin, hint, "%s", message);
}

static void check_sample(weft_config_reader *reader, const weft_yaml_node *sample) {
    const weft_yaml_node *by = weft_yaml_find(sample, "by"), *per = weft_yaml_find(sample, "per");
    const weft_yaml_node *share = weft_yaml_find(sample, "share"), *count = weft_yaml_find(sample, "count");
    if (by != NULL && per == NULL) report(reader, by, "per: 500", "sample: by needs per: how many rows a class");
    if (per != NULL && by == NULL) report(reader, per, "by: landcover", "sample: per needs by: the column of classes");
    if ((share != NULL) + (count != NULL) + (per != NULL) > 1)
        report(reader, sample, "leave out all but one of them",
               "sample: share, count and per each say how many rows are taken");
    else if (share == NULL && count == NULL && per == NULL && by == NULL)
        report(reader, sample, "share: 0.01, count: 100000, or by: landcover and per: 500",
               "sample: how many rows are to be taken is missing");
}

void weft_config_check_rows(weft_config_reader *reader, const weft_yaml_node *rows) {
    const weft_yaml_node *zone = weft_yaml_find(rows, "zone"), *sample = weft_yaml_find(rows, "sample");
    if (sample != NULL && sample->kind == WEFT_YAML_MAPPING) check_sample(reader, sample);
    if (zone != NULL && zone->kind == WEFT_YAML_MAPPING && weft_yaml_find(zone, "field") == NULL)
        report(reader, zone, "{path: basins.gpkg, field: basin_id}",
               "zone: field is missing: whose value the column has");
}
