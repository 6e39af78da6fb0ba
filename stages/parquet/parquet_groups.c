/* SPDX-License-Identifier: MIT */
#include "stages/parquet/parquet_groups.h"

#include <stdlib.h>

/* What the spool has of a group: its chunks, as they are, after its place in the file. */
static size_t record_bytes(const weft_parquet_groups *groups) {
    return sizeof(int64_t) + (size_t)groups->table->field_count * sizeof *groups->chunks;
}

/* Keeps the group of groups->chunks, which begins at groups->offset. */
static weft_status keep_group(weft_parquet_groups *groups, weft_error *err) {
    weft_status status = weft_spool_file_append(groups->spool, &groups->offset, sizeof(int64_t), err);
    if (status == WEFT_OK)
        status = weft_spool_file_append(groups->spool, groups->chunks, record_bytes(groups) - sizeof(int64_t), err);
    groups->count++;
    groups->rows += groups->chunks[0].count;
    return status;
}

/* Keeps the metadata of the group's next column, which is in the output; with the last one the group's goes to the
 * spool. */
weft_status weft_parquet_groups_keep(weft_parquet_groups *groups, const weft_parquet_chunk *chunk, weft_error *err) {
    if (groups->chunks_written == 0) groups->offset = weft_output_file_size(groups->output) - chunk->bytes;
    groups->chunks[groups->chunks_written++] = *chunk;
    if (groups->chunks_written < groups->table->field_count) return WEFT_OK;
    groups->chunks_written = 0;
    return keep_group(groups, err);
}

/* The footer's runs of the groups, made of what the spool has of each. Adds their length to *length. */
static weft_status write_groups(weft_parquet_groups *groups, int64_t *length, weft_error *err) {
    uint8_t *bytes = NULL;
    size_t room = 0;
    weft_status status = WEFT_OK;
    for (int64_t i = 0, at = 0; i < groups->count && status == WEFT_OK; i++, at += (int64_t)record_bytes(groups)) {
        int64_t offset = 0;
        status = weft_spool_file_read(groups->spool, at, &offset, sizeof offset, err);
        if (status == WEFT_OK)
            status = weft_spool_file_read(groups->spool, at + (int64_t)sizeof offset, groups->chunks,
                                          record_bytes(groups) - sizeof offset, err);
        if (status != WEFT_OK) break;
        size_t run = weft_parquet_row_group(groups->table, groups->chunks, offset, NULL, 0);
        uint8_t *more = run > room ? realloc(bytes, run) : bytes;
        if (more == NULL) {
            status = weft_error_no_memory(err, "a row group's metadata");
            break;
        }
        room = run > room ? run : room;
        bytes = more;
        (void)weft_parquet_row_group(groups->table, groups->chunks, offset, bytes, run);
        status = weft_output_file_write(groups->output, bytes, run, err);
        *length += (int64_t)run;
    }
    free(bytes);
    return status;
}

static weft_status write_trailer(weft_parquet_groups *groups, int64_t length, weft_error *err) {
    uint8_t trailer[WEFT_PARQUET_TRAILER_BYTES];
    if (weft_parquet_trailer(length, trailer))
        return weft_output_file_write(groups->output, trailer, sizeof trailer, err);
    weft_error_set(err, WEFT_ERR_DATA, "Parquet cannot hold this table: its footer would take %lld bytes",
                   (long long)length);
    weft_error_hint(err, "fewer columns or a smaller grid; or export.formats: [csv]");
    return WEFT_ERR_DATA;
}

weft_status weft_parquet_groups_end(weft_parquet_groups *groups, int64_t rows, weft_error *err) {
    weft_output_file *output = groups->output;
    size_t head = weft_parquet_footer_head(groups->table, rows, groups->count, NULL, 0);
    size_t tail = weft_parquet_footer_tail(groups->table, NULL, 0);
    int64_t length = (int64_t)(head + tail);
    uint8_t *bytes = malloc(head > tail ? head : tail);
    if (bytes == NULL) return weft_error_no_memory(err, "the Parquet footer");
    (void)weft_parquet_footer_head(groups->table, rows, groups->count, bytes, head);
    weft_status status = weft_output_file_write(output, bytes, head, err);
    if (status == WEFT_OK) status = write_groups(groups, &length, err);
    (void)weft_parquet_footer_tail(groups->table, bytes, tail);
    if (status == WEFT_OK) status = weft_output_file_write(output, bytes, tail, err);
    free(bytes);
    return status == WEFT_OK ? write_trailer(groups, length, err) : status;
}

/* A piece ends in what its spool has, and in how many bytes of it are groups. */
weft_status weft_parquet_groups_end_piece(weft_parquet_groups *groups, weft_error *err) {
    int64_t bytes = weft_output_file_size(groups->output);
    weft_status status = weft_spool_file_copy(groups->spool, groups->output, err);
    return status == WEFT_OK ? weft_output_file_write(groups->output, &bytes, sizeof bytes, err) : status;
}

weft_status weft_parquet_groups_join(weft_parquet_groups *groups, const weft_table_piece *piece, int fd,
                                     int64_t group_rows, weft_error *err) {
    int64_t bytes = 0;
    weft_status got = weft_piece_file_read(fd, piece, piece->bytes - (int64_t)sizeof bytes, &bytes, sizeof bytes, err);
    if (got != WEFT_OK) return got;
    int64_t moved = weft_output_file_size(groups->output) - WEFT_PARQUET_MAGIC_BYTES;
    int64_t size = (int64_t)record_bytes(groups), end = piece->bytes - (int64_t)sizeof bytes;
    /* Only the table's last group is not full: where another one was, groups would not be those of one run. */
    bool full = groups->rows % group_rows == 0 || end == bytes;
    if (!full || bytes < WEFT_PARQUET_MAGIC_BYTES || bytes > end || (end - bytes) % size != 0)
        return weft_piece_file_damaged(piece, err);
    weft_status status = weft_output_file_append_file(groups->output, piece->path, WEFT_PARQUET_MAGIC_BYTES,
                                                      bytes - WEFT_PARQUET_MAGIC_BYTES, err);
    for (int64_t at = bytes; at < end && status == WEFT_OK; at += size) {
        status = weft_piece_file_read(fd, piece, at, &groups->offset, sizeof(int64_t), err);
        if (status == WEFT_OK)
            status = weft_piece_file_read(fd, piece, at + (int64_t)sizeof(int64_t), groups->chunks,
                                          record_bytes(groups) - sizeof(int64_t), err);
        groups->offset += moved;
        if (status == WEFT_OK) status = keep_group(groups, err);
    }
    return status;
}
