/* SPDX-License-Identifier: MIT */
#include "store/catalog/catalog_query.h"

#include "core/moment.h"
#include "core/text.h"
#include "store/catalog/catalog_condition.h"
#include "store/catalog/catalog_handle.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_BINDS   80
#define MAX_COLUMNS 40

/* SQL and what its ? stand for. */
typedef struct query {
    weft_text sql;
    struct {
        const char *text; /* NULL: the number */
        double number;
    } binds[MAX_BINDS];
    int bind_count;
    int conditions;
} query;

static void bind(query *of, const char *text, double number) {
    if (of->bind_count == MAX_BINDS) return;
    of->binds[of->bind_count].text = text;
    of->binds[of->bind_count++].number = number;
}

static void add_and(query *of) {
    weft_text_add(&of->sql, of->conditions++ == 0 ? " where " : " and ");
}

static const char *const column_lists[] = {
    [WEFT_CATALOG_SHORT] = "name, acquired, crs, cols, rows, res_x, band_count as bands, type, location",
    [WEFT_CATALOG_PLAIN] = "fid, location, name, bytes, modified, driver, crs, cols, rows, res_x, res_y, xmin, ymin, "
                           "xmax, ymax, band_count, type, overviews, acquired, cloud_cover, problem",
    [WEFT_CATALOG_ALL] = "weft_geojson(geom) as geometry, fid, location, name, bytes, modified, driver, crs, cols, "
                         "rows, res_x, res_y, xmin, ymin, xmax, ymax, geotransform, band_count, type, bands, "
                         "overviews, acquired, cloud_cover, properties, depends, problem",
};

/* --- running --- */

static weft_status give_header(sqlite3_stmt *statement, int columns, const char **names, weft_metrics_row_fn fn,
                               void *payload) {
    for (int i = 0; i < columns; i++)
        names[i] = sqlite3_column_name(statement, i);
    return fn(payload, columns, names, NULL, NULL) ? WEFT_OK : WEFT_ERR_CANCELLED;
}

static bool give_row(sqlite3_stmt *statement, int columns, const char *const *names, weft_metrics_row_fn fn,
                     void *payload) {
    const char *values[MAX_COLUMNS];
    bool numeric[MAX_COLUMNS];
    for (int i = 0; i < columns; i++) {
        int type = sqlite3_column_type(statement, i);
        numeric[i] = type == SQLITE_INTEGER || type == SQLITE_FLOAT;
        values[i] = type == SQLITE_NULL ? NULL : (const char *)sqlite3_column_text(statement, i);
    }
    return fn(payload, columns, names, values, numeric);
}

/* What SQLite says of a query, while it is prepared or stepped through: of the part that the user wrote, where it may be
 * at fault (a function that is not there, a text that is no JSON). what: that part, or NULL. */
static weft_status describe_failure(const weft_catalog *catalog, const char *what, weft_error *err) {
    int code = sqlite3_errcode(catalog->database.handle) & 0xff;
    if (what == NULL || (code != SQLITE_ERROR && code != SQLITE_TOOBIG))
        return weft_database_failed(&catalog->database, err);
    return weft_error_set(err, WEFT_ERR_USAGE, "\"%s\": %s", what, sqlite3_errmsg(catalog->database.handle));
}

/* The statement is taken over. Stops where fn does. what: as above. */
static weft_status give_rows(weft_catalog *catalog, sqlite3_stmt *statement, const char *what, weft_metrics_row_fn fn,
                             void *payload, int64_t *rows, weft_error *err) {
    const char *names[MAX_COLUMNS];
    /* The first step may prepare the statement anew, where the schema has changed; names are its own, and freed then. */
    int code = sqlite3_step(statement), columns = sqlite3_column_count(statement);
    bool begins = code == SQLITE_ROW || code == SQLITE_DONE;
    bool goes_on = !begins || give_header(statement, columns, names, fn, payload) == WEFT_OK;
    while (goes_on && code == SQLITE_ROW) {
        goes_on = give_row(statement, columns, names, fn, payload);
        (*rows)++;
        code = goes_on ? sqlite3_step(statement) : SQLITE_DONE;
    }
    weft_status status = goes_on && code != SQLITE_DONE ? describe_failure(catalog, what, err) : WEFT_OK;
    (void)sqlite3_finalize(statement);
    return status;
}

