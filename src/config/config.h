/* The typed, validated configuration of one run. Every value is filled, from the file, an override or the default.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_CONFIG_H
#define WEFT_CONFIG_CONFIG_H

#include "config/yaml/problems.h"
#include "core/choice.h"
#include "core/data_type.h"
#include "core/moment.h"
#include "core/threads/activity.h"

#include <stdint.h>

typedef enum weft_extent {
    WEFT_EXTENT_BOUNDS, /* grid.bounds */
    WEFT_EXTENT_UNION,
    WEFT_EXTENT_INTERSECTION,
    WEFT_EXTENT_DATASET, /* grid.extent names a dataset */
} weft_extent;

/* Which file counts where several of a mosaic have a value. */
typedef enum weft_overlap_rule {
    WEFT_OVERLAP_RULE_FIRST,
    WEFT_OVERLAP_RULE_LAST,
    WEFT_OVERLAP_RULE_MEAN,
    WEFT_OVERLAP_RULE_MIN,
    WEFT_OVERLAP_RULE_MAX,
    WEFT_OVERLAP_RULE_MED,
    WEFT_OVERLAP_RULE_COUNT,
} weft_overlap_rule;

/* Whether a dataset's overviews are read in place of its pixels, where the cells are larger. */
typedef enum weft_overviews { WEFT_OVERVIEWS_NONE, WEFT_OVERVIEWS_USE } weft_overviews;

/* What to do about inputs that are broken. */
typedef enum weft_on_error {
    WEFT_ON_ERROR_FAIL,
    WEFT_ON_ERROR_SKIP,    /* what cannot be opened is left out */
    WEFT_ON_ERROR_MISSING, /* so it is, and blocks that cannot be read or decoded are missing */
} weft_on_error;

/* What the columns of several bands are called. */
typedef enum weft_column_names {
    WEFT_COLUMNS_NUMBER,      /* NAME_<band number> */
    WEFT_COLUMNS_DESCRIPTION, /* the band's description, as far as a name can hold it */
    WEFT_COLUMNS_LIST,        /* weft_config_dataset.columns */
    WEFT_COLUMNS_TEMPLATE,    /* weft_config_dataset.column_template, of what the path captures */
} weft_column_names;

typedef enum weft_rows { WEFT_ROWS_ALL, WEFT_ROWS_ANY, WEFT_ROWS_COMPLETE } weft_rows;
typedef enum weft_layout { WEFT_LAYOUT_WIDE, WEFT_LAYOUT_LONG } weft_layout;

/* Whether a table is one file of each format, or a folder in which each shard has files of its own rows. */
typedef enum weft_partition { WEFT_PARTITION_NONE, WEFT_PARTITION_SHARDS, WEFT_PARTITION_BY } weft_partition;

/* A key of the export section that one format has for itself. */
typedef struct weft_format_option {
    const char *key, *description; /* one sentence, for the schema */
    const char *fallback;          /* YAML of the default */
    const weft_choice *choices;    /* its value is the number of one of these; ends with a NULL word. NULL: a number */
    int64_t low, high;             /* of a number, whole */
} weft_format_option;

/* What a configuration can say of an output format. */
typedef struct weft_format_facts {
    weft_choice choice;
    bool to_stdout;                    /* it can go to standard output, alone */
    bool of_grid;                      /* it holds cells of a grid, and no other rows */
    const weft_format_option *options; /* ends with a NULL key; NULL: none */
} weft_format_facts;

/* What a configuration can say of a row source. */
typedef struct weft_row_facts {
    weft_choice choice;
    bool file;             /* its rows are a file's: path, layer, crs and fields are its keys, and rows are no cells */
    bool coordinates;      /* x and y name fields of that file */
    const char *grid_keys; /* those of the grid section that it heeds, with commas between them; NULL: all */
    const char *no_grid_why; /* why it does not heed the others, for a hint; NULL with all */
} weft_row_facts;

/* What a configuration can name that is implemented elsewhere, by number from 0; NULL past the last. Given by whoever
 * loads a configuration. */
