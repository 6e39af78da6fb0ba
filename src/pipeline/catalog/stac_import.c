/* SPDX-License-Identifier: MIT
 *
 * The members of a file's object are read one by one, and those of "features" too: only one item is in memory. */
#include "pipeline/catalog/stac_import.h"

#include "core/log.h"
#include "core/text.h"
#include "pipeline/catalog/stac_item.h"
#include "store/catalog/catalog_writer.h"

#include <ctype.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEEPEST 32 /* files that link to files: a circle of them ends here */

typedef struct import {
    weft_catalog *catalog;
    const weft_cancel *cancel;
    weft_stac_counts *counts;
    int depth;
} import;

/* A file that is read. */
typedef struct source {
    import *of;
    const char *path;
    char *folder;
    FILE *file;
} source;

static weft_status no_memory(weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to import items");
}

/* --- reading --- */

/* The next byte that is no blank; EOF. */
static int next_byte(FILE *file) {
    int byte;
    do
        byte = getc(file);
    while (byte != EOF && isspace(byte));
    return byte;
}

static weft_status no_json(const source *from, const char *why, weft_error *err) {
    if (ferror(from->file)) return weft_error_set_errno(err, errno, "%s: cannot be read", from->path);
    return weft_error_set(err, WEFT_ERR_DATA, "%s: invalid JSON near byte %ld (%s)", from->path, ftell(from->file),
                          why);
}

static json_t *read_value(const source *from, weft_error *err) {
    json_error_t reason;
    json_t *value = json_loadf(from->file, JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &reason);
    if (value == NULL) (void)no_json(from, reason.text, err);
    return value;
}

static weft_status read_file(import *of, const char *path, weft_error *err);

/* --- items and links --- */

static weft_status take_raster(void *payload, const weft_catalog_raster *raster, weft_error *err) {
    import *of = payload;
    of->counts->rasters++;
    weft_status status = weft_catalog_put_raster(of->catalog, raster, err);
    return status == WEFT_OK ? weft_catalog_keep_up(of->catalog, err) : status;
}

static weft_status take_item(const source *from, const json_t *item, weft_error *err) {
    bool placed = false;
    if (!json_is_object(item) || json_object_get(item, "assets") == NULL) {
        from->of->counts->left_out++;
        return WEFT_OK;
    }
    weft_status status = weft_stac_item_read(item, from->folder, take_raster, from->of, &placed, err);
    from->of->counts->items += placed;
    from->of->counts->left_out += !placed;
    return status == WEFT_OK ? weft_cancel_check_next(from->of->cancel, err) : status;
}

static weft_status follow(const source *from, const json_t *links, weft_error *err) {
    weft_status status = WEFT_OK;
    for (size_t i = 0; i < json_array_size(links) && status == WEFT_OK; i++) {
        const json_t *link = json_array_get(links, i);
        const char *rel = json_string_value(json_object_get(link, "rel"));
        const char *href = json_string_value(json_object_get(link, "href"));
        if (rel == NULL || href == NULL || (strcmp(rel, "item") != 0 && strcmp(rel, "child") != 0)) continue;
        char *path = weft_stac_address(href, from->folder);
        if (path == NULL) return no_memory(err);
        if (strncmp(path, "/vsi", 4) == 0)
            weft_log(WEFT_LOG_WARNING, "%s: links to %s, which is not followed: download it first", from->path, href);
        else
            status = read_file(from->of, path, err);
        free(path);
    }
    return status;
}

/* --- files --- */

/* The array after "features". */
static weft_status read_features(const source *from, weft_error *err) {
    int byte = next_byte(from->file);
    if (byte != '[') return no_json(from, "features are no list", err);
    byte = next_byte(from->file);
    if (byte == ']') return WEFT_OK;
    (void)ungetc(byte, from->file);
    do {
        json_t *item = read_value(from, err);
        weft_status status = item != NULL ? take_item(from, item, err) : err->status;
        json_decref(item);
        if (status != WEFT_OK) return status;
        byte = next_byte(from->file);
    } while (byte == ',');
    return byte == ']' ? WEFT_OK : no_json(from, "a comma or ] is expected", err);
}

/* A value after its colon. jansson reads one byte too many after a number or a word, which is lost then; these are
 * passed over by hand: nothing here needs one. */
