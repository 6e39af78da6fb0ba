/* SPDX-License-Identifier: MIT */
#include "store/catalog/catalog_writer.h"

#include "core/clock.h"
#include "core/text.h"
#include "store/catalog/catalog_handle.h"
#include "store/catalog/footprint_blob.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRANSACTION_NS INT64_C(500000000)

static const char *const statement_sql[WEFT_CATALOG_STATEMENTS] = {
    [WEFT_CATALOG_FIND_FOLDER] = "select id, modified_ns, parent is null from weft_folders where path = ?",
    [WEFT_CATALOG_ADD_FOLDER] = "insert into weft_folders (path, parent) values (?, ?)",
    [WEFT_CATALOG_SET_FOLDER] = "update weft_folders set modified_ns = ?, problem = ? where id = ?",
    [WEFT_CATALOG_SET_PARENT] = "update weft_folders set parent = ? where id = ?",
    [WEFT_CATALOG_SUBFOLDERS] = "select id, path from weft_folders where parent = ?",
    [WEFT_CATALOG_ROOTS] = "select id, path from weft_folders where parent is null",
    [WEFT_CATALOG_DROP_FOLDER] = "delete from weft_folders where id = ?",
    [WEFT_CATALOG_DROP_FOLDER_FILES] = "delete from weft_files where folder = ?",
    [WEFT_CATALOG_DROP_FOLDER_RASTERS] =
        "delete from rasters where fid in (select fid from weft_files where folder = ? and fid is not null)",
    [WEFT_CATALOG_FILES] = "select name, bytes, modified_ns, changed_ns, inode, fid, problem from weft_files where "
                           "folder = ? order by name",
    [WEFT_CATALOG_PUT_FILE] = "insert or replace into weft_files (folder, name, bytes, modified_ns, changed_ns, inode, "
                              "fid, problem) values (?, ?, ?, ?, ?, ?, ?, ?)",
    [WEFT_CATALOG_DROP_FILE] = "delete from weft_files where folder = ? and name = ?",
    [WEFT_CATALOG_DROP_FILE_RASTER] =
        "delete from rasters where fid = (select fid from weft_files where folder = ? and name = ?)",
    [WEFT_CATALOG_FIND_MOVED] =
        "select w.folder, w.name, w.fid, f.path from weft_files as w join weft_folders as f on f.id = w.folder where "
        "w.inode = ? and w.fid is not null and w.bytes = ? and w.modified_ns = ?",
    [WEFT_CATALOG_FIND_CRS] = "select id from weft_crs where wkt = ?",
    [WEFT_CATALOG_ADD_CRS] = "insert into weft_crs (name, wkt) values (?, ?)",
    [WEFT_CATALOG_PUT_RASTER] =
        "insert or replace into rasters (fid, geom, location, name, bytes, modified, driver, crs, crs_id, cols, rows, "
        "res_x, res_y, xmin, ymin, xmax, ymax, geotransform, band_count, type, bands, overviews, acquired, "
        "cloud_cover, properties, depends, problem, pixel_degrees, layout) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [WEFT_CATALOG_DROP_RASTER] = "delete from rasters where fid = ?",
    [WEFT_CATALOG_FIND_LOCATION] = "select fid, bytes is not null from rasters where location = ?",
};

/* A statement, ready to be bound; NULL and a worded error on failure. */
static sqlite3_stmt *use(weft_catalog *catalog, weft_catalog_statement id, weft_error *err) {
    sqlite3_stmt **statement = &catalog->statements[id];
    if (*statement == NULL && sqlite3_prepare_v3(catalog->database.handle, statement_sql[id], -1,
                                                 SQLITE_PREPARE_PERSISTENT, statement, NULL) != SQLITE_OK) {
        (void)weft_database_failed(&catalog->database, err);
        return NULL;
    }
    (void)sqlite3_reset(*statement);
    (void)sqlite3_clear_bindings(*statement);
    return *statement;
}

