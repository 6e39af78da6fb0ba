/* Between the files of this folder only: the one table of keys, from which a configuration is read, checked, filled
 * with defaults, written as canonical text, and described as a JSON Schema.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_CONFIG_KEYS_H
#define WEFT_CONFIG_CONFIG_KEYS_H

#include "config/config.h"
#include "config/yaml/yaml_tree.h"

/* What reads need. */
typedef struct weft_config_reader {
    weft_yaml_reporter report;
    weft_config *config;
    bool no_memory;
} weft_config_reader;

typedef struct weft_config_key weft_config_key;

/* Reads `node` into `target` (what the key's offset points at); reports what is wrong. */
typedef void (*weft_config_read_fn)(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                                    void *target);

/* A word and what it stands for. */
typedef struct weft_config_choice {
    const char *word;
    int value;
    bool alias; /* another name of the one before it */
} weft_config_choice;

/* A word that other programs use, and ours for it. */
typedef struct weft_config_synonym {
    const char *said, *meant;
} weft_config_synonym;

struct weft_config_key {
    const char *name;
    const char *description; /* one sentence, for the schema */
    weft_config_read_fn read;
    size_t offset;                       /* in weft_config, or in weft_config_dataset for a dataset's keys */
    const char *fallback;                /* YAML of the default; NULL: none */
    const char *type;                    /* members of the key's JSON Schema; NULL: made from choices or children */
    const weft_config_choice *choices;   /* ends with a NULL word */
    const weft_config_synonym *synonyms; /* what a word that is no choice may mean; ends with a NULL word; or NULL */
    double low, high;                    /* of numbers */
    bool over;                           /* low itself is too low */
    bool list;                           /* a list of what type or choices say; a single value is a list of one */
    bool path;                           /* a raster's path, unless it is a dataset's name */
    bool required;
    bool free; /* the answer does not depend on it: another attempt at the same run may have another value */
    const weft_config_key *children; /* of a section; ends with a NULL name */
    bool entries;                    /* children are those of each entry of a list */
};

/* The keys of the file, those of its grid section (grid_keys.c), and those of a dataset (dataset_keys.c). End with a
 * NULL name. */
extern const weft_config_key weft_config_keys[];
extern const weft_config_key weft_config_grid_keys[];
extern const weft_config_key weft_config_dataset_keys[];
extern const weft_config_choice weft_config_methods[];
extern const weft_config_synonym weft_config_method_synonyms[];
extern const weft_config_choice weft_config_overlap_rules[];
extern const weft_config_choice weft_config_formats[];

/* The key of this name, or NULL. */
const weft_config_key *weft_config_find_key(const weft_config_key *keys, const char *name);

/* Reads every key of `node`, a mapping, into `base`; then the defaults of those that are not there. `path`: what the
 * mapping is called in messages, "" for the file itself. Values whose variables are broken are passed over. */
void weft_config_read_section(weft_config_reader *reader, const weft_config_key *keys, const weft_yaml_node *node,
                              void *base, const char *path);

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

/* Readers of what only a dataset has; see config_dataset.c. */
void weft_config_read_paths(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_columns(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);

/* Readers of what overrides a file; see config_override.c. */
void weft_config_read_nodata(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_geotransform(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_factor(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);
void weft_config_read_open_options(weft_config_reader *, const weft_config_key *, const weft_yaml_node *, void *);

/* Whether a text is letters, digits, ".", "_" and "-", and neither "." nor "..". */
bool weft_config_is_name(const char *text);
/* `path`, from the configuration's folder where it is relative; NULL, and reader->no_memory, when memory runs out. */
char *weft_config_absolute(weft_config_reader *reader, const char *path);
/* The same for a raster, which may have a name that only GDAL reads (gdal_name.h). */
char *weft_config_raster_name(weft_config_reader *reader, const char *name);

/* Number in a plain scalar; false when it is none. */
bool weft_config_parse_number(const weft_yaml_node *node, double *out);
bool weft_config_parse_whole(const weft_yaml_node *node, int64_t *out);

/* Reports that `node` is not what `key` expects. */
void weft_config_expect(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                        const char *expected, const char *hint);

/* "a, b, c": the words that can be used. */
void weft_config_list_choices(const weft_config_choice *choices, weft_text *out);

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

/* Rules that tie several keys together. */
void weft_config_check(weft_config_reader *reader, const weft_yaml_node *root);

#endif
