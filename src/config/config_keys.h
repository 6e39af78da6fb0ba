/* Between the files of this folder only: the one table of keys, from which a configuration is read, checked, filled
 * with defaults, written as canonical text, and described as a JSON Schema.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_CONFIG_KEYS_H
#define WEFT_CONFIG_CONFIG_KEYS_H

#include "config/config.h"
#include "config/yaml/yaml_tree.h"

typedef struct weft_config_key weft_config_key;

/* The origin of nodes that are defaults. */
#define WEFT_CONFIG_DEFAULT "default"

/* What reads need. */
typedef struct weft_config_reader {
    weft_yaml_reporter report;
    weft_config *config;
    const weft_registries *registries;
    const weft_config_key *keys; /* of the whole file: weft_config_all_keys() */
    bool no_memory;
} weft_config_reader;

/* Reads `node` into `target` (what the key's offset points at); reports what is wrong. */
typedef void (*weft_config_read_fn)(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                                    void *target);

/* Where a key's words stand. */
typedef enum weft_config_words {
    WEFT_CONFIG_OWN_WORDS,
    WEFT_CONFIG_METHODS,
    WEFT_CONFIG_FORMATS,
    WEFT_CONFIG_ROW_SOURCES
} weft_config_words;

struct weft_config_key {
    const char *name;
    const char *synonyms;    /* other words for it, with commas between them, which are not taken; NULL: none */
    const char *description; /* one sentence, for the schema */
    weft_config_read_fn read;
    size_t offset;              /* in weft_config, or in weft_config_dataset for a dataset's keys */
    const char *fallback;       /* YAML of the default; NULL: none */
    const char *type;           /* members of the key's JSON Schema; NULL: made from choices or children */
    const weft_choice *choices; /* own words: the value is the number of one of them; ends with a NULL word */
    weft_config_words words;    /* whose the words are */
    double low, high;           /* of numbers */
    bool over;                  /* low itself is too low */
    bool list;                  /* a list of what type or choices say; a single value is a list of one */
    bool path;                  /* a raster's path, unless it is a dataset's name */
    bool required;
    const char *instead; /* of a required key: the key that may stand in its place; NULL: none */
    bool free;           /* the answer does not depend on it: another attempt at the same run may have another value */
    const weft_config_key *children; /* of a section; ends with a NULL name */
    const char *example;             /* a section as a user writes it; NULL: none is needed */
    bool entries;                    /* children are those of each entry of a list */
};

/* The keys of the grid section (grid_keys.c), of the rows section (rows_keys.c), and those of a dataset
 * (dataset/dataset_keys.c). End with a NULL name. */
extern const weft_config_key weft_config_grid_keys[];
extern const weft_config_key weft_config_rows_keys[];
extern const weft_config_key weft_config_dataset_keys[];
extern const weft_choice weft_config_overlap_rules[];

/* The keys of the file, the options of all formats in the export section too. Freed by the caller; NULL: no memory. */
weft_config_key *weft_config_all_keys(const weft_registries *registries);

/* The words that a key's value may be, by number; NULL past the last, and for keys without words. */
const weft_choice *weft_config_choice(const weft_registries *registries, const weft_config_key *key, int number);

/* Whether the text is the choice's word, or one of its aliases; with the number that stands after it, where one does
 * (else 0). */
bool weft_config_has_word(const weft_choice *choice, const char *text, int *argument);
/* Whether the text is one of these words with commas between them, but for case, "-", "_" and blanks. NULL: none. */
bool weft_config_is_synonym(const char *list, const char *text);
/* The choice that the key's word, alias or synonym `text` means, or NULL. */
const weft_choice *weft_config_choice_meant(const weft_config_reader *reader, const weft_config_key *key,
                                            const char *text);
/* Reports that `node` is none of the key's words. */
void weft_config_report_word(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node);

/* Takes the first of words with commas between them off *list. False: there is none. */
#define WEFT_CONFIG_WORD_BYTES 40
bool weft_config_next_word(const char **list, char out[WEFT_CONFIG_WORD_BYTES]);

/* The key of this name, or NULL. */
const weft_config_key *weft_config_find_key(const weft_config_key *keys, const char *name);

/* Reads every key of `node`, a mapping, into `base`; then the defaults of those that are not there. `path`: what the
 * mapping is called in messages, "" for the file itself. Values whose variables are broken are passed over. */
