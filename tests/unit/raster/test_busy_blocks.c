/* A block that another thread is decoding does not keep a reader from the blocks behind it.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "unit/raster/small_raster.h"
#include "unit/raster/source_rig.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define COLS  3
#define ROWS  20 /* strips of a row: more than a reader leaves for later */
#define TAKEN 10 /* the first so many are being decoded by another */

static atomic_bool may_end;

static void pause_ms(long ms) {
    (void)nanosleep(&(struct timespec){0, ms * 1000000}, NULL);
}

/* As the file has it, but not before it may. */
static weft_status load_slowly(void *payload, weft_block_key key, void *values, uint8_t *valid, bool *any_missing,
                               weft_error *err) {
    (void)payload;
    (void)valid;
    (void)any_missing;
    (void)err;
    while (!atomic_load(&may_end))
        pause_ms(1);
    for (int i = 0; i < COLS; i++)
        ((double *)values)[i] = key.block_row * COLS + i;
    return WEFT_OK;
}

static void *take_slowly(void *payload) {
    const weft_block_key *key = payload;
    weft_block block;
    if (weft_block_cache_acquire(source_rig_cache, *key, COLS * sizeof(double), COLS, load_slowly, NULL, &block,
                                 NULL) == WEFT_OK)
        weft_block_cache_release(source_rig_cache, *key);
    return NULL;
}

typedef struct reading {
    weft_source *source;
    double values[COLS * ROWS];
    weft_status status;
} reading;

static void *read_all(void *payload) {
    reading *self = payload;
    uint8_t valid[COLS * ROWS];
    bool all;
    self->status = weft_source_read(self->source, 1, (weft_window){0, 0, COLS, ROWS}, self->values, valid, &all, NULL);
    return NULL;
}

/* Within three seconds, asked each millisecond. */
static bool comes(weft_block_key key, bool (*there)(weft_block_cache *, weft_block_key)) {
    for (int i = 0; i < 3000; i++) {
        if (there(source_rig_cache, key)) return true;
        pause_ms(1);
    }
    return false;
}

/* `taken` blocks are slow; the reader leaves eight of them for later, so that it comes to block `seen`. */
static void check(const char *name, int taken, int seen, bool reaches_it) {
    static const char *const options[] = {"BLOCKYSIZE=1", NULL};
    double values[COLS * ROWS];
    pthread_t slow[TAKEN], reader;
    weft_block_key keys[ROWS];
    reading self = {0};
    for (int i = 0; i < COLS * ROWS; i++)
        values[i] = i;
    GDALDatasetH file = small_raster_create(name, COLS, ROWS, 1, GDT_Float64, 10, 1, options);
    small_raster_write(file, 1, values);
    GDALClose(file);
    self.source = source_rig_open(name, false);
    /* Ids count up: the next one tells the source's. */
    int32_t id = weft_block_cache_new_source_id(source_rig_cache) - 1;
    atomic_store(&may_end, false);
    for (int i = 0; i < ROWS; i++)
        keys[i] = (weft_block_key){id, 1, 0, i};
    for (int i = 0; i < taken; i++) {
        assert_int_equal(pthread_create(&slow[i], NULL, take_slowly, &keys[i]), 0);
        assert_true(comes(keys[i], weft_block_cache_is_loading));
    }
    assert_int_equal(pthread_create(&reader, NULL, read_all, &self), 0);
    if (!reaches_it) pause_ms(50);
    bool reached =
        reaches_it ? comes(keys[seen], weft_block_cache_has) : weft_block_cache_has(source_rig_cache, keys[seen]);
    atomic_store(&may_end, true);
    for (int i = 0; i < taken; i++)
        (void)pthread_join(slow[i], NULL);
    (void)pthread_join(reader, NULL);
    assert_int_equal(reached, reaches_it);
    assert_int_equal(self.status, WEFT_OK);
    assert_memory_equal(self.values, values, sizeof values);
    weft_source_close(self.source);
}

static void test_a_reader_goes_on_behind_blocks_that_others_decode(void **state) {
    (void)state;
    check("one.tif", 1, ROWS - 1, true);
    check("eight.tif", 8, ROWS - 1, true);
}

/* Those it decoded while it waited may have left the cache when it comes back: so it does not run on and on. */
static void test_a_reader_leaves_no_more_than_eight_blocks_for_later(void **state) {
    (void)state;
    check("ten.tif", TAKEN, TAKEN, false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_reader_goes_on_behind_blocks_that_others_decode),
        cmocka_unit_test(test_a_reader_leaves_no_more_than_eight_blocks_for_later),
    };
    return cmocka_run_group_tests(tests, source_rig_setup, source_rig_teardown);
}
