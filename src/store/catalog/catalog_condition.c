/* SPDX-License-Identifier: MIT
 *
 * The text is cut in words as SQL does; nothing of it is understood but which words are names, and whether a number
 * stands beside one. */
#include "store/catalog/catalog_condition.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const fields[] = {"fid",      "location",    "name",    "bytes",      "modified", "driver",
                                     "crs",      "cols",        "rows",    "res_x",      "res_y",    "xmin",
                                     "ymin",     "xmax",        "ymax",    "band_count", "type",     "overviews",
                                     "acquired", "cloud_cover", "problem", NULL};
/* Of the fields: times. Their columns are of a type that GeoPackage calls datetime and that SQLite compares as numbers, where
 * what stands beside them can be one: the text of each time is more than 2021 is. */
static const char *const times[] = {"modified", "acquired", NULL};
static const char *const words[] = {"and",     "or",      "not",    "is",   "null",  "in",  "like",    "glob",
                                    "between", "case",    "when",   "then", "else",  "end", "collate", "nocase",
                                    "isnull",  "notnull", "escape", "true", "false", NULL};

typedef enum token_kind { END, NAME, QUOTED, NUMBER, TEXT, OTHER, BAD } token_kind;

typedef struct token {
    token_kind kind;
    const char *text;
    size_t length;
} token;

static bool is_in(const char *text, size_t length, const char *const *list) {
    for (; *list != NULL; list++)
        if (strlen(*list) == length && strncasecmp(text, *list, length) == 0) return true;
    return false;
}

/* In quotes, which are doubled inside. */
static token read_quoted(const char *at, token_kind kind) {
    const char *end = at + 1;
    while (*end != '\0' && (*end != *at || end[1] == *at))
        end += *end == *at ? 2 : 1;
    return *end == '\0' ? (token){BAD, at, 1} : (token){kind, at, (size_t)(end + 1 - at)};
}

static token read_token(const char *at) {
    while (isspace((unsigned char)*at))
        at++;
    const char *end = at;
    if (*at == '\0') return (token){END, at, 0};
    if (*at == '\'') return read_quoted(at, TEXT);
    if (*at == '"') return read_quoted(at, QUOTED);
    if (*at == ';' || *at == '?' || *at == '@' || *at == '$' || *at == '[' || *at == '`' ||
        (at[0] == '-' && at[1] == '-') || (at[0] == '/' && at[1] == '*'))
        return (token){BAD, at, 1};
    if (isdigit((unsigned char)*at) || (*at == '.' && isdigit((unsigned char)at[1]))) {
        char *stop;
        (void)strtod(at, &stop);
        return (token){NUMBER, at, (size_t)(stop - at)};
    }
    if (isalpha((unsigned char)*at) || *at == '_' || (unsigned char)*at >= 0x80) {
        while (isalnum((unsigned char)*end) || *end == '_' || (unsigned char)*end >= 0x80)
            end++;
        return (token){NAME, at, (size_t)(end - at)};
    }
    return (token){OTHER, at, 1};
}

static void add_quoted(weft_text *sql, const char *text, size_t length, char quote) {
    for (size_t i = 0; i < length; i++)
        weft_text_add(sql, text[i] == quote ? "%c%c" : "%c", text[i], quote);
}

bool weft_catalog_condition_is_field(const char *name, size_t length) {
    return is_in(name, length, fields);
}

void weft_catalog_condition_add_field(weft_text *sql, const char *name, size_t length, bool as_number) {
    if (is_in(name, length, fields)) {
        weft_text_add(sql, is_in(name, length, times) ? "cast(rasters.%.*s as text)" : "rasters.%.*s", (int)length,
                      name);
        return;
    }
    weft_text_add(sql, as_number ? "weft_number(json_extract(properties, '$.\"" : "json_extract(properties, '$.\"");
    add_quoted(sql, name, length, '\'');
    weft_text_add(sql, as_number ? "\"'))" : "\"')");
}

/* Whether a number follows: an operator, or one of SQL's words, and then a number. */
static bool number_follows(const char *at) {
    token next = read_token(at);
    if (next.kind != OTHER && next.kind != NAME) return false;
    while (next.kind == OTHER && strchr("<>=!+-*/%(", next.text[0]) != NULL)
        next = read_token(next.text + next.length);
    if (next.kind == NAME && is_in(next.text, next.length, (const char *const[]){"between", "in", "not", "is", NULL})) {
        next = read_token(next.text + next.length);
        while (next.kind == OTHER || (next.kind == NAME && is_in(next.text, next.length, words)))
            next = read_token(next.text + next.length);
    }
    return next.kind == NUMBER;
}

