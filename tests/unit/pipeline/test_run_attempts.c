/* Which failures a run goes on after by itself, how often, and what a signal makes of the pause. Sleep is counted, not
 * slept: the linker puts __wrap_nanosleep() in its place.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/run/run_attempts.h"
#include "support/cmocka_all.h"

#include <errno.h>
#include <time.h>

static int64_t slept_ms;
static weft_cancel *cancelled_asleep; /* the signal that comes while the run waits; NULL: none does */

int __wrap_nanosleep(const struct timespec *length, struct timespec *left);
int __wrap_nanosleep(const struct timespec *length, struct timespec *left) {
    (void)left;
    slept_ms += (int64_t)length->tv_sec * 1000 + length->tv_nsec / 1000000;
    if (cancelled_asleep != NULL) weft_cancel_request(cancelled_asleep, WEFT_CANCEL_SIGNAL);
    return 0;
}

static bool again(weft_run_attempts *attempts, int64_t rows, int reason, weft_status *status, weft_error *err) {
    *status = weft_error_set_errno(err, reason, "out/t.csv.part: cannot write");
    return weft_run_attempts_again(attempts, rows, status, err);
}

static int setup(void **state) {
    (void)state;
    slept_ms = 0;
    cancelled_asleep = NULL;
    return 0;
}

static void test_only_what_may_pass_is_tried_again(void **state) {
    (void)state;
    static const int passing[] = {EIO, ESTALE, EAGAIN, ENOLCK, ETIMEDOUT, EINTR},
                     lasting[] = {ENOSPC, EDQUOT, EROFS, EACCES, ENOENT, EFBIG, ENOMEM};
    weft_error err = {0};
    weft_status status;
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        assert_true(again(&(weft_run_attempts){0}, 0, passing[i], &status, &err));
    for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
        assert_false(again(&(weft_run_attempts){0}, 0, lasting[i], &status, &err));
    status = weft_error_set(&err, WEFT_ERR_IO, "dem.tif: cannot be read");
    assert_false(weft_run_attempts_again(&(weft_run_attempts){0}, 0, &status, &err));
}

/* 200 + 400 + 800 + 1600 ms between five attempts. */
static void test_five_attempts_from_one_checkpoint(void **state) {
    (void)state;
    weft_run_attempts attempts = {0};
    weft_error err = {0};
    weft_status status;
    for (int i = 1; i < 5; i++)
        assert_true(again(&attempts, 24, EIO, &status, &err));
    assert_int_equal(slept_ms, 3000);
    assert_false(again(&attempts, 24, EIO, &status, &err));
    assert_int_equal(status, WEFT_ERR_IO);
    assert_int_equal(slept_ms, 3000);
    assert_int_equal(atomic_load(&attempts.account.retries), 4);
    assert_string_equal(attempts.reason, "out/t.csv.part: cannot write: Input/output error");
}

static void test_attempts_are_counted_anew_once_one_came_further(void **state) {
    (void)state;
    weft_run_attempts attempts = {0};
    weft_error err = {0};
    weft_status status;
    for (int64_t row = 1; row <= 100; row++) {
        assert_true(again(&attempts, row, EIO, &status, &err));
        assert_int_equal(slept_ms, 200 * row);
    }
    /* Back behind where it was is not further. */
    for (int i = 2; i < 5; i++)
        assert_true(again(&attempts, 50, EIO, &status, &err));
    assert_false(again(&attempts, 50, EIO, &status, &err));
}

static void test_a_signal_ends_the_pause_and_the_run(void **state) {
    (void)state;
    weft_cancel cancel = {0};
    weft_run_attempts attempts = {.account.cancel = &cancel};
    weft_error err = {0};
    weft_status status;
    cancelled_asleep = &cancel;
    assert_false(again(&attempts, 24, EIO, &status, &err));
    assert_int_equal(status, WEFT_ERR_CANCELLED);
    assert_int_equal(err.status, WEFT_ERR_CANCELLED);
    assert_true(slept_ms < 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_only_what_may_pass_is_tried_again, setup),
        cmocka_unit_test_setup(test_five_attempts_from_one_checkpoint, setup),
        cmocka_unit_test_setup(test_attempts_are_counted_anew_once_one_came_further, setup),
        cmocka_unit_test_setup(test_a_signal_ends_the_pause_and_the_run, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
