/* SPDX-License-Identifier: MIT
 *
 * The table, and the few readers that only one key needs. */
#include "config/config_keys.h"

#include "config/schema_types.h"
#include "core/threads/activity.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const weft_choice row_choices[] = {{.word = "all"}, {.word = "any"}, {.word = "complete"}, {0}};
static const weft_choice partition_choices[] = {{.word = "none"}, {.word = "shards"}, {0}};
static const weft_choice layout_choices[] = {{.word = "wide"}, {.word = "long"}, {0}};

/* --- readers of one key --- */

static void read_formats(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                         void *target) {
    (void)target;
    if (node->kind != WEFT_YAML_SEQUENCE || node->count == 0) {
        weft_config_expect(reader, key, node, "a list of formats", "[csv, parquet]");
        return;
    }
    for (int i = 0; i < node->count; i++) {
        int format = -1;
        weft_config_read_choice(reader, key, node->children[i], &format);
        if (format >= 0) reader->config->formats[format] = true;
    }
}

/* The value of a format's option, into the place that it has in the configuration. */
static void read_option(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                        void *target) {
    weft_config_option *option = reader->config->options;
    int choice = 0;
    (void)target;
    while (strcmp(option->key, key->name) != 0)
        option++;
    if (key->choices == NULL) {
        weft_config_read_int64(reader, key, node, &option->value);
        return;
    }
    weft_config_read_choice(reader, key, node, &choice);
    option->value = choice;
}

static bool is_given(const weft_yaml_node *node) {
    return node->origin == NULL || strcmp(node->origin, WEFT_CONFIG_DEFAULT) != 0;
}

/* Whether somebody asked for it counts where a default would be none. */
static void read_chunk_size(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                            void *target) {
    weft_config *config = reader->config;
    *(target == &config->chunk_size ? &config->chunk_size_given : &config->streaming_chunk_size_given) = is_given(node);
    weft_config_read_int64(reader, key, node, target);
}

static void read_grid(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                      void *target) {
    reader->config->grid.place = node->place;
    weft_config_read_own_section(reader, key, node, target);
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
        dataset->scale = dataset->offset = NAN; /* the file's */
        weft_config_read_section(reader, weft_config_dataset_keys, node->children[i], dataset, "a dataset");
        if (node->children[i]->kind != WEFT_YAML_MAPPING) continue;
        const weft_yaml_node *path = weft_yaml_find(node->children[i], "path");
        if (path == NULL) path = weft_yaml_find(node->children[i], "catalog");
        if (path != NULL) dataset->path_place = path->place;
    }
}

/* --- the table --- */

#define QUOTED(number) #number
#define TEXT_OF(macro) QUOTED(macro)
#define AT(member)     offsetof(weft_config, member)
#define MAX_CELLS_SIDE 2147483647.0

static const weft_config_key resampling_keys[] = {
    {.name = "method",
     .description = "The method, or methods, of datasets that name none.",
     .read = weft_config_read_methods,
     .offset = AT(methods),
     .fallback = "[bilinear]",
     .list = true,
     .words = WEFT_CONFIG_METHODS},
    {.name = "window_size",
     .free = true,
     .description = "Cells a side that a worker resamples at once: desired, less where memory is short.",
     WEFT_KEY_INTEGER(AT(window_size), 1, 1048576),
     .fallback = "2048"},
    {.name = "min_window_size",
     .free = true,
     .description = "The least a warning shrinks windows to.",
     WEFT_KEY_INTEGER(AT(min_window_size), 1, 1048576),
     .fallback = "512"},
    {.name = "critical_window_size",
     .free = true,
     .description = "What a critical alert shrinks windows to.",
     WEFT_KEY_INTEGER(AT(critical_window_size), 1, 1048576),
     .fallback = "256"},
    {.name = "transform_tolerance",
     .description = "How far an interpolated position may be off, in source pixels; 0 transforms every cell exactly.",
     WEFT_KEY_NUMBER(AT(transform_tolerance), 0, 100),
     .fallback = "0.05"},
    {.name = "max_open_files",
     .free = true,
     .description =
         "Rasters that may be open while nobody reads them: of more, those used longest ago are closed; 0: as "
         "many as the plan finds room for. Never more than a quarter of what ulimit -n allows.",
     WEFT_KEY_INTEGER(AT(max_open_files), 0, 1024),
     .fallback = "0"},
    {0}};

