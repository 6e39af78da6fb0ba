/* Fixed parts first (outputs, patches, cache), each between a floor that works and a ceiling past which more
 * does not help; what is left goes to chunks, and, in memory mode, to whole layers.
 *
 * Layers are whole all together or not at all. One that is resampled as it is merged needs the block cache, which holds
 * what a chunk touches of all sources; whole layers beside it take that room, and its blocks are decoded twice. When
 * they do not all fit, the plan is that of streaming mode.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/memory/memory_plan.h"

#include "core/memory/units.h"
#include "core/text.h"
#include "core/window.h"
#include "pipeline/memory/memory_limit.h"
#include "pipeline/memory/unmanaged_memory.h"
#include "processors/lattice/lattice_types.h"
#include "processors/text/row_formatter.h"
#include "stages/merge_stage.h"

#include <math.h>

#define PATCH_FLOOR        (256 * WEFT_KIB)
#define PATCH_CEILING      (32 * WEFT_MIB)
#define CACHE_FLOOR        (1 * WEFT_MIB)
#define MAX_PERCENT        95   /* of the limit: libraries take some between two looks of the monitor */
#define WINDOW_FLOOR       64   /* cells a side */
#define CHUNK_COLUMN_BYTES 256  /* of a chunk's column, its alignment and its task */
#define CHUNK_WORTH        32   /* rows; for fewer, blocks are rather decoded twice */
#define TALL_CHUNK         5000 /* rows, of which as many are taken as fit, where fewer decode blocks again */
#define NEIGHBOURS         12   /* blocks that a worker comes back to, where it reads all in Z-order */
#define SLACK              (256 * WEFT_KIB) /* of buffers in whole pages, and of tasks */

#define FEWEST_HANDLES 4
#define MAX_HANDLES    1024
#define NOISE          (5 * WEFT_MIB / 2) /* of the peak, from run to run, more with more threads than processors */

static int64_t clamp(int64_t value, int64_t low, int64_t high) {
    if (value > high) value = high;
    return value < low ? low : value;
}

static int64_t left_of_share(double percent, int64_t limit_bytes, int64_t unmanaged_bytes) {
    int64_t left = (int64_t)((double)limit_bytes * (percent / 100)) - unmanaged_bytes;
    return left > 0 ? left : 0;
}

int64_t weft_memory_plan_capacity(const weft_config *config, int64_t limit_bytes, int64_t unmanaged_bytes) {
    return left_of_share(config->warning_percent - 10, limit_bytes, unmanaged_bytes);
}

int64_t weft_memory_plan_bound(const weft_config *config, int64_t limit_bytes, int64_t unmanaged_bytes) {
    return left_of_share(fmin(config->critical_percent, MAX_PERCENT), limit_bytes, unmanaged_bytes);
}

/* Bytes of a worker's positions in a band of 32 rows. */
static int64_t worker_band(const weft_memory_needs *needs, int64_t cols) {
    return needs->band_fixed + needs->band_column * cols + 4 * WEFT_KIB + needs->window_scratch;
}

static int64_t band_bytes(const weft_memory_plan *plan, const weft_memory_needs *needs) {
    return needs->threads * worker_band(needs, weft_smaller(plan->window_size, needs->cols));
}

/* Bytes of all shares but those of chunks and of whole layers. */
static int64_t fixed_bytes(const weft_memory_plan *plan, const weft_memory_needs *needs) {
    return plan->x_text_bytes + plan->encoder_bytes + plan->decoder_bytes + band_bytes(plan, needs) +
           needs->threads * plan->patch_bytes + plan->block_cache_bytes;
}

/* Bytes of one cell in a chunk, derived columns too. */
static int64_t chunk_cell(const weft_memory_needs *needs) {
    return needs->cell_bytes + needs->derived_bytes;
}

static int chunk_columns(const weft_memory_needs *needs) {
    return needs->columns + needs->derived_columns;
}

