/* Reads a configuration in four steps: text to a tree, overrides and the environment into it, the tree through the
 * table of keys, and the rules that tie keys together. Problems are gathered all the way.
 *
 * SPDX-License-Identifier: MIT */
#include "config/config_load.h"

#include "config/config_keys.h"
#include "config/config_name.h"
#include "config/config_recipe.h"
#include "config/config_source.h"
#include "config/yaml/yaml_reuse.h"
#include "core/clock.h"

#include <stdlib.h>
#include <string.h>

/* --- what follows from the rest --- */

/* The file's stem, with what a name cannot hold replaced, and a time stamp. */
static char *generate_experiment(const char *file, int64_t now_ms) {
    char *stem = weft_config_file_stem(file), stamp[WEFT_CLOCK_TEXT_BYTES];
    if (stem == NULL) return NULL;
    weft_config_make_name(stem);
    weft_clock_format_compact(now_ms, stamp);
    char *name = weft_text_format("%s_%s", stem, stamp);
    free(stem);
    return name;
}

/* `like` is a dataset's name, or else a path from the configuration's folder. */
static void resolve_like(weft_config_reader *reader) {
    weft_config *config = reader->config;
    char *like = config->grid.like;
    if (like == NULL || weft_config_find_dataset(config, like) >= 0) return;
    config->grid.like = weft_config_raster_name(reader, like);
    free(like);
}

/* Datasets that name no method have those of all. */
static void fill_methods(weft_config_reader *reader, weft_config_methods *out) {
    const weft_config_methods *all = &reader->config->methods;
    if (out->count > 0) return;
    out->items = calloc((size_t)all->count, sizeof *out->items);
    if (out->items == NULL) {
        reader->no_memory = true;
        return;
    }
    memcpy(out->items, all->items, (size_t)all->count * sizeof *out->items);
    out->count = all->count;
}

static void fill_derived(weft_config_reader *reader, int64_t now_ms) {
    weft_config *config = reader->config;
    config->experiment_given = config->experiment != NULL;
    if (config->experiment == NULL) config->experiment = generate_experiment(config->file, now_ms);
    if (config->metrics_database == NULL && config->output_dir != NULL) {
        config->metrics_database = weft_text_format("%s/metrics.sqlite", config->output_dir);
        reader->no_memory = reader->no_memory || config->metrics_database == NULL;
    }
    for (int i = 0; i < config->dataset_count; i++)
        fill_methods(reader, &config->datasets[i].methods);
    resolve_like(reader);
    /* Without bounds the grid covers the first dataset. */
    if (config->grid.extent == WEFT_EXTENT_BOUNDS && !(config->grid.bounds[0] < config->grid.bounds[2]))
        config->grid.extent = WEFT_EXTENT_DATASET;
    reader->no_memory = reader->no_memory || config->experiment == NULL;
}

/* --- loading --- */

static bool apply_overrides(const weft_yaml_reporter *report, weft_yaml_node *root, const weft_override *overrides,
                            char **origins, int count) {
    bool ok = true;
    for (int i = 0; i < count; i++) {
        origins[i] = weft_text_format("--set %s=%s", overrides[i].key, overrides[i].value);
        ok = origins[i] != NULL && weft_config_source_override(report, root, &overrides[i], origins[i]) && ok;
    }
    return ok;
}

/* Puts a list around a single value where a list is expected, so that both are one configuration. False: no memory. */
static bool wrap_lists(const weft_config_key *keys, weft_yaml_node *node) {
    bool ok = true;
    for (int i = 0; node->kind == WEFT_YAML_SEQUENCE && i < node->count && ok; i++)
        ok = wrap_lists(keys, node->children[i]);
    for (int i = 0; node->kind == WEFT_YAML_MAPPING && i < node->count && ok; i++) {
        const weft_config_key *key = weft_config_find_key(keys, node->keys[i]);
        weft_yaml_node *value = node->children[i];
        if (key != NULL && key->children != NULL) ok = wrap_lists(key->children, value);
        if (key == NULL || !key->list || value->kind != WEFT_YAML_SCALAR || value->text[0] == '\0') continue;
        weft_yaml_node *list = weft_yaml_new(WEFT_YAML_SEQUENCE, value->place, value->origin);
        if (list == NULL) return false;
        node->children[i] = list;
        ok = weft_yaml_append(list, value);
    }
    return ok;
}

static void read_tree(weft_config_reader *reader, weft_yaml_node *root, const weft_config_variables *variables,
                      int64_t now_ms) {
    weft_text canonical = {0}, identity = {0};
    if (!weft_config_source_expand(&reader->report, root, variables) || !wrap_lists(reader->keys, root)) {
        reader->no_memory = true;
        return;
    }
    weft_config_read_section(reader, reader->keys, root, reader->config, "");
    if (root->kind != WEFT_YAML_MAPPING) return;
    weft_config_check(reader, root);
    if (reader->report.found->count > 0 || reader->report.found->failed || reader->no_memory) return;
    fill_derived(reader, now_ms);
    weft_config_add_canonical(reader, reader->keys, root, 0, &canonical);
    weft_config_add_identity(reader, reader->keys, root, "", &identity);
    reader->no_memory = reader->no_memory || canonical.failed || identity.failed;
    reader->config->identity = identity.data;
    reader->config->text = canonical.data;
}

