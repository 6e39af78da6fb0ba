/* Shares of a limit: what they add up to, and what the block cache must hold.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "pipeline/memory/memory_plan.h"
#include "pipeline/memory/unmanaged_memory.h"
#include "pipeline/run/memory_watch.h"

#include <stdlib.h>
#include <string.h>

#define MIB (INT64_C(1) << 20)

/* A grid of 4000 columns with five columns of 18 bytes in all; sources of 64 MiB and more. */
static weft_memory_needs needs_of(int64_t sweep_line, double sweep_row) {
    return (weft_memory_needs){.threads = 2,
                               .resident_bytes = 20 * MIB,
                               .cols = 4000,
                               .rows = 4000,
                               .columns = 5,
                               .cell_bytes = 18,
                               .x_texts = true,
                               .outputs = {.min = MIB / 4, .desired = 4 * MIB},
                               .useful_cache = 256 * MIB,
                               .sweep_line = sweep_line,
                               .sweep_row = sweep_row,
                               .largest_block = 320 * 1024,
                               .patch = {.min = 8192, .desired = 32 * MIB}};
}

static weft_memory_plan plan_of(int64_t limit_bytes, bool streaming, const weft_memory_needs *needs) {
    weft_config config = {.window_size = 2048,
                          .chunk_size = 5000,
                          .streaming_chunk_size = 5000,
                          .enable_streaming = streaming,
                          .memory_limit = {.kind = WEFT_SIZE_BYTES, .bytes = limit_bytes},
                          .warning_percent = 80,
                          .critical_percent = 90};
    weft_memory_plan plan;
    weft_error err = {0};
    if (weft_memory_plan_make(&plan, &config, needs, &err) != WEFT_OK) fail_msg("%s", err.message);
    return plan;
}

/* Two chunks at once, and the cache: all that is shared out of the ledger besides text, bands and patches. */
static int64_t chunks_and_cache(const weft_memory_plan *plan, const weft_memory_needs *needs) {
    return plan->block_cache_bytes + 2 * plan->chunk_rows * needs->cols * needs->cell_bytes;
}

static void test_the_cache_holds_what_a_chunk_touches(void **state) {
    (void)state;
    weft_memory_needs needs = needs_of(40 * MIB, 200e3);
    for (int64_t limit = 256 * MIB; limit <= 1024 * MIB; limit += 64 * MIB) {
        weft_memory_plan plan = plan_of(limit, true, &needs);
        double touched = (double)needs.sweep_line + needs.sweep_row * (double)plan.chunk_rows;
        assert_true(plan.chunk_rows >= 32);
        /* A row more or less by rounding. */
        if (plan.block_cache_bytes < needs.useful_cache)
            assert_true((double)plan.block_cache_bytes > touched - 2 * needs.sweep_row);
        assert_true(chunks_and_cache(&plan, &needs) < plan.ledger_bytes);
    }
}

static void test_a_chunk_of_few_rows_is_not_made_for_the_cache(void **state) {
    (void)state;
    weft_memory_needs small = needs_of(0, 0), vast = needs_of(4096 * MIB, 200e3);
    weft_memory_plan without = plan_of(256 * MIB, true, &small), plan = plan_of(256 * MIB, true, &vast);
    assert_int_equal(plan.block_cache_bytes / MIB, plan.ledger_bytes / 4 / MIB);
    assert_true(plan.chunk_rows > without.chunk_rows / 2);
}

/* 760 x 760 cells of 5 bytes, and 47 MiB of blocks: at no limit is the grid cut up to keep blocks that no other chunk
 * would ask for, and what it leaves is for blocks. */
/* With one row a chunk, each would decode what lies under its line again: the cache has to hold that of two. */
static void test_few_rows_are_taken_only_where_the_cache_holds_what_two_chunks_touch(void **state) {
    (void)state;
    weft_memory_needs needs = needs_of(40 * MIB, 200e3);
    weft_config config = {.window_size = 2048,
                          .chunk_size = 1,
                          .streaming_chunk_size = 1,
                          .enable_streaming = true,
                          .warning_percent = 80,
                          .critical_percent = 90};
    for (int64_t limit = 96 * MIB; limit <= 640 * MIB; limit += 32 * MIB) {
        weft_memory_plan plan, tall = plan_of(limit, true, &needs);
        config.memory_limit = (weft_size){.kind = WEFT_SIZE_BYTES, .bytes = limit};
        assert_int_equal(weft_memory_plan_make(&plan, &config, &needs, NULL), WEFT_OK);
        /* A quarter of the ledger, 0.7 of the limit, is over 2 x 40.2 MiB from some 490 MiB on. */
        assert_int_equal(plan.chunk_rows, limit > 490 * MIB ? 1 : tall.chunk_rows);
    }
}