void weft_config_read_section(weft_config_reader *reader, const weft_config_key *keys, const weft_yaml_node *node,
                              void *base, const char *path);

/* The reader of a section, whose values are in the configuration itself. */
void weft_config_read_own_section(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);

/* Whether a value is text that says something, and not YAML's null; else what was expected is reported. */
bool weft_config_is_filled(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, const char *expected);

/* Readers of single values; see config_values.c. */
void weft_config_read_text(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_filled(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_output_name(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
/* What ties export.name to the experiment and the formats. */
void weft_config_check_output_name(weft_config_reader *reader, const weft_yaml_node *root);
void weft_config_read_name(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_path(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_bool(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_int64(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_number(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_choice(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_size(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_duration(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_crs(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_threads(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_precision(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_delimiter(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);

/* Reads an expression; what is wrong with its form is reported where it stands. See column_keys.c. */
void weft_config_read_expression(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);

/* Reads a value, or a list of one, or of two: a range. False: reported. See config_override.c. */
bool weft_config_read_range(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                            weft_value_range *out);

/* Readers of dates, and of masks; see dataset/date_keys.c, dataset/mask_keys.c. */
void weft_config_read_dates(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_mask(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
extern const weft_config_key weft_config_mask_keys[];

/* The reader of a choice from a catalog; see dataset/catalog_keys.c. */
void weft_config_read_catalog(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
extern const weft_config_key weft_config_catalog_keys[];

/* What ties the fields of a dataset's paths, template, dates and mask to each other. */
void weft_config_check_fields(weft_config_reader *reader, const weft_yaml_node *datasets);

/* Readers of methods and what goes with them; see dataset/method_keys.c. */
void weft_config_read_methods(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_classes(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);

/* Readers of what only a dataset has; see dataset/config_dataset.c. */
void weft_config_read_paths(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_columns(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);

/* Readers of expressions and columns; see column_keys.c. */
void weft_config_read_derived(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_where(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_chosen(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_partition(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
extern const char weft_config_partition_schema[];
/* The schema of the derived columns. */
extern const char weft_config_derived_schema[];

/* Readers of what overrides a file; see config_override.c. */
void weft_config_read_nodata(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_geotransform(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_factor(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_open_options(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);

/* `path`, from the configuration's folder where it is relative; NULL, and reader->no_memory, when memory runs out. */
char *weft_config_absolute(weft_config_reader *reader, const char *path);
/* The same for a raster, which may have a name that only GDAL reads (gdal_name.h). */
char *weft_config_raster_name(weft_config_reader *reader, const char *name);

/* Number in a plain scalar; false when it is none. */
bool weft_config_parse_number(const weft_yaml_node *node, double *out);
/* Whole numbers exactly, also those of 64 bits that no double holds; others as the nearest double. */
bool weft_config_parse_exact(const weft_yaml_node *node, long double *out);
bool weft_config_parse_integer(const weft_yaml_node *node, int64_t *out);

/* Reports that `node` is not what `key` expects. */
void weft_config_expect(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                        const char *expected, const char *hint);

/* Adds YAML with every key of `node` (NULL: a section that is not there) with its value or its default, in the table's
 * order, `indent` spaces in. It reads back as the same configuration, from any folder and in any environment. */
void weft_config_add_canonical(weft_config_reader *reader, const weft_config_key *keys, const weft_yaml_node *node,
                               int indent, weft_text *out);

/* Adds "PREFIXkey.path: value" for each value of `node` (NULL: all defaults) that the answer depends on. */
void weft_config_add_identity(weft_config_reader *reader, const weft_config_key *keys, const weft_yaml_node *node,
                              const char *prefix, weft_text *out);

/* Tells all that was reported, and words what it comes to: WEFT_ERR_DATA, WEFT_ERR_MEMORY, or WEFT_OK where nothing
 * was. */
weft_status weft_config_summarise(const weft_config_reader *reader, weft_problems *problems, weft_error *err);

/* Rules that tie several keys together; those of the rows section, a mapping of `root`. */
void weft_config_check_rows(weft_config_reader *reader, const weft_yaml_node *root, const weft_yaml_node *rows);
void weft_config_check(weft_config_reader *reader, const weft_yaml_node *root);

#endif
