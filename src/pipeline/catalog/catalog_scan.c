/* SPDX-License-Identifier: MIT
 *
 * This thread lists folders and writes the catalog, others open files. A folder counts as listed when all its files are
 * in the catalog; what is gone is forgotten at the end, so that a file that was moved is seen before. Links to folders are
 * followed when all other folders are listed, so that a folder is listed under its own path where that is scanned too. */
#include "pipeline/catalog/catalog_scan.h"

#include "core/clock.h"
#include "core/files/path_fields.h"
#include "core/text.h"
#include "pipeline/catalog/scan_openers.h"
#include "raster/gdal/gdal_setup.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WAIT_MS     100
#define PROGRESS_NS INT64_C(100000000)

/* A folder that is still to be listed. */
typedef struct waiting {
    char *path;
    int64_t parent;
} waiting;

typedef struct waiting_list {
    waiting *items;
    int count, capacity;
} waiting_list;

/* What may be gone: a file of a folder, or (name NULL) the folder. */
typedef struct lost {
    int64_t folder;
    char *name;
} lost;

typedef struct seen_folder {
    uint64_t device, inode;
    int64_t id; /* in the catalog, of the path that it was listed under */
} seen_folder;

typedef struct scan {
    const weft_catalog_scan *options;
    weft_catalog_counts *counts;
    weft_catalog *catalog;
    weft_scan_openers *openers;
    char *pattern;             /* NULL: none */
    waiting_list stack, links; /* links: to folders, for when the stack is empty */
    lost *gone;
    int gone_count, gone_capacity;
    seen_folder *seen; /* open addressing; inode and device 0: free */
    size_t seen_count, seen_capacity;
    int64_t shown_ns;
} scan;

static weft_status no_memory(weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to scan folders");
}

/* One more place after `count` of `*items`. */
static bool make_room(void **items, int count, int *capacity, size_t size) {
    if (count < *capacity) return true;
    int more_capacity = *capacity == 0 ? 64 : 2 * *capacity;
    void *more = realloc(*items, (size_t)more_capacity * size);
    if (more == NULL) return false;
    *items = more;
    *capacity = more_capacity;
    return true;
}

/* Takes `path` over. */
static weft_status push(waiting_list *list, char *path, int64_t parent, weft_error *err) {
    void *items = list->items;
    if (path == NULL || !make_room(&items, list->count, &list->capacity, sizeof *list->items)) {
        free(path);
        return no_memory(err);
    }
    list->items = items;
    list->items[list->count++] = (waiting){.path = path, .parent = parent};
    return WEFT_OK;
}

static void dispose_list(waiting_list *list) {
    for (int i = 0; i < list->count; i++)
        free(list->items[i].path);
    free(list->items);
}

/* name is copied; NULL: the folder itself. */
static weft_status lose(scan *of, int64_t folder, const char *name, weft_error *err) {
    void *items = of->gone;
    char *copy = name != NULL ? strdup(name) : NULL;
    if ((name != NULL && copy == NULL) || !make_room(&items, of->gone_count, &of->gone_capacity, sizeof *of->gone)) {
        free(copy);
        return no_memory(err);
    }
    of->gone = items;
    of->gone[of->gone_count++] = (lost){folder, copy};
    return WEFT_OK;
}

/* --- folders that were listed --- */

static void put_seen(seen_folder *table, size_t capacity, seen_folder folder) {
    size_t at = (size_t)((folder.inode * UINT64_C(0x9E3779B97F4A7C15) ^ folder.device) % capacity);
    while (table[at].inode != 0 || table[at].device != 0)
        at = (at + 1) % capacity;
    table[at] = folder;
}

/* The id that it was listed with; 0: it was not. */
static int64_t seen_as(const scan *of, const weft_scan_folder *folder) {
    if (of->seen_capacity == 0) return 0;
    size_t at = (size_t)((folder->inode * UINT64_C(0x9E3779B97F4A7C15) ^ folder->device) % of->seen_capacity);
    for (; of->seen[at].inode != 0 || of->seen[at].device != 0; at = (at + 1) % of->seen_capacity)
        if (of->seen[at].inode == folder->inode && of->seen[at].device == folder->device) return of->seen[at].id;
    return 0;
}