/* Positions are found 32 rows at a time. Where a row of cells is one window, the next chunk takes those that are there. */
static void test_few_rows_are_taken_only_where_the_next_chunk_takes_the_same_positions(void **state) {
    (void)state;
    weft_memory_needs needs = needs_of(MIB, 1e3);
    weft_config config = {.streaming_chunk_size = 1,
                          .enable_streaming = true,
                          .memory_limit = {.kind = WEFT_SIZE_BYTES, .bytes = 512 * MIB},
                          .warning_percent = 80,
                          .critical_percent = 90};
    for (int is_mapped = 0; is_mapped < 2; is_mapped++) {
        needs.band_fixed = is_mapped * 40 * 1024;
        needs.band_column = is_mapped * 100;
        for (config.window_size = 2000; config.window_size <= 4000; config.window_size += 2000) {
            weft_memory_plan plan;
            assert_int_equal(weft_memory_plan_make(&plan, &config, &needs, NULL), WEFT_OK);
            assert_int_equal(plan.window_size, config.window_size);
            assert_int_equal(plan.chunk_rows, is_mapped && config.window_size < needs.cols ? 32 : 1);
        }
    }
}

static void test_a_grid_that_one_chunk_can_hold_is_one_chunk(void **state) {
    weft_memory_needs needs = needs_of(9 * MIB, 50e3);
    (void)state;
    needs.cols = needs.rows = 760;
    needs.columns = 1;
    needs.cell_bytes = 5;
    int64_t last = 0;
    for (int64_t limit = 64 * MIB; limit <= 256 * MIB; limit += MIB) {
        weft_memory_plan plan = plan_of(limit, true, &needs);
        assert_true(plan.chunk_rows >= needs.rows);
        assert_true(plan.working_bytes <= plan.ledger_bytes);
        assert_true(plan.block_cache_bytes >= last);
        last = plan.block_cache_bytes;
    }
    assert_true((double)last >= 9 * MIB + 50e3 * 760);
}

/* 64 x 64 cells, or 20 x 5 of 300 columns, over blocks of 47 MiB: chunks are next to nothing, blocks take what there
 * is, and all else has what it would have without them. */
static void test_a_small_grid_over_large_blocks_leaves_the_others_their_parts(void **state) {
    static const struct {
        int64_t cols, rows, cell_bytes;
        int columns;
    } grids[] = {{64, 64, 5, 1}, {20, 5, 1500, 300}, {760, 760, 1500, 300}};
    (void)state;
    for (size_t i = 0; i < sizeof grids / sizeof *grids; i++) {
        weft_memory_needs needs = needs_of(9 * MIB, 600e3), none = needs_of(0, 0);
        needs.cols = none.cols = grids[i].cols;
        needs.rows = none.rows = grids[i].rows;
        needs.columns = none.columns = grids[i].columns;
        needs.datasets = none.datasets = grids[i].columns;
        needs.cell_bytes = none.cell_bytes = grids[i].cell_bytes;
        for (int64_t limit = 64 * MIB; limit <= 4096 * MIB; limit += 32 * MIB) {
            weft_memory_plan plan = plan_of(limit, true, &needs), without = plan_of(limit, true, &none);
            assert_true(plan.working_bytes <= plan.ledger_bytes);
            assert_int_equal(plan.patch_bytes, without.patch_bytes);
            assert_int_equal(plan.encoder_bytes, without.encoder_bytes);
            assert_int_equal(plan.window_size, without.window_size);
            assert_true(plan.chunk_rows >= needs.rows || plan.block_cache_bytes < 32 * MIB + 600000 * needs.rows);
        }
    }
}

/* Five layers of 4000 x 4000 cells of 18 bytes are 275 MiB. Under a limit that does not carry them, in-memory mode has
 * what streaming mode has. */
