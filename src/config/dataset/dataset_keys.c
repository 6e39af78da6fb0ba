/* SPDX-License-Identifier: MIT
 *
 * The keys of a dataset. The readers of paths and column names are in config_dataset.c. */
#include "config/config_keys.h"

#include "config/schema_types.h"

#include <stddef.h>
#include <stdlib.h>

const weft_choice weft_config_overlap_rules[] = {{.word = "first"},
                                                 {.word = "last"},
                                                 {.word = "mean", .synonyms = "average, avg"},
                                                 {.word = "min", .synonyms = "minimum"},
                                                 {.word = "max", .synonyms = "maximum"},
                                                 {.word = "med", .synonyms = "median"},
                                                 {.word = "count", .synonyms = "n"},
                                                 {0}};

const char *weft_overlap_rule_name(weft_overlap_rule rule) {
    return weft_config_overlap_rules[rule].word;
}

static const weft_choice overview_choices[] = {{.word = "none", .synonyms = "no, never, false, ignore"},
                                               {.word = "use", .synonyms = "auto, yes, true, read"},
                                               {0}};

static const weft_choice error_choices[] = {{.word = "fail"}, {.word = "skip"}, {.word = "missing"}, {0}};

/* --- readers of one key --- */

static void read_bands(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                       void *target) {
    weft_config_dataset *dataset = (weft_config_dataset *)((char *)target - offsetof(weft_config_dataset, bands));
    static const char expected[] = "a list of band numbers, each once";
    if (node->kind != WEFT_YAML_SEQUENCE || node->count == 0) {
        weft_config_expect(reader, key, node, expected, "[1], or [4, 3, 2]; leave it out for all");
        return;
    }
    dataset->bands = calloc((size_t)node->count, sizeof *dataset->bands);
    if (dataset->bands == NULL) {
        reader->no_memory = true;
        return;
    }
    for (int i = 0; i < node->count; i++) {
        int64_t band;
        bool ok = weft_config_parse_integer(node->children[i], &band) && band >= 1 && band <= 65536;
        for (int j = 0; j < i && ok; j++)
            ok = dataset->bands[j] != band;
        if (!ok) {
            weft_config_expect(reader, key, node->children[i], expected, "bands count from 1");
            return;
        }
        dataset->bands[dataset->band_count++] = (int)band;
    }
}

/* --- the table --- */

#define OF(member)   offsetof(weft_config_dataset, member)
#define NODATA_VALUE "{\"type\": [\"number\", \"string\"]}"

