/* A small Parquet reader for tests, made from the format's specification and sharing no code with weft: the
 * footer here, the pages in parquet_pages.h. Fails the running cmocka test on whatever it does not understand.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_PARQUET_READER_H
#define WEFT_TESTS_SUPPORT_PARQUET_READER_H

#include "support/parquet_pages.h"

typedef struct parquet_group {
    int64_t rows;
    parquet_chunk *chunks; /* a column */
} parquet_group;

typedef struct parquet_file {
    int version, columns, pairs;
    int64_t rows, groups;
    int column_orders;
    char *created_by;
    char **keys, **values; /* metadata */
    parquet_column *column;
    parquet_group *group;
} parquet_file;

/* Reads all of the file, checking on the way: magic, lengths, checksums of pages, that column chunks follow each other
 * without gaps from byte 4 to the footer, that statistics are true of the values. */
parquet_file parquet_read(const char *path);
void parquet_free(parquet_file *self);

/* Index of a column; fails the test when there is none. */
int parquet_find(const parquet_file *self, const char *name);
/* A value as a number; NaN where missing. 64-bit integers lose what a double cannot hold. */
double parquet_number(const parquet_file *self, int column, int64_t row);
/* A text; NULL where missing. */
const char *parquet_text(const parquet_file *self, int column, int64_t row);
/* The bytes of a BYTE_ARRAY; NULL where missing. */
const uint8_t *parquet_bytes(const parquet_file *self, int column, int64_t row, size_t *length);
/* The value of a metadata key, or NULL. */
const char *parquet_metadata(const parquet_file *self, const char *key);

#endif