/* Runs a bound statement that gives no rows. */
static weft_status run(weft_catalog *catalog, sqlite3_stmt *statement, weft_error *err) {
    int code = sqlite3_step(statement);
    weft_status status = code == SQLITE_DONE ? WEFT_OK : weft_database_failed(&catalog->database, err);
    (void)sqlite3_reset(statement);
    return status;
}

static weft_status run_with(weft_catalog *catalog, weft_catalog_statement id, int64_t number, weft_error *err) {
    sqlite3_stmt *statement = use(catalog, id, err);
    if (statement == NULL) return err->status;
    (void)sqlite3_bind_int64(statement, 1, number);
    return run(catalog, statement, err);
}

static weft_status no_memory(const weft_catalog *catalog, weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to write it", catalog->path);
}

static void bind_text(sqlite3_stmt *statement, int place, const char *text) {
    if (text != NULL) (void)sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC);
}

/* A copy of a text or of bytes. */
static char *copy_name(sqlite3_stmt *statement, int column) {
    const char *bytes = sqlite3_column_blob(statement, column);
    int length = sqlite3_column_bytes(statement, column);
    return weft_text_format("%.*s", length, bytes == NULL ? "" : bytes);
}

/* --- transactions --- */

static weft_status begin(weft_catalog *catalog, weft_error *err) {
    if (catalog->in_transaction) return WEFT_OK;
    weft_status status = weft_database_execute(&catalog->database, "begin immediate", err);
    catalog->in_transaction = status == WEFT_OK;
    catalog->began_ns = weft_clock_monotonic_ns();
    return status;
}

static weft_status end(weft_catalog *catalog, weft_error *err) {
    if (!catalog->in_transaction) return WEFT_OK;
    weft_status status = weft_database_execute(&catalog->database, "commit", err);
    if (status == WEFT_OK) catalog->in_transaction = false;
    return status;
}

weft_status weft_catalog_keep_up(weft_catalog *catalog, weft_error *err) {
    if (!catalog->in_transaction || weft_clock_monotonic_ns() - catalog->began_ns < TRANSACTION_NS) return WEFT_OK;
    return end(catalog, err);
}

weft_status weft_catalog_commit(weft_catalog *catalog, weft_error *err) {
    static const char extent[] =
        "update gpkg_contents set (min_x, min_y, max_x, max_y) = (select min(minx), min(miny), max(maxx), max(maxy) "
        "from rtree_rasters_geom), last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') where table_name = 'rasters'";
    weft_status status = begin(catalog, err);
    if (status == WEFT_OK) status = weft_database_execute(&catalog->database, extent, err);
    return status == WEFT_OK ? end(catalog, err) : status;
}

/* --- folders --- */

/* One that was named before is now found in another. */
static weft_status set_parent(weft_catalog *catalog, int64_t id, int64_t parent, weft_error *err) {
    weft_status status = begin(catalog, err);
    sqlite3_stmt *statement = status == WEFT_OK ? use(catalog, WEFT_CATALOG_SET_PARENT, err) : NULL;
    if (statement == NULL) return err->status;
    (void)sqlite3_bind_int64(statement, 1, parent);
    (void)sqlite3_bind_int64(statement, 2, id);
    return run(catalog, statement, err);
}

