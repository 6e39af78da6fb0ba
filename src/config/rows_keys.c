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

static void read_polygons(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                          void *target) {
    weft_config_rows *rows = &reader->config->rows_of;
    *(strcmp(key->name, "within") == 0 ? &rows->within.place : &rows->zone.place) = node->place;
    if (node->kind == WEFT_YAML_MAPPING && node->count > 0 && weft_yaml_find(node, "path") == NULL)
        weft_yaml_report(&reader->report, node->place, node->origin, "{path: country.gpkg}",
                         "%s: path is missing: the file of polygons", key->name);
    weft_config_read_own_section(reader, key, node, target);
}

static void read_vector_path(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                             void *target) {
    char **out = target;
    if (node->kind != WEFT_YAML_SCALAR || node->text[0] == '\0' || weft_yaml_is_null(node)) {
        weft_config_expect(reader, key, node, "a path", "anything that OGR reads: country.gpkg");
        return;
    }
    free(*out);
    *out = weft_config_raster_name(reader, node->text);
}

/* Names of fields: a list, or one. */
static void read_fields(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                        void *target) {
    weft_config_rows *rows = &reader->config->rows_of;
    int count = node->kind == WEFT_YAML_SEQUENCE ? node->count : 1;
    (void)target;
    rows->fields = calloc((size_t)count + 1, sizeof *rows->fields);
    if (rows->fields == NULL) {
        reader->no_memory = true;
        return;
    }
    for (int i = 0; i < count; i++) {
        const weft_yaml_node *item = node->kind == WEFT_YAML_SEQUENCE ? node->children[i] : node;
        if (item->kind != WEFT_YAML_SCALAR || item->text[0] == '\0') {
            weft_config_expect(reader, key, item, "names of fields", "[plot_id, species]");
            return;
        }
        rows->fields[rows->field_count] = weft_text_format("%s", item->text);
        if (rows->fields[rows->field_count++] == NULL) reader->no_memory = true;
    }
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

#define FILE_WORDS "file, filename, source, src, csv, gpkg, shapefile, geojson, vector, dsn"

#define POLYGON_KEYS(MEMBER)                                                                                           \
    {.name = "path",                                                                                                   \
     .synonyms = FILE_WORDS,                                                                                           \
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
     .synonyms = "all_touched, touches, rule, coverage",
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
     .synonyms = "fields, column, attribute, id, name, value",
     .description = "The field whose value is the column; its name is the column's.",
     .read = weft_config_read_filled,
     .offset = AT(zone_field),
     .type = WEFT_SCHEMA_TEXT},
    {0}};

static const weft_config_key sample_keys[] = {
    {.name = "share",
     .synonyms = "fraction, frac, probability, percent, proportion",
     .description = "Each row with this probability.",
     .read = weft_config_read_number,
     .offset = AT(sample.share),
     .type = WEFT_SCHEMA_NUMBER,
     .low = 0,
     .high = 1,
     .over = true},
    {.name = "count",
     .synonyms = "n, size, number, total, rows",
     .description = "So many of the rows that the other conditions keep, all of which are equally likely.",
     .read = weft_config_read_int64,
     .offset = AT(sample.count),
     .type = WEFT_SCHEMA_INTEGER,
     .low = 1,
     .high = 1e12},
    {.name = "by",
     .synonyms = "strata, stratum, stratify, class, classes, column, group",
     .description = "A column of whole numbers or texts: classes, of each of which `per` rows are taken.",
     .read = weft_config_read_name,
     .offset = AT(sample.by),
     .type = WEFT_SCHEMA_TEXT},
    {.name = "per",
     .synonyms = "each, per_class, n_per_class",
     .description = "So many rows a class of `by`, or all of one that has fewer.",
     .read = weft_config_read_int64,
     .offset = AT(sample.per),
     .type = WEFT_SCHEMA_INTEGER,
     .low = 1,
     .high = 1e9},
    {.name = "seed",
     .synonyms = "random_state, random_seed",
     .description = "Another seed, other rows; the same, the same rows; default: 0.",
     .read = weft_config_read_int64,
     .offset = AT(sample.seed),
     .type = WEFT_SCHEMA_INTEGER,
     .low = 0,
     .high = 4294967295.0},
    {0}};