static weft_status see(scan *of, seen_folder folder, weft_error *err) {
    if (2 * of->seen_count >= of->seen_capacity) {
        size_t capacity = of->seen_capacity == 0 ? 256 : 2 * of->seen_capacity;
        seen_folder *table = calloc(capacity, sizeof *table);
        if (table == NULL) return no_memory(err);
        for (size_t i = 0; i < of->seen_capacity; i++)
            if (of->seen[i].inode != 0 || of->seen[i].device != 0) put_seen(table, capacity, of->seen[i]);
        free(of->seen);
        of->seen = table;
        of->seen_capacity = capacity;
    }
    put_seen(of->seen, of->seen_capacity, folder);
    of->seen_count++;
    return WEFT_OK;
}

/* --- results --- */

/* The caller is one of its holders. */
static weft_status end_folder(scan *of, const weft_scan_folder *folder, weft_error *err) {
    if (folder->holders > 1 || !folder->walked) return WEFT_OK;
    return weft_catalog_folder_done(of->catalog, folder->id, folder->modified_ns, NULL, err);
}

static bool is_gone(const char *folder, const char *name) {
    struct stat info;
    char *path = weft_text_format("%s/%s", folder, name);
    bool gone = path != NULL && lstat(path, &info) != 0 && (errno == ENOENT || errno == ENOTDIR);
    free(path);
    return gone;
}

static weft_catalog_file file_of(const weft_scan_entry *entry, const char *problem) {
    return (weft_catalog_file){.name = entry->name,
                               .bytes = entry->bytes,
                               .modified_ns = entry->modified_ns,
                               .changed_ns = entry->changed_ns,
                               .inode = entry->inode,
                               .fid = entry->fid,
                               .problem = problem};
}

static weft_status keep_file(scan *of, const weft_scan_file *result, weft_error *err) {
    const weft_scan_entry *entry = &result->entry;
    const weft_raster_header *header = &result->header;
    weft_catalog_counts *counts = of->counts;
    weft_catalog_file file = file_of(entry, header->kind == WEFT_HEADER_BROKEN ? header->problem : NULL);
    bool is_raster = header->kind == WEFT_HEADER_RASTER;
    weft_status status = WEFT_OK;
    if (is_raster && !entry->is_known) {
        status = weft_catalog_take_moved(of->catalog, &file, is_gone, &file.fid, err);
        if (status != WEFT_OK) return status;
        counts->moved += file.fid != 0;
    }
    counts->opened++;
    counts->broken += header->kind == WEFT_HEADER_BROKEN;
    counts->added += is_raster && file.fid == 0;
    counts->changed += is_raster && entry->fid != 0;
    counts->gone += !is_raster && entry->fid != 0;
    weft_catalog_raster raster = header->record;
    raster.bytes = entry->bytes;
    raster.modified_ns = entry->modified_ns;
    return weft_catalog_put_file(of->catalog, result->folder->id, &file, is_raster ? &raster : NULL, err);
}

static weft_status take_result(void *payload, weft_scan_file *result, weft_error *err) {
    scan *of = payload;
    /* What is gone by now will be noticed as gone the next time, if it was known. */
    weft_status status = result->header.kind == WEFT_HEADER_GONE ? WEFT_OK : keep_file(of, result, err);
    if (status == WEFT_OK) status = end_folder(of, result->folder, err);
    return status == WEFT_OK ? weft_catalog_keep_up(of->catalog, err) : status;
}

/* Between two steps: results, the catalog, whoever watches and stops. */
static weft_status turn(scan *of, int wait_ms, bool *idle, weft_error *err) {
    weft_status status = weft_scan_openers_take(of->openers, wait_ms, take_result, of, idle, err);
    if (status == WEFT_OK) status = weft_catalog_keep_up(of->catalog, err);
    int64_t now_ns = weft_clock_monotonic_ns();
    if (of->options->progressed != NULL && now_ns - of->shown_ns >= PROGRESS_NS) {
        of->shown_ns = now_ns;
        of->options->progressed(of->options->payload, of->counts);
    }
    return status == WEFT_OK ? weft_cancel_check_next(of->options->cancel, err) : status;
}