weft_status weft_catalog_folder(weft_catalog *catalog, const char *path, int64_t parent, int64_t *id,
                                int64_t *modified_ns, weft_error *err) {
    sqlite3_stmt *statement = use(catalog, WEFT_CATALOG_FIND_FOLDER, err);
    if (statement == NULL) return err->status;
    weft_catalog_bind_name(statement, 1, path);
    int code = sqlite3_step(statement);
    bool gets_parent = false;
    if (code == SQLITE_ROW) {
        *id = sqlite3_column_int64(statement, 0);
        *modified_ns = sqlite3_column_int64(statement, 1);
        gets_parent = parent != 0 && sqlite3_column_int(statement, 2) != 0;
    }
    (void)sqlite3_reset(statement);
    if (code == SQLITE_ROW) return gets_parent ? set_parent(catalog, *id, parent, err) : WEFT_OK;
    if (code != SQLITE_DONE) return weft_database_failed(&catalog->database, err);
    *modified_ns = 0;
    weft_status status = begin(catalog, err);
    statement = status == WEFT_OK ? use(catalog, WEFT_CATALOG_ADD_FOLDER, err) : NULL;
    if (statement == NULL) return err->status;
    weft_catalog_bind_name(statement, 1, path);
    if (parent != 0) (void)sqlite3_bind_int64(statement, 2, parent);
    status = run(catalog, statement, err);
    *id = sqlite3_last_insert_rowid(catalog->database.handle);
    return status;
}

weft_status weft_catalog_folder_done(weft_catalog *catalog, int64_t id, int64_t modified_ns, const char *problem,
                                     weft_error *err) {
    weft_status status = begin(catalog, err);
    sqlite3_stmt *statement = status == WEFT_OK ? use(catalog, WEFT_CATALOG_SET_FOLDER, err) : NULL;
    if (statement == NULL) return err->status;
    if (modified_ns != 0) (void)sqlite3_bind_int64(statement, 1, modified_ns);
    bind_text(statement, 2, problem);
    (void)sqlite3_bind_int64(statement, 3, id);
    return run(catalog, statement, err);
}

/* A folder under another: what `visit` may change, so all are read first. */
typedef struct subfolder {
    int64_t id;
    char *path;
} subfolder;

static weft_status read_folders(weft_catalog *catalog, sqlite3_stmt *statement, subfolder **out, int *count,
                                weft_error *err) {
    weft_status status = WEFT_OK;
    int code = SQLITE_DONE, capacity = 0;
    while (status == WEFT_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        if (*count == capacity) {
            capacity = capacity == 0 ? 16 : 2 * capacity;
            subfolder *more = realloc(*out, (size_t)capacity * sizeof *more);
            if (more == NULL) status = no_memory(catalog, err);
            if (more != NULL) *out = more;
        }
        if (status != WEFT_OK) break;
        (*out)[*count] = (subfolder){sqlite3_column_int64(statement, 0), copy_name(statement, 1)};
        if ((*out)[(*count)++].path == NULL) status = no_memory(catalog, err);
    }
    if (status == WEFT_OK && code != SQLITE_DONE) status = weft_database_failed(&catalog->database, err);
    (void)sqlite3_reset(statement);
    return status;
}

typedef weft_status (*folder_fn)(void *payload, int64_t id, const char *path, weft_error *err);

static weft_status visit_folders(weft_catalog *catalog, sqlite3_stmt *statement, folder_fn visit, void *payload,
                                 weft_error *err) {
    subfolder *items = NULL;
    int count = 0;
    if (statement == NULL) return err->status;
    weft_status status = read_folders(catalog, statement, &items, &count, err);
    for (int i = 0; i < count; i++) {
        if (status == WEFT_OK) status = visit(payload, items[i].id, items[i].path, err);
        free(items[i].path);
    }
    free(items);
    return status;
}

weft_status weft_catalog_subfolders(weft_catalog *catalog, int64_t id, folder_fn visit, void *payload,
                                    weft_error *err) {
    sqlite3_stmt *statement = use(catalog, WEFT_CATALOG_SUBFOLDERS, err);
    if (statement != NULL) (void)sqlite3_bind_int64(statement, 1, id);
    return visit_folders(catalog, statement, visit, payload, err);
}

weft_status weft_catalog_roots(weft_catalog *catalog, folder_fn visit, void *payload, weft_error *err) {
    return visit_folders(catalog, use(catalog, WEFT_CATALOG_ROOTS, err), visit, payload, err);
}