static void test_layers_are_whole_all_together_or_the_plan_is_that_of_streaming(void **state) {
    weft_memory_needs needs = needs_of(40 * MIB, 200e3);
    const int64_t all = needs.cols * needs.rows * needs.cell_bytes;
    int whole = 0;
    (void)state;
    for (int64_t limit = 128 * MIB; limit <= 2048 * MIB; limit += 64 * MIB) {
        weft_memory_plan plan = plan_of(limit, false, &needs), streaming = plan_of(limit, true, &needs);
        assert_int_equal(streaming.layers_bytes, 0);
        if (plan.layers_bytes == 0) {
            assert_int_equal(whole, 0); /* once they fit, they fit under every higher limit */
            assert_memory_equal(&plan, &streaming, sizeof plan);
            continue;
        }
        whole++;
        assert_true(plan.layers_bytes >= all);
        assert_true(plan.layers_bytes + plan.working_bytes <= plan.ledger_bytes);
    }
    assert_true(whole > 5 && whole < 30);
}

static void test_what_chunks_touch_is_no_matter_where_layers_are_whole(void **state) {
    (void)state;
    weft_memory_needs needs = needs_of(40 * MIB, 200e3);
    needs.useful_cache = 1024 * MIB;
    weft_memory_plan plan = plan_of(1024 * MIB, false, &needs);
    assert_true(plan.layers_bytes > 0);
    assert_int_equal(plan.block_cache_bytes / MIB, plan.ledger_bytes / 4 / MIB);
}

/* Rows of a file, whose chunks need every block once: memory makes chunks larger, so that blocks are decoded fewer times,
 * and not the cache, unless that can hold all blocks until the next chunk. */
static void test_where_a_chunk_needs_all_blocks_once_memory_goes_to_chunks(void **state) {
    weft_memory_needs needs = needs_of(0, 0), once;
    (void)state;
    needs.cols = 1;
    needs.rows = needs.chunk_rows = 10 * 1000 * 1000;
    needs.decoder_min = MIB / 2;
    needs.decoder_bytes = needs.shared_decoders = 20 * MIB;
    needs.touched_bytes = needs.useful_cache = 1024 * MIB;
    once = needs;
    once.once_a_chunk = true;
    for (int64_t limit = 128 * MIB; limit <= 512 * MIB; limit += 64 * MIB) {
        weft_memory_plan without = plan_of(limit, true, &needs), with = plan_of(limit, true, &once);
        assert_true(with.chunk_rows > without.chunk_rows + without.chunk_rows / 3);
        assert_true(with.block_cache_bytes >= once.threads * once.largest_block);
        assert_true(with.working_bytes <= with.ledger_bytes);
    }
    once.touched_bytes = 16 * MIB;
    assert_true(plan_of(128 * MIB, true, &once).block_cache_bytes >= once.touched_bytes);
}

static weft_status try_plan(int64_t limit_bytes, const weft_memory_needs *needs, weft_memory_plan *plan,
                            weft_error *err) {
    weft_config config = {.window_size = 2048,
                          .chunk_size = 5000,
                          .streaming_chunk_size = 5000,
                          .enable_streaming = true,
                          .memory_limit = {.kind = WEFT_SIZE_BYTES, .bytes = limit_bytes},
                          .warning_percent = 80,
                          .critical_percent = 90};
    return weft_memory_plan_make(plan, &config, needs, err);
}

/* A row of a million columns of five layers, twice, is 34 MiB. */
static void test_a_row_too_wide_keeps_to_what_the_other_shares_leave(void **state) {
    (void)state;
    weft_memory_needs needs = needs_of(40 * MIB, 200e3);
    needs.cols = 1000000;
    weft_memory_plan plan = plan_of(96 * MIB, true, &needs);
    assert_int_equal(plan.chunk_rows, 1);
    assert_true(plan.chunk_bytes < 2 * needs.cols * needs.cell_bytes);
    assert_true(plan.chunk_bytes + plan.block_cache_bytes + needs.threads * plan.patch_bytes <= plan.ledger_bytes);
    assert_true(plan.working_bytes <= plan.ledger_bytes);
}

/* A raster that is one block, a cell over a million pixels, a Parquet file of many columns: each is most of the ledger,
 * and the parts of the others must not take what it needs. */