weft_status weft_config_summarise(const weft_config_reader *reader, weft_problems *problems, weft_error *err) {
    int count = reader->report.found->count;
    bool told = !reader->report.found->failed;
    weft_problem_list_move(reader->report.found, problems);
    if (count > 0 && told && !problems->text.failed)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: %d %s", reader->report.file, count,
                              count == 1 ? "problem" : "problems");
    if (count > 0 || !told || reader->no_memory)
        return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to read it", reader->report.file);
    return WEFT_OK;
}

/* The tree before its values are looked at. NULL: reported, or no memory. */
static weft_yaml_node *make_tree(weft_config_reader *reader, const weft_config_recipe *recipe, const char *text,
                                 size_t length) {
    weft_yaml_node *root = NULL;
    if (recipe->tree != NULL)
        root = weft_yaml_copy(recipe->tree);
    else if (weft_config_source_check(&reader->report, text, length))
        root = weft_yaml_parse(&reader->report, text, length, NULL);
    if (root != NULL && weft_yaml_reuse(&reader->report, root, "columns")) return root;
    reader->no_memory = root != NULL || reader->report.found->count == 0;
    weft_yaml_free(root);
    return NULL;
}

static bool put_experiment(weft_yaml_node *root, const char *name) {
    if (name == NULL || weft_yaml_find(root, "experiment") != NULL) return true;
    weft_yaml_node *value = weft_yaml_new(WEFT_YAML_SCALAR, root->place, NULL);
    if (value != NULL && (value->text = strdup(name)) == NULL) {
        weft_yaml_free(value);
        return false;
    }
    if (value != NULL) value->quoted = true;
    return value != NULL && weft_yaml_put(root, "experiment", root->place, value);
}

/* All that goes over the tree. False: something was reported, or no memory. */
static bool apply_recipe(const weft_config_reader *reader, const weft_config_recipe *recipe, weft_yaml_node *root,
                         char **origins) {
    bool ok = true;
    for (int i = 0; i < recipe->set_count && ok; i++)
        ok = recipe->sets[i] == NULL || weft_config_source_set(&reader->report, root, recipe->sets[i]);
    ok = apply_overrides(&reader->report, root, recipe->overrides, origins, recipe->override_count) && ok;
    return ok && put_experiment(root, recipe->experiment);
}

static void read_recipe(weft_config_reader *reader, const weft_config_recipe *recipe, weft_yaml_node *root,
                        char **origins, int64_t now_ms) {
    if (root->kind != WEFT_YAML_MAPPING || apply_recipe(reader, recipe, root, origins) ||
        reader->report.found->count > 0)
        read_tree(reader, root, recipe->variables, now_ms);
    else
        reader->no_memory = true;
}

/* The places of what registries know, by number. */
static bool make_room(weft_config *config, const weft_registries *registries) {
    const weft_format_facts *format;
    int formats = 0, options = 0;
    for (; (format = registries->format(formats)) != NULL; formats++)
        for (int i = 0; format->options != NULL && format->options[i].key != NULL; i++)
            options++;
    config->formats = calloc((size_t)formats + 1, sizeof *config->formats);
    config->options = calloc((size_t)options + 1, sizeof *config->options);
    if (config->formats == NULL || config->options == NULL) return false;
    for (int i = 0; i < formats; i++)
        for (const weft_format_option *at = registries->format(i)->options; at != NULL && at->key != NULL; at++)
            config->options[config->option_count++].key = at->key;
    return true;
}

weft_status weft_config_load_recipe(weft_config **out, const weft_config_recipe *recipe, int64_t now_ms,
                                    weft_problems *problems, weft_error *err) {
    weft_config *config = calloc(1, sizeof *config);
    weft_config_key *keys = weft_config_all_keys(recipe->registries);
    char **origins = calloc((size_t)recipe->override_count + 1, sizeof *origins), *text = NULL;
    weft_yaml_node *root = NULL;
    size_t length = 0;
    weft_problem_list found = {0};
    weft_config_reader reader = {.report = {.file = recipe->file, .found = &found},
                                 .config = config,
                                 .registries = recipe->registries,
                                 .keys = keys};
    weft_status status = WEFT_ERR_MEMORY;
    *out = NULL;
    if (config == NULL || origins == NULL || keys == NULL || (config->file = strdup(recipe->file)) == NULL ||
        !make_room(config, recipe->registries)) {
        weft_error_set(err, status, "%s: no memory to read it", recipe->file);
        goto done;
    }
    status = recipe->tree != NULL ? WEFT_OK : weft_config_source_read(&text, &length, recipe->file, err);
    if (status == WEFT_OK) status = weft_config_source_folder(&config->folder, config->file, err);
    if (status != WEFT_OK) goto done;
    root = make_tree(&reader, recipe, text, length);
    if (root != NULL) read_recipe(&reader, recipe, root, origins, now_ms);
    status = weft_config_summarise(&reader, problems, err);
done:
    weft_yaml_free(root);
    free(text);
    for (int i = 0; i < recipe->override_count && origins != NULL; i++)
        free(origins[i]);
    free(origins);
    free(keys);
    if (status == WEFT_OK)
        *out = config;
    else
        weft_config_free(config);
    return status;
}

weft_status weft_config_load(weft_config **out, const weft_config_request *request, weft_problems *problems,
                             weft_error *err) {
    const weft_config_recipe recipe = {.file = request->file,
                                       .overrides = request->overrides,
                                       .override_count = request->override_count,
                                       .registries = request->registries};
    return weft_config_load_recipe(out, &recipe, request->now_ms, problems, err);
}
