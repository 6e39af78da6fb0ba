/* SPDX-License-Identifier: MIT
 *
 * The table, and the few readers that only one key needs. */
#include "config/config_keys.h"

#include "core/activity.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const weft_config_choice weft_config_methods[] = {{"nearest", WEFT_METHOD_NEAREST, false},
                                                  {"near", WEFT_METHOD_NEAREST, true},
                                                  {"bilinear", WEFT_METHOD_BILINEAR, false},
                                                  {"cubic", WEFT_METHOD_CUBIC, false},
                                                  {"cubicspline", WEFT_METHOD_CUBICSPLINE, false},
                                                  {"lanczos", WEFT_METHOD_LANCZOS, false},
                                                  {"average", WEFT_METHOD_AVERAGE, false},
                                                  {"sum", WEFT_METHOD_SUM, false},
                                                  {"rms", WEFT_METHOD_RMS, false},
                                                  {"mode", WEFT_METHOD_MODE, false},
                                                  {"min", WEFT_METHOD_MIN, false},
                                                  {"max", WEFT_METHOD_MAX, false},
                                                  {"med", WEFT_METHOD_MED, false},
                                                  {"q1", WEFT_METHOD_Q1, false},
                                                  {"q3", WEFT_METHOD_Q3, false},
                                                  {NULL, 0, false}};

const weft_config_choice weft_config_overlap_rules[] = {
    {"first", WEFT_OVERLAP_RULE_FIRST, false}, {"last", WEFT_OVERLAP_RULE_LAST, false},
    {"mean", WEFT_OVERLAP_RULE_MEAN, false},   {"min", WEFT_OVERLAP_RULE_MIN, false},
    {"max", WEFT_OVERLAP_RULE_MAX, false},     {NULL, 0, false}};

static const weft_config_choice row_choices[] = {{"all", WEFT_ROWS_ALL, false},
                                                 {"any", WEFT_ROWS_ANY, false},
                                                 {"complete", WEFT_ROWS_COMPLETE, false},
                                                 {NULL, 0, false}};

const weft_config_choice weft_config_formats[] = {
    {"csv", WEFT_FORMAT_CSV, false},         {"csv.gz", WEFT_FORMAT_CSV_GZ, false},
    {"parquet", WEFT_FORMAT_PARQUET, false}, {"sqlite", WEFT_FORMAT_SQLITE, false},
    {"geotiff", WEFT_FORMAT_GEOTIFF, false}, {"cog", WEFT_FORMAT_COG, false},
    {"png", WEFT_FORMAT_PNG, false},         {NULL, 0, false}};

static const weft_config_choice codec_choices[] = {{"zstd", WEFT_PARQUET_CODEC_ZSTD, false},
                                                   {"gzip", WEFT_PARQUET_CODEC_GZIP, false},
                                                   {"none", WEFT_PARQUET_CODEC_NONE, false},
                                                   {NULL, 0, false}};

static const weft_config_choice error_choices[] = {{"fail", 0, false}, {"skip", 1, false}, {NULL, 0, false}};

/* --- readers of one key --- */

static void read_resolution(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                            void *target) {
    double *out = target;
    bool ok = weft_config_parse_number(node, &out[0]);
    out[1] = out[0];
    if (node->kind == WEFT_YAML_SEQUENCE)
        ok = node->count == 2 && weft_config_parse_number(node->children[0], &out[0]) &&
             weft_config_parse_number(node->children[1], &out[1]);
    if (ok && out[0] > 0 && out[1] > 0) return;
    out[0] = out[1] = NAN;
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
                         "bounds: %.15g, %.15g, %.15g, %.15g are no area", out[0], out[1], out[2], out[3]);
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
        bool ok = weft_config_parse_whole(node->children[i], &band) && band >= 1 && band <= 65536;
        for (int j = 0; j < i && ok; j++)
            ok = dataset->bands[j] != band;
        if (!ok) {
            weft_config_expect(reader, key, node->children[i], expected, "bands count from 1");
            return;
        }
        dataset->bands[dataset->band_count++] = (int)band;
    }
}

