/* Shares of a limit: what they add up to, and what the block cache must hold.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "pipeline/memory_plan.h"

#define MIB (INT64_C(1) << 20)

/* A grid of 4000 columns with five columns of 18 bytes in all; sources of 64 MiB and more. */
static weft_memory_needs needs_of(int64_t sweep_line, double sweep_row) {
    return (weft_memory_needs){.threads = 2,
                               .cols = 4000,
                               .rows = 4000,
                               .cell_bytes = 18,
                               .line_bytes = 150,
                               .useful_cache = 256 * MIB,
                               .sweep_line = sweep_line,
                               .sweep_row = sweep_row,
                               .largest_block = 320 * 1024,
                               .smallest_patch = 8192};
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

static void test_what_chunks_touch_is_no_matter_in_memory(void **state) {
    (void)state;
    weft_memory_needs needs = needs_of(40 * MIB, 200e3);
    weft_memory_plan plan = plan_of(256 * MIB, false, &needs);
    assert_int_equal(plan.block_cache_bytes / MIB, plan.ledger_bytes / 4 / MIB);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_cache_holds_what_a_chunk_touches),
        cmocka_unit_test(test_a_chunk_of_few_rows_is_not_made_for_the_cache),
        cmocka_unit_test(test_what_chunks_touch_is_no_matter_in_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
