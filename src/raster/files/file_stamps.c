/* SPDX-License-Identifier: MIT
 *
 * Overviews (.ovr) are kept for --resume, which compares all files; a run compares them where it reads them. */
#include "raster/files/file_stamps.h"

#include "core/clock.h"
#include "core/grown_array.h"
#include "core/text.h"
#include "raster/files/file_list.h"

#include <gdal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Of a raster, after its name. Those that are not there have no stamp, but a bit. */
static const char *const companions[] = {".aux.xml", ".msk", ".ovr"};
#define COMPANIONS 3

static bool ends_with(const char *path, const char *end) {
    size_t length = strlen(path), ending = strlen(end);
    return length >= ending && strcasecmp(path + length - ending, end) == 0;
}

/* .tfw, .jgw, .tifw, .wld: what is in them is the geotransform. */
static bool only_describes(const char *path) {
    const char *dot = strrchr(path, '.');
    if (ends_with(path, ".aux.xml") || ends_with(path, ".wld")) return true;
    return dot != NULL && ends_with(path, "w") && (strlen(dot) == 4 || strlen(dot) == 5);
}

/* Most rasters are one file, and thousands are compared: the first has an array of its own size. */
static weft_status add(weft_file_stamps *stamps, const char *path, weft_file_facts facts, weft_error *err) {
    for (int i = 0; i < stamps->count && i < 4; i++) /* those of weft_file_stamps_begin() */
        if (strcmp(stamps->items[i].path, path) == 0) return WEFT_OK;
    weft_file_stamp *more = stamps->items == NULL
                                ? malloc(sizeof *more)
                                : weft_grown_array(stamps->items, stamps->count, &stamps->capacity, sizeof *more);
    if (more == NULL) return weft_error_no_memory(err, "a list of files");
    if (stamps->items == NULL) stamps->capacity = 1;
    stamps->items = more;
    char *copy = weft_text_format("%s", path);
    if (copy == NULL) return weft_error_no_memory(err, "a list of files");
    stamps->items[stamps->count++] = (weft_file_stamp){.path = copy, .facts = facts, .describes = only_describes(path)};
    return WEFT_OK;
}

static weft_status add_listed(void *payload, const char *path, const weft_file_facts *facts, weft_error *err) {
    return add(payload, path, *facts, err);
}

weft_status weft_file_stamps_begin(weft_file_stamps *out, const char *path, const weft_cancel *cancel,
                                   weft_error *err) {
    char *file = weft_file_in_name(path);
    weft_file_facts facts;
    *out = (weft_file_stamps){.cancel = cancel};
    if (file == NULL) return WEFT_OK;
    weft_status status = weft_file_facts_read(&facts, file, cancel, err);
    if (status == WEFT_OK) status = add(out, file, facts, err);
    for (int i = 0; i < COMPANIONS && status == WEFT_OK; i++) {
        char *name = weft_text_format("%s%s", file, companions[i]);
        status = name == NULL ? weft_error_no_memory(err, "a list of files")
                              : weft_file_facts_read(&facts, name, cancel, err);
        if (status == WEFT_OK && facts.bytes >= 0) status = add(out, name, facts, err);
        if (status == WEFT_OK && facts.bytes < 0) out->absent |= 1u << i;
        free(name);
    }
    free(file);
    return status;
}

weft_status weft_file_stamps_take(weft_file_stamps *stamps, void *dataset, bool one_of_many, weft_error *err) {
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    const char *name = driver == NULL ? "" : GDALGetDriverShortName(driver);
    if (one_of_many && strcmp(name, "GTiff") == 0) return WEFT_OK;
    return weft_file_list_of_dataset(dataset, add_listed, stamps, stamps->cancel, err);
}

void weft_file_stamps_dispose(weft_file_stamps *stamps) {
    for (int i = 0; i < stamps->count; i++)
        free(stamps->items[i].path);
    free(stamps->items);
    *stamps = (weft_file_stamps){0};
}

/* --- comparing --- */