/* Bytes of two chunks of `rows` rows, each in whole pages. */
static int64_t chunk_bytes(const weft_memory_plan *plan, const weft_memory_needs *needs, int64_t rows) {
    return 2 * (weft_merge_chunk_bytes(needs->cols, rows, chunk_cell(needs), chunk_columns(needs), needs->datasets,
                                       plan->window_size, needs->threads) +
                4 * WEFT_KIB);
}

/* The most rows, one at least, of which two chunks take no more than `bytes`. */
static int64_t rows_that_fit(const weft_memory_plan *plan, const weft_memory_needs *needs, int64_t bytes,
                             int64_t desired) {
    int64_t low = 1, high = desired;
    while (low < high) {
        int64_t rows = high - (high - low) / 2;
        if (chunk_bytes(plan, needs, rows) <= bytes)
            low = rows;
        else
            high = rows - 1;
    }
    return low;
}

/* Two chunks of the fewest cells that a row is cut into, with a task a column. */
static int64_t smallest_chunks(const weft_memory_needs *needs) {
    return 128 * chunk_cell(needs) + chunk_columns(needs) * (2 * CHUNK_COLUMN_BYTES) + 16 * WEFT_KIB;
}

/* Rows of a chunk that the configuration asks for. */
static int64_t desired_chunk_rows(const weft_config *config, const weft_memory_needs *needs) {
    if (needs->chunk_rows > 0) return needs->chunk_rows;
    return config->enable_streaming ? config->streaming_chunk_size : config->chunk_size;
}

/* The block cache's share where a chunk needs each block once. Only a cache that holds all blocks until the next chunk is of
 * use, or one that holds the neighbours over whose edges kernels reach. Larger chunks are of more use than anything between
 * the two, since each chunk decodes all blocks. */
static int64_t cache_for_one_pass(const weft_memory_needs *needs, int64_t quarter) {
    int64_t neighbours = NEIGHBOURS * needs->threads * needs->largest_block;
    return needs->touched_bytes <= quarter ? quarter : weft_smaller(quarter, neighbours);
}

/* The block cache's share: a quarter of `shared`, and more where layers are resampled as they are merged. Two neighbouring
 * chunks then touch some of the same blocks, which are decoded once only if the cache holds all blocks that a chunk
 * touches. Of a chunk of n rows that is sweep_line + n sweep_row bytes (source_needs.h), beside two chunks of n rows:
 *
 * - Where one chunk can be the whole grid, no other comes back for its blocks. The blocks under one line are enough, and
 *   the cache takes what the chunk leaves.
 * - Else n is so large that cache and chunks together take what is left beside the other shares. Where that would be fewer
 *   than CHUNK_WORTH rows, the cache gets its quarter, and some blocks are decoded twice.
 *
 * The shares of all else but chunks are set already. */
static int64_t cache_share(const weft_memory_plan *plan, const weft_config *config, const weft_memory_needs *needs,
                           int64_t shared) {
    int64_t quarter = shared / 4, others = fixed_bytes(plan, needs) - plan->block_cache_bytes;
    if (plan->layers_bytes > 0) return quarter;
    if (needs->once_a_chunk) return cache_for_one_pass(needs, quarter);
    int64_t max = weft_smaller(desired_chunk_rows(config, needs), needs->rows);
    int64_t max_chunks = weft_larger(chunk_bytes(plan, needs, max), smallest_chunks(needs));
    double left = (double)(plan->ledger_bytes - others - SLACK), desired_rows = (double)max;
    double line = (double)needs->sweep_line, touched = line + needs->sweep_row * desired_rows;
    double cache = left - (double)max_chunks;
    if ((double)needs->rows > desired_rows || cache < fmax(line, (double)quarter)) {
        double chunks_row = 2 * (double)(needs->cols * chunk_cell(needs)); /* of both chunks */
        double rows = (left - line) / (needs->sweep_row + chunks_row);
        if (rows < CHUNK_WORTH && rows < desired_rows) return quarter;
        cache = line + needs->sweep_row * rows;
    }
    return weft_larger(quarter, (int64_t)fmin(cache, touched));
}

