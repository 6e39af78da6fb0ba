/* The cache decodes a block once, keeps what was used last, and holds to its bounds.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "raster/blocks/block_cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define PAGE INT64_C(4096)

typedef struct loader {
    _Atomic int loads;
    int failures; /* the first so many loads fail */
    long pause_ms;
} loader;

static weft_status load(void *payload, weft_block_key key, void *values, uint8_t *valid, bool *any_missing,
                        weft_error *err) {
    loader *self = payload;
    int number = atomic_fetch_add(&self->loads, 1);
    struct timespec pause = {0, self->pause_ms * 1000000L};
    if (self->pause_ms > 0) nanosleep(&pause, NULL);
    if (number < self->failures) return weft_error_set(err, WEFT_ERR_DATA, "broken");
    memset(values, key.block_col, 3000);
    valid[0] = 0;
    *any_missing = key.block_col % 2 == 1;
    return WEFT_OK;
}

static weft_block_key key_of(int col) {
    return (weft_block_key){1, 1, col, 0};
}

typedef struct rig {
    weft_ledger *ledger;
    weft_block_cache *cache;
    loader loader;
} rig;

static void begin(rig *self, int64_t ledger_bytes, int64_t capacity_bytes) {
    *self = (rig){0};
    assert_int_equal(weft_ledger_new(&self->ledger, ledger_bytes, NULL), WEFT_OK);
    assert_int_equal(weft_block_cache_new(&self->cache, self->ledger, capacity_bytes, NULL), WEFT_OK);
}

static void end(rig *self) {
    weft_block_cache_free(self->cache);
    assert_int_equal(weft_ledger_used_bytes(self->ledger), 0);
    weft_ledger_free(self->ledger);
}

static void use(rig *self, int col) {
    weft_block block;
    assert_int_equal(weft_block_cache_acquire(self->cache, key_of(col), 3000, 1000, load, &self->loader, &block, NULL),
                     WEFT_OK);
    assert_int_equal(((const uint8_t *)block.values)[2999], col);
    assert_int_equal(block.valid != NULL, col % 2 == 1);
    weft_block_cache_release(self->cache, key_of(col));
}

static void test_a_block_is_loaded_once(void **state) {
    (void)state;
    rig self;
    begin(&self, 10 * PAGE, 10 * PAGE);
    use(&self, 1);
    use(&self, 1);
    use(&self, 2);
    assert_int_equal(self.loader.loads, 2);
    weft_block_cache_stats stats;
    weft_block_cache_read_stats(self.cache, &stats);
    assert_int_equal(stats.hits, 1);
    assert_int_equal(stats.misses, 2);
    assert_int_equal(stats.bytes, 2 * PAGE);
    end(&self);
}

/* Two pages, the second for the mask. */
static int64_t bytes_of_one_block(int col) {
    rig self;
    weft_block block;
    weft_block_cache_stats stats;
    begin(&self, 10 * PAGE, 10 * PAGE);
    assert_int_equal(weft_block_cache_acquire(self.cache, key_of(col), PAGE, PAGE, load, &self.loader, &block, NULL),
                     WEFT_OK);
    weft_block_cache_release(self.cache, key_of(col));
    weft_block_cache_read_stats(self.cache, &stats);
    assert_int_equal(stats.bytes, weft_ledger_used_bytes(self.ledger));
    end(&self);
    return stats.bytes;
}

static void test_a_block_that_misses_nothing_gives_the_room_of_its_mask_back(void **state) {
    (void)state;
    assert_int_equal(bytes_of_one_block(1), 2 * PAGE);
    assert_int_equal(bytes_of_one_block(2), PAGE);
}

static void test_the_block_used_longest_ago_goes_first(void **state) {
    (void)state;
    rig self;
    begin(&self, 10 * PAGE, 3 * PAGE);
    use(&self, 1), use(&self, 2), use(&self, 3);
    use(&self, 1); /* now 2 is the oldest */
    use(&self, 4);
    assert_int_equal(self.loader.loads, 4);
    use(&self, 1), use(&self, 3), use(&self, 4);
    assert_int_equal(self.loader.loads, 4);
    use(&self, 2);
    assert_int_equal(self.loader.loads, 5);
    end(&self);
}

static weft_status load_large(void *payload, weft_block_key key, void *values, uint8_t *valid, bool *any_missing,
                              weft_error *err) {
    memset((char *)values + 3000, key.block_col, 7000 - 3000);
    return load(payload, key, values, valid, any_missing, err);
}

