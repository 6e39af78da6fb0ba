/* Windows under pressure: every cell once whatever sizes do meanwhile, each size from the next window on, and what a
 * worker gives back between two of them.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "stages/context/window_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLS 700
#define ROWS 500

/* --- a context whose pressure the test makes --- */

typedef struct rig {
    weft_context context;
    weft_relief relief;
    weft_adaptive_size size;
    weft_worker worker;
    weft_pressure_fn fn;
    void *payload;
    _Atomic int64_t windows;
    int closed, changes;
    weft_adaptation last;
    /* What the walk did. */
    uint8_t cells[ROWS][COLS];
    int64_t widest, highest; /* band after the event */
    int64_t event_at;        /* the window, from 1, in which `event` comes; 0: never */
    weft_pressure_level event;
    bool pressed;
} rig;

static weft_status subscribe(void *payload, weft_pressure_fn fn, void *fn_payload, weft_error *err) {
    rig *self = payload;
    (void)err;
    self->fn = fn;
    self->payload = fn_payload;
    return WEFT_OK;
}

static void unsubscribe(void *payload, weft_pressure_fn fn, void *fn_payload) {
    rig *self = payload;
    assert_true(self->fn == fn && self->payload == fn_payload);
    self->fn = NULL;
}

static void adapted(void *payload, const weft_adaptation *adaptation) {
    rig *self = payload;
    self->changes++;
    self->last = *adaptation;
}

static void close_idle(void *payload) {
    ((rig *)payload)->closed++;
}

static rig *begin(void) {
    rig *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->context.pressure = (weft_pressure_source){subscribe, unsubscribe, self};
    self->context.observer.adapted = adapted;
    self->context.observer.payload = self;
    self->context.relief = &self->relief;
    self->relief.close_idle = close_idle;
    self->relief.payload = self;
    assert_int_equal(weft_ledger_new(&self->context.ledger, 1 << 20, NULL), WEFT_OK);
    assert_int_equal(weft_worker_init(&self->worker, &self->context, 0, NULL), WEFT_OK);
    self->size =
        (weft_adaptive_size){.parameter = "window_size", .desired = 160, .warning_floor = 40, .critical_size = 20};
    assert_int_equal(weft_adaptive_size_init(&self->size, &self->context, NULL), WEFT_OK);
    return self;
}

static void end(rig *self) {
    weft_adaptive_size_dispose(&self->size);
    assert_null(self->fn);
    weft_worker_dispose(&self->worker);
    assert_int_equal(weft_ledger_used_bytes(self->context.ledger), 0);
    weft_ledger_free(self->context.ledger);
    free(self);
}

static void press(rig *self, weft_pressure_level level) {
    self->fn(level, 95, self->payload);
}

/* Marks cells, and makes the event in the midst of window `event_at`. */
static weft_status mark(void *payload, weft_worker *worker, weft_window band, weft_error *err) {
    rig *self = payload;
    (void)worker;
    (void)err;
    if (atomic_load(&self->windows) > self->event_at) {
        if (band.cols > self->widest) self->widest = band.cols;
        if (band.rows > self->highest) self->highest = band.rows;
    } else if (!self->pressed) {
        self->pressed = atomic_load(&self->windows) == self->event_at;
        if (self->pressed) press(self, self->event);
    }
    for (int64_t row = band.row; row < band.row + band.rows; row++)
        for (int64_t col = band.col; col < band.col + band.cols; col++)
            self->cells[row][col]++;
    return WEFT_OK;
}

static void walk(rig *self, weft_window part) {
    weft_window_walk walk = {&self->size, &self->windows, mark, self};
    assert_int_equal(weft_window_walk_run(&walk, &self->worker, part, NULL), WEFT_OK);
}

static void check_cells(const rig *self, weft_window part) {
    for (int64_t row = 0; row < ROWS; row++)
        for (int64_t col = 0; col < COLS; col++) {
            bool inside =
                row >= part.row && row < part.row + part.rows && col >= part.col && col < part.col + part.cols;
            if (self->cells[row][col] != (int)inside)
                fail_msg("cell (%d, %d) was done %d times", (int)col, (int)row, self->cells[row][col]);
        }
}

static void test_a_part_is_cut_into_windows_of_the_size(void **state) {
    (void)state;
    rig *self = begin();
    weft_window part = {10, 20, 650, 470};
    walk(self, part);
    check_cells(self, part);
    /* 650 / 160 and 470 / 160, rounded up. */
    assert_int_equal(self->windows, 5 * 3);
    assert_int_equal(self->widest, 160);
    end(self);
}

/* In the midst of the second window, of 160 x 160: the 13 that were to follow become windows of 20 x 20. What is left
 * of the first strip are 650 - 320 columns of 160 rows, then 310 rows of 650 columns. */