const weft_config_key weft_config_rows_keys[] = {
    {.name = "of",
     .synonyms = "type, kind, what, from",
     .description = "What a row is.",
     .read = weft_config_read_choice,
     .offset = AT(of),
     .fallback = "cells",
     .words = WEFT_CONFIG_ROW_SOURCES},
    {.name = "path",
     .synonyms = FILE_WORDS,
     .description = "The file whose features are the rows: anything OGR reads; of points, a CSV file with x and y too.",
     .read = read_vector_path,
     .offset = AT(file.path),
     .type = WEFT_SCHEMA_TEXT,
     .path = true},
    {.name = "layer",
     .description = "Which of the file's layers; needed where it has several.",
     .read = weft_config_read_filled,
     .offset = AT(file.layer),
     .type = WEFT_SCHEMA_TEXT},
    {.name = "x",
     .synonyms = "lon, long, lng, longitude, easting, east, x_field, xcol",
     .description = "The file's field that is x, or the longitude.",
     .read = weft_config_read_filled,
     .offset = AT(x),
     .type = WEFT_SCHEMA_TEXT},
    {.name = "y",
     .synonyms = "lat, latitude, northing, north, y_field, ycol",
     .description = "The file's field that is y, or the latitude.",
     .read = weft_config_read_filled,
     .offset = AT(y),
     .type = WEFT_SCHEMA_TEXT},
    {.name = "crs",
     .synonyms = "epsg, srs, proj, projection",
     .description = "The CRS of its coordinates; default: what the file says.",
     WEFT_KEY_CRS(AT(crs))},
    {.name = "fields",
     .synonyms = "columns, cols, id, ids, attributes, keep, names",
     .description = "Fields of the file that become columns, before those of the datasets.",
     .read = read_fields,
     .list = true,
     .type = WEFT_SCHEMA_TEXT},
    {.name = "where",
     .synonyms = "filter, query, condition, expr, expression, if",
     .description = "Only cells where this expression over columns is true; the others are no rows, and missing in "
                    "rasters.",
     .read = weft_config_read_where,
     .type = WEFT_SCHEMA_TEXT},
    {.name = "within",
     .synonyms = "mask, clip, cutline, aoi, inside, boundary, country, crop",
     .description = "Only cells in these polygons; the others are no rows, missing in rasters, and not resampled.",
     .read = read_polygons,
     .children = within_keys,
     .example = "within: {path: country.gpkg}"},
    {.name = "zone",
     .description = "A column: a field of the polygon that the cell's centre lies in, of the first one where they "
                    "overlap.",
     .read = read_polygons,
     .children = zone_keys,
     .example = "zone: {path: basins.gpkg, field: basin_id}"},
    {.name = "sample",
     .synonyms = "random, subsample",
     .description = "A random sample of the rows.",
     .read = weft_config_read_own_section,
     .children = sample_keys,
     .example = "sample: {count: 100000}, or sample: {share: 0.01}"},
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
               "sample: it is missing how many rows are to be taken");
}

/* Whether `name` is one of words with commas between them. */
static bool is_listed(const char *list, const char *name) {
    char word[WEFT_CONFIG_WORD_BYTES];
    while (weft_config_next_word(&list, word))
        if (strcmp(word, name) == 0) return true;
    return false;
}

/* Whether rows are cells because what they are was misspelt, or said as a key, which is reported already. */
static bool is_misspelt(const weft_config_reader *reader, const weft_yaml_node *rows) {
    const weft_config_key *of = weft_config_find_key(weft_config_rows_keys, "of");
    const weft_yaml_node *said = weft_yaml_find(rows, "of");
    const weft_row_facts *cells = reader->registries->row_source(0);
    if (said != NULL) return said->kind != WEFT_YAML_SCALAR || strcmp(said->text, cells->choice.word) != 0;
    for (int i = 0; i < rows->count; i++)
        if (weft_config_find_key(weft_config_rows_keys, rows->keys[i]) == NULL &&
            weft_config_choice_meant(reader, of, rows->keys[i]) != NULL)
            return true;
    return false;
}

/* Keys that only rows of a file have. */
static void check_cells(weft_config_reader *reader, const weft_yaml_node *rows) {
    static const char *const keys[] = {"path", "layer", "x", "y", "crs", "fields"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const weft_yaml_node *at = weft_yaml_find(rows, keys[i]);
        if (at == NULL) continue;
        weft_yaml_report(&reader->report, at->place, at->origin, "of: points, or of: polygons",
                         "rows: %s is for rows that come from a file, and these are cells of the grid", keys[i]);
        return;
    }
}