static void use_large(rig *self, int col) {
    weft_block block;
    weft_block_key key = key_of(col);
    assert_int_equal(weft_block_cache_acquire(self->cache, key, 7000, 1000, load_large, &self->loader, &block, NULL),
                     WEFT_OK);
    for (int i = 0; i < 7000; i++)
        assert_int_equal(((const uint8_t *)block.values)[i], col);
    weft_block_cache_release(self->cache, key);
}

/* 64 pages, 16 of them with blocks of one page that nobody asks for again. */
static void test_blocks_of_two_sizes_share_the_capacity(void **state) {
    (void)state;
    rig self;
    weft_block_cache_stats stats;
    begin(&self, 100 * PAGE, 64 * PAGE);
    for (int col = 0; col < 16; col++)
        use(&self, col);
    for (int col = 100; col < 200; col++) {
        use_large(&self, col);
        weft_block_cache_read_stats(self.cache, &stats);
        assert_true(stats.bytes <= 64 * PAGE);
        assert_int_equal(stats.bytes, weft_ledger_used_bytes(self.ledger));
    }
    /* The last 32 large ones are all that there is. */
    assert_int_equal(stats.blocks, 32);
    for (int col = 168; col < 200; col++)
        use_large(&self, col);
    assert_int_equal(self.loader.loads, 116);
    end(&self);
}

static void test_the_ledger_bounds_the_cache_too(void **state) {
    (void)state;
    rig self;
    begin(&self, 2 * PAGE, 100 * PAGE);
    use(&self, 1), use(&self, 2), use(&self, 3);
    assert_true(weft_ledger_used_bytes(self.ledger) <= 2 * PAGE);
    end(&self);
}

static void test_pinned_blocks_stay_and_what_does_not_fit_is_refused(void **state) {
    (void)state;
    rig self;
    weft_block first, second, third;
    weft_error err = {0};
    begin(&self, 2 * PAGE, PAGE);
    assert_int_equal(weft_block_cache_acquire(self.cache, key_of(2), 3000, 1000, load, &self.loader, &first, NULL), 0);
    assert_int_equal(weft_block_cache_acquire(self.cache, key_of(4), 3000, 1000, load, &self.loader, &second, NULL), 0);
    assert_int_equal(weft_block_cache_acquire(self.cache, key_of(6), 3000, 1000, load, &self.loader, &third, &err),
                     WEFT_ERR_MEMORY);
    weft_block_cache_drop(self.cache, -1);
    assert_int_equal(((const uint8_t *)first.values)[0], 2);
    assert_int_equal(((const uint8_t *)second.values)[0], 4);
    weft_block_cache_release(self.cache, key_of(2));
    weft_block_cache_release(self.cache, key_of(4));
    use(&self, 6);
    end(&self);
}

static void test_a_failed_load_is_tried_again(void **state) {
    (void)state;
    rig self;
    weft_block block;
    weft_error err = {0};
    begin(&self, 10 * PAGE, 10 * PAGE);
    self.loader.failures = 1;
    assert_int_equal(weft_block_cache_acquire(self.cache, key_of(1), 3000, 1000, load, &self.loader, &block, &err),
                     WEFT_ERR_DATA);
    assert_string_equal(err.message, "broken");
    use(&self, 1);
    end(&self);
}

static void test_shrinking_and_dropping_give_memory_back(void **state) {
    (void)state;
    rig self;
    begin(&self, 10 * PAGE, 10 * PAGE);
    use(&self, 1), use(&self, 2), use(&self, 3);
    weft_block_cache_set_capacity(self.cache, PAGE);
    assert_int_equal(weft_ledger_used_bytes(self.ledger), PAGE);
    weft_block_cache_drop(self.cache, 1);
    assert_int_equal(weft_ledger_used_bytes(self.ledger), 0);
    end(&self);
}

/* Libraries took what the ledger had left for blocks: a block that is asked for is read all the same, one that is
 * only offered is not. */
