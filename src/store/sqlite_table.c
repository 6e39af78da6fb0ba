/* SPDX-License-Identifier: MIT
 *
 * One transaction without a journal: SQLite spills pages that do not fit into its small cache, so memory is bounded,
 * and the file is nobody's until it is renamed. SQLite's own lock is taken at the start and kept to the end, so that
 * whoever opens the file meanwhile with SQLite is told that it is locked, and cannot make a later step wait. */
#include "store/sqlite_table.h"

#include "core/text.h"
#include "store/database.h"
#include "store/sql_trouble.h"

#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

typedef struct sqlite_table {
    sqlite3 *database;
    sqlite3_stmt *insert, *count;
    int64_t rows;
    char *path;
    int column_count;
    int places; /* columns before the others: x and y, with row and col; or none */
    const weft_cancel *cancel;
} sqlite_table;

static weft_status failed(const sqlite_table *self, weft_error *err) {
    int code = self->database != NULL ? sqlite3_errcode(self->database) & 0xff : SQLITE_NOMEM;
    struct statvfs disk;
    if (code == SQLITE_INTERRUPT) return weft_cancel_check(self->cancel, err);
    if (code == SQLITE_NOMEM) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for SQLite", self->path);
    weft_error_set(err, WEFT_ERR_IO, "%s: cannot write: %s", self->path, sqlite3_errmsg(self->database));
    if (err != NULL) err->may_pass = weft_sql_trouble_may_pass(self->database);
    if (code == SQLITE_FULL && statvfs(self->path, &disk) == 0)
        weft_error_hint(err, "%llu bytes are free", (unsigned long long)disk.f_bavail * disk.f_frsize);
    return WEFT_ERR_IO;
}

static weft_status execute(const sqlite_table *self, const char *sql, weft_error *err) {
    return sqlite3_exec(self->database, sql, NULL, NULL, NULL) == SQLITE_OK ? WEFT_OK : failed(self, err);
}

/* --- rows --- */

static void bind_unsigned(sqlite3_stmt *to, int at, uint64_t value) {
    if (value <= INT64_MAX)
        sqlite3_bind_int64(to, at, (int64_t)value);
    else
        sqlite3_bind_double(to, at, (double)value);
}

static void bind_real(sqlite3_stmt *to, int at, double value) {
    if (isnan(value))
        sqlite3_bind_null(to, at);
    else
        sqlite3_bind_double(to, at, value);
}

static void bind_value(sqlite3_stmt *to, int at, const weft_values *column, int64_t i) {
    if (column->valid != NULL && column->valid[i] == 0) {
        sqlite3_bind_null(to, at);
        return;
    }
    if (weft_data_type_is_text(column->type)) {
        size_t width = weft_data_type_size(column->type);
        const char *text = (const char *)column->values + (size_t)i * width;
        sqlite3_bind_text(to, at, text, (int)weft_text_value_length(text, width), SQLITE_STATIC);
        return;
    }
    if (column->type == WEFT_DATE) {
        char text[WEFT_DATE_TEXT_BYTES];
        size_t length = weft_date_text(((const int32_t *)column->values)[i], text);
        sqlite3_bind_text(to, at, text, (int)length, SQLITE_TRANSIENT);
        return;
    }
#define BIND_SIGNED(name, type)                                                                                        \
    case name:                                                                                                         \
        sqlite3_bind_int64(to, at, ((const type *)column->values)[i]);                                                 \
        break;
#define BIND_UNSIGNED(name, type)                                                                                      \
    case name:                                                                                                         \
        bind_unsigned(to, at, ((const type *)column->values)[i]);                                                      \
        break;
#define BIND_REAL(name, type)                                                                                          \
    case name:                                                                                                         \
        bind_real(to, at, (double)((const type *)column->values)[i]);                                                  \
        break;
    switch (column->type) {
        WEFT_FOR_EACH_SIGNED(BIND_SIGNED) WEFT_FOR_EACH_UNSIGNED(BIND_UNSIGNED) WEFT_FOR_EACH_FLOAT(BIND_REAL)
    }
}

static weft_status add(void *payload, const weft_row_batch *batch, weft_error *err) {
    sqlite_table *self = payload;
    for (int64_t i = 0; i < batch->count; i++) {
        int at = 1;
        if (!batch->kept[i]) continue;
        if (self->places > 2) {
            sqlite3_bind_int64(self->insert, at++, batch->row);
            sqlite3_bind_int64(self->insert, at++, (batch->col + i) / batch->cell_rows);
        }
        if (self->places > 0) {
            sqlite3_bind_double(self->insert, at++, batch->x[i]);
            sqlite3_bind_double(self->insert, at++, batch->y);
        }
        for (int column = 0; column < self->column_count; column++)
            bind_value(self->insert, at++, &batch->columns[column], i);
        if (sqlite3_step(self->insert) != SQLITE_DONE) return failed(self, err);
        sqlite3_reset(self->insert);
        self->rows++;
    }
    return WEFT_OK;
}

/* Every row is met once more, to the end of its last column, and with it every page that belongs to one. (SQLite's own
 * integrity check walks a table in one step, which nothing can interrupt in its versions before 3.41.) */
static weft_status read_back(const sqlite_table *self, weft_error *err) {
    if (sqlite3_step(self->count) != SQLITE_ROW) return failed(self, err);
    int64_t rows = sqlite3_column_int64(self->count, 0);
    if (rows == self->rows) return WEFT_OK;
    return weft_error_set(err, WEFT_ERR_IO, "%s: what was written does not read back: %lld rows of %lld", self->path,
                          (long long)rows, (long long)self->rows);
}

