/* SPDX-License-Identifier: MIT
 *
 * What a shard is, its metadata says (outputs/metadata_file.c). It may have been written by anyone: what does not fit
 * is an error. */
#include "pipeline/shards/shard_set.h"

#include "core/files/plain_folder.h"
#include "core/text.h"
#include "pipeline/formats/formats.h"
#include "pipeline/formats/piece_formats.h"
#include "pipeline/outputs/finished_run.h"
#include "pipeline/record/run_identity.h"
#include "pipeline/shards/shard_config.h"
#include "pipeline/shards/shard_find.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- reading --- */

static bool take_piece(weft_shard *shard, const char *folder, const json_t *from) {
    const char *format = json_string_value(json_object_get(from, "format"));
    const char *file = json_string_value(json_object_get(from, "file"));
    if (format == NULL || file == NULL || strchr(file, '/') != NULL) return false;
    weft_shard_piece *piece = &shard->pieces[shard->piece_count++];
    piece->format = weft_text_format("%s", format);
    piece->path = weft_text_format("%s/%s", folder, file);
    piece->piece = (weft_table_piece){.path = piece->path,
                                      .bytes = json_integer_value(json_object_get(from, "bytes")),
                                      .rows = json_integer_value(json_object_get(from, "rows")),
                                      .first_cell = json_integer_value(json_object_get(from, "first_cell")),
                                      .end_cell = json_integer_value(json_object_get(from, "end_cell"))};
    return piece->format != NULL && piece->path != NULL;
}

static bool take_pieces(weft_shard *shard, const char *folder, const json_t *from) {
    const json_t *one;
    size_t i;
    bool ok = json_is_array(from);
    shard->pieces = calloc(json_array_size(from) + 1, sizeof *shard->pieces);
    ok = ok && shard->pieces != NULL;
    if (ok) json_array_foreach(from, i, one) ok = ok && take_piece(shard, folder, one);
    return ok;
}

static bool take_warnings(weft_shard *shard, const json_t *from) {
    const json_t *one;
    size_t i;
    shard->warnings = calloc(json_array_size(from) + 1, sizeof *shard->warnings);
    if (shard->warnings == NULL) return false;
    json_array_foreach(from, i, one) {
        char *text = json_is_string(one) ? weft_text_format("%s", json_string_value(one)) : NULL;
        if (text == NULL) return false;
        shard->warnings[shard->warning_count++] = text;
    }
    return true;
}

static bool take_bad(weft_shard *shard, const json_t *dataset) {
    const json_t *files = json_object_get(dataset, "missing_blocks"), *one;
    size_t i, more = json_array_size(files);
    if (more == 0) return true;
    weft_shard_bad *bad = realloc(shard->bad, ((size_t)shard->bad_count + more) * sizeof *bad);
    if (bad == NULL) return false;
    shard->bad = bad;
    json_array_foreach(files, i, one) {
        const char *name = json_string_value(json_object_get(dataset, "name"));
        const char *path = json_string_value(json_object_get(one, "path"));
        if (name == NULL || path == NULL) return false;
        bad[shard->bad_count++] = (weft_shard_bad){.dataset = weft_text_format("%s", name),
                                                   .path = weft_text_format("%s", path),
                                                   .blocks = json_integer_value(json_object_get(one, "blocks"))};
        if (bad[shard->bad_count - 1].dataset == NULL || bad[shard->bad_count - 1].path == NULL) return false;
    }
    return true;
}

static bool take_all_bad(weft_shard *shard, const json_t *datasets) {
    const json_t *one;
    size_t i;
    json_array_foreach(datasets, i, one) if (!take_bad(shard, one)) return false;
    return true;
}

static bool take_shard(weft_shard *shard, const char *folder, const json_t *from, int count) {
    const char *seen = json_string_value(json_object_get(from, "columns_seen"));
    if (json_integer_value(json_object_get(from, "number")) != shard->number ||
        json_integer_value(json_object_get(from, "count")) != count || seen == NULL)
        return false;
    shard->columns_seen = weft_text_format("%s", seen);
    shard->end_row = json_integer_value(json_object_get(from, "end_row"));
    return shard->columns_seen != NULL && take_warnings(shard, json_object_get(from, "warnings")) &&
           take_pieces(shard, folder, json_object_get(from, "pieces"));
}

