/* SPDX-License-Identifier: MIT */
#include "raster/gdal/proj_database.h"

#include "core/memory/allocator.h"

#include <dirent.h>
#include <proj.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first thing that PROJ says, without its function's name in front and the full stop at the end. */
static void keep_reason(void *payload, int level, const char *message) {
    weft_proj_database *out = payload;
    const char *colon = strstr(message, ": ");
    (void)level;
    if (out->reason[0] != '\0') return;
    if (strncmp(message, "proj_", 5) == 0 && colon != NULL) message = colon + 2;
    (void)snprintf(out->reason, sizeof out->reason, "%s", message);
    size_t length = strlen(out->reason);
    if (length > 0 && out->reason[length - 1] == '.') out->reason[length - 1] = '\0';
}

static bool is_grid(const char *name) {
    static const char *const ends[] = {".tif", ".gsb", ".gtx", ".lla"};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (length > 4 && strcmp(name + length - 4, ends[i]) == 0) return true;
    return false;
}

static int count_grids(const char *folder) {
    int count = 0;
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;)
        count += is_grid(entry->d_name);
    if (entries != NULL) (void)closedir(entries);
    return count;
}

/* The folders that PROJ searches: of PROJ_DATA and its like, the user's own, and where it was installed. */
static void look_into_folders(weft_proj_database *out) {
    char folder[WEFT_PROJ_TEXT_BYTES];
    (void)snprintf(out->folders, sizeof out->folders, "%s", proj_info().searchpath);
    for (const char *rest = out->folders; *rest != '\0';) {
        size_t length = strcspn(rest, ":");
        (void)snprintf(folder, sizeof folder, "%.*s", (int)length, rest);
        out->grids += count_grids(folder);
        rest += length + (rest[length] != '\0');
    }
}

/* Opens it with a context of its own, so that what was opened before and what PROJ prints play no part. */
static void open_database(weft_proj_database *out) {
    PJ_CONTEXT *context = proj_context_create();
    if (context == NULL) return;
    proj_log_func(context, out, keep_reason);
    (void)proj_log_level(context, PJ_LOG_ERROR);
    /* Its metadata are read from it, its path only tells that there is a file. */
    const char *epsg = proj_context_get_database_metadata(context, "EPSG.VERSION");
    const char *path = epsg != NULL ? proj_context_get_database_path(context) : NULL;
    if (path != NULL) {
        (void)snprintf(out->epsg, sizeof out->epsg, "%s", epsg);
        (void)snprintf(out->path, sizeof out->path, "%s", path);
        out->reason[0] = '\0';
    }
    out->network = proj_context_is_network_enabled(context) != 0;
    (void)proj_context_destroy(context);
}

void weft_proj_database_read(weft_proj_database *out) {
    *out = (weft_proj_database){0};
    open_database(out);
    look_into_folders(out);
}

/* Where there is one, though perhaps of another version. */
static const char *find_elsewhere(void) {
    static const char *const folders[] = {"/usr/share/proj", "/usr/local/share/proj"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char file[64];
        (void)snprintf(file, sizeof file, "%s/proj.db", folders[i]);
        if (access(file, R_OK) == 0) return folders[i];
    }
    return NULL;
}

static void hint(weft_error *err) {
    const char *variable = getenv("PROJ_DATA") != NULL ? "PROJ_DATA" : "PROJ_LIB", *value = getenv(variable);
    const char *elsewhere = find_elsewhere();
    if (value != NULL && elsewhere != NULL)
        weft_error_hint(err, "the environment says %s=%s: unset it, or export PROJ_DATA=%s", variable, value,
                        elsewhere);
    else if (value != NULL)
        weft_error_hint(err, "the environment says %s=%s: name the folder of PROJ %s's own proj.db there", variable,
                        value, proj_info().version);
    else if (elsewhere != NULL)
        weft_error_hint(err, "export PROJ_DATA=%s, if that is of PROJ %s", elsewhere, proj_info().version);
    else
        weft_error_hint(err, "install it (Debian: proj-data; conda: proj-data), or export PROJ_DATA=FOLDER, where "
                             "proj.db lies");
}

weft_status weft_proj_database_check(weft_error *err) {
    weft_proj_database database = {0};
    open_database(&database);
    if (database.path[0] != '\0') return WEFT_OK;
    if (weft_allocator_is_exhausted()) return weft_error_no_memory(err, "PROJ's database");
    weft_error_set(err, WEFT_ERR_NO_INPUT, "PROJ has no database that it can use: %s",
                   database.reason[0] != '\0' ? database.reason : "there is no proj.db");
    hint(err);
    return WEFT_ERR_NO_INPUT;
}
