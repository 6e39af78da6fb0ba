/* SPDX-License-Identifier: MIT
 *
 * Parts are moved into FOLDER.part, which is renamed when it is whole. A process that is killed in between leaves some
 * of them there and some in their shards' folders, and whoever comes next looks in both. What the shards say of
 * themselves is removed last. */
#include "pipeline/shards/part_folder.h"

#include "core/files/file_lock.h"
#include "core/files/output_file.h"
#include "core/files/plain_folder.h"
#include "core/text.h"
#include "pipeline/outputs/finished_run.h"
#include "pipeline/shards/part_manifest.h"
#include "pipeline/shards/shard_config.h"
#include "pipeline/shards/shard_find.h"
#include "pipeline/shards/shard_set.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder under its names: that of a whole one, while it is filled, and of the one that it replaces. */
typedef struct folder_names {
    char *whole, *part, *old;
} folder_names;

static weft_status make_names(folder_names *out, const weft_config *config, weft_error *err) {
    out->whole = weft_parts_folder(config);
    out->part = out->whole == NULL ? NULL : weft_text_format("%s.part", out->whole);
    out->old = out->whole == NULL ? NULL : weft_text_format("%s.old", out->whole);
    return out->part == NULL || out->old == NULL ? weft_error_no_memory(err, "the folder of parts") : WEFT_OK;
}

static void dispose_names(folder_names *names) {
    free(names->whole);
    free(names->part);
    free(names->old);
}

static const char *base_of(const char *path) {
    return strrchr(path, '/') + 1;
}

static bool has_size(const char *path, int64_t bytes) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size == (off_t)bytes;
}

/* --- what is there --- */

/* Checks that a folder of this name, if there is one, is of such parts. */
static weft_status check_name(const char *path, weft_error *err) {
    struct stat info;
    weft_status status = weft_plain_folder_check(path, err);
    if (status != WEFT_OK || lstat(path, &info) != 0) return status;
    char *manifest = weft_text_format("%s/" WEFT_PARTS_MANIFEST, path);
    bool ours = manifest != NULL && access(manifest, F_OK) == 0;
    free(manifest);
    if (manifest == NULL) return weft_error_no_memory(err, "the folder of parts");
    if (ours || rmdir(path) == 0) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: exists, and is no folder of parts: it has no " WEFT_PARTS_MANIFEST, path);
    weft_error_hint(err, "choose another experiment or output_dir, or remove it");
    return WEFT_ERR_DATA;
}

/* What the manifest says of the parts, which are to be there. */
static weft_status look_at_whole(weft_part_folder *out, const weft_config *config, weft_error *err) {
    weft_run_facts facts = {0};
    char *manifest = weft_parts_manifest(config);
    weft_status status = manifest == NULL ? weft_error_no_memory(err, "the folder of parts")
                                          : weft_finished_run_read(&facts, manifest, err);
    for (int i = 0; i < facts.output_count - 1 && status == WEFT_OK; i++) {
        out->bytes += facts.outputs[i].bytes;
        out->parts += strcmp(facts.outputs[i].format, facts.outputs[0].format) == 0;
        if (has_size(facts.outputs[i].path, facts.outputs[i].bytes)) continue;
        status = weft_error_set(err, WEFT_ERR_DATA,
                                "%s: it is not there, or has not the %lld bytes that "
                                "its manifest says",
                                facts.outputs[i].path, (long long)facts.outputs[i].bytes);
        weft_error_hint(err, "run the shards again");
    }
    out->was_there = status == WEFT_OK;
    weft_run_facts_dispose(&facts);
    free(manifest);
    return status;
}

/* Pieces that were moved already are where they were moved to. */
static weft_status find_moved(weft_shard_set *set, const folder_names *names, weft_error *err) {
    for (int i = 0; i < set->count; i++) {
        for (int j = 0; j < set->shards[i].piece_count; j++) {
            weft_shard_piece *piece = &set->shards[i].pieces[j];
            if (access(piece->path, F_OK) == 0) continue;
            char *moved = weft_text_format("%s/%s", names->part, base_of(piece->path));
            if (moved == NULL) return weft_error_no_memory(err, "the folder of parts");
            free(piece->path);
            piece->piece.path = piece->path = moved;
        }
    }
    return WEFT_OK;
}