static void test_a_critical_level_counts_from_the_next_window_on(void **state) {
    (void)state;
    rig *self = begin();
    weft_window part = {0, 0, 650, 470};
    self->event_at = 2;
    self->event = WEFT_PRESSURE_CRITICAL;
    walk(self, part);
    check_cells(self, part);
    assert_int_equal(self->windows, 2 + 17 * 8 + 33 * 16);
    assert_int_equal(self->widest, 20);
    assert_true(self->highest <= 20);
    assert_int_equal(self->changes, 1);
    end(self);
}

static void test_growth_takes_a_step_with_each_window_and_is_back_within_20(void **state) {
    (void)state;
    rig *self = begin();
    press(self, WEFT_PRESSURE_CRITICAL);
    /* Nothing grows before it may, nor when it may no more. */
    assert_int_equal(weft_adaptive_size_take(&self->size), 20);
    press(self, WEFT_PRESSURE_RECOVERED);
    assert_int_equal(weft_adaptive_size_get(&self->size), 20);
    assert_int_equal(weft_adaptive_size_take(&self->size), 40);
    press(self, WEFT_PRESSURE_NORMAL);
    assert_int_equal(weft_adaptive_size_take(&self->size), 40);
    press(self, WEFT_PRESSURE_RECOVERED);
    int windows = 0;
    while (100 * weft_adaptive_size_take(&self->size) < 95 * self->size.desired)
        windows++;
    assert_true(windows < 20);
    assert_int_equal(weft_adaptive_size_get(&self->size), 160);
    assert_int_equal(self->last.level, WEFT_PRESSURE_RECOVERED);
    assert_true(self->last.usage_percent == 95);
    assert_true(self->last.old_value == 140 && self->last.new_value == 160);
    /* A warning ends growth at once. */
    press(self, WEFT_PRESSURE_WARNING);
    assert_int_equal(weft_adaptive_size_take(&self->size), 80);
    assert_int_equal(weft_adaptive_size_take(&self->size), 80);
    end(self);
}

static void test_a_worker_gives_its_scratch_back_once_a_call(void **state) {
    (void)state;
    rig *self = begin();
    assert_int_equal(weft_buffer_reserve(&self->worker.patch, self->context.ledger, WEFT_TAG_PATCH, 8192, NULL),
                     WEFT_OK);
    assert_int_equal(weft_buffer_reserve(&self->worker.group, self->context.ledger, WEFT_TAG_LAYER, 4096, NULL),
                     WEFT_OK);
    weft_worker_relieve(&self->worker);
    assert_int_equal(weft_ledger_used_bytes(self->context.ledger), 12288);
    atomic_fetch_add(&self->relief.scratch_calls, 1);
    walk(self, (weft_window){0, 0, 10, 10});
    assert_int_equal(weft_ledger_used_bytes(self->context.ledger), 0);
    assert_int_equal(weft_buffer_reserve(&self->worker.patch, self->context.ledger, WEFT_TAG_PATCH, 8192, NULL),
                     WEFT_OK);
    walk(self, (weft_window){0, 0, 10, 10});
    assert_int_equal(weft_ledger_used_bytes(self->context.ledger), 8192);
    end(self);
}

static void test_idle_handles_are_closed_once_by_whoever_comes_first(void **state) {
    (void)state;
    rig *self = begin();
    atomic_store(&self->relief.idle_due, true);
    walk(self, (weft_window){0, 0, 400, 400});
    weft_context_tidy(&self->context);
    assert_int_equal(self->closed, 1);
    end(self);
}

static weft_status refuse(void *payload, weft_worker *worker, weft_window band, weft_error *err) {
    (void)worker;
    (void)band;
    ++*(int *)payload;
    return weft_error_set(err, WEFT_ERR_IO, "no");
}

static void test_the_first_error_ends_it(void **state) {
    (void)state;
    rig *self = begin();
    int bands = 0;
    weft_window_walk walk = {&self->size, &self->windows, refuse, &bands};
    assert_int_equal(weft_window_walk_run(&walk, &self->worker, (weft_window){0, 0, 600, 400}, NULL), WEFT_ERR_IO);
    assert_int_equal(bands, 1);
    end(self);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_part_is_cut_into_windows_of_the_size),
        cmocka_unit_test(test_a_critical_level_counts_from_the_next_window_on),
        cmocka_unit_test(test_growth_takes_a_step_with_each_window_and_is_back_within_20),
        cmocka_unit_test(test_a_worker_gives_its_scratch_back_once_a_call),
        cmocka_unit_test(test_idle_handles_are_closed_once_by_whoever_comes_first),
        cmocka_unit_test(test_the_first_error_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
