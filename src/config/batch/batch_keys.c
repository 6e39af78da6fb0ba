/* SPDX-License-Identifier: MIT
 *
 * The same kind of table as a configuration's: read, checked and told as a schema by the same code. */
#include "config/batch/batch_keys.h"

#include "config/config_schema.h"
#include "config/schema_types.h"
#include "core/grown_array.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* --- readers of what only a batch has --- */

static void read_node(const weft_yaml_node *node, void *target) {
    *(const weft_yaml_node **)target = node;
}

static void read_job_name(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                          void *target) {
    if (node->kind != WEFT_YAML_SCALAR || node->text[0] == '\0')
        weft_config_expect(reader, key, node, "a name", "tile_${n}");
    else
        read_node(node, target);
}

static void read_config(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                        void *target) {
    bool path = node->kind == WEFT_YAML_SCALAR && node->text[0] != '\0';
    if (!path && (node->kind != WEFT_YAML_MAPPING || node->count == 0))
        weft_config_expect(reader, key, node, "a path or a configuration", "config: olinda.yml");
    else
        read_node(node, target);
}

static void read_set(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node, void *target) {
    if (node->kind != WEFT_YAML_MAPPING)
        weft_config_expect(reader, key, node, "a mapping of a configuration's keys",
                           "set: {grid.resolution: 100, export: {formats: [parquet]}}");
    else
        read_node(node, target);
}

static void read_needs(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                       void *target) {
    bool ok = node->kind != WEFT_YAML_MAPPING;
    for (int i = 0; i < node->count && ok; i++)
        ok = node->children[i]->kind == WEFT_YAML_SCALAR && node->children[i]->text[0] != '\0';
    if (!ok || (node->kind == WEFT_YAML_SCALAR && node->text[0] == '\0'))
        weft_config_expect(reader, key, node, "a list of jobs' names", "needs: [tiles, \"year_*\"]");
    else
        read_node(node, target);
}

/* Read by weft_batch_read(), which has the tree. */
static void read_later(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                       void *target) {
    (void)reader;
    (void)key;
    (void)node;
    (void)target;
}

/* --- the table --- */

#define ENTRY(member)  offsetof(weft_batch_entry, member)
#define BATCH(member)  offsetof(weft_batch_file, member)
#define MAX_MS         2592000000.0 /* 30 days */
#define SCHEMA_CONFIG  "\"oneOf\": [{\"type\": \"string\"}, {\"$ref\": \"#/$defs/configuration\"}]"
#define SCHEMA_MAPPING "\"type\": \"object\""
#define SCHEMA_NEEDS   "\"oneOf\": [{\"type\": \"string\"}, {\"type\": \"array\", \"items\": {\"type\": \"string\"}}]"

static const weft_choice fingerprint_choices[] = {{.word = "size+mtime"}, {.word = "size"}, {.word = "content"}, {0}};

#define CONFIG_KEY(at)                                                                                                 \
    {                                                                                                                  \
        .name = "config", .description = "A configuration: the path of its file, or the configuration itself.",        \
        .read = read_config, .offset = at, .type = SCHEMA_CONFIG                                                       \
    }
#define SET_KEY(at)                                                                                                    \
    {                                                                                                                  \
        .name = "set",                                                                                                 \
        .description = "Values that are put over the configuration's; keys may have dots: {grid.resolution: 100}.",    \
        .read = read_set, .offset = at, .type = SCHEMA_MAPPING                                                         \
    }

static const weft_config_key default_keys[] = {
    CONFIG_KEY(offsetof(weft_batch_tree, default_config)), SET_KEY(offsetof(weft_batch_tree, default_set)), {0}};