/* The query, ready to be stepped through. what: the part of it that the user wrote, or NULL. */
static weft_status prepare(sqlite3_stmt **out, weft_catalog *catalog, const query *of, const char *what,
                           weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status = WEFT_OK;
    if (of->sql.failed)
        status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to look into it", catalog->path);
    else if (sqlite3_prepare_v2(catalog->database.handle, of->sql.data, -1, &statement, NULL) != SQLITE_OK)
        status = describe_failure(catalog, what, err);
    for (int i = 0; i < of->bind_count && status == WEFT_OK; i++) {
        if (of->binds[i].text != NULL)
            (void)sqlite3_bind_text(statement, i + 1, of->binds[i].text, -1, SQLITE_STATIC);
        else
            (void)sqlite3_bind_double(statement, i + 1, of->binds[i].number);
    }
    *out = statement;
    return status;
}

/* The query is disposed of. */
static weft_status run(weft_catalog *catalog, query *of, const char *what, weft_metrics_row_fn fn, void *payload,
                       int64_t *rows, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status = prepare(&statement, catalog, of, what, err);
    if (status == WEFT_OK) status = give_rows(catalog, statement, what, fn, payload, rows, err);
    weft_text_dispose(&of->sql);
    return status;
}

/* --- conditions --- */

/* The R*Tree holds floats that are rounded outward. */
static void add_box(query *of, double west, double south, double east, double north) {
    const double box[4] = {west, south, east, north};
    weft_text_add(&of->sql,
                  "(fid in (select id from rtree_rasters_geom where maxx >= ? and maxy >= ? and minx <= ? and "
                  "miny <= ?) and weft_meets(geom, ?, ?, ?, ?))");
    for (int i = 0; i < 8; i++)
        bind(of, NULL, box[i % 4]);
}

/* All that meet the box grown by `degrees` are looked at; of them those count that meet it grown by pixels of theirs.
 * What is near the meridian of 180 degrees has neighbours on its other side. */
static void add_grown_box(query *of, const double bbox[4], double degrees) {
    double box[4] = {bbox[0] - degrees, bbox[1] - degrees, bbox[2] + degrees, bbox[3] + degrees};
    bool all_round = bbox[0] > bbox[2] || box[0] < -180 || box[2] > 180;
    if (all_round) box[0] = -180, box[2] = 180;
    add_and(of);
    weft_text_add(&of->sql, "fid in (select id from rtree_rasters_geom where maxx >= ? and maxy >= ? and minx <= ? and "
                            "miny <= ?) and weft_meets(geom, ");
    for (int i = 0; i < 4; i++)
        bind(of, NULL, box[i]);
    for (int i = 0; i < 4; i++) {
        weft_text_add(&of->sql, "? %c %d * ifnull(pixel_degrees, 0)%s", i < 2 ? '-' : '+', WEFT_CATALOG_PIXELS,
                      i < 3 ? ", " : ")");
        bind(of, NULL, all_round && i % 2 == 0 ? box[i] : bbox[i]);
    }
}

/* Footprints lie between -180 and 180: a range of longitudes of another turn (185 to 186, 0 to 360) is brought there. */
static void fit_turn(double *west, double *east) {
    if (*west >= -180 && *west <= 180 && *east >= -180 && *east <= 180) return;
    double width = *east - *west + (*west > *east ? 360 : 0);
    *west -= 360 * floor((*west + 180) / 360);
    *east = *west + width > 180 ? *west + width - 360 : *west + width;
    if (width >= 360) *west = -180, *east = 180;
}