static void test_what_is_accepted_fits_however_little_floors_leave(void **state) {
    (void)state;
    weft_memory_plan plan;
    weft_error err = {0};
    for (int i = 0; i < 8; i++) {
        int accepted = 0;
        weft_memory_needs needs = needs_of(40 * MIB, 200e3);
        needs.threads = 1 + i % 3;
        if ((i & 1) != 0) needs.largest_block = 80 * MIB;
        if ((i & 2) != 0) needs.patch.min = 33 * MIB;
        if ((i & 4) != 0) needs.outputs.min = needs.outputs.desired = 50 * MIB;
        for (int64_t limit = 48 * MIB; limit <= 1024 * MIB; limit += 3 * MIB) {
            if (try_plan(limit, &needs, &plan, &err) != WEFT_OK) continue;
            if (plan.working_bytes > plan.ledger_bytes)
                fail_msg("case %d, limit %lld: %lld of %lld bytes", i, (long long)limit, (long long)plan.working_bytes,
                         (long long)plan.ledger_bytes);
            accepted++;
        }
        assert_true(accepted > 20);
    }
}

/* Four blocks meet in a corner, of a file with three bands side by side twelve. */
static void test_the_cache_has_the_blocks_of_a_corner_for_each_worker(void **state) {
    (void)state;
    weft_memory_plan plan;
    weft_error err = {0};
    for (int threads = 1; threads <= 3; threads++) {
        for (int blocks = 1; blocks <= 64; blocks *= 4) {
            weft_memory_needs needs = needs_of(40 * MIB, 200e3);
            needs.threads = threads;
            needs.largest_block = 20 * MIB;
            needs.corner_bytes = (blocks == 1 ? 1 : 4) * 20 * MIB;
            needs.touched_bytes = blocks * 20 * MIB;
            int64_t limit = 48 * MIB, all = blocks > threads ? blocks : threads;
            while (try_plan(limit, &needs, &plan, &err) != WEFT_OK)
                limit += MIB;
            assert_true(plan.block_cache_bytes >= (all < 4 * threads ? all : 4 * threads) * 20 * MIB);
            assert_true(plan.working_bytes <= plan.ledger_bytes);
        }
    }
}

/* Blocks of 64 MiB that GDAL's cache is to keep for one thread: 60 of them are over what it has anyhow, and each thread
 * more has as many. */
static void test_each_thread_has_its_blocks_of_the_files_under_a_vrt(void **state) {
    (void)state;
    assert_int_equal(weft_gdal_cache_bytes(4 * MIB, 64), 4 * MIB);
    assert_int_equal(weft_gdal_cache_bytes(64 * MIB, 1), 64 * MIB);
    assert_int_equal(weft_gdal_cache_bytes(64 * MIB, 3), (64 + 2 * 60) * MIB);
    weft_memory_needs needs = needs_of(0, 0);
    needs.gdal_cache = 64 * MIB;
    needs.threads = 1;
    int64_t one = plan_of(512 * MIB, true, &needs).unmanaged_bytes;
    needs.threads = 2;
    assert_between(plan_of(512 * MIB, true, &needs).unmanaged_bytes - one, 60 * MIB, 62 * MIB);
}

/* The refusal's number is to be taken as it stands, also above a GiB, and by a run that has a little more resident than
 * the plan that named it: 700 KiB are just under a MiB of the limit. Three MiB less are refused. */
static void test_the_least_limit_that_a_refusal_names_is_accepted(void **state) {
    (void)state;
    weft_memory_plan plan;
    weft_error err = {0};
    for (int64_t block = 1; block <= 4096; block *= 2) {
        weft_memory_needs needs = needs_of(40 * MIB, 200e3);
        needs.threads = 1;
        needs.largest_block = block * MIB + 12345;
        assert_int_equal(try_plan(16 * MIB, &needs, &plan, &err), WEFT_ERR_MEMORY);
        const char *told = strstr(err.message, "is too small: ");
        assert_non_null(told);
        assert_non_null(strstr(told, " MiB is the least"));
        int64_t min = strtoll(told + strlen("is too small: "), NULL, 10);
        assert_int_equal(try_plan((min - 3) * MIB, &needs, &plan, NULL), WEFT_ERR_MEMORY);
        needs.resident_bytes += 700 * 1024;
        assert_int_equal(try_plan(min * MIB, &needs, &plan, &err), WEFT_OK);
    }
}

/* A decoder of 30 MiB that eight workers would have at once: no more than a quarter of what is shared out, and one
 * always. */