static const weft_config_key entry_keys[] = {
    {.name = "name",
     .description =
         "Of the job, and of its experiment where the configuration gives none; default: the configuration's "
         "stem and the values of its parameters.",
     .read = read_job_name,
     .offset = ENTRY(name),
     .type = WEFT_SCHEMA_TEXT},
    CONFIG_KEY(ENTRY(config)),
    SET_KEY(ENTRY(sets[1])),
    {.name = "matrix",
     .description = "Parameters, each with a list of values or a range {from, to, step, format}: a job for each "
                    "combination, but those in exclude, and those in include besides. ${name} stands for a parameter.",
     .read = weft_batch_matrix_read,
     .offset = ENTRY(matrix),
     .type = SCHEMA_MAPPING},
    {.name = "needs",
     .description = "Jobs that are to be done before: names, or patterns of them (*, ?).",
     .read = read_needs,
     .offset = ENTRY(needs),
     .type = SCHEMA_NEEDS},
    {.name = "retry",
     .description = "Attempts after the first; default: the batch's.",
     WEFT_KEY_INTEGER(ENTRY(retry), 0, 100)},
    {.name = "timeout",
     .description = "The longest that an attempt may take; default: the batch's.",
     WEFT_KEY_DURATION(ENTRY(timeout_ms), 1, MAX_MS)},
    {0}};

const weft_config_key weft_batch_keys[] = {
    {.name = "name",
     .description = "Of the batch: its record stands in .weft/batch/NAME beside the file. Default: the file's stem.",
     WEFT_KEY_NAME(BATCH(name))},
    {.name = "workers",
     .description = "Jobs that run at once; auto: as many as there are CPUs that this process may really use.",
     .read = weft_config_read_threads,
     .offset = BATCH(workers),
     .fallback = "auto",
     .type = "\"oneOf\": [{\"const\": \"auto\"}, {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 1000}]",
     .low = 1,
     .high = WEFT_BATCH_MAX_WORKERS},
    {.name = "memory",
     .description = "What all jobs together may be granted: 8GiB, 50%; auto: as memory.limit of a configuration.",
     WEFT_KEY_SIZE(BATCH(memory)),
     .fallback = "auto"},
    {.name = "retry",
     .description = "Attempts after the first, where the cause is one that may pass.",
     WEFT_KEY_INTEGER(BATCH(retry), 0, 100),
     .fallback = "2"},
    {.name = "retry_pause",
     .description = "Before the second attempt; each later pause is twice as long.",
     WEFT_KEY_DURATION(BATCH(retry_pause_ms), 1, 3600000),
     .fallback = "1s"},
    {.name = "timeout",
     .description = "The longest that an attempt of a job may take; default: any time.",
     WEFT_KEY_DURATION(BATCH(timeout_ms), 1, MAX_MS)},
    {.name = "keep_going",
     .description = "Whether the others run on when a job has failed.",
     WEFT_KEY_BOOLEAN(BATCH(keep_going)),
     .fallback = "false"},
    {.name = "fingerprint",
     .description = "How a changed input or output is seen: by size and time, by size alone, or by its content.",
     .read = weft_config_read_choice,
     .offset = BATCH(fingerprint),
     .fallback = "size+mtime",
     .choices = fingerprint_choices},
    {.name = "defaults", .description = "What all jobs begin with.", .read = read_later, .children = default_keys},
    {.name = "jobs",
     .description = "The jobs, in the order in which they are begun.",
     .read = read_later,
     .children = entry_keys,
     .entries = true,
     .required = true},
    {0}};

const char *weft_batch_fingerprint_name(weft_batch_fingerprint fingerprint) {
    return fingerprint_choices[fingerprint].word;
}

/* --- reading --- */

/* Messages of what is put over another file name the place here. */
static void stamp(weft_config_reader *reader, weft_batch_tree *tree, weft_yaml_node *node) {
    char **more = weft_grown_array(tree->origins, tree->origin_count, &tree->origin_capacity, sizeof *more);
    if (more != NULL) tree->origins = more;
    char *origin = weft_text_format("%s:%d:%d", reader->report.file, node->place.line, node->place.column);
    if (more == NULL || origin == NULL) {
        free(origin);
        reader->no_memory = true;
        return;
    }
    tree->origins[tree->origin_count++] = origin;
    node->origin = origin;
    for (int i = 0; i < node->count; i++)
        stamp(reader, tree, node->children[i]);
}

