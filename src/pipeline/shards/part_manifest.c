/* SPDX-License-Identifier: MIT
 *
 * The first shard's metadata is taken, and what others know besides is put into it. */
#include "pipeline/shards/part_manifest.h"

#include "core/window.h"
#include "pipeline/plan/plan_json.h"
#include "pipeline/shards/shard_find.h"

#include <stdlib.h>
#include <string.h>

static weft_status load(json_t **out, const weft_config *config, int number, int count, weft_error *err) {
    char *path = weft_shard_metadata(config, number, count);
    *out = path == NULL ? NULL : json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    weft_status status = path == NULL   ? weft_error_no_memory(err, "the manifest")
                         : *out != NULL ? WEFT_OK
                                        : weft_error_set(err, WEFT_ERR_DATA, "%s: not the metadata of a shard", path);
    free(path);
    return status;
}

static void set_copy(json_t *to, const char *key, json_t *from) {
    if (from != NULL) (void)json_object_set(to, key, from);
}

/* The statistics of each column that has some, by name. NULL: there are none. */
static json_t *take_statistics(json_t *root) {
    json_t *out = json_object(), *column;
    size_t i;
    json_array_foreach(json_object_get(root, "columns"), i, column) {
        set_copy(out, json_string_value(json_object_get(column, "name")), json_object_get(column, "statistics"));
        (void)json_object_del(column, "statistics");
    }
    if (json_object_size(out) > 0) return out;
    json_decref(out);
    return NULL;
}

/* Adds the parts of one shard. A piece and an output of its metadata are one file, in one order. */
static void add_parts(json_t *outputs, const json_t *root, const json_t *statistics, int64_t cols, int64_t *bytes) {
    json_t *pieces = json_object_get(json_object_get(root, "shard"), "pieces"), *piece;
    size_t i;
    json_array_foreach(pieces, i, piece) {
        json_t *part = json_copy(json_array_get(json_object_get(root, "outputs"), i));
        json_int_t first = json_integer_value(json_object_get(piece, "first_cell")),
                   end = json_integer_value(json_object_get(piece, "end_cell"));
        set_copy(part, "rows", json_object_get(piece, "rows"));
        (void)json_object_set_new(part, "first_row", json_integer(first / cols));
        (void)json_object_set_new(part, "end_row", json_integer(weft_divide_up(end, cols)));
        if (statistics != NULL) (void)json_object_set(part, "statistics", (json_t *)statistics);
        *bytes += json_integer_value(json_object_get(part, "bytes"));
        (void)json_array_append_new(outputs, part);
    }
}

static bool has(const json_t *list, const json_t *one) {
    const json_t *other;
    size_t i;
    json_array_foreach(list, i, other) if (json_equal(other, one)) return true;
    return false;
}

static void add_warnings(json_t *out, const json_t *root) {
    json_t *one;
    size_t i;
    json_array_foreach(json_object_get(root, "warnings"), i, one) if (!has(out, one))(void) json_array_append(out, one);
}

/* Adds what one shard could not read to what all could not. */
static void add_missing_blocks(json_t *all, const json_t *own) {
    json_t *bad, *other;
    size_t i, j;
    json_array_foreach(own, i, bad) {
        json_t *same = NULL;
        json_array_foreach(all, j, other) if (json_equal(json_object_get(other, "path"), json_object_get(bad, "path")))
            same = other;
        json_int_t blocks = json_integer_value(json_object_get(bad, "blocks"));
        if (same != NULL)
            (void)json_object_set_new(same, "blocks",
                                      json_integer(json_integer_value(json_object_get(same, "blocks")) + blocks));
        else
            (void)json_array_append(all, bad);
    }
}

static void add_datasets(json_t *all, const json_t *root) {
    json_t *datasets = json_object_get(root, "datasets"), *dataset;
    size_t i;
    json_array_foreach(json_object_get(all, "datasets"), i, dataset) add_missing_blocks(
        json_object_get(dataset, "missing_blocks"), json_object_get(json_array_get(datasets, i), "missing_blocks"));
}

/* The time of the first beginning, or of the last end; as text they are in order. */
static void keep_time(json_t *out, const json_t *root, const char *key, int sign) {
    json_t *then = json_object_get(out, key), *now = json_object_get(root, key);
    if (json_is_string(then) && json_is_string(now) &&
        sign * strcmp(json_string_value(now), json_string_value(then)) > 0)
        (void)json_object_set(out, key, now);
}

weft_status weft_part_manifest_add(weft_text *out, const weft_config *config, const weft_shard_set *set, int64_t *rows,
                                   int64_t *bytes, weft_error *err) {
    json_t *all = NULL, *outputs = json_array(), *warnings = json_array();
    weft_status status = WEFT_OK;
    *rows = *bytes = 0;
    for (int i = 0; i < set->count && status == WEFT_OK; i++) {
        json_t *root = NULL;
        status = load(&root, config, i + 1, set->count, err);
        if (status != WEFT_OK) break;
        int64_t cols = json_integer_value(json_object_get(json_object_get(root, "shard"), "cols"));
        json_t *statistics = take_statistics(root);
        add_parts(outputs, root, statistics, cols > 0 ? cols : 1, bytes);
        add_warnings(warnings, root);
        *rows += json_integer_value(json_object_get(root, "rows"));
        json_decref(statistics);
        if (all == NULL)
            all = json_incref(root);
        else
            add_datasets(all, root);
        keep_time(all, root, "started", -1);
        keep_time(all, root, "ended", 1);
        json_decref(root);
    }
    (void)json_object_del(all, "shard");
    weft_plan_json_put(&all, "shards", json_integer(set->count));
    weft_plan_json_put(&all, "rows", json_integer((json_int_t)*rows));
    weft_plan_json_put(&all, "outputs", outputs);
    weft_plan_json_put(&all, "warnings", warnings);
    if (status == WEFT_OK) weft_plan_json_print(all, JSON_INDENT(2), out);
    weft_text_add(out, "\n");
    json_decref(all);
    return status == WEFT_OK && out->failed ? weft_error_no_memory(err, "the manifest") : status;
}
