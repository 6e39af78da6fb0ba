/* What may pass is tried five times, with growing pauses, and not at all when the run is to stop.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "core/clock.h"
#include "core/retry.h"
#include "core/steady_io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t elapsed_ms(int64_t since_ns) {
    return (weft_clock_monotonic_ns() - since_ns) / 1000000;
}

/* 50 + 100 + 200 + 400 ms between five attempts. */
static void test_pauses_double_and_end(void **state) {
    (void)state;
    weft_retry_account account = {0};
    weft_retry retry = {.account = &account};
    int64_t began = weft_clock_monotonic_ns();
    int attempts = 1;
    while (weft_retry_wait(&retry))
        attempts++;
    weft_retry_end(&retry, false);
    assert_int_equal(attempts, WEFT_RETRY_ATTEMPTS);
    assert_true(elapsed_ms(began) >= 750);
    assert_int_equal(atomic_load(&account.retries), 4);
    assert_int_equal(atomic_load(&account.lost), 1);
    assert_int_equal(atomic_load(&account.recovered), 0);
}

static void test_what_succeeds_at_once_is_not_counted(void **state) {
    (void)state;
    weft_retry_account account = {0};
    weft_retry retry = {.account = &account};
    weft_retry_end(&retry, true);
    assert_int_equal(atomic_load(&account.recovered), 0);
}

static void test_a_run_that_is_to_stop_does_not_wait(void **state) {
    (void)state;
    weft_cancel cancel = {0};
    weft_retry_account account = {.cancel = &cancel};
    weft_retry retry = {.account = &account};
    weft_cancel_request(&cancel, WEFT_CANCEL_SIGNAL);
    int64_t began = weft_clock_monotonic_ns();
    assert_false(weft_retry_wait(&retry));
    assert_true(elapsed_ms(began) < 40);
    assert_int_equal(weft_retry_check(&retry, NULL), WEFT_ERR_CANCELLED);
}

static void test_a_full_disk_is_nothing_to_wait_for(void **state) {
    (void)state;
    assert_true(weft_errno_may_pass(ESTALE));
    assert_true(weft_errno_may_pass(EIO));
    assert_false(weft_errno_may_pass(ENOSPC));
    assert_false(weft_errno_may_pass(ENOENT));
}

static void drain(int number) {
    (void)number;
}

/* A pipe that is full says "not now" until someone reads: here a timer's signal interrupts the wait, and the other end
 * is emptied by the second attempt. */
static void test_a_write_waits_until_there_is_room(void **state) {
    (void)state;
    int ends[2];
    char bytes[4096] = {0};
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    while (write(ends[1], bytes, sizeof bytes) > 0) {
    }
    struct sigaction action = {.sa_handler = drain};
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)nanosleep(&(struct timespec){.tv_nsec = 120000000L}, NULL);
        for (int i = 0; i < 8; i++)
            (void)!read(ends[0], bytes, sizeof bytes);
        _exit(0);
    }
    struct itimerval soon = {.it_value = {.tv_usec = 10000}};
    assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
    int64_t before = atomic_load(&weft_steady_io_account()->recovered);
    size_t written = 0;
    assert_int_equal(weft_steady_write(ends[1], bytes, sizeof bytes, &written), 0);
    assert_int_equal(written, sizeof bytes);
    assert_int_equal(atomic_load(&weft_steady_io_account()->recovered), before + 1);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(ends[0]);
    close(ends[1]);
}

static void test_a_file_that_ends_early_is_an_error(void **state) {
    (void)state;
    char path[] = "/tmp/weft-retry-XXXXXX", bytes[8];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(weft_steady_pwrite(fd, "abcd", 4, 2), 0);
    assert_int_equal(weft_steady_pread(fd, bytes, 6, 0), 0);
    assert_memory_equal(bytes, "\0\0abcd", 6);
    assert_int_equal(weft_steady_pread(fd, bytes, 7, 0), EIO);
    close(fd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pauses_double_and_end),
        cmocka_unit_test(test_what_succeeds_at_once_is_not_counted),
        cmocka_unit_test(test_a_run_that_is_to_stop_does_not_wait),
        cmocka_unit_test(test_a_full_disk_is_nothing_to_wait_for),
        cmocka_unit_test(test_a_write_waits_until_there_is_room),
        cmocka_unit_test(test_a_file_that_ends_early_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