/* Windows of one chunk are read at once by as many workers as there are windows. */
static int64_t handles_each(const weft_memory_needs *needs) {
    int64_t windows = weft_divide_up(needs->cols, WINDOW_FLOOR);
    if (windows < needs->threads) windows *= weft_divide_up(needs->rows, WINDOW_FLOOR);
    return weft_smaller(windows, needs->threads);
}

/* A handle of every source, and one more for each worker that meets another there. Of sources that are read one after the
 * other, those of the one at hand. */
static int64_t decoders_desired(const weft_memory_needs *needs) {
    int64_t desired = needs->decoder_bytes + (handles_each(needs) - 1) * needs->shared_decoders;
    if (needs->once_a_chunk) desired = weft_smaller(desired, 2 * needs->threads * needs->decoder_min);
    return weft_larger(desired, needs->decoder_min);
}

/* For each worker the blocks that meet in a corner. Along the edges of blocks it goes to and fro between them, many
 * times, and with fewer in the cache each step would decode one. */
static int64_t min_cache(const weft_memory_needs *needs) {
    int64_t blocks = weft_smaller(needs->threads * needs->corner_bytes, needs->touched_bytes);
    return weft_larger(CACHE_FLOOR, weft_larger(blocks, needs->threads * needs->largest_block));
}

/* Gives each use but chunks its part of `shared`, or its floor where that is more. */
static void share_parts(weft_memory_plan *plan, const weft_config *config, const weft_memory_needs *needs,
                        int64_t shared) {
    int64_t threads = needs->threads;
    bool x_text = needs->x_texts && needs->cols < shared / 16 / WEFT_X_TEXT_BYTES;
    plan->x_text_bytes = x_text ? needs->cols * WEFT_X_TEXT_BYTES + 4 * WEFT_KIB : 0;
    plan->encoder_bytes = weft_smaller(needs->outputs.min + shared / 8, needs->outputs.desired);
    plan->decoder_bytes = clamp(shared / 4, needs->decoder_min, decoders_desired(needs));
    plan->patch_bytes = clamp(weft_smaller(shared / 8 / threads, needs->patch.desired), PATCH_FLOOR, PATCH_CEILING);
    if (plan->patch_bytes < needs->patch.min) plan->patch_bytes = needs->patch.min;
    plan->window_size = config->window_size;
    while (plan->window_size > WINDOW_FLOOR && band_bytes(plan, needs) > shared / 8)
        plan->window_size /= 2;
    int64_t floor = min_cache(needs);
    plan->block_cache_bytes = clamp(cache_share(plan, config, needs, shared), floor,
                                    needs->useful_cache > floor ? needs->useful_cache : floor);
}

/* Sets all shares but those of chunks. Outputs have the least that they need; the rest of the ledger is shared out. Where some
 * floors are a large part of it (a block that is a whole raster, a cell over thousands of pixels), parts and floors together
 * may be more than there is. Then half as much is shared out, and so on; with nothing to share all have their floors, which
 * fit (smallest_ledger). */
static void share_fixed(weft_memory_plan *plan, const weft_config *config, const weft_memory_needs *needs) {
    int64_t shared = plan->ledger_bytes - needs->outputs.min;
    share_parts(plan, config, needs, shared);
    while (shared > 0 && fixed_bytes(plan, needs) + smallest_chunks(needs) + SLACK > plan->ledger_bytes) {
        shared /= 2;
        share_parts(plan, config, needs, shared);
    }
}

static void share_chunks(weft_memory_plan *plan, const weft_config *config, const weft_memory_needs *needs) {
    int64_t desired = desired_chunk_rows(config, needs);
    int64_t rest = plan->ledger_bytes - fixed_bytes(plan, needs);
    /* Whole layers leave less for chunks; a chunk is then only a window on them. */
    if (plan->layers_bytes > 0) rest /= 4;
    int64_t max = weft_smaller(desired, needs->rows), fitting = rows_that_fit(plan, needs, rest, max);
    plan->chunk_rows = fitting < max ? fitting : desired;
    plan->chunk_bytes = weft_smaller(chunk_bytes(plan, needs, fitting), rest);
    if (plan->chunk_bytes < smallest_chunks(needs)) plan->chunk_bytes = smallest_chunks(needs);
}