static void read_nodata(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                        void *target) {
    weft_config_dataset *dataset = (weft_config_dataset *)((char *)target - offsetof(weft_config_dataset, nodata));
    bool nan =
        node->kind == WEFT_YAML_SCALAR && (strcasecmp(node->text, "nan") == 0 || strcasecmp(node->text, ".nan") == 0);
    if (nan)
        dataset->nodata = NAN;
    else if (!weft_config_parse_number(node, &dataset->nodata)) {
        weft_config_expect(reader, key, node, "a number or nan", NULL);
        return;
    }
    dataset->has_nodata = true;
}

static void read_on_error(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                          void *target) {
    int skip = 0;
    weft_config_read_choice(reader, key, node, &skip);
    *(bool *)target = skip != 0;
}

static void read_formats(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                         void *target) {
    (void)target;
    if (node->kind != WEFT_YAML_SEQUENCE || node->count == 0) {
        weft_config_expect(reader, key, node, "a list of formats", "[csv, parquet]");
        return;
    }
    for (int i = 0; i < node->count; i++) {
        int format = WEFT_FORMAT_COUNT;
        weft_config_read_choice(reader, key, node->children[i], &format);
        if (format != WEFT_FORMAT_COUNT) reader->config->formats[format] = true;
    }
}

static void read_section(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                         void *target) {
    (void)target;
    if (strcmp(key->name, "grid") == 0) reader->config->grid.place = node->place;
    weft_config_read_section(reader, key->children, node, reader->config, key->name);
}

static void read_datasets(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                          void *target) {
    weft_config *config = reader->config;
    (void)target;
    if (node->kind != WEFT_YAML_SEQUENCE || node->count == 0) {
        weft_config_expect(reader, key, node, "a list of at least one dataset", "- {name: elevation, path: dem.tif}");
        return;
    }
    config->datasets = calloc((size_t)node->count, sizeof *config->datasets);
    if (config->datasets == NULL) {
        reader->no_memory = true;
        return;
    }
    config->dataset_count = node->count;
    for (int i = 0; i < node->count; i++) {
        weft_config_dataset *dataset = &config->datasets[i];
        dataset->place = dataset->path_place = node->children[i]->place;
        dataset->method = (weft_method)-1; /* resampling.method, when that is known */
        weft_config_read_section(reader, weft_config_dataset_keys, node->children[i], dataset, "a dataset");
        if (node->children[i]->kind != WEFT_YAML_MAPPING) continue;
        const weft_yaml_node *path = weft_yaml_find(node->children[i], "path");
        if (path != NULL) dataset->path_place = path->place;
    }
}

/* --- the table --- */

#define QUOTED(number)  #number
#define TEXT_OF(macro)  QUOTED(macro)
#define AT(member)      offsetof(weft_config, member)
#define OF(member)      offsetof(weft_config_dataset, member)
#define TEXT            "\"type\": \"string\""
#define BOOLEAN         "\"type\": \"boolean\""
#define WHOLE           "\"type\": \"integer\""
#define NUMBER          "\"type\": \"number\""
#define NAME_TYPE       "\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9._-]+$\""
#define SIZE_TYPE       "\"type\": \"string\", \"pattern\": \"^(auto|[0-9.]+ *(([kKmMgGtT][iI]?)?[bB]|%))$\""
#define DURATION_TYPE   "\"type\": \"string\", \"pattern\": \"^[0-9.]+ *([mM]?[sS]|[mM]([iI][nN])?|[hH])$\""
#define MOST_CELLS_SIDE 2147483647.0