static weft_status read_shard(weft_shard *shard, const weft_config *config, int count, weft_error *err) {
    char *path = weft_shard_metadata(config, shard->number, count);
    char *folder = weft_shard_folder(config, shard->number, count);
    json_t *root = NULL;
    weft_status status = path == NULL || folder == NULL ? weft_error_no_memory(err, "the shards") : WEFT_OK;
    if (status == WEFT_OK) status = weft_finished_run_read(&shard->facts, path, err);
    if (status != WEFT_OK) goto done;
    root = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    if (root == NULL || !take_shard(shard, folder, json_object_get(root, "shard"), count) ||
        !take_all_bad(shard, json_object_get(root, "datasets")))
        status =
            weft_error_set(err, WEFT_ERR_DATA, "%s: not the metadata of shard %d of %d", path, shard->number, count);
done:
    json_decref(root);
    free(path);
    free(folder);
    return status;
}

weft_status weft_shard_set_read(weft_shard_set *out, const weft_config *config, int count, weft_error *err) {
    *out = (weft_shard_set){0};
    weft_status status = weft_shards_find(&count, config, count, err);
    if (status != WEFT_OK) return status;
    out->folder = weft_shards_folder(config);
    out->shards = calloc((size_t)count, sizeof *out->shards);
    if (out->shards == NULL || out->folder == NULL) status = weft_error_no_memory(err, "the shards");
    for (int i = 0; i < count && status == WEFT_OK; i++) {
        out->shards[i].number = i + 1;
        out->count++;
        status = read_shard(&out->shards[i], config, count, err);
    }
    if (status != WEFT_OK) weft_shard_set_dispose(out);
    return status;
}

static void dispose_shard(weft_shard *shard) {
    weft_run_facts_dispose(&shard->facts);
    for (int i = 0; i < shard->warning_count; i++)
        free(shard->warnings[i]);
    for (int i = 0; i < shard->piece_count; i++) {
        free(shard->pieces[i].format);
        free(shard->pieces[i].path);
    }
    for (int i = 0; i < shard->bad_count; i++) {
        free(shard->bad[i].dataset);
        free(shard->bad[i].path);
    }
    free(shard->bad);
    free(shard->columns_seen);
    free(shard->warnings);
    free(shard->pieces);
}

void weft_shard_set_dispose(weft_shard_set *set) {
    for (int i = 0; i < set->count; i++)
        dispose_shard(&set->shards[i]);
    free(set->shards);
    free(set->folder);
    free(set->parts);
    free(set->pieces);
    *set = (weft_shard_set){0};
}

/* --- whether they fit together --- */

static weft_status check_identity(const weft_shard_set *set, const weft_shard *shard, const weft_run_facts *now,
                                  weft_error *err) {
    char *who = weft_text_format("shard %d of %d", shard->number, set->count);
    char *refusal = weft_text_format("shard %d of %d cannot be joined", shard->number, set->count);
    char *hint =
        weft_text_format("change it back, or run that shard again: weft run --shard %d/%d", shard->number, set->count);
    weft_identity_words words = {who, refusal, hint, "its rows are of other data: run that shard again",
                                 "run that shard again"};
    weft_status status = who == NULL || refusal == NULL || hint == NULL
                             ? weft_error_no_memory(err, "the shards")
                             : weft_run_identity_match(&shard->facts, now, &words, err);
    free(who);
    free(refusal);
    free(hint);
    return status;
}