typedef struct weft_registries {
    const weft_choice *(*method)(int number);
    const weft_format_facts *(*format)(int number);
    const weft_row_facts *(*row_source)(int number);
    /* The CRS that a code alone may mean, as "EPSG:3035", owned by the caller; NULL: there is none. */
    char *(*crs_of_code)(const char *code);
    /* Whether a text has the form of an expression; at: where it has not, in bytes. Errors: WEFT_ERR_DATA, with a hint;
     * WEFT_ERR_MEMORY. NULL: nobody knows here. */
    weft_status (*expression)(const char *text, size_t *at, weft_error *err);
} weft_registries;

/* The value of a format's option. */
typedef struct weft_config_option {
    const char *key;
    int64_t value;
} weft_config_option;

/* An amount of memory: bytes, a percentage of what there is, or auto. */
typedef struct weft_size {
    enum { WEFT_SIZE_AUTO, WEFT_SIZE_BYTES, WEFT_SIZE_PERCENT } kind;
    int64_t bytes;
    double percent;
} weft_size;

typedef struct weft_config_grid {
    weft_place place;
    char *crs;            /* NULL: that of `like`, or else of the first dataset */
    double resolution[2]; /* x, y; in CRS units; 0: as for crs */
    weft_extent extent;
    char *extent_dataset; /* with WEFT_EXTENT_DATASET; NULL: the first */
    double bounds[4];     /* with WEFT_EXTENT_BOUNDS: xmin, ymin, xmax, ymax */
    bool align;
    char *like; /* dataset name, or absolute path; NULL without */
} weft_config_grid;

/* A method, and the number that stands after its word ("p90"), or 0. */
typedef struct weft_config_method {
    int number; /* in the registry */
    int argument;
} weft_config_method;

typedef struct weft_config_methods {
    weft_config_method *items; /* each once */
    int count;
} weft_config_methods;

/* A class of a dataset, and what its column is called. */
typedef struct weft_config_class {
    long double value; /* weft_config_parse_exact() */
    char *label;
} weft_config_class;

/* With so many digits (%.*Lg) a class reads as it was written. */
int weft_config_class_digits(const weft_config_class *class);

/* An expression over columns. */
typedef struct weft_config_expression {
    char *text;
    weft_place place; /* of its first byte */
    bool in_place;    /* the bytes that follow stand in the file as they are here */
    char *origin;     /* "--set K=V" where it is not from the file; else NULL */
} weft_config_expression;

/* Some bits of a pixel that are a number. */
typedef struct weft_config_bits {
    int first, last; /* from 0, the lowest */
    int64_t value;
} weft_config_bits;

/* Which source pixels do not count: by one of values, bits and where. */
typedef struct weft_config_mask {
    weft_place place;
    char *path; /* as a dataset's, with its fields; NULL: there is no mask */
    int64_t band;
    weft_value_range *values; /* value_count of them */
    int value_count;
    weft_config_bits *bits; /* bit_count of them: any of them */
    int bit_count;
    weft_config_expression where; /* over "value"; its text is NULL without */
    int keeps_missing;            /* pixels stay where the mask is missing itself */
} weft_config_mask;

/* Which rasters of a catalog. Texts are NULL where nothing is said. */
typedef struct weft_config_catalog {
    weft_place place;
    char *file; /* absolute; NULL: there is no catalog */
    char *name, *band, *where, *order;
    char *from, *to;      /* the beginning of a time in ISO 8601 */
    double resolution[2]; /* the least and the largest; 0: any */
    double cloud_cover;   /* NaN: any */
} weft_config_catalog;

