/* SPDX-License-Identifier: MIT
 *
 * The keys of the grid section. */
#include "config/config_keys.h"

#include "config/schema_types.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- readers of one key --- */

/* A code alone says not whose it is. */
void weft_config_read_crs(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                          void *target) {
    if (node->kind == WEFT_YAML_SCALAR && node->text[0] != '\0' &&
        strspn(node->text, "0123456789") == strlen(node->text)) {
        char *name = reader->registries->crs_of_code(node->text), hint[96];
        if (name != NULL)
            (void)snprintf(hint, sizeof hint, "did you mean %.60s?", name);
        else
            (void)snprintf(hint, sizeof hint, "PROJ knows no CRS of this code; one is written EPSG:3035");
        weft_config_expect(reader, key, node, "a CRS", hint);
        free(name);
        return;
    }
    weft_config_read_filled(reader, key, node, target);
}

static void read_resolution(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                            void *target) {
    double *out = target;
    bool ok = weft_config_parse_number(node, &out[0]);
    out[1] = out[0];
    if (node->kind == WEFT_YAML_SEQUENCE)
        ok = node->count == 2 && weft_config_parse_number(node->children[0], &out[0]) &&
             weft_config_parse_number(node->children[1], &out[1]);
    if (ok && out[0] > 0 && out[1] > 0) return;
    out[0] = out[1] = 0;
    weft_config_expect(reader, key, node, "a number over 0, or [x, y]", "in the CRS's units: 30, or [0.5, 0.25]");
}

static void read_bounds(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                        void *target) {
    double *out = target;
    bool ok = node->kind == WEFT_YAML_SEQUENCE && node->count == 4;
    for (int i = 0; i < 4 && ok; i++)
        ok = weft_config_parse_number(node->children[i], &out[i]);
    if (!ok) {
        weft_config_expect(reader, key, node, "[xmin, ymin, xmax, ymax]", "in the units of grid.crs");
    } else if (!(out[0] < out[2] && out[1] < out[3])) {
        weft_yaml_report(&reader->report, node->place, node->origin, "the order is [xmin, ymin, xmax, ymax]",
                         "bounds: %.15g, %.15g, %.15g, %.15g enclose no area", out[0], out[1], out[2], out[3]);
    }
}

static void read_extent(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                        void *target) {
    weft_config_grid *grid = &reader->config->grid;
    weft_config_read_name(reader, key, node, target);
    if (grid->extent_dataset == NULL) return;
    if (strcmp(grid->extent_dataset, "union") == 0)
        grid->extent = WEFT_EXTENT_UNION;
    else if (strcmp(grid->extent_dataset, "intersection") == 0)
        grid->extent = WEFT_EXTENT_INTERSECTION;
    else
        grid->extent = WEFT_EXTENT_DATASET;
}

/* --- the table --- */

#define AT(member) offsetof(weft_config, member)

const weft_config_key weft_config_grid_keys[] = {
    {.name = "crs",
     .description = "The grid's CRS: an EPSG code, WKT, PROJJSON or a PROJ string; default: the first dataset's.",
     WEFT_KEY_CRS(AT(grid.crs))},
    {.name = "resolution",
     .description = "Cell size in CRS units: a number, or [x, y]; default: the first dataset's, where the CRS is.",
     .read = read_resolution,
     .offset = AT(grid.resolution),
     .type = "\"oneOf\": [{\"type\": \"number\", \"exclusiveMinimum\": 0}, {\"type\": \"array\", \"items\": "
             "{\"type\": \"number\", \"exclusiveMinimum\": 0}, \"minItems\": 2, \"maxItems\": 2}]"},
    {.name = "bounds",
     .description = "[xmin, ymin, xmax, ymax] in CRS units.",
     .read = read_bounds,
     .offset = AT(grid.bounds),
     .type = "\"type\": \"array\", \"items\": {\"type\": \"number\"}, \"minItems\": 4, \"maxItems\": 4"},
    {.name = "extent",
     .description =
         "Instead of bounds: union or intersection of all datasets, or one dataset's name; default: the first.",
     .read = read_extent,
     .offset = AT(grid.extent_dataset),
     .type = WEFT_SCHEMA_NAME},
    {.name = "align",
     .description =
         "Snap bounds outward to multiples of the resolution, or to the first dataset's pixels where the resolution "
         "is not given; without it they must hold whole cells.",
     WEFT_KEY_BOOLEAN(AT(grid.align)),
     .fallback = "true"},
    {.name = "like",
     .description = "Instead of all of these: a dataset's name or a raster's path, whose grid it is. With resolution: "
                    "its CRS, and "
                    "its bounds from the top left corner on.",
     .read = weft_config_read_filled,
     .offset = AT(grid.like),
     .path = true,
     .type = WEFT_SCHEMA_TEXT},
    {0}};
