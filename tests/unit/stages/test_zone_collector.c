/* Quantiles and variety of more different values than memory can merge at once, by arithmetic.
 *
 * SPDX-License-Identifier: MIT */
#include "stages/rows/zone_collector.h"

#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <math.h>
#include <stdlib.h>

#define RUN  16384 /* pairs of the least memory */
#define FAN  256   /* runs that it merges at once */
#define STEP 1024

static weft_ledger *ledger;

static int setup(void **state) {
    return weft_ledger_new(&ledger, INT64_C(64) << 20, NULL) == WEFT_OK ? sandbox_setup(state) : -1;
}

static int teardown(void **state) {
    weft_ledger_free(ledger);
    return sandbox_teardown(state);
}

/* The whole numbers 0 .. count - 1 in another order, `times` times; each covers a quarter of a pixel. */
static void add_numbers(weft_zone_collector *collector, int64_t count, int times) {
    double areas[STEP];
    uint64_t orders[STEP];
    for (int i = 0; i < STEP; i++)
        areas[i] = 0.25;
    for (int64_t at = 0; at < times * count; at += STEP) {
        for (int i = 0; i < STEP; i++)
            orders[i] =
                weft_order_of_real((double)((at + i) * 7919 % count)); /* a prime: each number once in `count` */
        assert_int_equal(weft_zone_collector_add(collector, orders, areas, STEP, NULL), WEFT_OK);
    }
}

/* The smallest value at or under which lies at least a share of them is the share's number, less one. */
static void check(weft_zone_collector *collector, int64_t count, int times) {
    static const double shares[] = {0.05, 0.5, 0.95};
    weft_zone_rank ranks[4];
    add_numbers(collector, count, times);
    for (int i = 0; i < 3; i++)
        weft_zone_rank_begin(&ranks[i], WEFT_ZONE_QUANTILE, shares[i], collector->total);
    weft_zone_rank_begin(&ranks[3], WEFT_ZONE_VARIETY, 0, collector->total);
    assert_int_equal(weft_zone_collector_rank(collector, ranks, 4, NULL), WEFT_OK);
    for (int i = 0; i < 3; i++)
        assert_true(weft_order_real(ranks[i].order) == ceil(shares[i] * (double)count) - 1);
    assert_int_equal(ranks[3].variety, count);
    weft_zone_collector_clear(collector);
}

/* None in scratch; a few runs; two runs of the next level and 255 of the first, which are too many together; values that
 * several runs have, so that what is merged fills no whole buffers; and fewer again after that. */
static void test_any_number_of_values_is_ranked_in_the_least_memory(void **state) {
    (void)state;
    weft_zone_collector collector = {.ledger = ledger, .path = "values", .max = WEFT_ZONE_FEWEST};
    check(&collector, RUN / 2, 1);
    check(&collector, 3 * RUN, 2);
    check(&collector, INT64_C(3) * FAN * RUN - RUN, 1);
    check(&collector, INT64_C(200) * RUN + 3 * STEP, 3);
    check(&collector, 3 * RUN, 1);
    weft_zone_collector_dispose(&collector);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_any_number_of_values_is_ranked_in_the_least_memory)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