/* Takes the shard's piece of this format, which is to begin at *next. */
static weft_status find_piece(weft_table_piece *out, const weft_shard_set *set, const weft_shard *shard,
                              const char *format, int64_t *next, weft_error *err) {
    for (int i = 0; i < shard->piece_count; i++) {
        const weft_table_piece *piece = &shard->pieces[i].piece;
        if (strcmp(shard->pieces[i].format, format) != 0) continue;
        if (piece->first_cell != *next || piece->end_cell < *next || piece->bytes < 0) break;
        struct stat info;
        if (stat(piece->path, &info) != 0 || info.st_size != (off_t)piece->bytes)
            return weft_piece_file_damaged(piece, err);
        *next = piece->end_cell;
        *out = *piece;
        return WEFT_OK;
    }
    weft_error_set(err, WEFT_ERR_DATA, "shard %d of %d: it has no piece of %s from cell %lld on", shard->number,
                   set->count, format, (long long)*next);
    weft_error_hint(err, "run that shard again");
    return WEFT_ERR_DATA;
}

weft_status weft_shard_set_match(const weft_shard_set *set, const weft_run_facts *now, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < set->count && status == WEFT_OK; i++)
        status = check_identity(set, &set->shards[i], now, err);
    return status;
}

weft_status weft_shard_set_pieces(weft_table_piece *out, size_t stride, const weft_shard_set *set, int64_t total,
                                  const char *format, weft_error *err) {
    int64_t next = 0;
    weft_status status = WEFT_OK;
    for (int i = 0; i < set->count && status == WEFT_OK; i++)
        status = find_piece(&out[(size_t)i * stride], set, &set->shards[i], format, &next, err);
    if (status != WEFT_OK || next == total) return status;
    return weft_error_set(err, WEFT_ERR_DATA, "%d shards: their pieces of %s end at cell %lld of %lld", set->count,
                          format, (long long)next, (long long)total);
}

weft_status weft_shard_set_tie(weft_shard_set *set, const weft_plan *plan, const weft_run_facts *now, weft_error *err) {
    size_t writers = (size_t)plan->output_count + 1, count = (size_t)set->count;
    int64_t total = plan->table_cols * plan->table_rows;
    weft_status status = weft_shard_set_match(set, now, err);
    bool cells = false;
    if (status != WEFT_OK || set->parts != NULL) return status;
    set->parts = calloc(count, sizeof *set->parts);
    /* Behind each shard's pieces of the writers, the one of its cells. */
    set->pieces = calloc(count * (writers + 1), sizeof *set->pieces);
    if (set->parts == NULL || set->pieces == NULL) return weft_error_no_memory(err, "the shards");
    for (int i = 0; i < plan->output_count && status == WEFT_OK; i++) {
        const weft_format *format = plan->outputs[i].format;
        if (weft_format_unit(format, plan) > 0)
            status = weft_shard_set_pieces(&set->pieces[i], writers + 1, set,
                                           total * weft_format_cell_rows(format, plan), weft_format_name(format), err);
        else
            cells = true;
    }
    if (status == WEFT_OK && plan->config->stats)
        status = weft_shard_set_pieces(&set->pieces[writers - 1], writers + 1, set, total,
                                       weft_format_name(&weft_statistics_format), err);
    if (status == WEFT_OK && cells)
        status = weft_shard_set_pieces(&set->pieces[writers], writers + 1, set, total,
                                       weft_format_name(&weft_cells_format), err);
    for (size_t i = 0; i < count; i++)
        set->parts[i] = (weft_table_part){.end_row = set->shards[i].end_row,
                                          .pieces = &set->pieces[i * (writers + 1)],
                                          .cells = set->pieces[i * (writers + 1) + writers]};
    return status;
}

/* --- the end --- */

void weft_shard_set_remove(const weft_shard_set *set, const weft_config *config) {
    int all = open(set->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    for (int i = 0; i < set->count && all >= 0; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%d-of-%d", set->shards[i].number, set->count);
        int own = weft_plain_folder_open(all, name);
        if (own < 0) continue;
        weft_plain_folder_clear(own, NULL, NULL);
        (void)close(own);
        (void)unlinkat(all, name, AT_REMOVEDIR);
    }
    if (all >= 0) (void)close(all);
    weft_shards_remove_empty(config);
}
