/* Turns chunks into the tiles of an aligned stack.
 *
 * Chunks hold rows, and any number of them; tiles are squares. Rows are put by in a scratch file, by position, until
 * their row of tiles is whole; what lies whole in a chunk goes into tiles straight. Workers make the tiles, which are
 * written in one order whatever the chunks: row of tiles after row of tiles, in it band after band.
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
    int64_t tiles_bytes;     /* of the ledger, for tiles that are under way; one tile is taken at least */
    const char *path;        /* of the stack; it stays */
    const char *gather_path; /* for rows of tiles that are not whole yet; has no name any more once it is open */
} weft_stack_builder_options;

/* Two tiles under way a worker are desired, one in all is the least. */
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
