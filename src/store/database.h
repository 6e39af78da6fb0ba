/* Between the files of this folder only: a SQLite database, its statements, and the values that go into them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_DATABASE_H
#define WEFT_STORE_DATABASE_H

#include "core/status.h"

#include <sqlite3.h>
#include <stdint.h>

/* One thread at a time. All zeros: not open. */
typedef struct weft_database {
    sqlite3 *handle;
    char *path;            /* as messages name it */
    const char *open_path; /* as SQLite names it, until it is closed; NULL: not noted (database_file.h) */
    weft_status locked_is; /* what failed() calls it that someone else has the file: WEFT_ERR_BUSY, or WEFT_ERR_IO */
} weft_database;

/* Errors: WEFT_ERR_DATA: the path is longer than SQLite opens, which it would call a file that cannot be opened. */
weft_status weft_database_path_check(const char *path, weft_error *err);

/* Opens the file. Whoever gets an error closes it as well.
 *
 * flags    SQLITE_OPEN_READWRITE and its like
 * busy_ms  how long a statement waits for someone else's lock
 * errors   WEFT_ERR_MEMORY, those of weft_database_path_check() and weft_database_failed() */
weft_status weft_database_open(weft_database *out, const char *path, int flags, int busy_ms, weft_status locked_is,
                               weft_error *err);
/* Ends all its statements too. All zeros are fine. */
void weft_database_close(weft_database *database);

/* Words what SQLite said last: locked_is, WEFT_ERR_DATA, WEFT_ERR_MEMORY, WEFT_ERR_PERMISSION, WEFT_ERR_IO. */
weft_status weft_database_failed(const weft_database *database, weft_error *err);

/* Runs statements that have no values and give no rows. This and all below: the errors of weft_database_failed(). */
weft_status weft_database_execute(const weft_database *database, const char *sql, weft_error *err);
/* Reads the number that a query gives. */
weft_status weft_database_number(const weft_database *database, const char *sql, int64_t *out, weft_error *err);
/* *out belongs to the database, until it is closed or sqlite3_finalize() is called. */
weft_status weft_database_prepare(const weft_database *database, sqlite3_stmt **out, const char *sql, weft_error *err);

/* --- values --- */

typedef struct weft_sql_value {
    int type; /* SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT or SQLITE_NULL */
    union {
        int64_t integer;
        double real;
        const char *text; /* borrowed until the statement has run */
    };
} weft_sql_value;

typedef struct weft_sql_values {
    const weft_sql_value *items;
    int count;
} weft_sql_values;

/* Values of a statement, in the order of its parameters. */
#define WEFT_SQL_VALUES(...)                                                                                           \
    ((weft_sql_values){(const weft_sql_value[]){__VA_ARGS__},                                                          \
                       (int)(sizeof((const weft_sql_value[]){__VA_ARGS__}) / sizeof(weft_sql_value))})

static inline weft_sql_value weft_sql_null(void) {
    return (weft_sql_value){.type = SQLITE_NULL};
}

static inline weft_sql_value weft_sql_integer(int64_t value) {
    return (weft_sql_value){.type = SQLITE_INTEGER, .integer = value};
}

/* NaN is SQL's NULL: SQLite itself takes it so. */
static inline weft_sql_value weft_sql_real(double value) {
    return (weft_sql_value){.type = SQLITE_FLOAT, .real = value};
}

/* NULL is SQL's. */
static inline weft_sql_value weft_sql_string(const char *value) {
    return (weft_sql_value){.type = value == NULL ? SQLITE_NULL : SQLITE_TEXT, .text = value};
}

/* Binds values to the parameters from number `first` on. */
void weft_sql_bind(sqlite3_stmt *statement, int first, weft_sql_values values);
/* Ends a statement, whether it gave rows or not, and forgets its values. */
void weft_sql_end(sqlite3_stmt *statement);
/* Runs a statement whose values are bound, and ends it. False: it failed. */
bool weft_sql_step(sqlite3_stmt *statement);
/* Binds from the first parameter on, runs and ends. */
bool weft_sql_run(sqlite3_stmt *statement, weft_sql_values values);
/* The same for one that is run once. Errors: as above. */
weft_status weft_database_run(const weft_database *database, const char *sql, weft_sql_values values, weft_error *err);

/* The text of a column of the current row; "" for NULL. */
const char *weft_sql_text_at(sqlite3_stmt *statement, int column);

#endif
