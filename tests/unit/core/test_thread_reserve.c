/* Reserved threads are there until they are let go, one by one or at once; where not all can be, none is.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "core/threads/thread_reserve.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* Of this process; one that was joined may be counted for a moment. */
static int count_threads(void) {
    char line[256];
    int count = -1;
    FILE *status = fopen("/proc/self/status", "r");
    assert_non_null(status);
    while (fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, "Threads:", 8) == 0) assert_int_equal(sscanf(line + 8, "%d", &count), 1);
    (void)fclose(status);
    return count;
}

static void expect_threads(int count) {
    for (int i = 0; i < 1000 && count_threads() != count; i++)
        (void)nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    assert_int_equal(count_threads(), count);
}

static void test_threads_wait_until_they_are_let_go(void **state) {
    (void)state;
    weft_thread_reserve_free(weft_thread_reserve_new(1)); /* ThreadSanitizer starts one of its own with the first */
    (void)nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    int before = count_threads();
    weft_thread_reserve *reserve = weft_thread_reserve_new(4);
    assert_non_null(reserve);
    expect_threads(before + 4);
    weft_thread_reserve_let_go(reserve);
    expect_threads(before + 3);
    weft_thread_reserve_let_go(reserve);
    expect_threads(before + 2);
    weft_thread_reserve_free(reserve);
    expect_threads(before);
    reserve = weft_thread_reserve_new(1);
    weft_thread_reserve_let_go(reserve);
    weft_thread_reserve_let_go(reserve); /* none is left */
    weft_thread_reserve_free(reserve);
    expect_threads(before);
}

static void test_where_not_all_can_be_started_none_is(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    skip(); /* its shadow memory is beyond any limit */
#else
    struct rlimit limit, less;
    int before = count_threads();
    assert_int_equal(getrlimit(RLIMIT_AS, &limit), 0);
    less = limit;
    less.rlim_cur = (rlim_t)1 << 28; /* stacks of 8 MiB: 32 at most */
    assert_int_equal(setrlimit(RLIMIT_AS, &less), 0);
    weft_thread_reserve *reserve = weft_thread_reserve_new(64);
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
    assert_null(reserve);
    expect_threads(before);
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_wait_until_they_are_let_go),
        cmocka_unit_test(test_where_not_all_can_be_started_none_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
