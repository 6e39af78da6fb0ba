/* SPDX-License-Identifier: MIT */
#include "pipeline/shards/shard_find.h"

#include "core/files/file_lock.h"
#include "core/files/plain_folder.h"
#include "core/text.h"
#include "pipeline/outputs/finished_run.h"
#include "pipeline/shards/shard_config.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SHOWN 12 /* ranges of numbers in a message */

static weft_status no_memory(weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to look for shards");
}

char *weft_shard_metadata(const weft_config *config, int number, int count) {
    weft_config other = *config;
    other.output_dir = weft_shard_folder(config, number, count);
    char *path = other.output_dir == NULL ? NULL : weft_finished_run_path(&other);
    free(other.output_dir);
    return path;
}

bool weft_shard_is_done(const weft_config *config, int number, int count) {
    char *path = weft_shard_metadata(config, number, count);
    bool done = path != NULL && access(path, F_OK) == 0;
    free(path);
    return done;
}

static bool is_at_work(const weft_config *config, int number, int count) {
    int64_t holder;
    char *folder = weft_shard_folder(config, number, count);
    char *lock = folder == NULL ? NULL : weft_text_format("%s/.weft/%s/lock", folder, config->experiment);
    bool held = lock != NULL && weft_file_lock_is_held(lock, &holder);
    free(folder);
    free(lock);
    return held;
}

/* --- which counts are there --- */

/* Counts that folders are named for, each once. */
typedef struct counts {
    int items[64], count;
} counts;

/* N of a folder's name "I-of-N"; 0: it is not a shard's. */
static int count_in_name(const char *name) {
    int number, count, end = 0;
    if (sscanf(name, "%d-of-%d%n", &number, &count, &end) != 2 || name[end] != '\0') return 0;
    return number >= 1 && number <= count && count <= WEFT_MAX_SHARDS ? count : 0;
}

static void add_count(counts *out, int count) {
    for (int i = 0; i < out->count; i++)
        if (out->items[i] == count) return;
    if (out->count < (int)(sizeof out->items / sizeof *out->items)) out->items[out->count++] = count;
}

static void list_counts(counts *out, const weft_config *config) {
    char *path = weft_shards_folder(config);
    DIR *folder = path == NULL ? NULL : opendir(path);
    free(path);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        int count = count_in_name(entry->d_name);
        if (count > 0) add_count(out, count);
    }
    if (folder != NULL) (void)closedir(folder);
}

static int count_done(const weft_config *config, int count) {
    int done = 0;
    for (int i = 1; i <= count; i++)
        done += weft_shard_is_done(config, i, count) && !is_at_work(config, i, count);
    return done;
}

/* --- what is wrong --- */

/* "3, 5..9": the numbers for which `is` is so. */
static void add_numbers(weft_text *out, const weft_config *config, int count, bool at_work) {
    int shown = 0;
    for (int i = 1, end; i <= count; i = end + 1) {
        for (end = i; end <= count; end++) {
            bool works = is_at_work(config, end, count);
            if (at_work ? !works : works || weft_shard_is_done(config, end, count)) break;
        }
        end--;
        if (end < i) {
            end = i;
            continue;
        }
        if (shown++ == SHOWN) weft_text_add(out, ", and more");
        if (shown > SHOWN) continue;
        weft_text_add(out, shown > 1 ? ", %d" : "%d", i);
        if (end > i) weft_text_add(out, "..%d", end);
    }
}

static weft_status say_missing(const weft_config *config, int count, int done, weft_error *err) {
    weft_text missing = {0}, working = {0};
    add_numbers(&missing, config, count, false);
    add_numbers(&working, config, count, true);
    if (working.length > 0 && missing.length == 0)
        weft_error_set(err, WEFT_ERR_DATA, "%s: %d of %d shards are done; at work: %s", config->experiment, done, count,
                       working.data);
    else
        weft_error_set(err, WEFT_ERR_DATA, "%s: %d of %d shards are done; missing: %s%s%s", config->experiment, done,
                       count, missing.length > 0 ? missing.data : "", working.length > 0 ? "; at work: " : "",
                       working.length > 0 ? working.data : "");
    weft_error_hint(
        err, missing.length > 0 ? "weft run --shard I/%d --resume %s for each that is missing" : "wait until they end",
        count, config->file);
    weft_text_dispose(&missing);
    weft_text_dispose(&working);
    return WEFT_ERR_DATA;
}

static weft_status say_several(const weft_config *config, const counts *found, weft_error *err) {
    weft_text list = {0};
    for (int i = 0; i < found->count; i++)
        weft_text_add(&list, "%s%d", i > 0 ? ", " : "", found->items[i]);
    weft_error_set(err, WEFT_ERR_DATA, "%s: there are shards of several counts: %s", config->experiment,
                   list.failed ? "" : list.data);
    weft_error_hint(err, "--shards N says which are meant");
    weft_text_dispose(&list);
    return WEFT_ERR_DATA;
}

weft_status weft_shards_find(int *out, const weft_config *config, int count, weft_error *err) {
    counts found = {0};
    list_counts(&found, config);
    int whole = 0, last_whole = 0;
    for (int i = 0; i < found.count && count == 0; i++) {
        if (count_done(config, found.items[i]) < found.items[i]) continue;
        last_whole = found.items[i];
        whole++;
    }
    if (count == 0 && whole == 1) count = last_whole;
    if (count == 0 && whole == 0 && found.count == 1) count = found.items[0];
    if (count == 0 && found.count == 0) {
        char *folder = weft_shards_folder(config);
        weft_error_set(err, WEFT_ERR_DATA, "%s: there are no shards of %s", folder == NULL ? "" : folder,
                       config->experiment);
        weft_error_hint(err, "weft run --shard I/N %s makes each of them", config->file);
        free(folder);
        return folder == NULL ? no_memory(err) : WEFT_ERR_DATA;
    }
    if (count == 0) return say_several(config, &found, err);
    int done = count_done(config, count);
    if (done < count) return say_missing(config, count, done, err);
    *out = count;
    return WEFT_OK;
}

int weft_shards_there(const weft_config *config) {
    counts found = {0};
    int best = 0, most_done = -1;
    list_counts(&found, config);
    for (int i = 0; i < found.count; i++) {
        int done = count_done(config, found.items[i]);
        if (done <= most_done) continue;
        most_done = done;
        best = found.items[i];
    }
    return best;
}

void weft_shards_remove_empty(const weft_config *config) {
    char *own = weft_shards_folder(config);
    char *all = weft_text_format("%s/.weft/shards", config->output_dir);
    char *weft = weft_text_format("%s/.weft", config->output_dir);
    if (own != NULL) (void)rmdir(own);
    if (all != NULL) (void)rmdir(all);
    if (weft != NULL) (void)rmdir(weft);
    free(own);
    free(all);
    free(weft);
}

weft_status weft_shards_clear(const weft_config *config, weft_error *err) {
    counts found = {0};
    list_counts(&found, config);
    for (int i = 0; i < found.count; i++)
        for (int j = 1; j <= found.items[i]; j++)
            if (is_at_work(config, j, found.items[i]))
                return weft_error_set(err, WEFT_ERR_BUSY, "%s: shard %d of %d is at work in another process",
                                      config->experiment, j, found.items[i]);
    char *path = weft_shards_folder(config);
    int folder = path == NULL ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder >= 0) weft_plain_folder_clear(folder, NULL, NULL);
    if (folder >= 0) (void)close(folder);
    free(path);
    return path == NULL ? no_memory(err) : WEFT_OK;
}
