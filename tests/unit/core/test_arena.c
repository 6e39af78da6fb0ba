/* Places never overlap, are whole, and lie in few mappings, whatever is taken and given back.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "core/memory/arena.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#define PLACES 64
#define STEPS  4000
#define MIB    (INT64_C(1) << 20)

static uint64_t draw(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* A place filled with its number keeps it to its end while others come and go. */
static void check_pattern(const weft_arena_range *place, unsigned char pattern) {
    const unsigned char *at = place->data;
    assert_int_equal(at[0], pattern);
    assert_int_equal(at[place->bytes / 2], pattern);
    assert_int_equal(at[place->bytes - 1], pattern);
}

static void take_and_give(weft_arena *arena, uint64_t seed) {
    int64_t page = weft_page_bytes();
    weft_arena_range *places[PLACES] = {NULL};
    for (int step = 0; step < STEPS; step++) {
        int i = (int)(draw(&seed) % PLACES);
        if (places[i] == NULL) {
            int64_t bytes = page * (int64_t)(1 + draw(&seed) % (draw(&seed) % 20 == 0 ? 1500 : 40));
            places[i] = weft_arena_take_kept(arena, bytes);
            if (places[i] == NULL) places[i] = weft_arena_take_clean(arena, bytes);
            assert_non_null(places[i]);
            assert_int_equal(places[i]->bytes, bytes);
            memset(places[i]->data, i + 1, (size_t)bytes);
        } else {
            check_pattern(places[i], (unsigned char)(i + 1));
            if (draw(&seed) % 3 == 0 || !weft_arena_keep(arena, places[i])) weft_arena_drop(arena, places[i]);
            places[i] = NULL;
        }
        if (step % 500 == 499) (void)weft_arena_purge(arena, 100 * page);
    }
    for (int i = 0; i < PLACES; i++)
        if (places[i] != NULL) weft_arena_drop(arena, places[i]);
}

static void test_places_do_not_overlap(void **state) {
    (void)state;
    weft_arena *arena = weft_arena_new();
    assert_non_null(arena);
    take_and_give(arena, 7);
    weft_arena_free(arena);
}

static void *on_a_thread(void *arena) {
    take_and_give(arena, (uint64_t)(uintptr_t)pthread_self());
    return NULL;
}

static void test_threads_may_share_an_arena(void **state) {
    (void)state;
    pthread_t threads[4];
    weft_arena *arena = weft_arena_new();
    assert_non_null(arena);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, on_a_thread, arena), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    weft_arena_free(arena);
}

static void test_pages_that_were_purged_read_as_zeros(void **state) {
    (void)state;
    weft_arena *arena = weft_arena_new();
    int64_t page = weft_page_bytes();
    weft_arena_range *place = weft_arena_take_clean(arena, 8 * page);
    memset(place->data, 1, (size_t)place->bytes);
    assert_true(weft_arena_keep(arena, place));
    assert_int_equal(weft_arena_purge(arena, 1), 8 * page); /* a place is purged whole */
    assert_int_equal(weft_arena_purge(arena, 1), 0);
    place = weft_arena_take_clean(arena, 8 * page);
    for (int64_t i = 0; i < place->bytes; i++)
        assert_int_equal(((const unsigned char *)place->data)[i], 0);
    weft_arena_drop(arena, place);
    weft_arena_free(arena);
}

static void test_neighbours_are_joined_so_that_a_larger_place_fits(void **state) {
    (void)state;
    weft_arena *arena = weft_arena_new();
    int64_t page = weft_page_bytes();
    weft_arena_range *places[8];
    for (int i = 0; i < 8; i++)
        assert_non_null(places[i] = weft_arena_take_clean(arena, page));
    static const int order[] = {3, 1, 6, 0, 2, 7, 5, 4};
    for (int i = 0; i < 8; i++)
        assert_true(weft_arena_keep(arena, places[order[i]]));
    weft_arena_range *whole = weft_arena_take_kept(arena, 8 * page);
    assert_non_null(whole);
    weft_arena_drop(arena, whole);
    weft_arena_free(arena);
}

static void test_large_places_give_their_pages_back(void **state) {
    (void)state;
    weft_arena *arena = weft_arena_new();
    weft_arena_range *place = weft_arena_take_clean(arena, 100 * MIB);
    assert_non_null(place);
    assert_false(weft_arena_keep(arena, place));
    weft_arena_drop(arena, place);
    assert_null(weft_arena_take_clean(arena, INT64_MAX / 4096 * 4096));
    weft_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places_do_not_overlap),
        cmocka_unit_test(test_threads_may_share_an_arena),
        cmocka_unit_test(test_pages_that_were_purged_read_as_zeros),
        cmocka_unit_test(test_neighbours_are_joined_so_that_a_larger_place_fits),
        cmocka_unit_test(test_large_places_give_their_pages_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