/* Of all layers, each in whole pages. */
static int64_t whole_layers_bytes(const weft_memory_needs *needs) {
    int64_t cells, bytes;
    if (!weft_checked_mul(needs->cols, needs->rows, &cells) || !weft_checked_mul(cells, needs->cell_bytes, &bytes) ||
        !weft_checked_add(bytes, needs->columns * 4 * WEFT_KIB, &bytes))
        return INT64_MAX;
    return bytes;
}

static void share(weft_memory_plan *plan, const weft_config *config, const weft_memory_needs *needs) {
    share_fixed(plan, config, needs);
    share_chunks(plan, config, needs);
    plan->working_bytes = fixed_bytes(plan, needs) + plan->chunk_bytes;
}

/* Whether each chunk would decode blocks again that the one before it had decoded. That is so where chunks have the rows
 * that were asked for, and the cache does not hold what two chunks touch: the next chunk is begun before the last window of
 * this one is done, and a cache that drops the block used longest ago keeps nothing of a round that is larger than itself. */
static bool decodes_again(const weft_memory_plan *plan, const weft_config *config, const weft_memory_needs *needs) {
    double sweep = 2 * ((double)needs->sweep_line + needs->sweep_row * (double)plan->chunk_rows);
    return plan->layers_bytes == 0 && needs->chunk_rows == 0 && !needs->once_a_chunk &&
           plan->chunk_rows < needs->rows && plan->chunk_rows == desired_chunk_rows(config, needs) &&
           (double)plan->block_cache_bytes < fmin(sweep, (double)needs->useful_cache);
}

/* Whether each chunk would find positions again that the one before it had found. They are found 32 rows at a time, for the
 * columns of one window, and a worker keeps those of its last window: where a row of cells is several windows, the next
 * chunk begins with another one. */
static bool places_again(const weft_memory_plan *plan, const weft_config *config, const weft_memory_needs *needs) {
    return plan->layers_bytes == 0 && needs->chunk_rows == 0 && needs->band_fixed > 0 &&
           plan->window_size < needs->cols && plan->chunk_rows < weft_smaller(needs->rows, WEFT_LATTICE_CELL) &&
           plan->chunk_rows == desired_chunk_rows(config, needs);
}

/* The least bytes of the ledger with which a run works: all floors, or what ends the outputs where that is more. */
static int64_t smallest_ledger(const weft_memory_needs *needs) {
    int64_t threads = needs->threads;
    int64_t patch = needs->patch.min > PATCH_FLOOR ? needs->patch.min : PATCH_FLOOR;
    /* The texts of x have up to a sixteenth of what outputs leave, outputs up to an eighth more than they need. */
    int64_t ending = needs->outputs.min + needs->outputs.ending / 13 * 16;
    int64_t running = needs->outputs.min + needs->decoder_min + threads * (patch + worker_band(needs, WINDOW_FLOOR)) +
                      min_cache(needs) + smallest_chunks(needs) + SLACK;
    return ending > running ? ending : running;
}

/* What is granted, as far as the grid and the sources fill it, and what libraries take. At the end chunks, the cache
 * and what workers hold are given back. Starting up touches more of the libraries than a small run. */
static int64_t peak_of(const weft_memory_plan *plan, const weft_memory_needs *needs) {
    int64_t rows = weft_smaller(2 * weft_smaller(plan->chunk_rows, needs->rows), needs->rows);
    int64_t chunks = weft_merge_chunk_bytes(needs->cols, rows, chunk_cell(needs), chunk_columns(needs), needs->datasets,
                                            plan->window_size, needs->threads);
    int64_t idle = plan->block_cache_bytes - weft_smaller(plan->block_cache_bytes, needs->touched_bytes);
    int64_t twice = weft_smaller(needs->opened_bytes, plan->decoder_bytes); /* granted, and resident already */
    int64_t granted =
        fixed_bytes(plan, needs) - idle - twice + weft_smaller(chunks, plan->chunk_bytes) + plan->layers_bytes;
    int64_t ending = plan->x_text_bytes + plan->encoder_bytes + needs->outputs.ending;
    int64_t max = weft_larger(weft_smaller(granted, plan->ledger_bytes), ending);
    int64_t peak = weft_larger(plan->unmanaged_bytes + max, needs->started_bytes) + NOISE;
    return weft_smaller(peak, plan->limit_bytes);
}