/* All shards are of one run, and their parts hold each row of the grid once. */
static weft_status check_set(const weft_shard_set *set, const weft_config *config, weft_error *err) {
    const weft_shard *first = &set->shards[0], *last = &set->shards[set->count - 1];
    weft_table_piece *pieces = calloc((size_t)set->count, sizeof *pieces);
    weft_status status = pieces == NULL ? weft_error_no_memory(err, "the folder of parts")
                                        : weft_shard_set_match(set, &first->facts, err);
    if (status == WEFT_OK && (first->piece_count == 0 || last->piece_count == 0))
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: its shards have no parts", config->experiment);
    for (int i = 0; i < first->piece_count && status == WEFT_OK; i++)
        status = weft_shard_set_pieces(pieces, 1, set, last->pieces[0].piece.end_cell, first->pieces[i].format, err);
    free(pieces);
    if (status != WEFT_OK || last->end_row == first->facts.grid_rows) return status;
    return weft_error_set(err, WEFT_ERR_DATA, "%s: its parts end at row %lld of %lld", config->experiment,
                          (long long)last->end_row, (long long)first->facts.grid_rows);
}

/* --- making it --- */

static bool is_of_set(void *payload, const char *name) {
    const weft_shard_set *set = payload;
    for (int i = 0; i < set->count; i++)
        for (int j = 0; j < set->shards[i].piece_count; j++)
            if (strcmp(base_of(set->shards[i].pieces[j].path), name) == 0) return true;
    return false;
}

/* Removes what is in a folder, but what `keeps`; false where there is none. */
static bool clear(const char *path, bool (*keeps)(void *, const char *), void *payload) {
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) return false;
    weft_plain_folder_clear(folder, keeps, payload);
    (void)close(folder);
    return true;
}

static void remove_folder(const char *path) {
    if (clear(path, NULL, NULL)) (void)rmdir(path);
}

static weft_status move_parts(const weft_shard_set *set, const folder_names *names, weft_error *err) {
    for (int i = 0; i < set->count; i++) {
        for (int j = 0; j < set->shards[i].piece_count; j++) {
            const char *from = set->shards[i].pieces[j].path;
            char *to = weft_text_format("%s/%s", names->part, base_of(from));
            if (to == NULL) return weft_error_no_memory(err, "the folder of parts");
            int failure = strcmp(from, to) == 0 || rename(from, to) == 0 ? 0 : errno;
            free(to);
            if (failure != 0) return weft_error_set_errno(err, failure, "%s: cannot move it to %s", from, names->part);
        }
    }
    return WEFT_OK;
}

static weft_status write_manifest(const folder_names *names, const weft_text *text, weft_error *err) {
    weft_output_file *file = NULL;
    char *path = weft_text_format("%s/" WEFT_PARTS_MANIFEST, names->part);
    weft_status status =
        path == NULL ? weft_error_no_memory(err, "the folder of parts") : weft_output_file_open(&file, path, err);
    if (status == WEFT_OK) status = weft_output_file_write(file, text->data, text->length, err);
    if (status == WEFT_OK) status = weft_output_file_commit(file, err);
    weft_output_file_close(file);
    free(path);
    return status;
}

/* The one that was there goes when the new one is whole, but for its name. */
static weft_status give_name(const folder_names *names, const weft_config *config, weft_error *err) {
    remove_folder(names->old);
    if (rename(names->whole, names->old) != 0 && errno != ENOENT)
        return weft_error_set_errno(err, errno, "%s: cannot be replaced", names->whole);
    if (rename(names->part, names->whole) != 0)
        return weft_error_set_errno(err, errno, "%s: cannot get its name", names->part);
    weft_status status = weft_sync_folder(config->output_dir, err);
    if (status == WEFT_OK) remove_folder(names->old);
    return status;
}