/* What a folder that goes takes with it. */
typedef struct dropping {
    weft_catalog *catalog;
    int64_t *dropped;
} dropping;

static weft_status drop_one(void *payload, int64_t id, const char *path, weft_error *err) {
    const dropping *drop = payload;
    (void)path;
    return weft_catalog_folder_drop(drop->catalog, id, drop->dropped, err);
}

weft_status weft_catalog_folder_drop(weft_catalog *catalog, int64_t id, int64_t *dropped, weft_error *err) {
    weft_status status = weft_catalog_subfolders(catalog, id, drop_one, &(dropping){catalog, dropped}, err);
    if (status == WEFT_OK) status = begin(catalog, err);
    if (status == WEFT_OK) status = run_with(catalog, WEFT_CATALOG_DROP_FOLDER_RASTERS, id, err);
    if (status == WEFT_OK) *dropped += sqlite3_changes(catalog->database.handle);
    if (status == WEFT_OK) status = run_with(catalog, WEFT_CATALOG_DROP_FOLDER_FILES, id, err);
    return status == WEFT_OK ? run_with(catalog, WEFT_CATALOG_DROP_FOLDER, id, err) : status;
}

/* --- files --- */

void weft_catalog_files_dispose(weft_catalog_files *files) {
    for (int i = 0; i < files->count; i++) {
        free((char *)files->items[i].name);
        free((char *)files->items[i].problem);
    }
    free(files->items);
    *files = (weft_catalog_files){0};
}

static bool add_file(weft_catalog_files *files, sqlite3_stmt *statement) {
    if (files->count == files->capacity) {
        int capacity = files->capacity == 0 ? 64 : 2 * files->capacity;
        weft_catalog_file *more = realloc(files->items, (size_t)capacity * sizeof *more);
        if (more == NULL) return false;
        files->items = more;
        files->capacity = capacity;
    }
    bool has_problem = sqlite3_column_type(statement, 6) != SQLITE_NULL;
    weft_catalog_file *file = &files->items[files->count++];
    *file = (weft_catalog_file){.name = copy_name(statement, 0),
                                .bytes = sqlite3_column_int64(statement, 1),
                                .modified_ns = sqlite3_column_int64(statement, 2),
                                .changed_ns = sqlite3_column_int64(statement, 3),
                                .inode = sqlite3_column_int64(statement, 4),
                                .fid = sqlite3_column_int64(statement, 5),
                                .problem = has_problem ? copy_name(statement, 6) : NULL};
    return file->name != NULL && (!has_problem || file->problem != NULL);
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const weft_catalog_file *)a)->name, ((const weft_catalog_file *)b)->name);
}

weft_status weft_catalog_files_read(weft_catalog *catalog, int64_t folder, weft_catalog_files *out, weft_error *err) {
    sqlite3_stmt *statement = use(catalog, WEFT_CATALOG_FILES, err);
    weft_status status = WEFT_OK;
    int code = SQLITE_DONE;
    if (statement == NULL) return err->status;
    (void)sqlite3_bind_int64(statement, 1, folder);
    while (status == WEFT_OK && (code = sqlite3_step(statement)) == SQLITE_ROW)
        if (!add_file(out, statement)) status = no_memory(catalog, err);
    if (status == WEFT_OK && code != SQLITE_DONE) status = weft_database_failed(&catalog->database, err);
    (void)sqlite3_reset(statement);
    /* Texts come before bytes; names that are no UTF-8 have to go between the others. */
    if (out->count > 0) qsort(out->items, (size_t)out->count, sizeof *out->items, by_name);
    return status;
}