typedef struct weft_config_dataset {
    weft_place place;
    char *name;
    /* Absolute, unless it is a name of GDAL's in which no path is found (gdal_name.h); a file's name or a pattern, in
     * the order of the list */
    char **paths;
    int path_count; /* >= 1; 0 with a catalog */
    weft_config_catalog catalog;
    bool is_mosaic; /* a list, a pattern or a catalog: a mosaic even of one file */
    weft_overlap_rule overlap;
    weft_place path_place;
    int *bands; /* from 1; band_count 0 means all */
    int band_count;
    weft_column_names column_names;
    char **columns; /* with WEFT_COLUMNS_LIST: names, one a band */
    int column_count;
    char *column_template; /* with WEFT_COLUMNS_TEMPLATE */
    bool has_dates;
    weft_moment dates[2]; /* the first and the last that count */
    char *variable;       /* of a NetCDF, HDF or Zarr file; NULL: what GDAL opens */
    weft_config_mask mask;
    weft_config_methods methods; /* one or more: each band has a column for each */
    weft_config_class *classes;  /* class_count of them: of methods that give a column a class */
    int class_count;
    double min_coverage; /* cells of whose footprint valid pixels cover less are missing; 0: none is */
    /* What follows overrides, or supplies, what the file says. */
    bool has_nodata;
    weft_value_range *nodata; /* nodata_count of them; 0 with has_nodata: nothing is missing */
    int nodata_count;
    bool nodata_pair; /* written as two numbers, which are a range */
    char *crs;        /* NULL: the file's */
    bool has_geotransform;
    double geotransform[6]; /* GDAL's six numbers */
    double scale, offset;   /* NaN: the file's */
    char *sign;             /* a command that makes addresses to open; NULL: paths are opened as they are */
    char **open_options;    /* "KEY=VALUE" for GDAL's driver; ends with NULL. NULL: none */
    bool unscale;
    weft_overviews overviews;
    weft_on_error on_error;
} weft_config_dataset;

/* A derived column. */
typedef struct weft_config_column {
    char *name;
    weft_config_expression expression;
    weft_data_type type;
} weft_config_column;

/* A column that is written. */
typedef struct weft_config_chosen {
    char *name;
    weft_place place;
    char *origin;
} weft_config_chosen;

/* Of a table that several processes make, each a range of its rows: which this one does. No key says it, but whoever
 * runs a configuration (pipeline/shards/shard_config.h). */
typedef struct weft_config_shard {
    int number, count; /* number from 1; count 0: all rows */
    bool stats;        /* that of the whole table, for pieces that are joined */
    char *manifest;    /* of the folder of parts that the whole table is; NULL: it is not partitioned */
} weft_config_shard;

/* A file of features that OGR reads. */
typedef struct weft_config_vector {
    char *path;  /* absolute, unless it is a name of GDAL's; NULL: there is none */
    char *layer; /* NULL: the only one */
    char *where; /* OGR's SQL; NULL: all features */
    weft_place place;
} weft_config_vector;

/* Which cells are in a polygon. */
typedef struct weft_config_touch {
    enum { WEFT_TOUCH_CENTRE, WEFT_TOUCH_ANY, WEFT_TOUCH_SHARE } rule;
    double share; /* of the cell's area, at least, with WEFT_TOUCH_SHARE */
} weft_config_touch;

/* Which of the rows are taken; by chance. All are 0 without. */
typedef struct weft_config_sample {
    double share;
    int64_t count;
    char *by;    /* a column; NULL without */
    int64_t per; /* rows of each of its values */
    int64_t seed;
} weft_config_sample;

/* The rows section, but for `where`. */
typedef struct weft_config_rows {
    int of;                  /* number of the row source in the registry */
    weft_config_vector file; /* of rows that are a file's; its path is NULL else */
    char *x, *y;             /* the file's fields that are coordinates; NULL: its geometry is */
    char *crs;               /* the file's; NULL: what it says */
    weft_config_vector within, zone;
    weft_config_touch touch;
    char *zone_field;
    weft_config_sample sample;
    char **fields; /* of the file, that become columns; field_count of them */
    int field_count;
} weft_config_rows;

