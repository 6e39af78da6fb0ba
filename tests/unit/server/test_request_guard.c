/* Who may ask: names, origins, tokens, each against each.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "server/request_guard.h"

#include <stdio.h>

static const weft_request_guard own = {.loopback = true};

static weft_verdict_of_guard ask(const weft_request_guard *guard, const char *host, const char *origin) {
    weft_request_marks marks = {.host = host, .hosts = host != NULL, .origin = origin, .origins = origin != NULL};
    return weft_request_guard_check(guard, &marks);
}

static void test_only_names_of_this_machine_are_answered(void **state) {
    static const char *const right[] = {"localhost",   "localhost:9338", "LOCALHOST", "127.0.0.1",
                                        "127.0.0.1:1", "127.8.9.1:80",   "[::1]",     "[::1]:9338"};
    static const char *const wrong[] = {"evil.com",
                                        "evil.com:9338",
                                        "localhost.evil.com",
                                        "127.0.0.1.evil.com",
                                        "10.0.0.1",
                                        "0.0.0.0",
                                        "[::2]",
                                        "::1",
                                        "localhost:",
                                        "localhost:1a",
                                        "localhost:123456",
                                        "[::1",
                                        "[::1]x",
                                        "",
                                        ":9338",
                                        "[]",
                                        "localhost@evil.com",
                                        "2130706433",
                                        "0x7f.1",
                                        "127.1",
                                        "localhost ",
                                        "localhost:80:80"};
    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_int_equal(ask(&own, right[i], NULL), WEFT_GUARD_PASSES);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (ask(&own, wrong[i], NULL) != WEFT_GUARD_WRONG_HOST) printf("%s passes\n", wrong[i]);
        assert_int_equal(ask(&own, wrong[i], NULL), WEFT_GUARD_WRONG_HOST);
    }
    assert_int_equal(ask(&own, NULL, NULL), WEFT_GUARD_BAD_REQUEST);
}

/* Where other machines may ask, they do by its number or a name it was given: a name that an attacker's DNS leads here
 * is none of them. */
static void test_open_servers_know_numbers_and_their_names(void **state) {
    (void)state;
    const weft_request_guard open = {.names = {"weft.example.org", NULL}};
    assert_int_equal(ask(&open, "10.0.0.1:9338", NULL), WEFT_GUARD_PASSES);
    assert_int_equal(ask(&open, "[fd00::1]:9338", NULL), WEFT_GUARD_PASSES);
    assert_int_equal(ask(&open, "Weft.Example.org", NULL), WEFT_GUARD_PASSES);
    assert_int_equal(ask(&open, "localhost:9338", NULL), WEFT_GUARD_PASSES);
    assert_int_equal(ask(&open, "evil.com", NULL), WEFT_GUARD_WRONG_HOST);
    assert_int_equal(ask(&open, "weft.example.org.evil.com", NULL), WEFT_GUARD_WRONG_HOST);
}

static void test_only_its_own_origin_is_answered(void **state) {
    static const char *const hosts[] = {"localhost:9338", "127.0.0.1:9338", "[::1]:9338"};
    static const char *const foreign[] = {"null",
                                          "",
                                          "http://evil.com",
                                          "http://localhost",
                                          "http://localhost:3000",
                                          "http://localhost:93380",
                                          "file://",
                                          "http://localhost:9338.evil.com",
                                          "ftp://localhost:9338",
                                          "http://localhost:9338/"};
    char origin[64];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(ask(&own, hosts[i], NULL), WEFT_GUARD_PASSES);
        for (size_t j = 0; j < 3; j++) {
            (void)snprintf(origin, sizeof origin, "http://%s", hosts[j]);
            assert_int_equal(ask(&own, hosts[i], origin), i == j ? WEFT_GUARD_PASSES : WEFT_GUARD_WRONG_ORIGIN);
        }
        for (size_t j = 0; j < sizeof foreign / sizeof *foreign; j++)
            assert_int_equal(ask(&own, hosts[i], foreign[j]), WEFT_GUARD_WRONG_ORIGIN);
    }
    /* A wrong host is refused whatever the origin. */
    assert_int_equal(ask(&own, "evil.com", "http://evil.com"), WEFT_GUARD_WRONG_HOST);
}

static void test_what_is_said_twice_is_refused(void **state) {
    (void)state;
    weft_request_marks marks = {.host = "localhost", .hosts = 2};
    assert_int_equal(weft_request_guard_check(&own, &marks), WEFT_GUARD_BAD_REQUEST);
    marks = (weft_request_marks){.host = "localhost", .hosts = 1, .origin = "http://localhost", .origins = 2};
    assert_int_equal(weft_request_guard_check(&own, &marks), WEFT_GUARD_BAD_REQUEST);
}

static void test_a_token_is_asked_for(void **state) {
    (void)state;
    const weft_request_guard guard = {.token = "0123456789abcdef"};
    weft_request_marks marks = {.host = "10.0.0.1", .hosts = 1};
    assert_int_equal(weft_request_guard_check(&guard, &marks), WEFT_GUARD_NO_TOKEN);
    marks.authorization = "Bearer 0123456789abcdef";
    assert_int_equal(weft_request_guard_check(&guard, &marks), WEFT_GUARD_PASSES);
    marks.authorization = "Bearer 0123456789abcdeg";
    assert_int_equal(weft_request_guard_check(&guard, &marks), WEFT_GUARD_NO_TOKEN);
    marks.authorization = NULL;
    marks.cookie_token = "0123456789abcdef";
    assert_int_equal(weft_request_guard_check(&guard, &marks), WEFT_GUARD_PASSES);
    marks.cookie_token = "";
    assert_int_equal(weft_request_guard_check(&guard, &marks), WEFT_GUARD_NO_TOKEN);
    marks.query_token = "0123456789abcdef";
    assert_int_equal(weft_request_guard_check(&guard, &marks), WEFT_GUARD_PASSES);
}

static void test_secrets_are_the_same_whole(void **state) {
    (void)state;
    assert_true(weft_same_secret("abc", "abc"));
    assert_false(weft_same_secret("abc", "abd"));
    assert_false(weft_same_secret("abc", "ab"));
    assert_false(weft_same_secret("abc", ""));
    assert_false(weft_same_secret("abc", "abcd"));
    assert_false(weft_same_secret("", "a"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_names_of_this_machine_are_answered),
        cmocka_unit_test(test_open_servers_know_numbers_and_their_names),
        cmocka_unit_test(test_only_its_own_origin_is_answered),
        cmocka_unit_test(test_what_is_said_twice_is_refused),
        cmocka_unit_test(test_a_token_is_asked_for),
        cmocka_unit_test(test_secrets_are_the_same_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