static weft_status word_change(const weft_file_stamp *then, const weft_file_facts *now, weft_error *err) {
    const weft_file_facts *was = &then->facts;
    char before[WEFT_CLOCK_TEXT_BYTES], after[WEFT_CLOCK_TEXT_BYTES];
    weft_status status = now->bytes < 0 ? WEFT_ERR_NO_INPUT : WEFT_ERR_DATA;
    if (now->bytes < 0)
        weft_error_set(err, status, "%s: it was removed while it was used", then->path);
    else if (was->bytes < 0)
        weft_error_set(err, status, "%s: it appeared while the raster was used", then->path);
    else if (was->device != now->device || was->inode != now->inode)
        weft_error_set(err, status, "%s: another file took its place while it was used", then->path);
    else if (was->bytes != now->bytes)
        weft_error_set(err, status, "%s: it was written to while it was used: %lld bytes then, %lld now", then->path,
                       (long long)was->bytes, (long long)now->bytes);
    else {
        weft_clock_format(was->modified_ns / 1000000, before);
        weft_clock_format(now->modified_ns / 1000000, after);
        weft_error_set(err, status, "%s: it was written to while it was used: of %s then, of %s now", then->path,
                       before, after);
    }
    weft_error_hint(err, "rows of both would be mixed, so nothing is kept: run again when it no longer changes");
    return status;
}

static bool same(const weft_file_facts *a, const weft_file_facts *b) {
    return a->bytes == b->bytes && a->modified_ns == b->modified_ns && a->device == b->device && a->inode == b->inode &&
           a->contents == b->contents;
}

static weft_status read_now(weft_file_facts *now, const weft_file_stamp *stamp, bool whole, const weft_cancel *cancel,
                            weft_error *err) {
    bool folder = stamp->facts.contents != 0;
    if (whole || !folder) return weft_file_facts_read(now, stamp->path, cancel, err);
    weft_status status = weft_file_facts_read_flat(now, stamp->path, err);
    if (status == WEFT_OK && now->bytes >= 0 && now->device == stamp->facts.device && now->inode == stamp->facts.inode)
        *now = stamp->facts;
    return status;
}

/* Whether companions that were not there have come; an .ovr only counts where overviews are read. */
static weft_status look_for_new(const weft_file_stamps *stamps, bool *described, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < COMPANIONS && status == WEFT_OK; i++) {
        weft_file_stamp then = {.facts = {.bytes = -1}};
        weft_file_facts now = {0};
        bool overviews = strcmp(companions[i], ".ovr") == 0;
        if ((stamps->absent & 1u << i) == 0 || (overviews && !stamps->overviews)) continue;
        then.path = weft_text_format("%s%s", stamps->items[0].path, companions[i]);
        if (then.path == NULL) return weft_error_no_memory(err, "a list of files");
        status = weft_file_facts_read(&now, then.path, stamps->cancel, err);
        if (status == WEFT_OK && now.bytes >= 0 && only_describes(then.path))
            *described = true;
        else if (status == WEFT_OK && now.bytes >= 0)
            status = word_change(&then, &now, err);
        free(then.path);
    }
    return status;
}

weft_status weft_file_stamps_compare(const weft_file_stamps *stamps, bool whole, bool *described, weft_error *err) {
    *described = false;
    for (int i = 0; i < stamps->count; i++) {
        const weft_file_stamp *stamp = &stamps->items[i];
        weft_file_facts now;
        if (!stamps->overviews && ends_with(stamp->path, ".ovr")) continue;
        weft_status status = whole ? weft_cancel_check(stamps->cancel, err) : WEFT_OK;
        if (status == WEFT_OK) status = read_now(&now, stamp, whole, stamps->cancel, err);
        if (status != WEFT_OK) return status;
        if (same(&stamp->facts, &now)) continue;
        if (!stamp->describes) return word_change(stamp, &now, err);
        *described = true;
    }
    return stamps->count == 0 ? WEFT_OK : look_for_new(stamps, described, err);
}