/* Keys that rows of a file do not have. */
static void check_grid_keys(weft_config_reader *reader, const weft_yaml_node *root, const weft_row_facts *facts) {
    const weft_yaml_node *grid = weft_yaml_find(root, "grid"), *exported = weft_yaml_find(root, "export");
    const char *word = facts->choice.word;
    for (const weft_config_key *key = weft_config_grid_keys; grid != NULL && key->name != NULL; key++) {
        const weft_yaml_node *at = weft_yaml_find(grid, key->name);
        if (at != NULL && !is_listed(facts->grid_keys, key->name))
            weft_yaml_report(&reader->report, at->place, at->origin, facts->no_grid_why,
                             "grid: %s says nothing where rows are %s", key->name, word);
    }
    if (grid != NULL && weft_yaml_find(grid, "crs") != NULL && weft_yaml_find(grid, "resolution") == NULL &&
        is_listed(facts->grid_keys, "crs"))
        report(reader, weft_yaml_find(grid, "crs"),
               "give grid.resolution too, or leave grid out for their exact places",
               "grid: crs is that of the cell around each point, whose resolution is missing");
    if (reader->config->index_columns && exported != NULL)
        weft_yaml_report(&reader->report, exported->place, exported->origin, "fields carries an identifier along",
                         "export: index is a cell's row and column, and rows are %s", word);
    const weft_format_facts *format;
    for (int i = 0; exported != NULL && (format = reader->registries->format(i)) != NULL; i++) {
        const weft_yaml_node *at = weft_yaml_find(exported, "formats");
        if (format->of_grid && at != NULL && reader->config->formats != NULL && reader->config->formats[i])
            weft_yaml_report(&reader->report, at->place, at->origin, "csv, csv.gz, parquet and sqlite hold any rows",
                             "export: %s holds cells of a grid, and rows are %s", format->choice.word, word);
    }
}

/* Whether the file is there under another name, which is reported already. */
static bool is_named_otherwise(const weft_yaml_node *rows) {
    for (int i = 0; i < rows->count; i++)
        if (weft_config_is_synonym(FILE_WORDS, rows->keys[i])) return true;
    return false;
}

static void check_file(weft_config_reader *reader, const weft_yaml_node *root, const weft_yaml_node *rows,
                       const weft_row_facts *facts) {
    static const char *const of_cells[][2] = {
        {"within", "ogr2ogr -clipsrc country.gpkg chosen.gpkg plots.gpkg keeps those in polygons; rows.where and "
                   "rows.sample choose rows"},
        {"zone", "a join puts the polygons' field into the file (QGIS, sf::st_join, geopandas.sjoin), and rows.fields "
                 "makes it a column"}};
    const weft_yaml_node *x = weft_yaml_find(rows, "x"), *y = weft_yaml_find(rows, "y");
    if (weft_yaml_find(rows, "path") == NULL && !is_named_otherwise(rows))
        weft_yaml_report(&reader->report, rows->place, rows->origin, facts->choice.example,
                         "rows: path is missing: the file of %s", facts->choice.word);
    if ((x == NULL) != (y == NULL) && facts->coordinates)
        report(reader, x != NULL ? x : y, "x: lon, y: lat", x != NULL ? "rows: x needs y" : "rows: y needs x");
    if ((x != NULL || y != NULL) && !facts->coordinates)
        weft_yaml_report(&reader->report, (x != NULL ? x : y)->place, rows->origin, "leave x and y out",
                         "rows: x and y are fields of points, and rows are %s", facts->choice.word);
    for (int i = 0; i < 2; i++) {
        const weft_yaml_node *at = weft_yaml_find(rows, of_cells[i][0]);
        if (at != NULL)
            weft_yaml_report(&reader->report, at->place, at->origin, of_cells[i][1],
                             "rows: %s is of cells, and rows are %s", of_cells[i][0], facts->choice.word);
    }
    check_grid_keys(reader, root, facts);
}

void weft_config_check_rows(weft_config_reader *reader, const weft_yaml_node *root, const weft_yaml_node *rows) {
    const weft_row_facts *facts = reader->registries->row_source(reader->config->rows_of.of);
    reader->config->rows_of.file.place = rows->place;
    if (facts->file)
        check_file(reader, root, rows, facts);
    else if (!is_misspelt(reader, rows))
        check_cells(reader, rows);
    const weft_yaml_node *zone = weft_yaml_find(rows, "zone"), *sample = weft_yaml_find(rows, "sample");
    if (sample != NULL && sample->kind == WEFT_YAML_MAPPING) check_sample(reader, sample);
    if (zone != NULL && zone->kind == WEFT_YAML_MAPPING && weft_yaml_find(zone, "field") == NULL)
        report(reader, zone, "{path: basins.gpkg, field: basin_id}",
               "zone: field is missing: whose value the column has");
}