static void add_bbox(query *of, const double bbox[4]) {
    double west = bbox[0], east = bbox[2];
    fit_turn(&west, &east);
    add_and(of);
    weft_text_add(&of->sql, "(");
    if (west <= east) {
        add_box(of, west, bbox[1], east, bbox[3]);
    } else {
        add_box(of, west, bbox[1], 180, bbox[3]);
        weft_text_add(&of->sql, " or ");
        add_box(of, -180, bbox[1], east, bbox[3]);
    }
    weft_text_add(&of->sql, ")");
}

static void add_tag(query *of, const char *tag) {
    const char *equals = strchr(tag, '=');
    size_t length = equals != NULL ? (size_t)(equals - tag) : strlen(tag);
    add_and(of);
    weft_catalog_condition_add_field(&of->sql, tag, length, false);
    weft_text_add(&of->sql, equals != NULL ? " || '' = ?" : " is not null");
    if (equals != NULL) bind(of, equals + 1, 0);
}

static weft_status find_largest_pixel(weft_catalog *catalog, double *degrees, weft_error *err) {
    sqlite3_stmt *statement = NULL;
    weft_status status =
        weft_database_prepare(&catalog->database, &statement, "select max(pixel_degrees) from rasters", err);
    if (status == WEFT_OK && sqlite3_step(statement) == SQLITE_ROW) *degrees = sqlite3_column_double(statement, 0);
    (void)sqlite3_finalize(statement);
    return status;
}

/* WEFT_ERR_USAGE where there are rasters, and none has the property. whose: the filter that names it. */
static weft_status check_property(weft_catalog *catalog, const char *whose, const char *name, size_t length,
                                  weft_error *err) {
    query of = {0};
    sqlite3_stmt *statement = NULL;
    bool none = false;
    weft_text_add(&of.sql, "select exists (select 1 from rasters) and not exists (select 1 from rasters where ");
    weft_catalog_condition_add_field(&of.sql, name, length, false);
    weft_text_add(&of.sql, " is not null)");
    weft_status status = prepare(&statement, catalog, &of, whose, err);
    if (status == WEFT_OK) none = sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_int(statement, 0) != 0;
    (void)sqlite3_finalize(statement);
    weft_text_dispose(&of.sql);
    if (!none) return status;
    return weft_error_set(err, WEFT_ERR_USAGE, "%s: no raster has a property \"%.*s\"", whose, (int)length, name);
}

/* With such a property nothing compares: no raster would pass. */
static weft_status check_where(void *payload, const char *name, size_t length, weft_error *err) {
    weft_status status = check_property(payload, "where", name, length, err);
    if (status == WEFT_ERR_USAGE)
        weft_error_hint(err,
                        "if it is a text, it has single quotes: '%.*s'; weft catalog show FILE lists a file's "
                        "fields and properties",
                        (int)length, name);
    return status;
}

static weft_status add_conditions(query *of, weft_catalog *catalog, const weft_catalog_filter *filter,
                                  weft_error *err) {
    if (filter->has_bbox && filter->by_pixels) {
        double largest = 0;
        weft_status status = find_largest_pixel(catalog, &largest, err);
        if (status != WEFT_OK) return status;
        add_grown_box(of, filter->bbox, WEFT_CATALOG_PIXELS * largest);
    } else if (filter->has_bbox) {
        add_bbox(of, filter->bbox);
    }
    if (filter->name != NULL) {
        add_and(of);
        weft_text_add(&of->sql, strchr(filter->name, '/') != NULL ? "location glob ?" : "name glob ?");
        bind(of, filter->name, 0);
    }
    if (filter->from != NULL) {
        add_and(of);
        weft_catalog_condition_add_field(&of->sql, "acquired", strlen("acquired"), false);
        weft_text_add(&of->sql, " >= ?");
        bind(of, filter->from, 0);
    }
    if (filter->to != NULL) {
        /* "2020-12-31" holds all of that day. */
        add_and(of);
        weft_text_add(&of->sql, "substr(acquired, 1, length(?)) <= ?");
        bind(of, filter->to, 0);
        bind(of, filter->to, 0);
    }
    if (filter->has_resolution) {
        add_and(of);
        weft_text_add(&of->sql, "max(res_x, res_y) between ? and ?");
        bind(of, NULL, filter->resolution[0]);
        bind(of, NULL, filter->resolution[1]);
    }
    if (filter->band != NULL) {
        add_and(of);
        weft_text_add(&of->sql, "(json_extract(properties, '$.band') || '' = ? or exists (select 1 from "
                                "json_each(bands) as b where json_extract(b.value, '$.name') = ?))");
        bind(of, filter->band, 0);
        bind(of, filter->band, 0);
    }
    for (int i = 0; i < filter->tag_count; i++)
        add_tag(of, filter->tags[i]);
    if (filter->has_cloud_cover) {
        add_and(of);
        weft_text_add(&of->sql, "cloud_cover <= ?");
        bind(of, NULL, filter->cloud_cover);
    }
    if (filter->where == NULL) return WEFT_OK;
    add_and(of);
    weft_status status = weft_catalog_condition_add(&of->sql, filter->where, err);
    return status == WEFT_OK ? weft_catalog_condition_properties(filter->where, check_where, catalog, err) : status;
}