static weft_status finish(void *payload, weft_error *err) {
    sqlite_table *self = payload;
    weft_status status = execute(self, "commit", err);
    return status == WEFT_OK ? read_back(self, err) : status;
}

static void free_table(void *payload) {
    sqlite_table *self = payload;
    if (self == NULL) return;
    sqlite3_finalize(self->insert);
    sqlite3_finalize(self->count);
    sqlite3_close(self->database);
    free(self->path);
    free(self);
}

/* --- making one --- */

static void add_name(weft_text *sql, const char *name) {
    weft_text_add(sql, "\"");
    for (; *name != '\0'; name++)
        weft_text_add(sql, *name == '"' ? "\"\"" : "%c", *name);
    weft_text_add(sql, "\"");
}

static const char *type_of(weft_data_type type) {
    if (weft_data_type_is_text(type) || type == WEFT_DATE) return "TEXT";
    return weft_data_type_is_float(type) ? "REAL" : "INTEGER";
}

static weft_status make_tables(const sqlite_table *self, const weft_sqlite_table_options *options, weft_error *err) {
    weft_text sql = {0};
    weft_text_add(&sql,
                  "create table metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL);\n"
                  "create table cells (%s%s",
                  self->places > 2 ? "row INTEGER NOT NULL, col INTEGER NOT NULL, " : "",
                  self->places > 0 ? "x REAL NOT NULL, y REAL NOT NULL" : "");
    for (int i = 0; i < options->column_count; i++) {
        weft_text_add(&sql, i > 0 || self->places > 0 ? ", " : "");
        add_name(&sql, options->names[i]);
        weft_text_add(&sql, " %s", type_of(options->types[i]));
    }
    weft_text_add(&sql, ");");
    weft_status status = WEFT_ERR_MEMORY;
    if (sql.failed)
        weft_error_set(err, status, "%s: no memory for SQLite", self->path);
    else
        status = execute(self, sql.data, err);
    weft_text_dispose(&sql);
    return status;
}

static weft_status add_metadata(const sqlite_table *self, const weft_sqlite_table_options *options, weft_error *err) {
    sqlite3_stmt *insert = NULL;
    bool ok = sqlite3_prepare_v2(self->database, "insert into metadata values (?, ?)", -1, &insert, NULL) == SQLITE_OK;
    for (int i = 0; i < options->pair_count && ok; i++) {
        sqlite3_bind_text(insert, 1, options->pairs[i].key, -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 2, options->pairs[i].value, -1, SQLITE_STATIC);
        ok = sqlite3_step(insert) == SQLITE_DONE;
        sqlite3_reset(insert);
    }
    weft_status status = ok ? WEFT_OK : failed(self, err);
    sqlite3_finalize(insert);
    return status;
}

static weft_status prepare(const sqlite_table *self, weft_text *sql, sqlite3_stmt **out, weft_error *err) {
    weft_status status = WEFT_OK;
    if (sql->failed)
        status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for SQLite", self->path);
    else if (sqlite3_prepare_v3(self->database, sql->data, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK)
        status = failed(self, err);
    weft_text_dispose(sql);
    return status;
}

static weft_status prepare_statements(sqlite_table *self, const char *last_column, weft_error *err) {
    weft_text insert = {0}, count = {0};
    weft_text_add(&insert, "insert into cells values (?");
    for (int i = 1; i < self->column_count + self->places; i++)
        weft_text_add(&insert, ", ?");
    weft_text_add(&insert, ")");
    weft_status status = prepare(self, &insert, &self->insert, err);
    if (status != WEFT_OK) return status;
    weft_text_add(&count, "select count(*), total(");
    add_name(&count, last_column);
    weft_text_add(&count, ") from cells");
    return prepare(self, &count, &self->count, err);
}

weft_status weft_sqlite_table_open(weft_row_sink *out, const weft_sqlite_table_options *options, weft_error *err) {
    static const char settings[] = "pragma page_size = 4096; pragma cache_size = -2048; pragma journal_mode = off; "
                                   "pragma synchronous = off; pragma auto_vacuum = none; "
                                   "pragma locking_mode = exclusive; begin exclusive";
    sqlite_table *self = calloc(1, sizeof *self);
    weft_status status = WEFT_OK;
    if (self != NULL) self->path = strdup(options->path);
    if (self == NULL || self->path == NULL) {
        status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for SQLite", options->path);
        goto done;
    }
    self->column_count = options->column_count;
    self->places = options->unplaced ? 0 : options->index ? 4 : 2;
    self->cancel = options->cancel;
    status = weft_database_path_check(self->path, err);
    if (status == WEFT_OK &&
        sqlite3_open_v2(self->path, &self->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        status = failed(self, err);
    if (status == WEFT_OK) weft_sql_set_cancel(self->database, self->cancel);
    if (status == WEFT_OK) status = execute(self, settings, err);
    if (status == WEFT_OK) status = make_tables(self, options, err);
    if (status == WEFT_OK) status = add_metadata(self, options, err);
    if (status == WEFT_OK) status = prepare_statements(self, options->names[options->column_count - 1], err);
done:
    if (status == WEFT_OK)
        *out = (weft_row_sink){add, finish, free_table, self};
    else
        free_table(self);
    return status;
}