static void test_a_block_is_read_though_the_capacity_fell_below_what_is_held(void **state) {
    (void)state;
    rig self;
    begin(&self, 10 * PAGE, 10 * PAGE);
    assert_int_equal(weft_ledger_reserve(self.ledger, WEFT_TAG_CHUNK, 8 * PAGE, NULL), WEFT_OK);
    weft_ledger_set_capacity(self.ledger, 5 * PAGE, 10 * PAGE);
    weft_block_cache_offer(self.cache, key_of(1), 3000, 1000, load, &self.loader);
    assert_int_equal(self.loader.loads, 0);
    use(&self, 1), use(&self, 2), use(&self, 1);
    assert_int_equal(weft_ledger_used_bytes(self.ledger), 9 * PAGE);
    weft_ledger_release(self.ledger, WEFT_TAG_CHUNK, 8 * PAGE);
    end(&self);
}

static void test_an_offered_block_is_a_hit(void **state) {
    (void)state;
    rig self;
    begin(&self, 10 * PAGE, 10 * PAGE);
    weft_block_cache_offer(self.cache, key_of(5), 3000, 1000, load, &self.loader);
    weft_block_cache_offer(self.cache, key_of(5), 3000, 1000, load, &self.loader);
    use(&self, 5);
    assert_int_equal(self.loader.loads, 1);
    end(&self);
}

static void test_an_offer_that_fails_leaves_nothing(void **state) {
    (void)state;
    rig self;
    begin(&self, 10 * PAGE, 10 * PAGE);
    self.loader.failures = 1;
    weft_block_cache_offer(self.cache, key_of(5), 3000, 1000, load, &self.loader);
    assert_int_equal(weft_ledger_used_bytes(self.ledger), 0);
    use(&self, 5);
    end(&self);
}

/* Loads a block and offers its neighbour, whose loader on another thread offers this one: nobody waits for ever. */
static weft_status load_with_sibling(void *payload, weft_block_key key, void *values, uint8_t *valid, bool *any_missing,
                                     weft_error *err) {
    rig *self = payload;
    weft_status status = load(&self->loader, key, values, valid, any_missing, err);
    weft_block_cache_offer(self->cache, key_of(key.block_col ^ 1), 3000, 1000, load, &self->loader);
    return status;
}

static void *use_siblings(void *payload) {
    rig *self = payload;
    for (int i = 0; i < 400; i++) {
        weft_block block;
        weft_block_key key = key_of(i * 7 % 8);
        if (weft_block_cache_acquire(self->cache, key, 3000, 1000, load_with_sibling, self, &block, NULL) != WEFT_OK)
            return NULL;
        bool right = ((const uint8_t *)block.values)[0] == key.block_col;
        weft_block_cache_release(self->cache, key);
        if (i % 16 == 0) weft_block_cache_drop(self->cache, -1);
        if (!right) return NULL;
    }
    return self;
}

static void test_loaders_that_offer_each_others_blocks_do_not_lock_up(void **state) {
    (void)state;
    rig self;
    pthread_t threads[4];
    begin(&self, 100 * PAGE, 4 * PAGE);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_siblings, &self), 0);
    for (int i = 0; i < 4; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        assert_ptr_equal(result, &self);
    }
    end(&self);
}

static void *use_many(void *payload) {
    for (int i = 0; i < 400; i++)
        use(payload, i % 8);
    return NULL;
}

static void test_threads_wait_for_a_block_that_is_being_loaded(void **state) {
    (void)state;
    rig self;
    pthread_t threads[4];
    begin(&self, 100 * PAGE, 100 * PAGE);
    self.loader.pause_ms = 5;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_many, &self), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(self.loader.loads, 8);
    end(&self);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_block_is_loaded_once),
        cmocka_unit_test(test_a_block_that_misses_nothing_gives_the_room_of_its_mask_back),
        cmocka_unit_test(test_the_block_used_longest_ago_goes_first),
        cmocka_unit_test(test_blocks_of_two_sizes_share_the_capacity),
        cmocka_unit_test(test_the_ledger_bounds_the_cache_too),
        cmocka_unit_test(test_pinned_blocks_stay_and_what_does_not_fit_is_refused),
        cmocka_unit_test(test_a_failed_load_is_tried_again),
        cmocka_unit_test(test_shrinking_and_dropping_give_memory_back),
        cmocka_unit_test(test_a_block_is_read_though_the_capacity_fell_below_what_is_held),
        cmocka_unit_test(test_an_offered_block_is_a_hit),
        cmocka_unit_test(test_an_offer_that_fails_leaves_nothing),
        cmocka_unit_test(test_loaders_that_offer_each_others_blocks_do_not_lock_up),
        cmocka_unit_test(test_threads_wait_for_a_block_that_is_being_loaded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