/* --- walking --- */

static weft_status keep_problem(scan *of, const weft_scan_folder *folder, const weft_scan_entry *entry,
                                const char *problem, weft_error *err) {
    weft_catalog_file file = file_of(entry, problem);
    of->counts->broken += problem != NULL;
    return weft_catalog_put_file(of->catalog, folder->id, &file, NULL, err);
}

static weft_status open_file(scan *of, weft_scan_folder *folder, const weft_scan_entry *entry, weft_error *err) {
    weft_status status = WEFT_OK;
    weft_scan_file *file;
    bool idle;
    while (status == WEFT_OK && (file = weft_scan_openers_place(of->openers)) == NULL)
        status = turn(of, WAIT_MS, &idle, err);
    if (status != WEFT_OK) return status;
    char *path = weft_text_format("%s/%s", folder->path, entry->name);
    const char **siblings = weft_scan_folder_siblings(folder, entry);
    if (path == NULL || siblings == NULL) {
        free(path);
        free(siblings);
        return no_memory(err);
    }
    *file = (weft_scan_file){.folder = folder, .entry = *entry, .path = path, .siblings = siblings};
    folder->holders++;
    weft_scan_openers_give(of->openers, file);
    return WEFT_OK;
}

/* It is known to the catalog from now on: a folder that is not listed again has the folders that are known. */
static weft_status push_subfolder(scan *of, const weft_scan_folder *folder, const weft_scan_entry *entry,
                                  weft_error *err) {
    int64_t id, listed_ns;
    char *path = weft_text_format("%s/%s", folder->path, entry->name);
    if (path == NULL) return no_memory(err);
    weft_status status = weft_catalog_folder(of->catalog, path, folder->id, &id, &listed_ns, err);
    if (status == WEFT_OK) return push(entry->is_link ? &of->links : &of->stack, path, folder->id, err);
    free(path);
    return status;
}

static weft_status visit_entry(scan *of, weft_scan_folder *folder, const weft_scan_entry *entry, weft_error *err) {
    bool any;
    if (entry->is_folder) return push_subfolder(of, folder, entry, err);
    bool is_companion = weft_raster_header_companion_of(entry->name, &any) > 0;
    of->counts->files += !is_companion;
    if (!entry->opens) return WEFT_OK;
    if (entry->trouble != NULL) return keep_problem(of, folder, entry, entry->trouble, err);
    if (is_companion) return keep_problem(of, folder, entry, NULL, err);
    if (!weft_text_is_utf8(entry->name) || !weft_text_is_utf8(folder->path))
        return keep_problem(of, folder, entry, "its name is not UTF-8", err);
    return open_file(of, folder, entry, err);
}

typedef struct subfolder_check {
    scan *of;
    const weft_scan_folder *folder;
} subfolder_check;

static weft_status check_subfolder(void *payload, int64_t id, const char *path, weft_error *err) {
    const subfolder_check *check = payload;
    const weft_scan_entry *entry = weft_scan_folder_find(check->folder, strrchr(path, '/') + 1);
    return entry != NULL && entry->is_folder ? WEFT_OK : lose(check->of, id, NULL, err);
}

static weft_status find_gone(scan *of, const weft_scan_folder *folder, const weft_catalog_files *known,
                             weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < known->count && status == WEFT_OK; i++)
        if (weft_scan_folder_find(folder, known->items[i].name) == NULL)
            status = lose(of, folder->id, known->items[i].name, err);
    if (status != WEFT_OK) return status;
    return weft_catalog_subfolders(of->catalog, folder->id, check_subfolder, &(subfolder_check){of, folder}, err);
}