static weft_status put_row(weft_catalog *catalog, int64_t folder, const weft_catalog_file *file, int64_t fid,
                           weft_error *err) {
    sqlite3_stmt *statement = use(catalog, WEFT_CATALOG_PUT_FILE, err);
    if (statement == NULL) return err->status;
    const int64_t numbers[] = {file->bytes, file->modified_ns, file->changed_ns, file->inode};
    (void)sqlite3_bind_int64(statement, 1, folder);
    weft_catalog_bind_name(statement, 2, file->name);
    for (int i = 0; i < 4; i++)
        (void)sqlite3_bind_int64(statement, 3 + i, numbers[i]);
    if (fid != 0) (void)sqlite3_bind_int64(statement, 7, fid);
    bind_text(statement, 8, file->problem);
    return run(catalog, statement, err);
}

static weft_status put_feature(weft_catalog *catalog, int64_t *fid, const weft_catalog_raster *raster, weft_error *err);

weft_status weft_catalog_put_file(weft_catalog *catalog, int64_t folder, const weft_catalog_file *file,
                                  const weft_catalog_raster *raster, weft_error *err) {
    int64_t fid = file->fid;
    weft_status status = begin(catalog, err);
    if (status == WEFT_OK && raster != NULL)
        status = put_feature(catalog, &fid, raster, err);
    else if (status == WEFT_OK && fid != 0)
        status = run_with(catalog, WEFT_CATALOG_DROP_RASTER, fid, err);
    if (status == WEFT_OK) status = put_row(catalog, folder, file, raster != NULL ? fid : 0, err);
    return status;
}

static weft_status drop_row(weft_catalog *catalog, int64_t folder, const char *name, weft_error *err) {
    sqlite3_stmt *statement = use(catalog, WEFT_CATALOG_DROP_FILE, err);
    if (statement == NULL) return err->status;
    (void)sqlite3_bind_int64(statement, 1, folder);
    weft_catalog_bind_name(statement, 2, name);
    return run(catalog, statement, err);
}

weft_status weft_catalog_drop_file(weft_catalog *catalog, int64_t folder, const char *name, int64_t *dropped,
                                   weft_error *err) {
    weft_status status = begin(catalog, err);
    sqlite3_stmt *statement = status == WEFT_OK ? use(catalog, WEFT_CATALOG_DROP_FILE_RASTER, err) : NULL;
    if (statement == NULL) return err->status;
    (void)sqlite3_bind_int64(statement, 1, folder);
    weft_catalog_bind_name(statement, 2, name);
    status = run(catalog, statement, err);
    if (status == WEFT_OK) *dropped += sqlite3_changes(catalog->database.handle);
    return status == WEFT_OK ? drop_row(catalog, folder, name, err) : status;
}

weft_status weft_catalog_take_moved(weft_catalog *catalog, const weft_catalog_file *file,
                                    bool (*is_gone)(const char *folder, const char *name), int64_t *fid,
                                    weft_error *err) {
    sqlite3_stmt *statement = use(catalog, WEFT_CATALOG_FIND_MOVED, err);
    char *folder = NULL, *name = NULL;
    int64_t folder_id = 0;
    *fid = 0;
    if (statement == NULL) return err->status;
    (void)sqlite3_bind_int64(statement, 1, file->inode);
    (void)sqlite3_bind_int64(statement, 2, file->bytes);
    (void)sqlite3_bind_int64(statement, 3, file->modified_ns);
    while (*fid == 0 && sqlite3_step(statement) == SQLITE_ROW) {
        free(name);
        free(folder);
        folder_id = sqlite3_column_int64(statement, 0);
        name = copy_name(statement, 1);
        folder = copy_name(statement, 3);
        if (name != NULL && folder != NULL && is_gone(folder, name)) *fid = sqlite3_column_int64(statement, 2);
    }
    (void)sqlite3_reset(statement);
    weft_status status = *fid != 0 ? begin(catalog, err) : WEFT_OK;
    if (*fid != 0 && status == WEFT_OK) status = drop_row(catalog, folder_id, name, err);
    free(name);
    free(folder);
    return status;
}

/* --- features --- */