/* "newest" and "oldest" stand for a field; the rest of a name is that. */
static const char *order_name(const char *order) {
    const char *name = order[0] == '-' ? order + 1 : order;
    return strcmp(name, "newest") == 0 || strcmp(name, "oldest") == 0 ? "acquired" : name;
}

/* A field or property that no raster of the catalog has is a mistake: it would order nothing. */
static weft_status check_order(weft_catalog *catalog, const char *order, weft_error *err) {
    const char *name = order_name(order);
    weft_status status = check_property(catalog, "order", name, strlen(name), err);
    if (status != WEFT_ERR_USAGE) return status;
    if (weft_catalog_condition_is_field(name, strlen(name)))
        weft_error_set(err, status, "order: %s: no raster has a value of %s", order, name);
    weft_error_hint(err, "newest, oldest, a field or a property: weft catalog show FILE lists those of one");
    return status;
}

/* Properties of files' names are texts: 10 comes after 9 all the same. */
static weft_status add_order(query *of, weft_catalog *catalog, const char *order, weft_error *err) {
    if (order == NULL) {
        weft_text_add(&of->sql, " order by location");
        return WEFT_OK;
    }
    const char *name = order_name(order), *down = order[0] == '-' || strcmp(order, "newest") == 0 ? " desc" : "";
    weft_text_add(&of->sql, " order by ");
    weft_catalog_condition_add_field(&of->sql, name, strlen(name), true);
    weft_text_add(&of->sql, "%s nulls last, ", down);
    weft_catalog_condition_add_field(&of->sql, name, strlen(name), false);
    weft_text_add(&of->sql, "%s nulls last, location", down);
    return check_order(catalog, order, err);
}

weft_status weft_catalog_list(weft_catalog *catalog, const weft_catalog_filter *filter, weft_catalog_columns columns,
                              weft_metrics_row_fn fn, void *payload, weft_error *err) {
    query of = {0};
    int64_t rows = 0;
    weft_text_add(&of.sql, "select %s from rasters", column_lists[columns]);
    weft_status status = add_conditions(&of, catalog, filter, err);
    if (status == WEFT_OK) status = add_order(&of, catalog, filter->order, err);
    if (status != WEFT_OK) {
        weft_text_dispose(&of.sql);
        return status;
    }
    if (filter->limit > 0) weft_text_add(&of.sql, " limit %lld", (long long)filter->limit);
    return run(catalog, &of, filter->where != NULL ? filter->where : filter->order, fn, payload, &rows, err);
}

static int64_t time_of(sqlite3_stmt *statement, int column) {
    static const char form[] = "%Y-%m-%dT%H:%M:%S";
    const char *text = (const char *)sqlite3_column_text(statement, column);
    weft_moment moment;
    size_t used;
    if (text == NULL || !weft_moment_read(form, strlen(form), text, &used, &moment)) return 0;
    return weft_moment_ms(&moment) + (text[used] == '.' ? strtol(text + used + 1, NULL, 10) : 0);
}

