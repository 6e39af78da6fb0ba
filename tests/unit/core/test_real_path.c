/* Real paths of what is there, which are realpath's, and of what is not there yet.
 *
 * SPDX-License-Identifier: MIT */
#include "core/files/real_path.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* expected: within the current folder, or from the root. */
static void expect_real(const char *path, const char *expected) {
    char *here = realpath(".", NULL), *real = weft_real_path(path);
    assert_non_null(here);
    assert_non_null(real);
    size_t length = expected[0] == '/' ? 0 : strlen(here);
    if (strncmp(real, here, length) != 0 || strcmp(real + length + (length > 0 && expected[0] != '\0'), expected) != 0)
        fail_msg("%s: %s, not %s", path, real, expected);
    free(here);
    free(real);
}

static void test_what_is_there_is_as_realpath_has_it(void **state) {
    static const char *const paths[] = {".",       "a",   "a/b/",          "a//b/./..", "to_b",
                                        "to_b/..", "far", "far/to_b/../b", "/",         "/.."};
    (void)state;
    free(sandbox_succeed("mkdir -p a/b; ln -s a/b to_b; ln -s \"$PWD\" far"));
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char *expected = realpath(paths[i], NULL);
        expect_real(paths[i], expected);
        free(expected);
    }
}

static void test_what_is_not_there_stands_as_it_is_written(void **state) {
    (void)state;
    free(sandbox_succeed(
        "mkdir -p a/b; ln -s a/b to_b; ln -s out to_out; ln -s ../deep/out a/to_deep; ln -s self self"));
    expect_real("out", "out");
    expect_real("out//new/", "out/new");
    expect_real("out/../out/./x", "out/x");
    expect_real("to_b/../out", "a/out");
    expect_real("to_out", "out");
    expect_real("to_out/x", "out/x");
    expect_real("a/to_deep/x", "deep/out/x");
    expect_real("new/../to_out", "out");
    expect_real("self", "self");
    expect_real("/no such folder/../x", "/x");
    expect_real("", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_is_there_is_as_realpath_has_it, sandbox_setup, sandbox_teardown),
        cmocka_unit_test_setup_teardown(test_what_is_not_there_stands_as_it_is_written, sandbox_setup,
                                        sandbox_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
