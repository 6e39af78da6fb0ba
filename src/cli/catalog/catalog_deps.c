/* SPDX-License-Identifier: MIT */
#include "cli/catalog/catalog_deps.h"

#include "core/text.h"
#include "raster/files/vrt_sources.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* Paths. Zero-initialised is empty. */
typedef struct paths {
    char **items;
    int count, capacity;
} paths;

typedef struct search {
    weft_catalog *catalog;
    weft_metrics_row_fn fn;
    void *payload;
    paths above; /* from the first file down to the one that is looked at */
    paths given; /* rows */
    weft_error cycle;
} search;

static weft_status add(void *payload, const char *path, weft_error *err) {
    paths *to = payload;
    if (to->count == to->capacity) {
        int capacity = to->capacity == 0 ? 16 : 2 * to->capacity;
        char **more = realloc(to->items, (size_t)capacity * sizeof *more);
        if (more == NULL) return weft_error_no_memory(err, "dependencies");
        to->items = more;
        to->capacity = capacity;
    }
    to->items[to->count] = strdup(path);
    if (to->items[to->count] == NULL) return weft_error_no_memory(err, "dependencies");
    to->count++;
    return WEFT_OK;
}

static void dispose(paths *of) {
    for (int i = 0; i < of->count; i++)
        free(of->items[i]);
    free(of->items);
    *of = (paths){0};
}

static int find(const paths *in, const char *path) {
    for (int i = 0; i < in->count; i++)
        if (strcmp(in->items[i], path) == 0) return i;
    return -1;
}

static bool is_gone(const char *path) {
    struct stat info;
    return path[0] == '/' && strncmp(path, "/vsi", 4) != 0 && stat(path, &info) != 0 &&
           (errno == ENOENT || errno == ENOTDIR);
}

static bool is_vrt(const char *path) {
    size_t length = strlen(path);
    return length > 4 && strcasecmp(path + length - 4, ".vrt") == 0 && weft_file_is_vrt(path);
}

static void word_cycle(search *of, int from, const char *path) {
    weft_text circle = {0};
    for (int i = from; i < of->above.count; i++)
        weft_text_add(&circle, "%s -> ", of->above.items[i]);
    weft_text_add(&circle, "%s", path);
    if (of->cycle.status == WEFT_OK)
        weft_error_set(&of->cycle, WEFT_ERR_DATA, "a cycle: %s", circle.failed ? path : circle.data);
    weft_text_dispose(&circle);
}

static weft_status give(search *of, const char *path, const char *state) {
    static const char *const names[] = {"file", "needed_by", "depth", "state"};
    static const bool numeric[] = {false, false, true, false};
    char depth[16];
    (void)snprintf(depth, sizeof depth, "%d", of->above.count);
    const char *values[] = {path, of->above.count > 0 ? of->above.items[of->above.count - 1] : NULL, depth, state};
    (void)of->fn(of->payload, 4, names, values, numeric);
    return WEFT_OK;
}

static weft_status look(search *of, const char *path, bool *known, weft_error *err) {
    paths needs = {0};
    int circle = find(&of->above, path);
    if (circle >= 0) word_cycle(of, circle, path);
    if (circle >= 0) return give(of, path, "cycle");
    if (find(&of->given, path) >= 0) return give(of, path, "before");
    (void)give(of, path, is_gone(path) ? "gone" : "");
    weft_status status = add(&of->given, path, err);
    if (status == WEFT_OK) status = weft_catalog_depends(of->catalog, path, known, add, &needs, err);
    if (status == WEFT_OK && !*known && is_vrt(path)) {
        *known = true;
        status = weft_vrt_sources_visit(path, add, &needs, err);
    }
    if (status == WEFT_OK) status = add(&of->above, path, err);
    for (int i = 0; i < needs.count && status == WEFT_OK; i++) {
        bool ignored;
        status = look(of, needs.items[i], &ignored, err);
    }
    if (of->above.count > 0) free(of->above.items[--of->above.count]);
    dispose(&needs);
    return status;
}

weft_status weft_catalog_deps(weft_catalog *catalog, const char *location, weft_metrics_row_fn fn, void *payload,
                              bool *known, weft_error *err) {
    static const char *const names[] = {"file", "needed_by", "depth", "state"};
    search of = {.catalog = catalog, .fn = fn, .payload = payload};
    (void)fn(payload, 4, names, NULL, NULL);
    weft_status status = look(&of, location, known, err);
    if (status == WEFT_OK && of.cycle.status != WEFT_OK) {
        *err = of.cycle;
        status = of.cycle.status;
    }
    dispose(&of.above);
    dispose(&of.given);
    return status;
}