typedef struct weft_config {
    char *file;       /* as given on the command line, for messages */
    char *folder;     /* absolute; relative paths start here */
    char *text;       /* every value as YAML that runs again, from any folder; for the metadata and the store */
    char *identity;   /* a line "key.path: value" for each value that the answer depends on */
    char *experiment; /* letters, digits, . _ - ; generated where not given */
    bool experiment_given;
    char *output_dir; /* absolute */
    int threads;      /* 0: auto */
    weft_config_grid grid;
    weft_config_dataset *datasets; /* >= 1 */
    int dataset_count;
    weft_config_methods methods;                                /* of datasets that name none */
    int64_t window_size, min_window_size, critical_window_size; /* cells a side */
    double transform_tolerance;                                 /* source pixels */
    int64_t max_open_files;                                     /* 0: as memory allows */
    int64_t chunk_size, min_chunk_size, streaming_chunk_size;   /* grid rows */
    bool chunk_size_given, streaming_chunk_size_given;          /* not by default: rows of a file heed them then */
    bool enable_streaming;
    weft_config_column *columns; /* derived ones, in order; column_count of them */
    int column_count;
    weft_config_expression where; /* which rows are kept; its text is NULL without */
    weft_config_rows rows_of;
    weft_config_chosen *chosen; /* export.columns, in order; 0 of them: all columns */
    int chosen_count;
    bool *formats;               /* by number in the registry: export.formats holds it */
    weft_config_option *options; /* option_count of them: those of all formats */
    int option_count;
    char *output_name; /* stem of the outputs' names, with {experiment} in it; weft_config_output_stem() fills it in */
    bool to_stdout;    /* the name is "-": one text format, to standard output */
    weft_partition partition;
    weft_config_chosen *partition_by; /* with WEFT_PARTITION_BY; partition_by_count of them: columns, the outer first */
    int partition_by_count;
    weft_rows rows;
    char *nodata_text;
    int precision;      /* significant digits; 0: shortest */
    char delimiter;     /* between the fields of text */
    bool index_columns; /* each cell's row and column too */
    weft_layout layout; /* of tables */
    bool stats;         /* of each column */
    bool checksums;     /* of each output */
    int64_t checkpoint_interval_ms;
    weft_size memory_limit;
    double warning_percent, critical_percent;
    int64_t sample_interval_ms;
    char *metrics_database;                /* absolute */
    char *metrics_textfile;                /* absolute; NULL: none is written */
    int64_t metrics_keep_ms;               /* runs that began longer ago leave it; 0: none do */
    int64_t slow_ms[WEFT_OPERATION_COUNT]; /* a call that takes as long is slow; 0: none is */
    int64_t beside_bytes;                  /* that this process takes besides the run: a server's. No key says it */
    weft_config_shard shard;
} weft_config;

typedef struct weft_override {
    const char *key;   /* "export.rows", "datasets.0.method" */
    const char *value; /* YAML, read as if it stood in the file */
} weft_override;

/* A name that ${NAME} stands for in a configuration, before the environment is asked. */
typedef struct weft_config_variable {
    const char *name, *value;
} weft_config_variable;

typedef struct weft_config_variables {
    const weft_config_variable *items;
    int count;
} weft_config_variables;

/* NULL is fine. */
void weft_config_free(weft_config *config);

/* The value of a format's option, by its key. */
int64_t weft_config_option_value(const weft_config *config, const char *key);

/* Writes the path that the outputs' names begin with, "OUTPUT_DIR/STEM", as snprintf() does: returns its length, also
 * where it does not fit. Not for to_stdout. */
int weft_config_output_stem(const weft_config *config, char *out, size_t capacity);
/* The stem alone, of a pattern that may have {experiment} in it; likewise. */
int weft_config_fill_stem(const char *pattern, const char *experiment, char *out, size_t capacity);

/* "first" */
const char *weft_overlap_rule_name(weft_overlap_rule rule);

/* Index of the first dataset of this name, or -1. Names that were refused are NULL while a file is being read. */
int weft_config_find_dataset(const weft_config *config, const char *name);

/* Puts the file in front of an error, and the place in it where what is wrong stands there. */
void weft_config_place_error(const weft_config *config, weft_place place, weft_error *err);

/* Puts the place of an expression's byte `at` in front of an error. */
void weft_config_place_expression(const weft_config *config, const weft_config_expression *expression, size_t at,
                                  weft_error *err);

/* Whether a path is a pattern of file names: it has *, ?, [ or a {field}, and is no GDAL name. */
bool weft_config_is_pattern(const char *path);

#endif