/* Of "[1, 2, ..]". */
static bool read_geotransform(sqlite3_stmt *statement, int column, double out[6]) {
    const char *at = (const char *)sqlite3_column_text(statement, column);
    for (int i = 0; i < 6; i++) {
        char *end;
        if (at == NULL || (*at != '[' && *at != ',')) return false;
        out[i] = strtod(at + 1, &end);
        if (end == at + 1) return false;
        at = end;
    }
    return true;
}

#define PICK_COLUMNS 8 /* before the properties */

static weft_status give_pick(sqlite3_stmt *statement, int properties, weft_catalog_pick_fn fn, void *payload,
                             weft_error *err) {
    const char *values[WEFT_CATALOG_PROPERTIES];
    weft_catalog_pick pick = {.location = (const char *)sqlite3_column_text(statement, 0),
                              .bytes = sqlite3_column_int64(statement, 1),
                              .modified_ms = time_of(statement, 2),
                              .layout = sqlite3_column_int64(statement, 3),
                              .cols = sqlite3_column_int64(statement, 4),
                              .rows = sqlite3_column_int64(statement, 5),
                              .acquired = (const char *)sqlite3_column_text(statement, 7),
                              .values = values};
    if (sqlite3_column_type(statement, 1) == SQLITE_NULL) pick.bytes = -1;
    if (pick.bytes < 0 || pick.cols <= 0 || pick.rows <= 0 || !read_geotransform(statement, 6, pick.geotransform))
        pick.layout = 0;
    for (int i = 0; i < properties; i++)
        values[i] = (const char *)sqlite3_column_text(statement, PICK_COLUMNS + i);
    return fn(payload, &pick, err);
}

weft_status weft_catalog_pick_all(weft_catalog *catalog, const weft_catalog_filter *filter,
                                  const char *const *properties, int count, weft_catalog_pick_fn fn, void *payload,
                                  weft_error *err) {
    query of = {0};
    sqlite3_stmt *statement = NULL;
    int code = SQLITE_DONE;
    weft_text_add(&of.sql, "select location, bytes, modified, layout, cols, rows, geotransform, acquired");
    for (int i = 0; i < count; i++) {
        weft_text_add(&of.sql, ", ");
        weft_catalog_condition_add_field(&of.sql, properties[i], strlen(properties[i]), false);
    }
    weft_text_add(&of.sql, " from rasters");
    weft_status status = add_conditions(&of, catalog, filter, err);
    if (status == WEFT_OK) status = add_order(&of, catalog, filter->order, err);
    const char *what = filter->where != NULL ? filter->where : filter->order;
    if (status == WEFT_OK) status = prepare(&statement, catalog, &of, what, err);
    while (status == WEFT_OK && (code = sqlite3_step(statement)) == SQLITE_ROW)
        status = give_pick(statement, count, fn, payload, err);
    if (status == WEFT_OK && code != SQLITE_DONE) status = describe_failure(catalog, what, err);
    (void)sqlite3_finalize(statement);
    weft_text_dispose(&of.sql);
    return status;
}

weft_status weft_catalog_show(weft_catalog *catalog, const char *location, weft_catalog_columns columns,
                              weft_metrics_row_fn fn, void *payload, bool *found, weft_error *err) {
    query of = {0};
    int64_t rows = 0;
    weft_text_add(&of.sql, "select %s from rasters where location = ?", column_lists[columns]);
    bind(&of, location, 0);
    weft_status status = run(catalog, &of, NULL, fn, payload, &rows, err);
    *found = rows > 0;
    return status;
}

weft_status weft_catalog_problems(weft_catalog *catalog, weft_metrics_row_fn fn, void *payload, weft_error *err) {
    query of = {0};
    int64_t rows = 0;
    weft_text_add(&of.sql, "select f.path || '/' || w.name as path, w.problem from weft_files as w join weft_folders "
                           "as f on f.id = w.folder where w.problem is not null union all select path, problem from "
                           "weft_folders where problem is not null order by 1");
    return run(catalog, &of, NULL, fn, payload, &rows, err);
}

