/* SPDX-License-Identifier: MIT
 *
 * What the index finds is what going through all intervals finds. */
#include "support/cmocka_all.h"

#include "core/interval_index.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define MAX 300

typedef struct found {
    int count, max;
    int ids[MAX];
} found;

static bool take(void *payload, int id) {
    found *all = payload;
    all->ids[all->count++] = id;
    return all->count < all->max;
}

/* Whole numbers from 0 to `below` - 1, so that ends meet often. */
static double draw(uint64_t *state, int below) {
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (double)((*state >> 33) % (uint64_t)below);
}

static void draw_intervals(uint64_t *state, weft_interval *out, int count) {
    for (int i = 0; i < count; i++) {
        double start = draw(state, 100);
        out[i] = (weft_interval){start, start + draw(state, i % 7 == 0 ? 60 : 5), i};
    }
}

static void test_all_that_touch_are_found_once_and_no_other(void **state) {
    (void)state;
    uint64_t seed = 7;
    static const int counts[] = {1, 2, 3, 10, MAX};
    for (int trial = 0; trial < 5; trial++) {
        weft_interval intervals[MAX];
        weft_interval_index *index = NULL;
        int count = counts[trial];
        draw_intervals(&seed, intervals, count);
        assert_int_equal(weft_interval_index_new(&index, intervals, count, NULL), WEFT_OK);
        for (int query = 0; query < 500; query++) {
            double start = draw(&seed, 130) - 10, end = start + draw(&seed, 20);
            int times[MAX] = {0};
            found all = {.max = MAX + 1};
            weft_interval_index_find(index, start, end, take, &all);
            for (int i = 0; i < all.count; i++)
                times[all.ids[i]]++;
            for (int i = 0; i < count; i++)
                assert_int_equal(times[i], intervals[i].end >= start && intervals[i].start <= end);
        }
        weft_interval_index_free(index);
    }
}

static void test_they_come_in_the_order_of_their_starts_until_enough(void **state) {
    (void)state;
    const weft_interval intervals[] = {{5, 9, 0}, {1, 20, 1}, {3, 4, 2}, {8, 8, 3}, {1, 6, 4}};
    const int order[] = {1, 4, 0};
    weft_interval_index *index = NULL;
    found all = {.max = MAX};
    assert_int_equal(weft_interval_index_new(&index, intervals, 5, NULL), WEFT_OK);
    weft_interval_index_find(index, 5, 7, take, &all);
    assert_int_equal(all.count, 3);
    assert_memory_equal(all.ids, order, sizeof order);
    all = (found){.max = 2};
    weft_interval_index_find(index, 5, 7, take, &all);
    assert_int_equal(all.count, 2);
    weft_interval_index_free(index);
}

static void test_an_interval_without_an_end_is_always_there(void **state) {
    (void)state;
    const weft_interval intervals[] = {{-INFINITY, INFINITY, 0}, {2, 3, 1}};
    weft_interval_index *index = NULL;
    found all = {.max = MAX};
    assert_int_equal(weft_interval_index_new(&index, intervals, 2, NULL), WEFT_OK);
    weft_interval_index_find(index, 1e9, 1e9, take, &all);
    assert_int_equal(all.count, 1);
    assert_int_equal(all.ids[0], 0);
    weft_interval_index_free(index);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_that_touch_are_found_once_and_no_other),
        cmocka_unit_test(test_they_come_in_the_order_of_their_starts_until_enough),
        cmocka_unit_test(test_an_interval_without_an_end_is_always_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