const weft_config_key weft_config_dataset_keys[] = {
    {.name = "name",
     .description = "Name of the dataset and of its column; with several bands, NAME_<band number>.",
     .read = weft_config_read_name,
     .offset = OF(name),
     .type = NAME_TYPE,
     .required = true},
    {.name = "path",
     .description = "The raster: anything GDAL opens; a list or a pattern (tiles/*.tif) is a mosaic. Relative paths "
                    "start at the configuration's folder.",
     .read = weft_config_read_paths,
     .offset = OF(paths),
     .type = "\"oneOf\": [{\"type\": \"string\"}, {\"type\": \"array\", \"items\": {\"type\": \"string\"}, "
             "\"minItems\": 1}]",
     .required = true},
    {.name = "mosaic",
     .description = "Where files of a mosaic overlap: the first or the last that has a value, or the mean, min or max.",
     .read = weft_config_read_choice,
     .offset = OF(overlap),
     .fallback = "first",
     .choices = weft_config_overlap_rules},
    {.name = "bands",
     .description = "Band numbers, from 1, in the order of their columns; default: all.",
     .read = read_bands,
     .offset = OF(bands),
     .type = "\"type\": \"array\", \"items\": {\"type\": \"integer\", \"minimum\": 1}, \"minItems\": 1, "
             "\"uniqueItems\": true"},
    {.name = "columns",
     .description = "Names of the columns of several bands: number (NAME_<band number>), description (what the file "
                    "calls the band), or a list of names, one a band.",
     .read = weft_config_read_columns,
     .offset = OF(column_names),
     .fallback = "number",
     .type = "\"oneOf\": [{\"enum\": [\"number\", \"description\"]}, {\"type\": \"array\", \"items\": {" NAME_TYPE
             "}, \"minItems\": 1, \"uniqueItems\": true}]"},
    {.name = "method",
     .description = "How it is resampled; default: resampling.method.",
     .read = weft_config_read_choice,
     .offset = OF(method),
     .choices = weft_config_methods},
    {.name = "nodata",
     .description = "The value that means missing, instead of what the file declares.",
     .read = read_nodata,
     .offset = OF(nodata),
     .type = "\"oneOf\": [{\"type\": \"number\"}, {\"enum\": [\"nan\", \".nan\"]}]"},
    {.name = "unscale",
     .description = "Apply the file's scale and offset, where it has any.",
     .read = weft_config_read_bool,
     .offset = OF(unscale),
     .fallback = "true",
     .type = BOOLEAN},
    {.name = "on_error",
     .description = "When it cannot be opened: fail, or skip it and leave its columns empty.",
     .read = read_on_error,
     .offset = OF(skip_on_error),
     .fallback = "fail",
     .choices = error_choices},
    {0}};

static const weft_config_key grid_keys[] = {
    {.name = "crs",
     .description = "The grid's CRS: an EPSG code, WKT, PROJJSON or a PROJ string.",
     .read = weft_config_read_filled,
     .offset = AT(grid.crs),
     .type = TEXT},
    {.name = "resolution",
     .description = "Cell size in CRS units: a number, or [x, y].",
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
     .description = "Instead of bounds: union or intersection of all datasets, or one dataset's name.",
     .read = read_extent,
     .offset = AT(grid.extent_dataset),
     .type = NAME_TYPE},
    {.name = "align",
     .description = "Snap bounds outward to multiples of the resolution; without it they must hold whole cells.",
     .read = weft_config_read_bool,
     .offset = AT(grid.align),
     .fallback = "true",
     .type = BOOLEAN},
    {.name = "like",
     .description = "Instead of all of these: a dataset's name or a raster's path, whose grid it is.",
     .read = weft_config_read_filled,
     .offset = AT(grid.like),
     .type = TEXT},
    {0}};

static const weft_config_key resampling_keys[] = {
    {.name = "method",
     .description = "The method of datasets that name none.",
     .read = weft_config_read_choice,
     .offset = AT(method),
     .fallback = "bilinear",
     .choices = weft_config_methods},
    {.name = "window_size",
     .free = true,
     .description = "Cells a side that a worker resamples at once: a wish, given as far as memory goes.",
     .read = weft_config_read_int64,
     .offset = AT(window_size),
     .fallback = "2048",
     .type = WHOLE,
     .low = 1,
     .high = 1048576},
    {.name = "min_window_size",
     .free = true,
     .description = "The least a warning shrinks windows to.",
     .read = weft_config_read_int64,
     .offset = AT(min_window_size),
     .fallback = "512",
     .type = WHOLE,
     .low = 1,
     .high = 1048576},
    {.name = "critical_window_size",
     .free = true,
     .description = "What a critical alert shrinks windows to.",
     .read = weft_config_read_int64,
     .offset = AT(critical_window_size),
     .fallback = "256",
     .type = WHOLE,
     .low = 1,
     .high = 1048576},
    {.name = "transform_tolerance",
     .description = "How far an interpolated position may be off, in source pixels; 0 transforms every cell exactly.",
     .read = weft_config_read_number,
     .offset = AT(transform_tolerance),
     .fallback = "0.05",
     .type = NUMBER,
     .low = 0,
     .high = 100},
    {0}};