static weft_status find_crs(weft_catalog *catalog, const weft_catalog_raster *raster, weft_error *err) {
    if (catalog->crs_wkt != NULL && strcmp(catalog->crs_wkt, raster->crs_wkt) == 0) return WEFT_OK;
    char *copy = weft_text_format("%s", raster->crs_wkt);
    if (copy == NULL) return no_memory(catalog, err);
    free(catalog->crs_wkt);
    catalog->crs_wkt = NULL;
    sqlite3_stmt *statement = use(catalog, WEFT_CATALOG_FIND_CRS, err);
    weft_status status = statement == NULL ? err->status : WEFT_OK;
    if (status == WEFT_OK) bind_text(statement, 1, raster->crs_wkt);
    int code = status == WEFT_OK ? sqlite3_step(statement) : SQLITE_DONE;
    if (code == SQLITE_ROW) catalog->crs_id = sqlite3_column_int64(statement, 0);
    if (statement != NULL) (void)sqlite3_reset(statement);
    if (status == WEFT_OK && code == SQLITE_DONE) {
        statement = use(catalog, WEFT_CATALOG_ADD_CRS, err);
        if (statement == NULL) status = err->status;
        if (status == WEFT_OK) bind_text(statement, 1, raster->crs != NULL ? raster->crs : "");
        if (status == WEFT_OK) bind_text(statement, 2, raster->crs_wkt);
        if (status == WEFT_OK) status = run(catalog, statement, err);
        catalog->crs_id = sqlite3_last_insert_rowid(catalog->database.handle);
    }
    if (status == WEFT_OK)
        catalog->crs_wkt = copy;
    else
        free(copy);
    return status;
}

static void bind_double(sqlite3_stmt *statement, int place, double value) {
    if (isfinite(value)) (void)sqlite3_bind_double(statement, place, value);
}

/* Resolution, bounds and geotransform, from column 12 on. */
static void bind_place(sqlite3_stmt *statement, const weft_catalog_raster *raster, char *text, size_t text_bytes) {
    const double *g = raster->geotransform;
    double cols = (double)raster->cols, rows = (double)raster->rows;
    double x[2] = {g[0] + fmin(0, g[1] * cols) + fmin(0, g[2] * rows),
                   g[0] + fmax(0, g[1] * cols) + fmax(0, g[2] * rows)};
    double y[2] = {g[3] + fmin(0, g[4] * cols) + fmin(0, g[5] * rows),
                   g[3] + fmax(0, g[4] * cols) + fmax(0, g[5] * rows)};
    if (raster->cols == 0) return;
    bind_double(statement, 12, hypot(g[1], g[4]));
    bind_double(statement, 13, hypot(g[2], g[5]));
    bind_double(statement, 14, x[0]);
    bind_double(statement, 15, y[0]);
    bind_double(statement, 16, x[1]);
    bind_double(statement, 17, y[1]);
    (void)snprintf(text, text_bytes, "[%.17g, %.17g, %.17g, %.17g, %.17g, %.17g]", g[0], g[1], g[2], g[3], g[4], g[5]);
    bind_text(statement, 18, text);
}

/* The larger side of a pixel, as the footprint has it. NaN: not known. */
static double pixel_degrees(const weft_catalog_raster *raster) {
    double width = 0, height = 0;
    if (raster->cols == 0) return NAN;
    for (int i = 0; i < raster->footprint.ring_count; i++) {
        weft_footprint_point low, high;
        weft_footprint_ring_span(&raster->footprint.rings[i], &low, &high);
        width += high.x - low.x;
        height = fmax(height, high.y - low.y);
    }
    /* A raster that is turned has its columns along either axis. */
    double fewest = (double)(raster->cols < raster->rows ? raster->cols : raster->rows);
    bool turned = raster->geotransform[2] != 0 || raster->geotransform[4] != 0;
    return fmax(width / (turned ? fewest : (double)raster->cols), height / (turned ? fewest : (double)raster->rows));
}