static weft_status visit_folder(scan *of, weft_scan_folder *folder, int64_t listed_ns, weft_error *err) {
    weft_catalog_files known = {0};
    bool idle;
    weft_status status = weft_catalog_files_read(of->catalog, folder->id, &known, err);
    if (status == WEFT_OK) status = weft_scan_folder_list(folder, of->catalog, listed_ns, &known, err);
    if (status == WEFT_OK) status = find_gone(of, folder, &known, err);
    weft_catalog_files_dispose(&known);
    for (int i = 0; i < folder->count && status == WEFT_OK; i++) {
        status = visit_entry(of, folder, &folder->entries[i], err);
        if (status == WEFT_OK && i % 256 == 255) status = turn(of, 0, &idle, err);
    }
    folder->walked = status == WEFT_OK;
    return status;
}

/* What is in the way of listing a folder goes into the catalog, and the scan goes on. */
static weft_status keep_trouble(scan *of, int64_t id, const char *why, weft_error *err) {
    of->counts->troubles++;
    return weft_catalog_folder_done(of->catalog, id, 0, why, err);
}

static bool is_trouble(weft_status status) {
    return status == WEFT_ERR_PERMISSION || status == WEFT_ERR_NO_INPUT || status == WEFT_ERR_DATA;
}

/* The folder is listed already. What an earlier scan has found under this other name of it would count twice. */
static weft_status keep_alias(scan *of, const waiting *next, int64_t id, weft_error *err) {
    int64_t listed_ns;
    weft_status status = weft_catalog_folder_drop(of->catalog, id, &of->counts->gone, err);
    if (status == WEFT_OK) status = weft_catalog_folder(of->catalog, next->path, next->parent, &id, &listed_ns, err);
    if (status != WEFT_OK || next->parent == 0) return status;
    return keep_trouble(of, id, "it is listed under another name: a link, or named twice", err);
}

static weft_status walk_folder(scan *of, const waiting *next, weft_error *err) {
    weft_scan_folder *folder = NULL;
    int64_t id = 0, listed_ns = 0;
    weft_error why = {0};
    weft_status status = weft_catalog_folder(of->catalog, next->path, next->parent, &id, &listed_ns, err);
    if (status != WEFT_OK) return status;
    status = weft_scan_folder_open(&folder, next->path, &why);
    if (status == WEFT_ERR_NO_INPUT && next->parent != 0) return lose(of, id, NULL, err);
    int64_t listed_as = status == WEFT_OK ? seen_as(of, folder) : 0;
    if (listed_as != 0) {
        weft_scan_folder_release(folder);
        return listed_as == id ? WEFT_OK : keep_alias(of, next, id, err);
    }
    if (status == WEFT_OK) {
        folder->id = id;
        of->counts->folders++;
        status = see(of, (seen_folder){folder->device, folder->inode, id}, &why);
    }
    if (status == WEFT_OK) status = visit_folder(of, folder, listed_ns, &why);
    if (status == WEFT_OK) status = end_folder(of, folder, &why);
    weft_scan_folder_release(folder);
    if (is_trouble(status)) return keep_trouble(of, id, why.message, err);
    if (status != WEFT_OK) *err = why;
    return status;
}

/* --- the whole --- */

static weft_status push_root(void *payload, int64_t id, const char *path, weft_error *err) {
    (void)id;
    return push(&((scan *)payload)->stack, weft_text_format("%s", path), 0, err);
}

static weft_status push_named(scan *of, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = of->options->folder_count - 1; i >= 0 && status == WEFT_OK; i--) {
        struct stat info;
        const char *named = of->options->folders[i];
        char *path = realpath(named, NULL);
        if (path == NULL) return weft_error_set_errno(err, errno, "%s", named);
        if (stat(path, &info) == 0 && !S_ISDIR(info.st_mode)) {
            free(path);
            return weft_error_set(err, WEFT_ERR_DATA, "%s: not a folder", named);
        }
        status = push(&of->stack, path, 0, err);
    }
    return status;
}

/* Those of the scans before. */
static weft_status push_roots(scan *of, weft_error *err) {
    weft_status status = weft_catalog_roots(of->catalog, push_root, of, err);
    if (status == WEFT_OK && of->stack.count == 0)
        status =
            weft_error_set(err, WEFT_ERR_USAGE, "%s: no folder was scanned before; name one", of->options->catalog);
    return status;
}

