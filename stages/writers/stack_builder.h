/* Turns chunks into the tiles of an aligned stack.
 *
 * A chunk has any number of rows; a tile is a square. Rows wait in a scratch file until all rows of their tiles have come;
 * a row of tiles that lies completely in one chunk does not go there. Workers make the tiles. They are written in an order
 * that does not depend on the chunks: one row of tiles after the other, and in each one band after the other.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_STACK_BUILDER_H
#define WEFT_STAGES_STACK_BUILDER_H

#include "core/memory/reserve.h"
#include "processors/table/stack_type.h"
#include "raster/stack/stack_file.h"
#include "stages/writers/table_writer.h"

typedef struct weft_stack_builder weft_stack_builder;

typedef struct weft_stack_builder_options {
    const weft_table_spec *table; /* borrowed, as all here; outlives the builder */
    const weft_stack_type *type;
    const weft_stack_spec *stack;
    int64_t tiles_bytes;     /* of the ledger, for tiles in work; memory for one tile is taken in any case */
    const char *path;        /* of the stack; the file stays when the builder is freed */
    const char *gather_path; /* of the scratch file; it is unlinked as soon as it is open */
} weft_stack_builder_options;

/* Two tiles for each worker are desired, one in all is the least. */
weft_reserve weft_stack_builder_reserve(weft_data_type type, int threads);

/* Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY, WEFT_ERR_DATA (GDAL cannot write such a stack). */
weft_status weft_stack_builder_new(weft_stack_builder **out, const weft_stack_builder_options *options,
                                   weft_error *err);
/* Waits for what is under way. NULL is fine. */
void weft_stack_builder_free(weft_stack_builder *builder);

/* Takes the cells of a chunk; done with it on return, also on failure. One thread, not a worker. Errors: WEFT_ERR_IO,
 * WEFT_ERR_CANCELLED, WEFT_ERR_DATA (a value is what stands for missing). */
weft_status weft_stack_builder_take(weft_stack_builder *builder, const weft_chunk *chunk, weft_error *err);

/* Ends and checks the file, when all cells of the grid were taken. Errors: WEFT_ERR_IO. */
weft_status weft_stack_builder_finish(weft_stack_builder *builder, weft_error *err);

#endif