static weft_status refuse(const char *condition, const token *bad, weft_error *err) {
    weft_error_set(err, WEFT_ERR_USAGE, "\"%s\": \"%.10s\" cannot be part of a condition", condition, bad->text);
    weft_error_hint(err, "fields, properties, numbers, 'texts', and or not, < <= = <> like glob between in");
    return WEFT_ERR_USAGE;
}

static bool is_sign(const token *of, char sign) {
    return of->kind == OTHER && of->text[0] == sign;
}

/* The field or property that a token is, without quotes: what is none of SQL's own words and no function (`function`: a
 * parenthesis follows). */
static bool is_field(const token *now, bool function, const char **name, size_t *length) {
    bool quoted = now->kind == QUOTED;
    *name = now->text + quoted;
    *length = now->length - 2 * (size_t)quoted;
    return quoted || (now->kind == NAME && !function && !is_in(now->text, now->length, words));
}

static void add_token(weft_text *sql, const token *now, bool function, bool as_number) {
    const char *name;
    size_t length;
    if (is_field(now, function, &name, &length))
        weft_catalog_condition_add_field(sql, name, length, as_number);
    else
        weft_text_add_bytes(sql, now->text, now->length);
}

static bool asks_for_missing(const char *condition) {
    static const char *const missing[] = {"is", "isnull", "notnull", "coalesce", "ifnull", NULL};
    for (token now = read_token(condition); now.kind != END && now.kind != BAD; now = read_token(now.text + now.length))
        if (now.kind == NAME && is_in(now.text, now.length, missing)) return true;
    return false;
}

weft_status weft_catalog_condition_properties(const char *condition,
                                              weft_status (*visit)(void *payload, const char *name, size_t length,
                                                                   weft_error *err),
                                              void *payload, weft_error *err) {
    weft_status status = WEFT_OK;
    if (asks_for_missing(condition)) return WEFT_OK;
    for (token now = read_token(condition); status == WEFT_OK && now.kind != END && now.kind != BAD;) {
        const token next = read_token(now.text + now.length);
        const char *name;
        size_t length;
        if (is_field(&now, is_sign(&next, '('), &name, &length) && !is_in(name, length, fields))
            status = visit(payload, name, length, err);
        now = next;
    }
    return status;
}

weft_status weft_catalog_condition_add(weft_text *sql, const char *condition, weft_error *err) {
    bool after_number = false; /* a number and an operator stand before */
    int open = 0;              /* parentheses */
    weft_text_add(sql, "(");
    for (token now = read_token(condition); now.kind != END; now = read_token(now.text + now.length)) {
        const char *behind = now.text + now.length;
        token next = read_token(behind);
        open += is_sign(&now, '(') - is_sign(&now, ')');
        if (now.kind == BAD || open < 0) return refuse(condition, &now, err);
        add_token(sql, &now, is_sign(&next, '('), after_number || number_follows(behind));
        bool one_operator = next.kind == OTHER && now.kind == OTHER && next.text == behind; /* "<" and "=" of "<=" */
        if (!one_operator) weft_text_add(sql, " ");
        after_number = now.kind == NUMBER || (after_number && now.kind == OTHER && strchr("<>=!", now.text[0]) != NULL);
    }
    weft_text_add(sql, ")");
    if (open == 0) return WEFT_OK;
    return weft_error_set(err, WEFT_ERR_USAGE, "\"%s\": a parenthesis is not closed", condition);
}

/* The number that a value is, or that its text is in whole; else nothing. */
static void to_number(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    if (sqlite3_value_type(values[0]) != SQLITE_TEXT) {
        sqlite3_result_value(context, values[0]);
        return;
    }
    char *end;
    const char *text = (const char *)sqlite3_value_text(values[0]);
    double number = strtod(text, &end);
    if (end != text && end[strspn(end, " ")] == '\0') sqlite3_result_double(context, number);
}

int weft_catalog_condition_add_functions(sqlite3 *database) {
    return sqlite3_create_function_v2(database, "weft_number", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                      NULL, to_number, NULL, NULL, NULL);
}
