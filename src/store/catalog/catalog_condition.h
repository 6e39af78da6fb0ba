/* Between the files of this folder only: a user's condition as SQL.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_CATALOG_CONDITION_H
#define WEFT_STORE_CATALOG_CONDITION_H

#include "core/text.h"

#include <sqlite3.h>
#include <stdbool.h>

/* Adds `condition` in parentheses. Words that are no fields of a feature, no words of SQL and no functions stand for
 * properties, as anything in double quotes does. What is compared with a number is a number there, or missing. Errors:
 * WEFT_ERR_USAGE. */
weft_status weft_catalog_condition_add(weft_text *sql, const char *condition, weft_error *err);

/* Whether it is a field of a feature; else it is a property. */
bool weft_catalog_condition_is_field(const char *name, size_t length);
/* Adds one field or property. */
void weft_catalog_condition_add_field(weft_text *sql, const char *name, size_t length, bool as_number);

/* Calls `visit` for each property that the condition names, but for conditions that ask for what is missing (is, isnull,
 * notnull, coalesce, ifnull). Ends with the first status that is not WEFT_OK. */
weft_status weft_catalog_condition_properties(const char *condition,
                                              weft_status (*visit)(void *payload, const char *name, size_t length,
                                                                   weft_error *err),
                                              void *payload, weft_error *err);

/* Adds the functions that conditions use to a database. Returns SQLite's code. */
int weft_catalog_condition_add_functions(sqlite3 *database);

#endif