static weft_status read_member(const source *from, json_t *rest, const char *name, weft_error *err) {
    int byte = next_byte(from->file);
    bool ends_itself = byte == '{' || byte == '[' || byte == '"';
    while (!ends_itself && byte != EOF && byte != ',' && byte != '}' && byte != ']')
        byte = getc(from->file);
    (void)ungetc(byte, from->file);
    if (!ends_itself) return WEFT_OK;
    json_t *value = read_value(from, err);
    if (value == NULL) return err->status;
    return json_object_set_new(rest, name, value) == 0 ? WEFT_OK : no_memory(err);
}

/* One object, whose brace has been read; all members but features are kept in `rest`. */
static weft_status read_members(const source *from, json_t *rest, bool *has_features, weft_error *err) {
    weft_status status = WEFT_OK;
    int byte = next_byte(from->file);
    if (byte == '}') return WEFT_OK;
    (void)ungetc(byte, from->file);
    do {
        json_t *key = read_value(from, err);
        const char *name = json_string_value(key);
        if (key == NULL)
            status = err->status;
        else if (name == NULL || next_byte(from->file) != ':')
            status = no_json(from, "a member's name and : are expected", err);
        else if (strcmp(name, "features") == 0) {
            *has_features = true;
            status = read_features(from, err);
        } else {
            status = read_member(from, rest, name, err);
        }
        json_decref(key);
        if (status != WEFT_OK) return status;
        byte = next_byte(from->file);
    } while (byte == ',');
    return byte == '}' ? WEFT_OK : no_json(from, "a comma or } is expected", err);
}

static weft_status read_object(const source *from, weft_error *err) {
    json_t *rest = json_object();
    bool has_features = false;
    if (rest == NULL) return no_memory(err);
    weft_status status = read_members(from, rest, &has_features, err);
    if (status == WEFT_OK && !has_features) {
        const json_t *links = json_object_get(rest, "links");
        if (json_object_get(rest, "geometry") != NULL || json_object_get(rest, "bbox") != NULL)
            status = take_item(from, rest, err);
        else if (json_object_get(rest, "stac_version") != NULL)
            status = follow(from, links, err);
        else
            status = weft_error_set(err, WEFT_ERR_DATA,
                                    "%s: neither an Item, an ItemCollection, a Collection nor a Catalog of STAC",
                                    from->path);
    }
    json_decref(rest);
    return status;
}

static weft_status read_file(import *of, const char *path, weft_error *err) {
    source from = {.of = of, .path = path};
    weft_status status = WEFT_OK;
    int byte;
    if (of->depth == DEEPEST)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: %d files link to each other", path, DEEPEST);
    char *real = realpath(path, NULL);
    if (real == NULL) return weft_error_set_errno(err, errno, "%s", path);
    from.folder = dirname(real);
    from.file = fopen(path, "re");
    if (from.file == NULL) status = weft_error_set_errno(err, errno, "%s", path);
    of->depth++;
    bool any = false;
    while (status == WEFT_OK && (byte = next_byte(from.file)) != EOF) {
        any = true;
        status = byte == '{' ? read_object(&from, err) : no_json(&from, "{ is expected", err);
    }
    if (status == WEFT_OK && !any) status = no_json(&from, "the file is empty", err);
    of->depth--;
    if (from.file != NULL) (void)fclose(from.file);
    free(real);
    return status;
}

weft_status weft_stac_import(const char *catalog, const char *path, const weft_cancel *cancel, weft_stac_counts *counts,
                             weft_error *err) {
import of = {.cancel = cancel, .counts = counts };
    FILE *there = fopen(path, "re");
    *counts = (weft_stac_counts){0};
    if (there == NULL) return weft_error_set_errno(err, errno, "%s", path);
    (void)fclose(there);
    weft_status status = weft_catalog_open(&of.catalog, catalog, WEFT_CATALOG_MAKE, cancel, err);
    if (status == WEFT_OK) {
        weft_error later = {0};
        status = read_file(&of, path, err);
        weft_status kept = weft_catalog_commit(of.catalog, &later);
        if (status == WEFT_OK && kept != WEFT_OK) {
            *err = later;
            status = kept;
        }
    }
    weft_catalog_close(of.catalog);
    return status;
}
