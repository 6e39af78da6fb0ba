/* A library that ends the process for want of memory ends it with exit code 71 and a reason; what ends it for another
 * reason is not touched.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "raster/gdal/gdal_setup.h"

#include <cpl_error.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* C++'s operator new: throws std::bad_alloc, which C cannot catch. */
void *_Znwm(size_t bytes);

static void run_out_in_gdal(void) {
    CPLError(CE_Fatal, CPLE_OutOfMemory, "CPLMalloc(): Out of memory allocating 5 bytes.");
}

static void run_out_in_cxx(void) {
    volatile size_t too_much = SIZE_MAX / 4;
    void *volatile unused =
        _Znwm(too_much); /* volatile: clang leaves out a call of operator new whose result nobody takes */
    (void)unused;
}

static void end_for_another_reason(void) {
    abort();
}

/* What a process that does this ends with; what it said is in said.txt. */
static int end_by(void (*ending)(void)) {
    int status = -1;
    (void)fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit no_core = {0, 0};
        (void)setrlimit(RLIMIT_CORE, &no_core);
        (void)signal(SIGABRT, SIG_DFL);
        if (freopen("said.txt", "w", stderr) == NULL || weft_raster_init(NULL) != WEFT_OK) _exit(99);
        ending();
        _exit(98);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void check_said(const char *words) {
    char *said = sandbox_read("said.txt", NULL);
    if (strstr(said, words) == NULL) fail_msg("no \"%s\" in: %s", words, said);
    free(said);
}

static void test_a_fatal_error_of_gdal_is_exit_code_71(void **state) {
    (void)state;
    assert_int_equal(end_by(run_out_in_gdal), 71);
    check_said("weft: error: a library ran out of memory and cannot go on (CPLMalloc(): Out of memory allocating 5 "
               "bytes.)\n  hint: ");
}

static void test_bad_alloc_that_nobody_catches_is_exit_code_71(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    print_message("SKIPPED: a sanitizer's operator new does not throw\n");
    skip();
#endif
    assert_int_equal(end_by(run_out_in_cxx), 71);
    check_said("weft: error: a library ran out of memory and cannot go on (std::bad_alloc)\n  hint: ");
}

static void test_an_abort_stays_one(void **state) {
    (void)state;
    assert_int_equal(end_by(end_for_another_reason), 128 + SIGABRT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_fatal_error_of_gdal_is_exit_code_71),
        cmocka_unit_test(test_bad_alloc_that_nobody_catches_is_exit_code_71),
        cmocka_unit_test(test_an_abort_stays_one),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
