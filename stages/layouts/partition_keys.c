/* SPDX-License-Identifier: MIT
 *
 * Open addressing: slots hold numbers, half of them at most. */
#include "stages/layouts/partition_keys.h"

#include "core/window.h"
#include "stages/layouts/partition_folder.h"

#include <string.h>

#define FIRST_CAPACITY 512

static size_t key_bytes(const weft_data_type *types, int column_count) {
    size_t bytes = 0;
    for (int i = 0; i < column_count; i++)
        bytes += 1 + weft_data_type_size(types[i]);
    return (bytes + 7) / 8 * 8;
}

static int64_t bytes_of(int64_t capacity, size_t key) {
    return capacity * (int64_t)(sizeof(weft_partition) + key + 2 * sizeof(int32_t));
}

int64_t weft_partition_keys_bytes(const weft_data_type *types, int column_count) {
    return bytes_of(FIRST_CAPACITY, key_bytes(types, column_count)) + weft_page_bytes();
}

static uint64_t hash_of(const uint8_t *key, size_t bytes) {
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ key[i]) * 1099511628211u;
    return hash ^ (hash >> 32);
}

/* The slot of a key, or the free one where it would be. */
static int32_t *slot_of(const weft_partition_keys *keys, const uint8_t *key) {
    uint64_t size = 2 * (uint64_t)keys->capacity, at = hash_of(key, keys->key_bytes) % size;
    while (keys->slots[at] >= 0 && memcmp(weft_partition_key(keys, keys->slots[at]), key, keys->key_bytes) != 0)
        at = (at + 1) % size;
    return &keys->slots[at];
}

static weft_status grow(weft_partition_keys *keys, int capacity, weft_error *err) {
    weft_buffer memory = {0};
    weft_status status =
        weft_buffer_reserve_min(&memory, keys->ledger, WEFT_TAG_TEXT, bytes_of(capacity, keys->key_bytes), err);
    if (status != WEFT_OK) return status;
    weft_partition *partitions = memory.data;
    uint8_t *own = (uint8_t *)(partitions + capacity);
    int32_t *slots = (int32_t *)(void *)(own + (size_t)capacity * keys->key_bytes);
    if (keys->count > 0) {
        memcpy(partitions, keys->partitions, (size_t)keys->count * sizeof *partitions);
        memcpy(own, keys->keys, (size_t)keys->count * keys->key_bytes);
    }
    weft_buffer_release(&keys->memory);
    keys->memory = memory;
    keys->partitions = partitions;
    keys->keys = own;
    keys->slots = slots;
    keys->capacity = capacity;
    for (int i = 0; i < 2 * capacity; i++)
        slots[i] = -1;
    for (int i = 0; i < keys->count; i++)
        *slot_of(keys, weft_partition_key(keys, i)) = i;
    return WEFT_OK;
}

weft_status weft_partition_keys_init(weft_partition_keys *keys, weft_ledger *ledger, const weft_data_type *types,
                                     int column_count, weft_error *err) {
    *keys = (weft_partition_keys){
        .ledger = ledger, .types = types, .column_count = column_count, .key_bytes = key_bytes(types, column_count)};
    return grow(keys, FIRST_CAPACITY, err);
}

void weft_partition_keys_dispose(weft_partition_keys *keys) {
    weft_buffer_release(&keys->memory);
    *keys = (weft_partition_keys){0};
}

void weft_partition_keys_read(const weft_partition_keys *keys, const weft_values *columns, const int *which,
                              int64_t row, uint8_t *out) {
    memset(out, 0, keys->key_bytes);
    for (int i = 0; i < keys->column_count; i++) {
        const weft_values *column = &columns[which[i]];
        size_t size = weft_data_type_size(column->type);
        const char *value = (const char *)column->values + (size_t)row * size;
        /* Whole numbers, dates and texts have a mask. No folder is called nothing: an empty text is none. */
        *out = column->valid[row] != 0 && (!weft_data_type_is_text(column->type) || value[0] != '\0');
        if (*out != 0) memcpy(out + 1, value, size);
        out += 1 + size;
    }
}

weft_status weft_partition_keys_find(weft_partition_keys *keys, const uint8_t *key, int *number, weft_error *err) {
    int32_t *slot = slot_of(keys, key);
    *number = *slot;
    if (*slot >= 0) return WEFT_OK;
    if (keys->count == WEFT_MAX_PARTITIONS) {
        weft_error_set(err, WEFT_ERR_DATA, "export.partition: by: there are more than %d partitions",
                       WEFT_MAX_PARTITIONS);
        weft_error_hint(err, "a column of fewer values: zones, classes, dates");
        return WEFT_ERR_DATA;
    }
    if (keys->count == keys->capacity) {
        weft_status status = grow(keys, 2 * keys->capacity, err);
        if (status != WEFT_OK) return status;
        slot = slot_of(keys, key);
    }
    *number = *slot = keys->count++;
    keys->partitions[*number] = (weft_partition){.last = -1};
    memcpy(keys->keys + (size_t)*number * keys->key_bytes, key, keys->key_bytes);
    return WEFT_OK;
}

/* --- folders --- */

weft_status weft_partition_keys_check(const weft_partition_keys *keys, int number, const char *const *names,
                                      weft_error *err) {
    const uint8_t *at = weft_partition_key(keys, number);
    weft_status status = WEFT_OK;
    for (int i = 0; i < keys->column_count && status == WEFT_OK; i++) {
        if (*at != 0) status = weft_partition_folder_check(names[i], keys->types[i], at + 1, err);
        at += 1 + weft_data_type_size(keys->types[i]);
    }
    return status;
}

void weft_partition_keys_folder(const weft_partition_keys *keys, int number, const char *const *names, weft_text *out) {
    const uint8_t *at = weft_partition_key(keys, number);
    for (int i = 0; i < keys->column_count; i++) {
        if (i > 0) weft_text_add(out, "/");
        weft_partition_folder_add(names[i], keys->types[i], *at != 0 ? at + 1 : NULL, out);
        at += 1 + weft_data_type_size(keys->types[i]);
    }
}