static const weft_config_key merge_keys[] = {
    {.name = "chunk_size",
     .description = "Grid rows merged at once in memory mode: a wish, given as far as memory goes.",
     .read = weft_config_read_int64,
     .offset = AT(chunk_size),
     .fallback = "5000",
     .type = WHOLE,
     .low = 1,
     .high = MOST_CELLS_SIDE},
    {.name = "min_chunk_size",
     .description = "The least that memory pressure shrinks chunks to.",
     .read = weft_config_read_int64,
     .offset = AT(min_chunk_size),
     .fallback = "1000",
     .type = WHOLE,
     .low = 1,
     .high = MOST_CELLS_SIDE},
    {.name = "enable_streaming",
     .description = "Resample chunk by chunk as the export asks, holding nothing whole.",
     .read = weft_config_read_bool,
     .offset = AT(enable_streaming),
     .fallback = "false",
     .type = BOOLEAN},
    {.name = "streaming_chunk_size",
     .description = "Grid rows merged at once in streaming mode.",
     .read = weft_config_read_int64,
     .offset = AT(streaming_chunk_size),
     .fallback = "5000",
     .type = WHOLE,
     .low = 1,
     .high = MOST_CELLS_SIDE},
    {0}};

static const weft_config_key export_keys[] = {
    {.name = "formats",
     .description = "What is written.",
     .read = read_formats,
     .fallback = "[csv]",
     .choices = weft_config_formats,
     .list = true},
    {.name = "parquet_codec",
     .description = "How Parquet's pages are compressed.",
     .read = weft_config_read_choice,
     .offset = AT(parquet_codec),
     .fallback = "zstd",
     .choices = codec_choices},
    {.name = "rows",
     .description = "Which cells: all, any (at least one value), complete (no value missing).",
     .read = weft_config_read_choice,
     .offset = AT(rows),
     .fallback = "all",
     .choices = row_choices},
    {.name = "nodata",
     .description = "How a missing value is written in text.",
     .read = weft_config_read_text,
     .offset = AT(nodata_text),
     .fallback = "\"\"",
     .type = TEXT},
    {.name = "precision",
     .description = "Shortest: as many digits as read back the same; or significant digits, 1 to 17.",
     .read = weft_config_read_precision,
     .offset = AT(precision),
     .fallback = "shortest",
     .type = "\"oneOf\": [{\"const\": \"shortest\"}, {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 17}]"},
    {.name = "delimiter",
     .description = "What stands between the fields of csv and csv.gz: one character; a tab is \\t.",
     .read = weft_config_read_delimiter,
     .offset = AT(delimiter),
     .fallback = "\",\"",
     .type = TEXT},
    {.name = "index",
     .description = "Write each cell's row and col in the grid, from 0 at the top left, before x and y.",
     .read = weft_config_read_bool,
     .offset = AT(index_columns),
     .fallback = "false",
     .type = BOOLEAN},
    {.name = "gzip_level",
     .description = "How hard csv.gz is compressed: 1 is fastest, 9 smallest.",
     .read = weft_config_read_int64,
     .offset = AT(gzip_level),
     .fallback = "6",
     .type = WHOLE,
     .low = 1,
     .high = 9},
    {.name = "stats",
     .description = "Count, missing, min, max, mean and sd of each column: printed, and in metadata.json.",
     .read = weft_config_read_bool,
     .offset = AT(stats),
     .fallback = "false",
     .type = BOOLEAN},
    {.name = "checksums",
     .description = "SHA-256 of each output, in metadata.json.",
     .read = weft_config_read_bool,
     .offset = AT(checksums),
     .fallback = "true",
     .type = BOOLEAN},
    {.name = "checkpoint_interval",
     .description = "At least this between two checkpoints, from which a run that was stopped goes on; 0s: after each "
                    "chunk.",
     .read = weft_config_read_duration,
     .offset = AT(checkpoint_interval_ms),
     .fallback = "2s",
     .type = DURATION_TYPE,
     .low = 0,
     .high = 3600000,
     .free = true},
    {0}};