static void bind_time(sqlite3_stmt *statement, int place, int64_t wall_ms, char text[WEFT_CLOCK_TEXT_BYTES]) {
    weft_clock_format(wall_ms, text);
    bind_text(statement, place, text);
}

static weft_status put_feature(weft_catalog *catalog, int64_t *fid, const weft_catalog_raster *raster,
                               weft_error *err) {
    char place[256], modified[WEFT_CLOCK_TEXT_BYTES], acquired[WEFT_CLOCK_TEXT_BYTES];
    size_t bytes = weft_footprint_blob_bytes(&raster->footprint);
    weft_status status = raster->crs_wkt != NULL ? find_crs(catalog, raster, err) : WEFT_OK;
    sqlite3_stmt *statement = status == WEFT_OK ? use(catalog, WEFT_CATALOG_PUT_RASTER, err) : NULL;
    if (statement == NULL) return err->status;
    unsigned char *blob = malloc(bytes);
    if (blob == NULL) return no_memory(catalog, err);
    weft_footprint_blob_write(&raster->footprint, blob);
    if (*fid != 0) (void)sqlite3_bind_int64(statement, 1, *fid);
    (void)sqlite3_bind_blob(statement, 2, blob, (int)bytes, SQLITE_STATIC);
    bind_text(statement, 3, raster->location);
    bind_text(statement, 4, raster->name);
    if (raster->bytes >= 0) (void)sqlite3_bind_int64(statement, 5, raster->bytes);
    if (raster->bytes >= 0) bind_time(statement, 6, raster->modified_ns / 1000000, modified);
    bind_text(statement, 7, raster->driver);
    bind_text(statement, 8, raster->crs);
    if (raster->crs_wkt != NULL) (void)sqlite3_bind_int64(statement, 9, catalog->crs_id);
    if (raster->cols > 0) (void)sqlite3_bind_int64(statement, 10, raster->cols);
    if (raster->cols > 0) (void)sqlite3_bind_int64(statement, 11, raster->rows);
    bind_place(statement, raster, place, sizeof place);
    if (raster->band_count > 0) (void)sqlite3_bind_int(statement, 19, raster->band_count);
    bind_text(statement, 20, raster->type);
    bind_text(statement, 21, raster->bands);
    if (raster->band_count > 0) (void)sqlite3_bind_int(statement, 22, raster->overviews);
    if (raster->acquired_ms != WEFT_CATALOG_NO_TIME) bind_time(statement, 23, raster->acquired_ms, acquired);
    bind_double(statement, 24, raster->cloud_cover);
    bind_text(statement, 25, raster->properties);
    bind_text(statement, 26, raster->depends);
    bind_text(statement, 27, raster->problem);
    bind_double(statement, 28, pixel_degrees(raster));
    if (raster->layout != 0) (void)sqlite3_bind_int64(statement, 29, raster->layout);
    status = run(catalog, statement, err);
    (void)sqlite3_clear_bindings(statement); /* it points here */
    free(blob);
    if (status == WEFT_OK && *fid == 0) *fid = sqlite3_last_insert_rowid(catalog->database.handle);
    return status;
}

weft_status weft_catalog_put_raster(weft_catalog *catalog, const weft_catalog_raster *raster, weft_error *err) {
    int64_t fid = 0;
    weft_status status = begin(catalog, err);
    sqlite3_stmt *statement = status == WEFT_OK ? use(catalog, WEFT_CATALOG_FIND_LOCATION, err) : NULL;
    if (statement == NULL) return err->status;
    bind_text(statement, 1, raster->location);
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) fid = sqlite3_column_int64(statement, 0);
    bool scanned = code == SQLITE_ROW && sqlite3_column_int(statement, 1) != 0;
    (void)sqlite3_reset(statement);
    if (scanned) return WEFT_OK;
    if (code != SQLITE_ROW && code != SQLITE_DONE) return weft_database_failed(&catalog->database, err);
    return put_feature(catalog, &fid, raster, err);
}
