/* How many decode at once, what is booked for them, and what becomes of idle handles when there is no room.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "raster/blocks/handle_limit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define MIB     (INT64_C(1) << 20)
#define WORKERS 8
#define ROUNDS  25

/* A source that takes `bytes` a decoder, with handles that are plain memory. */
typedef struct fixture {
    weft_codec_cost codec;
    weft_handle_owner owner;
} fixture;

static weft_ledger *ledger;
static weft_handle_limit *limit;
static _Atomic int decoding, most_decoding, open_handles;

static weft_status make_handle(void *payload, void **out, weft_error *err) {
    (void)payload;
    (void)err;
    *out = malloc(1);
    atomic_fetch_add(&open_handles, 1);
    return *out == NULL ? WEFT_ERR_MEMORY : WEFT_OK;
}

static void free_handle(void *handle) {
    free(handle);
    atomic_fetch_sub(&open_handles, 1);
}

static void open_source(fixture *source, int64_t bytes, uint64_t shape) {
    source->codec = (weft_codec_cost){.bytes = bytes, .shape = shape};
    source->owner = (weft_handle_owner){.codec = &source->codec};
    assert_int_equal(weft_object_pool_new(&source->owner.handles, make_handle, free_handle, NULL, NULL), WEFT_OK);
}

static void close_source(fixture *source) {
    weft_handle_limit_remove(limit, &source->owner);
    weft_object_pool_free(source->owner.handles);
}

static weft_status enter(fixture *source, void **handle) {
    weft_status status = weft_handle_limit_enter(limit, &source->owner, NULL);
    if (status == WEFT_OK) assert_int_equal(weft_object_pool_acquire(source->owner.handles, handle, NULL), WEFT_OK);
    return status;
}

static void leave(fixture *source, void *handle) {
    weft_object_pool_release(source->owner.handles, handle);
    weft_handle_limit_leave(limit, &source->owner, false);
}

static void decode_for(long microseconds) {
    int now = atomic_fetch_add(&decoding, 1) + 1, max = atomic_load(&most_decoding);
    while (now > max && !atomic_compare_exchange_weak(&most_decoding, &max, now)) {
    }
    nanosleep(&(struct timespec){.tv_nsec = microseconds * 1000}, NULL);
    atomic_fetch_sub(&decoding, 1);
}

static void *work(void *payload) {
    fixture *sources = payload;
    for (int i = 0; i < ROUNDS; i++) {
        void *handle;
        fixture *source = &sources[i % 2];
        if (enter(source, &handle) != WEFT_OK) return payload;
        decode_for(200);
        leave(source, handle);
    }
    return NULL;
}

/* Decodes with all workers from both sources; fails when one is refused. */
static void work_together(fixture sources[2]) {
    pthread_t threads[WORKERS];
    atomic_store(&most_decoding, 0);
    for (int i = 0; i < WORKERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, sources), 0);
    for (int i = 0; i < WORKERS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
}

static int set_up(void **state) {
    (void)state;
    atomic_store(&open_handles, 0);
    return weft_ledger_new(&ledger, 100 * MIB, NULL) == WEFT_OK && weft_handle_limit_new(&limit, NULL) == WEFT_OK ? 0
                                                                                                                  : -1;
}

static int tear_down(void **state) {
    (void)state;
    assert_int_equal(weft_ledger_used_bytes(ledger), 0);
    assert_int_equal(atomic_load(&open_handles), 0);
    weft_handle_limit_free(limit);
    weft_ledger_free(ledger);
    return 0;
}

static void test_no_more_decode_at_once_than_their_share_holds(void **state) {
    fixture sources[2];
    (void)state;
    weft_handle_limit_share(limit, ledger, 70 * MIB, NULL);
    open_source(&sources[0], 20 * MIB, 1);
    open_source(&sources[1], 30 * MIB, 2);
    work_together(sources);
    assert_between(atomic_load(&most_decoding), 1, 3);
    /* Handles that have decoded take it as long as they are open. */
    assert_between(weft_ledger_used_bytes(ledger), 20 * MIB, 70 * MIB);
    assert_between(atomic_load(&open_handles), 1, 3);
    close_source(&sources[0]);
    close_source(&sources[1]);
}

static void test_one_decodes_though_its_share_is_too_small(void **state) {
    fixture sources[2];
    (void)state;
    weft_handle_limit_share(limit, ledger, MIB, NULL);
    open_source(&sources[0], 20 * MIB, 1);
    open_source(&sources[1], 30 * MIB, 2);
    work_together(sources);
    assert_int_equal(atomic_load(&most_decoding), 1);
    close_source(&sources[0]);
    close_source(&sources[1]);
}