static const weft_config_key memory_keys[] = {
    {.name = "limit",
     .description = "What resident memory stays under: 512MiB, 2GB, 50%; auto: 75% of the smallest of cgroup limit, "
                    "batch scheduler's grant, available memory and what ulimit -v and -d leave.",
     .read = weft_config_read_size,
     .offset = AT(memory_limit),
     .fallback = "auto",
     .type = SIZE_TYPE},
    {.name = "warning_percent",
     .description = "Share of the limit at which sizes shrink.",
     .read = weft_config_read_number,
     .offset = AT(warning_percent),
     .fallback = "80",
     .type = NUMBER,
     .low = 10,
     .high = 100,
     .over = true},
    {.name = "critical_percent",
     .description = "Share of the limit at which sizes go to their smallest.",
     .read = weft_config_read_number,
     .offset = AT(critical_percent),
     .fallback = "90",
     .type = NUMBER,
     .low = 10,
     .high = 100,
     .over = true},
    {.name = "sample_interval",
     .description = "At most this between two samples of memory.",
     .read = weft_config_read_duration,
     .offset = AT(sample_interval_ms),
     .fallback = "1s",
     .type = DURATION_TYPE,
     .low = 1,
     .high = 3600000},
    {0}};

static const weft_config_key metrics_keys[] = {
    {.name = "database",
     .description = "Where samples go; default: metrics.sqlite in output_dir.",
     .read = weft_config_read_path,
     .offset = AT(metrics_database),
     .type = TEXT},
    {0}};

const weft_config_key weft_config_keys[] = {
    {.name = "experiment",
     .free = true,
     .description = "Name of the run and of its outputs; default: the file's stem and a UTC time stamp, with _2, _3.. "
                    "where another run has that.",
     .read = weft_config_read_name,
     .offset = AT(experiment),
     .type = NAME_TYPE},
    {.name = "output_dir",
     .free = true,
     .description = "Where outputs go.",
     .read = weft_config_read_path,
     .offset = AT(output_dir),
     .fallback = "out",
     .type = TEXT},
    {.name = "threads",
     .free = true,
     .description = "Workers; auto: the CPUs that this process may really use, 250 at most.",
     .read = weft_config_read_threads,
     .offset = AT(threads),
     .fallback = "auto",
     .type = "\"oneOf\": [{\"const\": \"auto\"}, {\"type\": \"integer\", \"minimum\": 1, \"maximum\": " TEXT_OF(
         WEFT_MOST_THREADS) "}]",
     .high = WEFT_MOST_THREADS},
    {.name = "grid",
     .description = "The target that all rasters are put on.",
     .read = read_section,
     .children = grid_keys,
     .required = true},
    {.name = "datasets",
     .description = "The rasters, in the order of their columns.",
     .read = read_datasets,
     .children = weft_config_dataset_keys,
     .required = true},
    {.name = "resampling",
     .description = "How cells get their values.",
     .read = read_section,
     .children = resampling_keys},
    {.name = "merge",
     .description = "How columns come together.",
     .read = read_section,
     .children = merge_keys,
     .free = true},
    {.name = "export", .description = "What is written, and how.", .read = read_section, .children = export_keys},
    {.name = "memory",
     .description = "The budget, and when it is short.",
     .read = read_section,
     .children = memory_keys,
     .free = true},
    {.name = "metrics",
     .description = "The record of runs.",
     .read = read_section,
     .children = metrics_keys,
     .free = true},
    {0}};