static weft_status forget_gone(scan *of, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < of->gone_count && status == WEFT_OK; i++) {
        const lost *gone = &of->gone[i];
        status = gone->name == NULL
                     ? weft_catalog_folder_drop(of->catalog, gone->folder, &of->counts->gone, err)
                     : weft_catalog_drop_file(of->catalog, gone->folder, gone->name, &of->counts->gone, err);
        if (status == WEFT_OK) status = weft_catalog_keep_up(of->catalog, err);
    }
    return status;
}

static weft_status walk(scan *of, weft_error *err) {
    weft_status status = WEFT_OK;
    bool idle = false;
    while (status == WEFT_OK && of->stack.count + of->links.count > 0) {
        waiting_list *list = of->stack.count > 0 ? &of->stack : &of->links;
        waiting next = list->items[--list->count];
        status = walk_folder(of, &next, err);
        free(next.path);
        if (status == WEFT_OK) status = turn(of, 0, &idle, err);
    }
    weft_scan_openers_flush(of->openers);
    for (idle = false; status == WEFT_OK && !idle;)
        status = turn(of, WAIT_MS, &idle, err);
    return status == WEFT_OK ? forget_gone(of, err) : status;
}

static weft_status check_pattern(const char *pattern, weft_error *err) {
    char *fault = pattern[0] == '\0' ? weft_text_format("it is empty") : weft_path_fields_fault(pattern, NULL);
    if (fault == NULL) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_USAGE, "pattern \"%s\": %s", pattern, fault);
    weft_error_hint(err, "{field} captures what stands there, {date:%%Y%%m%%d} a date, as in "
                         "\"{tile}_{date:%%Y%%m%%d}_{band}.tif\"");
    free(fault);
    return WEFT_ERR_USAGE;
}

static weft_status start(scan *of, weft_error *err) {
    const weft_catalog_scan *options = of->options;
    weft_status status = options->pattern != NULL ? check_pattern(options->pattern, err) : WEFT_OK;
    if (status == WEFT_OK) status = push_named(of, err);
    if (status == WEFT_OK) status = weft_raster_init(err);
    if (status == WEFT_OK)
        status =
            weft_catalog_open(&of->catalog, options->catalog,
                              options->folder_count > 0 ? WEFT_CATALOG_MAKE : WEFT_CATALOG_WRITE, options->cancel, err);
    if (status == WEFT_OK) status = weft_catalog_use_pattern(of->catalog, options->pattern, &of->pattern, err);
    if (status == WEFT_OK && of->pattern != NULL) status = check_pattern(of->pattern, err);
    if (status == WEFT_OK && options->folder_count == 0) status = push_roots(of, err);
    return status == WEFT_OK ? weft_scan_openers_new(&of->openers, options->threads, of->pattern, err) : status;
}

static void dispose(scan *of) {
    weft_scan_openers_free(of->openers);
    weft_catalog_close(of->catalog);
    free(of->pattern);
    dispose_list(&of->stack);
    dispose_list(&of->links);
    for (int i = 0; i < of->gone_count; i++)
        free(of->gone[i].name);
    free(of->gone);
    free(of->seen);
}

weft_status weft_catalog_scan_run(const weft_catalog_scan *options, weft_catalog_counts *counts, weft_error *err) {
    scan of = {.options = options, .counts = counts};
    *counts = (weft_catalog_counts){0};
    weft_status status = start(&of, err);
    if (status == WEFT_OK) {
        status = walk(&of, err);
        weft_error later = {0};
        if (status == WEFT_ERR_CANCELLED) {
            /* What was opened already is worth keeping. */
            bool idle;
            (void)weft_scan_openers_take(of.openers, 0, take_result, &of, &idle, &later);
        }
        weft_status kept =
            status == WEFT_OK || status == WEFT_ERR_CANCELLED ? weft_catalog_commit(of.catalog, &later) : WEFT_OK;
        if (status == WEFT_OK && kept != WEFT_OK) *err = later;
        if (status == WEFT_OK) status = kept;
    }
    if (options->progressed != NULL) options->progressed(options->payload, counts);
    dispose(&of);
    return status;
}
