/* A Parquet file around its column chunks: magic bytes, row groups' metadata, schema and footer.
 *
 * A row group's metadata is a run of bytes of its own, and the footer is a head, those runs one after the other, and a
 * tail. So the metadata need not stay in memory until the end: whoever writes the file keeps the runs where it likes,
 * and file length, rows, groups and the runs so far are all that is needed to resume after a stop.
 *
 * Each writer of bytes returns the length it takes; `out` of too small a `capacity` (0 and NULL: only asked) is left in
 * an undefined state. Any thread.
 *
 * Source: the Apache Parquet format 2.10, parquet.thrift.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_PARQUET_FOOTER_H
#define WEFT_PROCESSORS_PARQUET_FOOTER_H

#include "core/pair.h"
#include "processors/parquet/parquet_column.h"

/* The file begins and ends with it. */
#define WEFT_PARQUET_MAGIC       "PAR1"
#define WEFT_PARQUET_MAGIC_BYTES 4

/* Footer length and magic, after the footer. */
#define WEFT_PARQUET_TRAILER_BYTES 8

/* A column. Names are UTF-8. */
typedef struct weft_parquet_field {
    const char *name;
    weft_data_type type;
    bool required;
    bool blob;         /* byte strings, whatever the type */
    const char *group; /* NULL: none; fields of one group stand side by side. A group is optional, and its fields are
                          there where it is */
} weft_parquet_field;

/* What all of the file has in common. Borrowed. */
typedef struct weft_parquet_table {
    const weft_parquet_field *fields;
    int field_count;
    weft_page_codec codec;
    const weft_pair *pairs; /* of the file's metadata */
    int pair_count;
    const char *created_by; /* "weft version 0.1.0" */
} weft_parquet_table;

/* Rows of every row group but the last, of a table of these columns (x and y are left out of account): the largest
 * power of two up to WEFT_PARQUET_MAX_ROWS whose values and masks take at most 16 MiB, at least 1024. It depends on
 * the columns alone, so that a file has the same bytes under every memory limit, chunk size and number of threads, and
 * after a resume. */
int64_t weft_parquet_group_rows(const weft_data_type *types, int count);

/* The metadata of one row group.
 *
 * chunks       of all fields, in their order
 * file_offset  where the group's first column chunk begins; the others follow without gaps */
size_t weft_parquet_row_group(const weft_parquet_table *table, const weft_parquet_chunk *chunks, int64_t file_offset,
                              uint8_t *out, size_t capacity);

/* The footer up to its row groups, which are `groups` runs of weft_parquet_row_group(). */
size_t weft_parquet_footer_head(const weft_parquet_table *table, int64_t rows, int64_t groups, uint8_t *out,
                                size_t capacity);

/* The part of the footer after its row groups, without the trailer. */
size_t weft_parquet_footer_tail(const weft_parquet_table *table, uint8_t *out, size_t capacity);

/* The trailer after a footer of `footer_bytes` in all. False when they are more than the format can say (2^31 - 1). */
bool weft_parquet_trailer(int64_t footer_bytes, uint8_t out[WEFT_PARQUET_TRAILER_BYTES]);

#endif
