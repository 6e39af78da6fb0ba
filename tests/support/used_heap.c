/* SPDX-License-Identifier: MIT
 *
 * An arena gives back its free end by itself; what is kept after the last block is what stops it. */
#include "support/used_heap.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)960 << 10) /* src/core/memory/allocator.c has blocks mapped from 1 MiB on */
#define SMALL ((size_t)64 << 10)  /* more than is free in between already */
#define RUN   8                   /* blocks between two small things */

bool used_heap_make(used_heap *self, size_t bytes) {
    size_t runs = bytes / (RUN * BLOCK) + 1, block_count = runs * RUN;
    char **blocks = calloc(block_count, sizeof *blocks);
    self->kept = calloc(runs, sizeof *self->kept);
    self->count = self->kept != NULL ? runs : 0;
    bool whole = blocks != NULL && self->kept != NULL;
    for (size_t i = 0; i < block_count && whole; i++) {
        blocks[i] = malloc(BLOCK);
        whole = blocks[i] != NULL;
        if (whole) memset(blocks[i], 1, BLOCK);
        if (whole && i % RUN == RUN - 1) whole = (self->kept[i / RUN] = malloc(SMALL)) != NULL;
    }
    for (size_t i = 0; blocks != NULL && i < block_count; i++)
        free(blocks[i]);
    free(blocks);
    return whole;
}

void used_heap_free(used_heap *self) {
    for (size_t i = 0; i < self->count; i++)
        free(self->kept[i]);
    free(self->kept);
    *self = (used_heap){0};
}