#define KEY_CHUNK_SIZE(at)                                                                                             \
    .read = read_chunk_size, .offset = at, .type = WEFT_SCHEMA_INTEGER, .low = 1, .high = MAX_CELLS_SIDE

static const weft_config_key merge_keys[] = {
    {.name = "chunk_size",
     .description =
         "Grid rows merged at once in memory mode: desired, less where memory is short. Rows of a file are read "
         "so many at once where it is given, else as many as memory carries.",
     KEY_CHUNK_SIZE(AT(chunk_size)),
     .fallback = "5000"},
    {.name = "min_chunk_size",
     .description = "The least that memory pressure shrinks chunks to.",
     WEFT_KEY_INTEGER(AT(min_chunk_size), 1, MAX_CELLS_SIDE),
     .fallback = "1000"},
    {.name = "enable_streaming",
     .description =
         "Resample chunk by chunk as the export asks, holding nothing whole. Without it layers are computed whole "
         "first, where memory holds all of them.",
     WEFT_KEY_BOOLEAN(AT(enable_streaming)),
     .fallback = "false"},
    {.name = "streaming_chunk_size",
     .description =
         "Grid rows merged at once in streaming mode: desired, less where memory is short, more where so few would "
         "have blocks decoded again for each chunk; of rows of a file as chunk_size.",
     KEY_CHUNK_SIZE(AT(streaming_chunk_size)),
     .fallback = "5000"},
    {0}};

static const weft_config_key export_keys[] = {
    {.name = "formats",
     .description = "What is written.",
     .read = read_formats,
     .fallback = "[csv]",
     .words = WEFT_CONFIG_FORMATS,
     .list = true},
    {.name = "name",
     .description = "Stem of the outputs' names, {experiment} standing for the experiment; - writes one text format to "
                    "standard output.",
     .read = weft_config_read_output_name,
     .offset = AT(output_name),
     .fallback = "merged_data_{experiment}",
     .type = WEFT_SCHEMA_TEXT},
    {.name = "partition",
     .description =
         "Shards: a folder in which each shard of a run has a file of its own rows, with a manifest; nothing "
         "is joined. For csv, csv.gz and parquet. {by: [COLUMN, ..]}: a folder of tables, one for the rows of each "
         "value "
         "of the columns: COLUMN=VALUE/part-0.parquet.",
     .read = weft_config_read_partition,
     .offset = AT(partition),
     .fallback = "none",
     .type = weft_config_partition_schema,
     .choices = partition_choices},
    {.name = "rows",
     .description = "Which cells: all, any (at least one value), complete (no value missing).",
     .read = weft_config_read_choice,
     .offset = AT(rows),
     .fallback = "all",
     .choices = row_choices},
    {.name = "columns",
     .description = "Which columns are written, derived ones too, in this order; default: all. A column that is left "
                    "out can be an operand all the same.",
     .read = weft_config_read_chosen,
     .type = WEFT_SCHEMA_NAME,
     .list = true},
    {.name = "layout",
     .description = "Of tables: wide, a row a cell and a column a date; long, a row a date and a column a variable.",
     .read = weft_config_read_choice,
     .offset = AT(layout),
     .fallback = "wide",
     .choices = layout_choices},
    {.name = "nodata",
     .description = "How a missing value is written in text.",
     WEFT_KEY_TEXT(AT(nodata_text)),
     .fallback = "\"\""},
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
     .type = WEFT_SCHEMA_TEXT},
    {.name = "index",
     .description = "Write each cell's row and col in the grid, from 0 at the top left, before x and y.",
     WEFT_KEY_BOOLEAN(AT(index_columns)),
     .fallback = "false"},
    {.name = "stats",
     .description = "Count, missing, min, max, mean and sd of each column: printed, and in metadata.json.",
     WEFT_KEY_BOOLEAN(AT(stats)),
     .fallback = "false"},
    {.name = "checksums",
     .description = "SHA-256 of each output, in metadata.json. What --resume needs is hashed in any case.",
     WEFT_KEY_BOOLEAN(AT(checksums)),
     .fallback = "true"},
    {.name = "checkpoint_interval",
     .description = "At least this between two checkpoints, from which a run that was stopped goes on; 0s: after each "
                    "chunk.",
     WEFT_KEY_DURATION(AT(checkpoint_interval_ms), 0, 3600000),
     .fallback = "2s",
     .free = true},
    {0}};