static void stamp_set(weft_config_reader *reader, weft_batch_tree *tree, const weft_yaml_node *mapping) {
    weft_yaml_node *set = mapping->kind == WEFT_YAML_MAPPING ? weft_yaml_find(mapping, "set") : NULL;
    if (set != NULL && set->origin == NULL) stamp(reader, tree, set);
}

static void read_entry(weft_config_reader *reader, weft_batch_tree *tree, const weft_yaml_node *node, int index) {
    weft_batch_entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL) {
        reader->no_memory = true;
        return;
    }
    tree->batch.entries[tree->batch.entry_count++] = entry;
    *entry = (weft_batch_entry){.place = node->place, .index = index, .retry = -1, .timeout_ms = -1};
    int before = reader->report.found->count;
    weft_config_read_section(reader, entry_keys, node, entry, "a job");
    stamp_set(reader, tree, node);
    entry->sets[0] = tree->default_set;
    if (entry->config == NULL) entry->config = tree->default_config;
    if (entry->config == NULL && reader->report.found->count == before)
        weft_yaml_report(&reader->report, node->place, node->origin, "config: olinda.yml",
                         "a job: config is missing, and defaults give none");
}

static void read_entries(weft_config_reader *reader, weft_batch_tree *tree, const weft_yaml_node *jobs) {
    int64_t total = 0;
    if (jobs->kind != WEFT_YAML_SEQUENCE || jobs->count == 0) {
        weft_yaml_report(&reader->report, jobs->place, jobs->origin, "- {config: olinda.yml}",
                         "jobs: a list of at least one job is expected");
        return;
    }
    tree->batch.entries = calloc((size_t)jobs->count, sizeof(weft_batch_entry *));
    if (tree->batch.entries == NULL) {
        reader->no_memory = true;
        return;
    }
    for (int i = 0; i < jobs->count; i++)
        read_entry(reader, tree, jobs->children[i], i);
    for (int i = 0; i < tree->batch.entry_count; i++)
        total += weft_batch_entry_count(tree->batch.entries[i]);
    if (total > WEFT_BATCH_MAX_JOBS)
        weft_yaml_report(&reader->report, jobs->place, jobs->origin, NULL, "jobs: %lld jobs: %d are the most",
                         (long long)total, WEFT_BATCH_MAX_JOBS);
}

void weft_batch_read(weft_config_reader *reader, weft_batch_tree *tree) {
    weft_config_read_section(reader, weft_batch_keys, tree->root, &tree->batch, "");
    const weft_yaml_node *defaults = weft_yaml_find(tree->root, "defaults");
    const weft_yaml_node *jobs = weft_yaml_find(tree->root, "jobs");
    if (defaults != NULL) weft_config_read_section(reader, default_keys, defaults, tree, "defaults");
    if (defaults != NULL) stamp_set(reader, tree, defaults);
    if (jobs != NULL) read_entries(reader, tree, jobs);
}

/* --- told as a schema --- */

weft_status weft_batch_file_schema(const weft_registries *registries, weft_text *out, weft_error *err) {
    weft_config_key *keys = weft_config_all_keys(registries);
    weft_text_add(out, "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                       "  \"title\": \"weft batch file\",\n  \"$defs\": {\"configuration\": {\n");
    if (keys != NULL) weft_config_schema_object(registries, keys, 2, out);
    weft_text_add(out, "  }},\n");
    weft_config_schema_object(registries, weft_batch_keys, 1, out);
    weft_text_add(out, "}\n");
    out->failed = out->failed || keys == NULL;
    free(keys);
    return out->failed ? weft_error_no_memory(err, "the schema") : WEFT_OK;
}