/* The limit, in whole MiB, whose ledger carries `managed_bytes`, with a MiB to spare: the run that takes this number
 * from a plan may have a little more resident than the plan had. */
static int64_t limit_that_carries(const weft_memory_plan *plan, const weft_config *config,
                                  const weft_memory_needs *needs, int64_t managed_bytes) {
    double share = (config->warning_percent - 10) / 100;
    int64_t limit = (int64_t)((double)(managed_bytes + plan->unmanaged_bytes) / share) + WEFT_MIB;
    if (limit <= needs->started_bytes) limit = needs->started_bytes + WEFT_MIB;
    return (limit + WEFT_MIB - 1) / WEFT_MIB * WEFT_MIB;
}

static weft_status check_floor(const weft_memory_plan *plan, const weft_memory_needs *needs, weft_error *err) {
    if (plan->ledger_bytes >= smallest_ledger(needs) && plan->limit_bytes > needs->started_bytes) return WEFT_OK;
    char have[WEFT_SIZE_TEXT_BYTES], unmanaged[WEFT_SIZE_TEXT_BYTES];
    char decoder[WEFT_SIZE_TEXT_BYTES];
    weft_text_size(plan->limit_bytes, have);
    weft_text_size(plan->unmanaged_bytes, unmanaged);
    weft_text_size(needs->decoder_min, decoder);
    /* In whole MiB: a tenth of a GiB, rounded down, would be refused in its turn. */
    weft_error_set(err, WEFT_ERR_MEMORY, "memory.limit: %s is too small: %lld MiB is the least for this run with %d %s",
                   have, (long long)(plan->min_limit_bytes / WEFT_MIB), needs->threads,
                   needs->threads == 1 ? "thread" : "threads");
    weft_error_hint(err, "%s of it are libraries and open files, %s what one decoder takes", unmanaged, decoder);
    return WEFT_ERR_MEMORY;
}

weft_status weft_memory_plan_make(weft_memory_plan *out, const weft_config *config, const weft_memory_needs *needs,
                                  weft_error *err) {
    *out = (weft_memory_plan){.threads = needs->threads, .window_size = config->window_size};
    weft_status status = weft_memory_limit(&out->limit_bytes, config->memory_limit, "", err);
    if (status != WEFT_OK) return status;
    out->unmanaged_bytes = weft_unmanaged_bytes(config, needs);
    out->idle_handles =
        config->max_open_files > 0
            ? config->max_open_files
            : clamp((int64_t)needs->sources * needs->threads + needs->mosaic_handles, FEWEST_HANDLES, MAX_HANDLES);
    out->ledger_bytes = weft_memory_plan_capacity(config, out->limit_bytes, out->unmanaged_bytes);
    out->min_limit_bytes = limit_that_carries(out, config, needs, smallest_ledger(needs));
    status = check_floor(out, needs, err);
    if (status != WEFT_OK) return status;
    if (!config->enable_streaming && needs->chunk_rows == 0) out->layers_bytes = whole_layers_bytes(needs);
    share(out, config, needs);
    if (out->layers_bytes > out->ledger_bytes - out->working_bytes) {
        out->layers_bytes = 0;
        share(out, config, needs);
    }
    bool decodes = decodes_again(out, config, needs);
    if (decodes || places_again(out, config, needs)) {
        weft_memory_needs tall = *needs;
        tall.chunk_rows = weft_larger(out->chunk_rows, decodes ? TALL_CHUNK : WEFT_LATTICE_CELL);
        share(out, config, &tall);
    }
    out->peak_bytes = peak_of(out, needs);
    int64_t desired = limit_that_carries(out, config, needs, out->peak_bytes - out->unmanaged_bytes);
    out->desired_limit_bytes = weft_smaller(weft_larger(desired, out->min_limit_bytes), out->limit_bytes);
    return WEFT_OK;
}
