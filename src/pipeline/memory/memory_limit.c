/* SPDX-License-Identifier: MIT */
#include "pipeline/memory/memory_limit.h"

#include "core/window.h"
#include "monitors/memory_room.h"
#include "monitors/process_limits.h"

/* The smallest that is not 0, or 0. */
static int64_t tightest(int64_t a, int64_t b) {
    if (a == 0 || b == 0) return a + b;
    return weft_smaller(a, b);
}

/* The least of what this process can have, and what says so; 0 and NULL: the system does not say. */
static int64_t smallest_room(const char *root, const char **name) {
    weft_memory_room room;
    weft_process_limit own;
    weft_memory_room_read(root, &room);
    weft_process_limit_read(root, &own);
    const struct {
        int64_t bytes;
        const char *name;
    } bounds[] = {{room.cgroup_limit_bytes, "the cgroup's limit"},
                  {room.batch_limit_bytes, "Slurm's grant"},
                  {room.available_bytes, "available memory"},
                  {own.bytes, own.name}};
    int64_t min = 0;
    *name = NULL;
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        if (bounds[i].bytes == 0 || (min != 0 && bounds[i].bytes >= min)) continue;
        min = bounds[i].bytes;
        *name = bounds[i].name;
    }
    return min;
}

const char *weft_memory_limit_origin(const char *root) {
    const char *name;
    (void)smallest_room(root, &name);
    return name;
}

/* What a percentage is of. */
static int64_t whole_room(const char *root) {
    weft_memory_room room;
    weft_memory_room_read(root, &room);
    return tightest(tightest(room.cgroup_limit_bytes, room.batch_limit_bytes), room.total_bytes);
}

weft_status weft_memory_limit(int64_t *out, weft_size desired, const char *root, weft_error *err) {
    const char *name;
    if (desired.kind == WEFT_SIZE_BYTES) {
        *out = desired.bytes;
        return WEFT_OK;
    }
    int64_t whole = desired.kind == WEFT_SIZE_AUTO ? smallest_room(root, &name) : whole_room(root);
    if (whole == 0) {
        weft_error_set(err, WEFT_ERR_MEMORY, "memory.limit: this system does not say how much memory there is");
        weft_error_hint(err, "give it in bytes: memory.limit: 512MiB");
        return WEFT_ERR_MEMORY;
    }
    *out = (int64_t)((double)whole * (desired.kind == WEFT_SIZE_AUTO ? 0.75 : desired.percent / 100));
    return WEFT_OK;
}