static void test_decoders_take_a_quarter_and_one_at_least(void **state) {
    (void)state;
    weft_memory_needs needs = needs_of(0, 0);
    needs.threads = 8;
    needs.sources = 1;
    needs.decoder_min = needs.decoder_bytes = needs.shared_decoders = 30 * MIB;
    weft_memory_plan small = plan_of(128 * MIB, true, &needs), middle = plan_of(512 * MIB, true, &needs);
    assert_int_equal(small.decoder_bytes, 30 * MIB);
    assert_int_equal(middle.decoder_bytes / MIB, middle.ledger_bytes / 4 / MIB);
    assert_int_equal(plan_of(4096 * MIB, true, &needs).decoder_bytes, 8 * 30 * MIB);
}

static void test_a_decoder_that_does_not_fit_is_refused_with_what_would_do(void **state) {
    (void)state;
    weft_memory_needs needs = needs_of(0, 0);
    weft_memory_plan plan;
    weft_error err = {0};
    needs.sources = 1;
    needs.decoder_min = needs.decoder_bytes = 500 * MIB;
    needs.threads = 1;
    assert_int_equal(try_plan(512 * MIB, &needs, &plan, &err), WEFT_ERR_MEMORY);
    /* At least 500 MiB, in the 70 % of the limit that is shared out. */
    const char *number = strstr(err.message, "too small: ");
    assert_non_null(number);
    int64_t min = strtoll(number + strlen("too small: "), NULL, 10) * MIB;
    assert_true(min >= 500 * MIB / 7 * 10);
    assert_int_equal(try_plan(min, &needs, &plan, NULL), WEFT_OK);
}

static void test_a_limit_that_starting_up_has_passed_is_refused(void **state) {
    (void)state;
    weft_memory_needs needs = needs_of(0, 0);
    weft_memory_plan plan;
    needs.started_bytes = 300 * MIB;
    assert_int_equal(try_plan(299 * MIB, &needs, &plan, NULL), WEFT_ERR_MEMORY);
    assert_int_equal(try_plan(400 * MIB, &needs, &plan, NULL), WEFT_OK);
}

static void test_unmanaged_memory_is_learned_at_once_and_forgotten_slowly(void **state) {
    (void)state;
    assert_int_equal(weft_unmanaged_learn(50, 80, 40), 80);
    assert_int_equal(weft_unmanaged_learn(80, 40, 40), 75);
    int64_t known = 80;
    for (int i = 0; i < 60; i++)
        known = weft_unmanaged_learn(known, 10, 40);
    assert_int_equal(known, 40);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_cache_holds_what_a_chunk_touches),
        cmocka_unit_test(test_a_chunk_of_few_rows_is_not_made_for_the_cache),
        cmocka_unit_test(test_few_rows_are_taken_only_where_the_cache_holds_what_two_chunks_touch),
        cmocka_unit_test(test_few_rows_are_taken_only_where_the_next_chunk_takes_the_same_positions),
        cmocka_unit_test(test_a_grid_that_one_chunk_can_hold_is_one_chunk),
        cmocka_unit_test(test_a_small_grid_over_large_blocks_leaves_the_others_their_parts),
        cmocka_unit_test(test_layers_are_whole_all_together_or_the_plan_is_that_of_streaming),
        cmocka_unit_test(test_what_chunks_touch_is_no_matter_where_layers_are_whole),
        cmocka_unit_test(test_where_a_chunk_needs_all_blocks_once_memory_goes_to_chunks),
        cmocka_unit_test(test_a_row_too_wide_keeps_to_what_the_other_shares_leave),
        cmocka_unit_test(test_decoders_take_a_quarter_and_one_at_least),
        cmocka_unit_test(test_a_decoder_that_does_not_fit_is_refused_with_what_would_do),
        cmocka_unit_test(test_a_limit_that_starting_up_has_passed_is_refused),
        cmocka_unit_test(test_unmanaged_memory_is_learned_at_once_and_forgotten_slowly),
        cmocka_unit_test(test_the_cache_has_the_blocks_of_a_corner_for_each_worker),
        cmocka_unit_test(test_each_thread_has_its_blocks_of_the_files_under_a_vrt),
        cmocka_unit_test(test_the_least_limit_that_a_refusal_names_is_accepted),
        cmocka_unit_test(test_what_is_accepted_fits_however_little_floors_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
