/* The values of the columns by which a table is partitioned, numbered as they are met, and the folders they are called.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_PARTITION_KEYS_H
#define WEFT_STAGES_PARTITION_KEYS_H

#include "core/data_type.h"
#include "core/memory/buffer.h"
#include "core/text.h"
#include "stages/context/context.h"

#define WEFT_MAX_PARTITIONS 10000

/* What is kept of one. */
typedef struct weft_partition {
    int64_t last;     /* in the spool: where its last segment begins; -1: it has none */
    int64_t rows;     /* in the spool */
    int64_t segments; /* in the spool */
    int64_t pending;  /* rows of the batch under way; then where they go */
} weft_partition;

/* Zero-initialised is empty. One thread. */
typedef struct weft_partition_keys {
    weft_ledger *ledger;
    const weft_data_type *types; /* of the columns: column_count of them; borrowed */
    int column_count;
    size_t key_bytes; /* of one key: of each column a byte that is 0 where it is missing, and the value */
    int count, capacity;
    weft_buffer memory; /* partitions, keys, and the table in which they are looked up */
    weft_partition *partitions;
    uint8_t *keys;
    int32_t *slots; /* 2 * capacity numbers; -1: free */
} weft_partition_keys;

/* What it takes of the ledger at first; it grows where there are more of them. */
int64_t weft_partition_keys_bytes(const weft_data_type *types, int column_count);

/* Errors: WEFT_ERR_MEMORY; dispose takes what there is. */
weft_status weft_partition_keys_init(weft_partition_keys *keys, weft_ledger *ledger, const weft_data_type *types,
                                     int column_count, weft_error *err);
void weft_partition_keys_dispose(weft_partition_keys *keys);

/* Writes the key of row `row` of `columns`, which `which` lists the columns of, to out[key_bytes]. */
void weft_partition_keys_read(const weft_partition_keys *keys, const weft_values *columns, const int *which,
                              int64_t row, uint8_t *out);

/* The number of a key, which is added where it is new. Errors: WEFT_ERR_DATA (more than WEFT_MAX_PARTITIONS),
 * WEFT_ERR_MEMORY. */
weft_status weft_partition_keys_find(weft_partition_keys *keys, const uint8_t *key, int *number, weft_error *err);

static inline const uint8_t *weft_partition_key(const weft_partition_keys *keys, int number) {
    return keys->keys + (size_t)number * keys->key_bytes;
}

/* weft_partition_folder_check() of all values of a key. names: of the columns. */
weft_status weft_partition_keys_check(const weft_partition_keys *keys, int number, const char *const *names,
                                      weft_error *err);

/* Adds "zone=12/name=S%C3%A3o Paulo", the folder of a key. names: of the columns. */
void weft_partition_keys_folder(const weft_partition_keys *keys, int number, const char *const *names, weft_text *out);

#endif
