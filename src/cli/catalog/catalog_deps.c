/* SPDX-License-Identifier: MIT
 *
 * A walk in depth. Its stack is its own: jobs may need each other in a row of a hundred thousand. */
#define _GNU_SOURCE /* tdestroy */
#include "cli/catalog/catalog_deps.h"

#include "cli/catalog/work_deps.h"
#include "core/text.h"
#include "raster/files/vrt_sources.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* A file or a job that was met. Kept in a tree, by its name. */
typedef struct node {
    char *name;
    bool above; /* of the one that is looked at */
} node;

/* A node that is looked at, or is above of that. */
typedef struct frame {
    node *of;
    char **needs; /* names */
    int count, capacity, next;
} frame;

typedef struct walk {
    weft_catalog *catalog;
    weft_work_deps *work; /* NULL: the first one is a raster */
    weft_metrics_row_fn fn;
    void *payload;
    void *nodes; /* tsearch() */
    frame *frames;
    int depth, capacity;
    weft_error cycle;
} walk;

static int by_name(const void *a, const void *b) {
    return strcmp(((const node *)a)->name, ((const node *)b)->name);
}

static void free_node(void *any) {
    node *of = any;
    free(of->name);
    free(of);
}

/* A name of a frame. */
static weft_status add(void *payload, const char *name, weft_error *err) {
    frame *to = payload;
    if (to->count == to->capacity) {
        int capacity = to->capacity == 0 ? 16 : 2 * to->capacity;
        char **more = realloc(to->needs, (size_t)capacity * sizeof *more);
        if (more == NULL) return weft_error_no_memory(err, "dependencies");
        to->needs = more;
        to->capacity = capacity;
    }
    to->needs[to->count] = strdup(name);
    if (to->needs[to->count] == NULL) return weft_error_no_memory(err, "dependencies");
    to->count++;
    return WEFT_OK;
}

static void pop(walk *of) {
    frame *top = &of->frames[--of->depth];
    for (int i = 0; i < top->count; i++)
        free(top->needs[i]);
    free(top->needs);
    top->of->above = false;
}

static frame *push(walk *of, const char *name, weft_error *err) {
    node *next = calloc(1, sizeof *next);
    if (of->depth == of->capacity) {
        int capacity = of->capacity == 0 ? 16 : 2 * of->capacity;
        frame *more = realloc(of->frames, (size_t)capacity * sizeof *more);
        if (more != NULL) {
            of->frames = more;
            of->capacity = capacity;
        }
    }
    if (next != NULL) next->name = strdup(name);
    if (of->depth == of->capacity || next == NULL || next->name == NULL || tsearch(next, &of->nodes, by_name) == NULL) {
        if (next != NULL) free_node(next);
        weft_error_no_memory(err, "dependencies");
        return NULL;
    }
    next->above = true;
    of->frames[of->depth] = (frame){.of = next};
    return &of->frames[of->depth++];
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

static void word_cycle(walk *of, const char *name) {
    weft_text circle = {0};
    int from = of->depth;
    if (of->cycle.status != WEFT_OK) return;
    while (from > 0 && strcmp(of->frames[from - 1].of->name, name) != 0)
        from--;
    for (int i = from > 0 ? from - 1 : 0; i < of->depth; i++)
        weft_text_add(&circle, "%s -> ", of->frames[i].of->name);
    weft_text_add(&circle, "%s", name);
    weft_error_set(&of->cycle, WEFT_ERR_DATA, "a cycle: %s", circle.failed ? name : circle.data);
    weft_text_dispose(&circle);
}

static void give(walk *of, const char *name, const char *state) {
    static const char *const names[] = {"file", "needed_by", "depth", "state"};
    static const bool numeric[] = {false, false, true, false};
    char depth[16];
    (void)snprintf(depth, sizeof depth, "%d", of->depth);
    const char *values[] = {name, of->depth > 0 ? of->frames[of->depth - 1].of->name : NULL, depth, state};
    (void)of->fn(of->payload, 4, names, values, numeric);
}

static weft_status find_needs(walk *of, frame *to, bool *known, weft_error *err) {
    const char *name = to->of->name;
    weft_status status = WEFT_OK;
    *known = false;
    if (of->work != NULL) status = weft_work_deps_of(of->work, name, known, add, to, err);
    if (status == WEFT_OK && !*known && of->catalog != NULL)
        status = weft_catalog_depends(of->catalog, name, known, add, to, err);
    if (status == WEFT_OK && !*known && is_vrt(name)) {
        *known = true;
        status = weft_vrt_sources_visit(name, add, to, err);
    }
    return status;
}

/* Gives a row, and has what it needs looked at next. */
static weft_status enter(walk *of, const char *name, bool *known, weft_error *err) {
    const node key = {.name = (char *)name};
    node **met = tfind(&key, &of->nodes, by_name);
    if (met != NULL) {
        if ((*met)->above) word_cycle(of, name);
        give(of, name, (*met)->above ? "cycle" : "before");
        return WEFT_OK;
    }
    give(of, name, is_gone(name) ? "gone" : "");
    frame *next = push(of, name, err);
    return next == NULL ? WEFT_ERR_MEMORY : find_needs(of, next, known, err);
}

weft_status weft_catalog_deps(weft_catalog *catalog, const char *location, weft_metrics_row_fn fn, void *payload,
                              bool *known, weft_error *err) {
    static const char *const names[] = {"file", "needed_by", "depth", "state"};
    walk of = {.catalog = catalog, .fn = fn, .payload = payload};
    bool ignored;
    weft_status status = WEFT_OK;
    if (weft_work_deps_is_one(location)) status = weft_work_deps_new(&of.work, location, err);
    if (status != WEFT_OK) return status;
    (void)fn(payload, 4, names, NULL, NULL);
    status = enter(&of, location, known, err);
    while (of.depth > 0 && status == WEFT_OK) {
        frame *top = &of.frames[of.depth - 1];
        if (top->next == top->count)
            pop(&of);
        else
            status = enter(&of, top->needs[top->next++], &ignored, err);
    }
    while (of.depth > 0)
        pop(&of);
    if (status == WEFT_OK && of.cycle.status != WEFT_OK) {
        *err = of.cycle;
        status = of.cycle.status;
    }
    free(of.frames);
    tdestroy(of.nodes, free_node);
    weft_work_deps_free(of.work);
    return status;
}