static void test_the_ledger_may_hold_less_than_the_share(void **state) {
    fixture sources[2];
    (void)state;
    weft_handle_limit_share(limit, ledger, 1000 * MIB, NULL);
    assert_int_equal(weft_ledger_reserve(ledger, WEFT_TAG_CHUNK, 35 * MIB, NULL), WEFT_OK);
    open_source(&sources[0], 30 * MIB, 1);
    open_source(&sources[1], 30 * MIB, 2);
    work_together(sources);
    assert_between(atomic_load(&most_decoding), 1, 2);
    close_source(&sources[0]);
    close_source(&sources[1]);
    weft_ledger_release(ledger, WEFT_TAG_CHUNK, 35 * MIB);
}

static void test_who_is_alone_and_finds_no_room_is_refused(void **state) {
    fixture source;
    void *handle;
    (void)state;
    weft_handle_limit_share(limit, ledger, 1000 * MIB, NULL);
    open_source(&source, 101 * MIB, 1);
    assert_int_equal(enter(&source, &handle), WEFT_ERR_MEMORY);
    assert_int_equal(weft_ledger_used_bytes(ledger), 0);
    close_source(&source);
}

static void test_idle_handles_make_room_for_another_source(void **state) {
    fixture first, second;
    void *handle;
    (void)state;
    weft_handle_limit_share(limit, ledger, 50 * MIB, NULL);
    open_source(&first, 30 * MIB, 1);
    open_source(&second, 30 * MIB, 2);
    assert_int_equal(enter(&first, &handle), WEFT_OK);
    leave(&first, handle);
    assert_int_equal(weft_ledger_used_bytes(ledger), 30 * MIB);
    assert_int_equal(enter(&second, &handle), WEFT_OK);
    assert_int_equal(atomic_load(&open_handles), 1);
    assert_int_equal(weft_ledger_used_bytes(ledger), 30 * MIB);
    leave(&second, handle);
    weft_handle_limit_close_idle(limit, &second.owner);
    assert_int_equal(weft_ledger_used_bytes(ledger), 0);
    close_source(&first);
    close_source(&second);
}

/* 40 MiB are resident; the first decode takes 25 more, of which 5 were reckoned. */
static int readings;
static bool read_resident(int64_t *now_bytes, int64_t *peak_bytes) {
    *now_bytes = 40 * MIB;
    *peak_bytes = readings++ == 0 ? 41 * MIB : 65 * MIB;
    return true;
}

static void test_what_the_first_decode_is_seen_to_take_is_booked_from_then_on(void **state) {
    fixture sources[2];
    void *handle;
    (void)state;
    readings = 0;
    assert_int_equal(weft_ledger_reserve(ledger, WEFT_TAG_CHUNK, 30 * MIB, NULL), WEFT_OK);
    weft_handle_limit_share(limit, ledger, 60 * MIB, read_resident);
    open_source(&sources[0], 5 * MIB, 1);
    open_source(&sources[1], 5 * MIB, 1);
    assert_int_equal(enter(&sources[0], &handle), WEFT_OK);
    leave(&sources[0], handle);
    weft_handle_limit_close_idle(limit, &sources[0].owner);
    assert_int_equal(enter(&sources[1], &handle), WEFT_OK);
    assert_int_equal(weft_ledger_used_bytes(ledger), (30 + 25) * MIB);
    leave(&sources[1], handle);
    work_together(sources);
    assert_between(atomic_load(&most_decoding), 1, 2);
    close_source(&sources[0]);
    close_source(&sources[1]);
    weft_ledger_release(ledger, WEFT_TAG_CHUNK, 30 * MIB);
}

/* A share for two as they were planned; each is seen to take five times as much, and the ledger has that much. */
static void test_what_is_seen_keeps_nobody_waiting_where_there_is_plenty(void **state) {
    fixture sources[2];
    (void)state;
    readings = 0;
    weft_handle_limit_share(limit, ledger, 10 * MIB, read_resident);
    open_source(&sources[0], 5 * MIB, 1);
    open_source(&sources[1], 5 * MIB, 1);
    work_together(sources);
    assert_int_equal(atomic_load(&most_decoding), 2);
    close_source(&sources[0]);
    close_source(&sources[1]);
}

static void test_the_first_of_each_shape_decodes_alone(void **state) {
    fixture sources[2];
    (void)state;
    readings = 0;
    weft_handle_limit_share(limit, ledger, 1000 * MIB, read_resident);
    open_source(&sources[0], MIB, 1);
    open_source(&sources[1], MIB, 2);
    work_together(sources);
    assert_int_equal(readings, 4);
    close_source(&sources[0]);
    close_source(&sources[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_more_decode_at_once_than_their_share_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_decodes_though_its_share_is_too_small, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_ledger_may_hold_less_than_the_share, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_who_is_alone_and_finds_no_room_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_idle_handles_make_room_for_another_source, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_the_first_decode_is_seen_to_take_is_booked_from_then_on, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_seen_keeps_nobody_waiting_where_there_is_plenty, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_the_first_of_each_shape_decodes_alone, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