weft_status weft_catalog_stats(weft_catalog *catalog, weft_metrics_row_fn fn, void *payload, weft_error *err) {
    query of = {0};
    int64_t rows = 0;
    weft_text_add(&of.sql,
                  "select 'all' as what, null as value, count(*) as rasters, sum(bytes) as bytes from rasters "
                  "union all select * from (select 'crs', crs, count(*), sum(bytes) from rasters group by crs order by "
                  "3 desc) "
                  "union all select * from (select 'driver', driver, count(*), sum(bytes) from rasters group by driver "
                  "order by 3 desc) "
                  "union all select * from (select 'type', type, count(*), sum(bytes) from rasters group by type order "
                  "by 3 desc) "
                  "union all select * from (select 'year', substr(acquired, 1, 4), count(*), sum(bytes) from rasters "
                  "group by 2 order by 2) "
                  "union all select * from (select 'problem', problem, count(*), sum(bytes) from weft_files where "
                  "problem is not null group by problem order by 3 desc) "
                  "union all select 'folders', null, count(*), null from weft_folders");
    return run(catalog, &of, NULL, fn, payload, &rows, err);
}

/* --- one --- */

weft_status weft_catalog_depends(weft_catalog *catalog, const char *location, bool *known,
                                 weft_status (*visit)(void *payload, const char *path, weft_error *err), void *payload,
                                 weft_error *err) {
    static const char sql[] =
        "select d.value from rasters left join json_each(rasters.depends) as d where location = ?";
    sqlite3_stmt *statement = NULL;
    weft_status status = WEFT_OK;
    int code = SQLITE_DONE;
    *known = false;
    if (sqlite3_prepare_v2(catalog->database.handle, sql, -1, &statement, NULL) != SQLITE_OK)
        return weft_database_failed(&catalog->database, err);
    (void)sqlite3_bind_text(statement, 1, location, -1, SQLITE_STATIC);
    while (status == WEFT_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *path = (const char *)sqlite3_column_text(statement, 0);
        *known = true;
        if (path != NULL) status = visit(payload, path, err);
    }
    if (status == WEFT_OK && code != SQLITE_DONE) status = weft_database_failed(&catalog->database, err);
    (void)sqlite3_finalize(statement);
    return status;
}

/* --- forgetting --- */

/* SQL's weft_is_gone(path): 1 where there is nothing at a path of the file system. */
static void is_gone(sqlite3_context *context, int count, sqlite3_value **values) {
    struct stat info;
    const char *path = (const char *)sqlite3_value_text(values[0]);
    (void)count;
    bool local = path != NULL && path[0] == '/' && strncmp(path, "/vsi", 4) != 0;
    sqlite3_result_int(context, local && stat(path, &info) != 0 && (errno == ENOENT || errno == ENOTDIR));
}

weft_status weft_catalog_prune(weft_catalog *catalog, int64_t *dropped, weft_error *err) {
    *dropped = 0;
    if (sqlite3_create_function_v2(catalog->database.handle, "weft_is_gone", 1, SQLITE_UTF8, NULL, is_gone, NULL, NULL,
                                   NULL) != SQLITE_OK)
        return weft_database_failed(&catalog->database, err);
    weft_status status = weft_database_execute(
        &catalog->database, "begin immediate; delete from rasters where weft_is_gone(location)", err);
    *dropped = sqlite3_changes(catalog->database.handle);
    if (status == WEFT_OK)
        status = weft_database_execute(&catalog->database,
                                       "delete from weft_files where weft_is_gone((select path from weft_folders where "
                                       "id = folder) || '/' || name); delete from weft_folders where "
                                       "weft_is_gone(path); commit",
                                       err);
    if (status != WEFT_OK) (void)sqlite3_exec(catalog->database.handle, "rollback", NULL, NULL, NULL);
    return status;
}