static const weft_config_key memory_keys[] = {
    {.name = "limit",
     .description = "What resident memory stays under: 512MiB, 2GB, 50%; auto: 75% of the smallest of cgroup limit, "
                    "batch scheduler's grant, available memory and what ulimit -v and -d leave.",
     WEFT_KEY_SIZE(AT(memory_limit)),
     .fallback = "auto"},
    {.name = "warning_percent",
     .description = "Share of the limit at which sizes shrink.",
     WEFT_KEY_NUMBER(AT(warning_percent), 10, 100),
     .fallback = "80",
     .over = true},
    {.name = "critical_percent",
     .description = "Share of the limit at which sizes go to their smallest.",
     WEFT_KEY_NUMBER(AT(critical_percent), 10, 100),
     .fallback = "90",
     .over = true},
    {.name = "sample_interval",
     .description = "At most this between two samples of memory.",
     WEFT_KEY_DURATION(AT(sample_interval_ms), 1, 3600000),
     .fallback = "1s"},
    {0}};

static const weft_config_key metrics_keys[] = {
    {.name = "database",
     .description = "Where samples go; default: metrics.sqlite in output_dir.",
     WEFT_KEY_PATH(AT(metrics_database))},
    {.name = "keep",
     .description = "Runs that began longer ago leave the database at the end of a run: 30d, 12h; 0s: they all stay.",
     WEFT_KEY_DURATION(AT(metrics_keep_ms), 0, 3.1536e11),
     .fallback = "30d"},
    {.name = "textfile",
     .description =
         "Where a run writes how it ended, for node exporter's textfile collector (NAME.prom); default: nowhere.",
     WEFT_KEY_PATH(AT(metrics_textfile))},
    {0}};

static const weft_config_key slow_keys[] = {
    {.name = "resample_window",
     .description = "A window of one layer.",
     WEFT_KEY_DURATION(AT(slow_ms[WEFT_OPERATION_RESAMPLE_WINDOW]), 0, 3600000),
     .fallback = "2s"},
    {.name = "decode_block",
     .description = "A block of a source, with reading it.",
     WEFT_KEY_DURATION(AT(slow_ms[WEFT_OPERATION_DECODE_BLOCK]), 0, 3600000),
     .fallback = "2s"},
    {.name = "merge_chunk",
     .description = "Putting a chunk together, without waiting for its windows.",
     WEFT_KEY_DURATION(AT(slow_ms[WEFT_OPERATION_MERGE_CHUNK]), 0, 3600000),
     .fallback = "2s"},
    {.name = "format_rows",
     .description = "Rows as text, tiles or pages, for one buffer.",
     WEFT_KEY_DURATION(AT(slow_ms[WEFT_OPERATION_FORMAT_ROWS]), 0, 3600000),
     .fallback = "2s"},
    {.name = "write_chunk",
     .description = "Writing one buffer.",
     WEFT_KEY_DURATION(AT(slow_ms[WEFT_OPERATION_WRITE_CHUNK]), 0, 3600000),
     .fallback = "2s"},
    {.name = "checkpoint",
     .description = "Writing outputs to disk.",
     WEFT_KEY_DURATION(AT(slow_ms[WEFT_OPERATION_CHECKPOINT]), 0, 3600000),
     .fallback = "2s"},
    {0}};

static const weft_config_key performance_keys[] = {
    {.name = "slow",
     .description = "A call that takes as long is slow: it is counted, and noted with what it was; 0s: none is.",
     .read = weft_config_read_own_section,
     .children = slow_keys},
    {0}};

