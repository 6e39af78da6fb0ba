/* Where a server listens, and where it goes when the place is taken.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "server/listen_address.h"

#include <string.h>
#include <unistd.h>

static void check(const char *text, const char *host, int port, bool any_port, bool loopback) {
    weft_listen_address address;
    assert_int_equal(weft_listen_address_read(&address, text, NULL), WEFT_OK);
    assert_string_equal(address.host, host);
    assert_int_equal(address.port, port);
    assert_int_equal(address.any_port, any_port);
    assert_int_equal(address.loopback, loopback);
}

static void test_addresses_are_read(void **state) {
    (void)state;
    check(NULL, "127.0.0.1", WEFT_DEFAULT_PORT, true, true);
    check("localhost", "127.0.0.1", WEFT_DEFAULT_PORT, true, true);
    check("8000", "127.0.0.1", 8000, false, true);
    check(":8000", "127.0.0.1", 8000, false, true);
    check("127.0.0.1:0", "127.0.0.1", 0, false, true);
    check("127.9.9.9", "127.9.9.9", WEFT_DEFAULT_PORT, true, true);
    check("[::1]:8000", "::1", 8000, false, true);
    check("[::1]", "::1", WEFT_DEFAULT_PORT, true, true);
    check("0.0.0.0:80", "0.0.0.0", 80, false, false);
    check("[::]:80", "::", 80, false, false);
    check("192.168.1.2", "192.168.1.2", WEFT_DEFAULT_PORT, true, false);
}

static void test_what_is_no_address_is_refused(void **state) {
    static const char *const wrong[] = {
        "example.org", "example.org:80", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", "::1",
        "[::1",        "[::1]80",        "1.2.3",      "127.0.0.1:-1",    "99999"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        weft_listen_address address;
        weft_error err = {0};
        assert_int_equal(weft_listen_address_read(&address, wrong[i], &err), WEFT_ERR_USAGE);
        assert_non_null(strstr(err.message, wrong[i]));
    }
}

static void test_a_taken_port_gives_way_unless_it_was_asked_for(void **state) {
    (void)state;
    weft_listen_address first, second;
    weft_error err = {0};
    int one = -1, two = -1;
    assert_int_equal(weft_listen_address_read(&first, "127.0.0.1:0", NULL), WEFT_OK);
    assert_int_equal(weft_listen_address_open(&first, &one, NULL), WEFT_OK);
    assert_true(first.port > 0);
    second = first;
    assert_int_equal(weft_listen_address_open(&second, &two, &err), WEFT_ERR_BUSY);
    assert_non_null(strstr(err.message, "another program listens there"));
    second.any_port = true;
    assert_int_equal(weft_listen_address_open(&second, &two, NULL), WEFT_OK);
    assert_true(second.port > first.port && second.port < first.port + 100);
    (void)close(one);
    (void)close(two);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_are_read),
        cmocka_unit_test(test_what_is_no_address_is_refused),
        cmocka_unit_test(test_a_taken_port_gives_way_unless_it_was_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