const weft_config_key weft_config_dataset_keys[] = {
    {.name = "name",
     .description = "Name of the dataset and of its column; with several bands, NAME_<band number>.",
     WEFT_KEY_NAME(OF(name)),
     .required = true},
    {.name = "path",
     .description = "The raster: anything GDAL opens; a list or a pattern (tiles/*.tif) is a mosaic. {field} captures "
                    "what stands there, {date:%Y%m%d} a date: see columns. Relative paths start at the "
                    "configuration's folder.",
     .read = weft_config_read_paths,
     .offset = OF(paths),
     .type = "\"oneOf\": [{\"type\": \"string\"}, {\"type\": \"array\", \"items\": {\"type\": \"string\"}, "
             "\"minItems\": 1}]",
     .required = true,
     .instead = "catalog"},
    {.name = "catalog",
     .description = "In place of path: the rasters of a catalog that meet the grid and pass what follows, as a mosaic, "
                    "or with columns (red_{date}) as columns of their own.",
     .read = weft_config_read_catalog,
     .children = weft_config_catalog_keys},
    {.name = "mosaic",
     .description = "Where files of a mosaic overlap: the first or the last that has a value, or the mean, min, "
                    "max or med of the values, or their count.",
     .read = weft_config_read_choice,
     .offset = OF(overlap),
     .fallback = "first",
     .choices = weft_config_overlap_rules},
    {.name = "bands",
     .description = "Band numbers, from 1, in the order of their columns; default: all.",
     .read = read_bands,
     .offset = OF(bands),
     .type = "\"type\": \"integer\", \"minimum\": 1",
     .list = true},
    {.name = "columns",
     .description = "Names of the columns of several bands: number (NAME_<band number>), description (what the file "
                    "calls the band), or a list of names, one a band. Of a path with fields, a template (red_{date}): "
                    "files that give one name are one mosaic, others are columns of their own.",
     .read = weft_config_read_columns,
     .offset = OF(column_names),
     .fallback = "number",
     .type = "\"oneOf\": [{\"enum\": [\"number\", \"description\"]}, {\"type\": \"string\", \"pattern\": \"[{]\"}, "
             "{\"type\": \"array\", \"items\": {" WEFT_SCHEMA_NAME "}, \"minItems\": 1, \"uniqueItems\": true}]"},
    {.name = "variable",
     .description = "Of a NetCDF or HDF5 file: the array. Along a time axis each band is named by its date.",
     .read = weft_config_read_filled,
     .offset = OF(variable),
     .type = WEFT_SCHEMA_TEXT},
    {.name = "dates",
     .description = "The first and the last date that count, of the path's {date} or of a time axis: [2025-05-01, "
                    "2025-09-30], [2025-05, 2025-09], or one of them.",
     .read = weft_config_read_dates,
     .offset = OF(dates),
     .type = "\"type\": [\"array\", \"string\", \"integer\"], \"items\": {\"type\": [\"string\", \"integer\"]}, "
             "\"maxItems\": 2"},
    {.name = "mask",
     .description = "Which source pixels do not count: a band of the same CRS, of any resolution, and which of its "
                    "values, bits, or an expression over them.",
     .read = weft_config_read_mask,
     .children = weft_config_mask_keys},
    {.name = "method",
     .description = "How it is resampled; default: resampling.method. Of several, each band has a column for each: "
                    "NAME_METHOD.",
     .read = weft_config_read_methods,
     .offset = OF(methods),
     .list = true,
     .words = WEFT_CONFIG_METHODS},
    {.name = "classes",
     .description =
         "Of method share: the classes, a column each. A mapping of pixel values to labels (NAME_LABEL), or a "
         "list of values (NAME_VALUE).",
     .read = weft_config_read_classes,
     .offset = OF(classes),
     .type =
         "\"oneOf\": [{\"type\": \"object\", \"minProperties\": 1, \"additionalProperties\": {\"type\": [\"string\", "
         "\"number\"]}}, {\"type\": \"array\", \"minItems\": 1, \"items\": {\"type\": \"number\"}}]"},
    {.name = "min_coverage",
     .description = "The least share of a cell's footprint that valid pixels cover, or the cell is missing; of methods "
                    "that see footprints (average, sum, share ..).",
     .read = weft_config_read_number,
     .offset = OF(min_coverage),
     .fallback = "0",
     .type = WEFT_SCHEMA_NUMBER,
     .high = 1},
    {.name = "nodata",
     .description = "What means missing, instead of what the file declares: a number, a range [low, high], a list of "
                    "numbers and ranges ([0] and [[0], [255]] are single values), or none.",
     .read = weft_config_read_nodata,
     .offset = OF(nodata),
     .type = "\"oneOf\": [" NODATA_VALUE ", {\"type\": \"array\", \"minItems\": 1, \"items\": "
             "{\"oneOf\": [" NODATA_VALUE
             ", {\"type\": \"array\", \"minItems\": 1, \"maxItems\": 2, \"items\": " NODATA_VALUE "}]}}]"},
    {.name = "crs",
     .description = "The CRS of the file's coordinates, instead of what the file says.",
     WEFT_KEY_CRS(OF(crs))},
    {.name = "geotransform",
     .description = "GDAL's six numbers, instead of what the file says: x = g[0] + col g[1] + row g[2], y = g[3] + col "
                    "g[4] + row g[5]. Of one file, not of a mosaic.",
     .read = weft_config_read_geotransform,
     .offset = OF(geotransform),
     .type = "\"type\": \"array\", \"items\": {\"type\": \"number\"}, \"minItems\": 6, \"maxItems\": 6"},
    {.name = "scale",
     .description = "Instead of the file's scale: value = pixel * scale + offset.",
     .read = weft_config_read_factor,
     .offset = OF(scale),
     .type = WEFT_SCHEMA_NUMBER},
    {.name = "offset",
     .description = "Instead of the file's offset.",
     .read = weft_config_read_factor,
     .offset = OF(offset),
     .type = WEFT_SCHEMA_NUMBER},
    {.name = "open_options",
     .description = "Options for GDAL's driver: a mapping, or a list of KEY=VALUE.",
     .read = weft_config_read_open_options,
     .offset = OF(open_options),
     .type = "\"oneOf\": [{\"type\": \"object\"}, {\"type\": \"array\", \"items\": {\"type\": \"string\"}}]"},
    {.name = "sign",
     .free = true,
     .description =
         "A command that makes addresses to open, of a server that wants them signed: it is given the address "
         "as its last argument whenever a file is opened, and again when it has expired, and prints one.",
     .read = weft_config_read_filled,
     .offset = OF(sign),
     .type = WEFT_SCHEMA_TEXT},
    {.name = "unscale",
     .description = "Apply the file's scale and offset, where it has any.",
     WEFT_KEY_BOOLEAN(OF(unscale)),
     .fallback = "true"},
    {.name = "overviews",
     .description = "use: where cells are larger than pixels, the coarsest overview is read whose pixels are no larger "
                    "than the cells, as gdalwarp -ovr AUTO does. It is another answer than that of the pixels. Of one "
                    "file, for cells.",
     .read = weft_config_read_choice,
     .offset = OF(overviews),
     .fallback = "none",
     .choices = overview_choices},
    {.name = "on_error",
     .description =
         "What to do about broken inputs. fail: the run ends. skip: what cannot be opened is left out, a file of a "
         "mosaic or else the columns. missing: the same, and blocks that cannot be read or decoded are missing.",
     .read = weft_config_read_choice,
     .offset = OF(on_error),
     .fallback = "fail",
     .choices = error_choices},
    {0}};