static weft_status make_whole(weft_part_folder *out, weft_shard_set *set, const folder_names *names,
                              const weft_config *config, weft_error *err) {
    weft_text manifest = {0};
    weft_status status = weft_part_manifest_add(&manifest, config, set, &out->rows, &out->bytes, err);
    if (status == WEFT_OK) status = weft_make_folders(names->part, err);
    if (status == WEFT_OK) (void)clear(names->part, is_of_set, set);
    if (status == WEFT_OK) status = move_parts(set, names, err);
    if (status == WEFT_OK) status = write_manifest(names, &manifest, err);
    if (status == WEFT_OK) status = give_name(names, config, err);
    if (status == WEFT_OK) out->parts = set->count;
    weft_text_dispose(&manifest);
    return status;
}

static weft_status make_locked(weft_part_folder *out, weft_shard_set *set, const weft_config *config, int count,
                               weft_error *err) {
    folder_names names = {0};
    weft_status status = make_names(&names, config, err);
    if (status == WEFT_OK) status = weft_shard_set_read(set, config, count, err);
    if (status == WEFT_OK) status = check_name(names.whole, err);
    if (status == WEFT_OK) status = find_moved(set, &names, err);
    if (status == WEFT_OK) status = check_set(set, config, err);
    if (status == WEFT_OK) status = make_whole(out, set, &names, config, err);
    if (status == WEFT_OK) weft_shard_set_remove(set, config);
    dispose_names(&names);
    return status;
}

weft_status weft_part_folder_make(weft_part_folder *out, const weft_config *config, int count, weft_error *err) {
    weft_shard_set set = {0};
    weft_file_lock *lock = NULL;
    int64_t holder = 0;
    *out = (weft_part_folder){.path = weft_parts_folder(config)};
    char *folder = weft_shards_folder(config), *path = folder == NULL ? NULL : weft_text_format("%s/lock", folder);
    weft_status status = out->path == NULL || path == NULL ? weft_error_no_memory(err, "the folder of parts") : WEFT_OK;
    if (status == WEFT_OK && weft_shards_there(config) == 0) {
        char *manifest = weft_parts_manifest(config);
        bool is_there = manifest != NULL && access(manifest, F_OK) == 0;
        free(manifest);
        status = is_there ? look_at_whole(out, config, err) : weft_shards_find(&count, config, count, err);
        goto done;
    }
    if (status == WEFT_OK) status = weft_file_lock_take(&lock, path, &holder, err);
    if (status == WEFT_ERR_BUSY)
        weft_error_set(err, WEFT_ERR_BUSY, "%s: process %lld is making it of its parts", out->path, (long long)holder);
    if (status == WEFT_OK) status = make_locked(out, &set, config, count, err);
    weft_file_lock_release(lock);
    if (status == WEFT_OK) weft_shards_remove_empty(config); /* now that the lock is not in the way */
done:
    weft_shard_set_dispose(&set);
    free(folder);
    free(path);
    return status;
}

weft_status weft_part_folder_offer(weft_part_folder *out, const weft_config *config, int number, int count,
                                   weft_error *err) {
    weft_error own = {0};
    int found;
    *out = (weft_part_folder){0};
    if (!weft_shard_is_done(config, number, count)) {
        /* The table is there already: this shard was resumed after the folder was made. */
        char *folder = weft_shard_folder(config, number, count);
        if (folder != NULL) (void)rmdir(folder);
        free(folder);
        weft_shards_remove_empty(config);
        return WEFT_OK;
    }
    if (weft_shards_find(&found, config, count, &own) != WEFT_OK)
        return own.status == WEFT_ERR_DATA ? WEFT_OK : weft_error_set(err, own.status, "%s", own.message);
    weft_status status = weft_part_folder_make(out, config, count, &own);
    if (status == WEFT_ERR_BUSY) return WEFT_OK; /* another one found the same */
    if (status != WEFT_OK && err != NULL) *err = own;
    return status;
}

void weft_part_folder_dispose(weft_part_folder *folder) {
    free(folder->path);
    *folder = (weft_part_folder){0};
}