static const weft_config_key root_keys[] = {
    {.name = "experiment",
     .free = true,
     .description = "Name of the run and of its outputs; default: the file's stem and a UTC time stamp, with _2, _3.. "
                    "where another run has that.",
     WEFT_KEY_NAME(AT(experiment))},
    {.name = "output_dir",
     .free = true,
     .description = "Where outputs go.",
     WEFT_KEY_PATH(AT(output_dir)),
     .fallback = "out"},
    {.name = "threads",
     .free = true,
     .description = "Workers; auto: the CPUs that this process may really use, 250 at most.",
     .read = weft_config_read_threads,
     .offset = AT(threads),
     .fallback = "auto",
     .type = "\"oneOf\": [{\"const\": \"auto\"}, {\"type\": \"integer\", \"minimum\": 1, \"maximum\": " TEXT_OF(
         WEFT_MAX_THREADS) "}]",
     .high = WEFT_MAX_THREADS},
    {.name = "grid",
     .description = "The target that all rasters are put on; default: the first dataset's CRS, resolution and extent.",
     .read = read_grid,
     .children = weft_config_grid_keys},
    {.name = "datasets",
     .description = "The rasters, in the order of their columns.",
     .read = read_datasets,
     .children = weft_config_dataset_keys,
     .entries = true,
     .required = true},
    {.name = "columns",
     .description = "Derived columns, in this order: a mapping of name to expression over the columns before it.",
     .read = weft_config_read_derived,
     .type = weft_config_derived_schema},
    {.name = "rows",
     .synonyms = "row, points, polygons, sites, zones, within, sample",
     .description = "Which rows there are.",
     .read = weft_config_read_own_section,
     .children = weft_config_rows_keys,
     .example = "{of: points, path: plots.csv, x: lon, y: lat, crs: EPSG:4326}, or {where: elevation > 50}"},
    {.name = "resampling",
     .description = "How cells get their values.",
     .read = weft_config_read_own_section,
     .children = resampling_keys},
    {.name = "merge",
     .description = "How layers are merged into chunks of the table.",
     .read = weft_config_read_own_section,
     .children = merge_keys,
     .free = true},
    {.name = "export",
     .description = "What is written, and how.",
     .read = weft_config_read_own_section,
     .children = export_keys},
    {.name = "memory",
     .description = "The limit of memory, and the levels at which sizes shrink.",
     .read = weft_config_read_own_section,
     .children = memory_keys,
     .free = true},
    {.name = "metrics",
     .description = "The record of runs.",
     .read = weft_config_read_own_section,
     .children = metrics_keys,
     .free = true},
    {.name = "performance",
     .description = "What counts as slow.",
     .read = weft_config_read_own_section,
     .children = performance_keys,
     .free = true},
    {0}};

/* --- with what registries add --- */

static size_t count_keys(const weft_config_key *keys) {
    size_t count = 0;
    while (keys[count].name != NULL)
        count++;
    return count;
}

static weft_config_key option_key(const weft_format_option *option) {
    return (weft_config_key){.name = option->key,
                             .description = option->description,
                             .read = read_option,
                             .fallback = option->fallback,
                             .type = option->choices == NULL ? WEFT_SCHEMA_INTEGER : NULL,
                             .choices = option->choices,
                             .low = (double)option->low,
                             .high = (double)option->high};
}

/* Counts the options of all formats; and writes their keys where `out` is not NULL. */
static size_t add_options(const weft_registries *registries, weft_config_key *out) {
    const weft_format_facts *format;
    size_t count = 0;
    for (int i = 0; (format = registries->format(i)) != NULL; i++) {
        for (const weft_format_option *option = format->options; option != NULL && option->key != NULL; option++) {
            if (out != NULL) out[count] = option_key(option);
            count++;
        }
    }
    return count;
}

weft_config_key *weft_config_all_keys(const weft_registries *registries) {
    size_t roots = count_keys(root_keys) + 1, exports = count_keys(export_keys);
    weft_config_key *out = calloc(roots + exports + add_options(registries, NULL) + 1, sizeof *out);
    if (out == NULL) return NULL;
    memcpy(out, root_keys, roots * sizeof *out);
    memcpy(out + roots, export_keys, exports * sizeof *out);
    (void)add_options(registries, out + roots + exports);
    for (weft_config_key *key = out; key->name != NULL; key++)
        if (key->children == export_keys) key->children = out + roots;
    return out;
}

const weft_choice *weft_config_choice(const weft_registries *registries, const weft_config_key *key, int number) {
    const weft_format_facts *format;
    const weft_row_facts *rows;
    switch (key->words) {
    case WEFT_CONFIG_METHODS:
        return registries->method(number);
    case WEFT_CONFIG_FORMATS:
        format = registries->format(number);
        return format == NULL ? NULL : &format->choice;
    case WEFT_CONFIG_ROW_SOURCES:
        rows = registries->row_source(number);
        return rows == NULL ? NULL : &rows->choice;
    default:
        return key->choices == NULL || key->choices[number].word == NULL ? NULL : &key->choices[number];
    }
}
