/* SPDX-License-Identifier: MIT
 *
 * The handler of the first signal. */
#include "cli/interruption.h"

#include "support/cmocka_all.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

/* What the handler says has nowhere to go, so its write fails. The code that was interrupted must not see that. */
static void test_the_handler_keeps_errno(void **state) {
    (void)state;
    weft_cancel *interruption = weft_interruption_catch();
    int err = dup(STDERR_FILENO);
    close(STDERR_FILENO);
    errno = EDOM;
    raise(SIGTERM);
    int seen = errno;
    dup2(err, STDERR_FILENO);
    close(err);
    assert_int_equal(weft_cancel_requested(interruption), WEFT_CANCEL_SIGNAL);
    assert_int_equal(seen, EDOM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_handler_keeps_errno),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
