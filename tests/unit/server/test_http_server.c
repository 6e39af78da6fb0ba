/* Hostile requests: each is refused with its right code, and none of them keeps others from being answered.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/http_client.h"

#include "server/http_server.h"
#include "server/listen_address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CLOSE "Connection: close\r\n\r\n"

static const weft_http_times short_times = {.idle_seconds = 1, .request_ms = 300, .answer_ms = 500, .crowded_ms = 50};
/* For answers of 2 MiB, which a sanitizer takes a tenth of a second each to copy. */
#ifdef WEFT_SANITIZED
#define LARGE_MS 5000
#else
#define LARGE_MS 500
#endif
static const weft_http_times large_times = {
    .idle_seconds = 1 + LARGE_MS / 1000, .request_ms = LARGE_MS, .answer_ms = LARGE_MS, .crowded_ms = 50};
static weft_request_guard guard = {.loopback = true};
static weft_http_server *server;
static int port;

/* Says which path was asked for; "/big" is an answer that no socket buffers. */
static void say_path(void *payload, const weft_request *request, weft_answer *out) {
    (void)payload;
    if (strcmp(request->path, "/nothing") == 0) {
        weft_answer_error(out, 404, "nothing");
        return;
    }
    *out = (weft_answer){.code = 200, .type = "text/plain"};
    weft_text_add(&out->body, "%s", request->path);
    for (int i = 0; i < request->parameter_count; i++)
        weft_text_add(&out->body, " %s=%s", request->parameters[i].name, request->parameters[i].value);
    int64_t filled = strcmp(request->path, "/big") == 0    ? WEFT_HTTP_ANSWER_BYTES
                     : strcmp(request->path, "/huge") == 0 ? WEFT_HTTP_ANSWER_BYTES + 1
                                                           : 0;
    while ((int64_t)out->body.length < filled)
        weft_text_add_bytes(&out->body, "................................................................",
                            filled - (int64_t)out->body.length < 64 ? (size_t)(filled - (int64_t)out->body.length)
                                                                    : 64);
}

static int start(const weft_http_times *times) {
    weft_listen_address address;
    int fd;
    if (weft_listen_address_read(&address, "127.0.0.1:0", NULL) != WEFT_OK ||
        weft_listen_address_open(&address, &fd, NULL) != WEFT_OK)
        return -1;
    port = address.port;
    return weft_http_server_start(&server, fd, &guard, times, say_path, NULL, NULL) == WEFT_OK ? 0 : -1;
}

static int start_server(void **state) {
    (void)state;
    return start(&short_times);
}

static int start_server_of_large_answers(void **state) {
    (void)state;
    return start(&large_times);
}

static int start_server_with_token(void **state) {
    guard.token = "0123456789abcdef";
    return start_server(state);
}

static int stop_server(void **state) {
    (void)state;
    weft_http_server_stop(server);
    guard.token = NULL;
    return 0;
}

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void assert_alive(void) {
    char *body;
    assert_int_equal(http_get(port, "/alive?a=b", "", &body), 200);
    assert_string_equal(body, "/alive a=b");
    free(body);
}

static void test_get_is_answered_and_nothing_else(void **state) {
    static const char *const methods[] = {"POST",  "PUT",   "DELETE",  "HEAD", "OPTIONS",
                                          "PATCH", "TRACE", "CONNECT", "get",  "QQ"};
    char request[256];
    (void)state;
    assert_alive();
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        (void)snprintf(request, sizeof request, "%s / HTTP/1.1\r\nHost: localhost\r\n" CLOSE, methods[i]);
        assert_int_equal(http_exchange(port, request, NULL), 405);
    }
    assert_int_equal(
        http_exchange(port, "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n" CLOSE "abc", NULL), 413);
    assert_int_equal(
        http_exchange(port, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n" CLOSE "abc", NULL), 405);
    assert_alive();
}

/* Before the path is looked at: the same for what is there and what is not. */
static void test_hosts_and_origins_come_before_the_path(void **state) {
    static const char *const paths[] = {"/", "/nothing"};
    char request[512];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: evil.com\r\n" CLOSE, paths[i]);
        assert_int_equal(http_exchange(port, request, NULL), 403);
        assert_int_equal(http_get(port, paths[i], "Origin: http://evil.com\r\n", NULL), 403);
        assert_int_equal(http_get(port, paths[i], "Origin: null\r\n", NULL), 403);
        assert_int_equal(http_get(port, paths[i], "Host: localhost\r\n", NULL), 400);
        (void)snprintf(request, sizeof request, "POST %s HTTP/1.1\r\nHost: evil.com\r\n" CLOSE, paths[i]);
        assert_int_equal(http_exchange(port, request, NULL), 403);
        (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" CLOSE, paths[i]);
        assert_int_equal(http_exchange(port, request, NULL), 400);
        (void)snprintf(request, sizeof request, "GET %s HTTP/1.0\r\n\r\n", paths[i]);
        assert_int_equal(http_exchange(port, request, NULL), 400);
    }
    assert_int_equal(http_get(port, "/", "Origin: http://127.0.0.1\r\n", NULL), 200);
    assert_int_equal(http_get(port, "/nothing", "", NULL), 404);
}

static void test_addresses_that_are_none_are_refused(void **state) {
    static const char *const bad[] = {"/a%00b", "/%00", "/?q=%00", "/\x01", "/\xff", "*", "http:/x", "a"};
    char *path = malloc(9000), *headers = malloc(40000);
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(http_get(port, bad[i], "", NULL), 400);
    memset(path, 'a', 9000);
    path[0] = '/';
    path[2048] = '\0';
    assert_int_equal(http_get(port, path, "", NULL), 200);
    path[2048] = 'a';
    path[2049] = '\0';
    assert_int_equal(http_get(port, path, "", NULL), 414);
    assert_int_equal(http_get(port, "/?a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8", "", NULL), 200);
    assert_int_equal(http_get(port, "/?a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9", "", NULL), 400);
    /* Headers that no connection has room for. */
    (void)snprintf(headers, 40000, "X-Large: %030000d\r\n", 0);
    assert_int_equal(http_get(port, "/", headers, NULL), 431);
    headers[0] = '\0';
    for (int i = 0; i < 2000; i++)
        (void)snprintf(headers + 12 * i, 16, "X%04d: 123\r\n", i);
    assert_int_equal(http_get(port, "/", headers, NULL), 431);
    free(headers);
    free(path);
    assert_alive();
}

static void test_answers_that_are_too_large_are_not_sent(void **state) {
    char *body;
    (void)state;
    assert_int_equal(http_get(port, "/big", "", &body), 200);
    assert_int_equal(strlen(body), WEFT_HTTP_ANSWER_BYTES);
    free(body);
    assert_int_equal(http_get(port, "/huge", "", NULL), 503);
}

/* Clients that ask and do not read hold answers back: what all of them hold is bounded, and they are closed. */
static void test_clients_that_do_not_read_hold_little(void **state) {
    enum { CLIENTS = 12 };
    static const char request[] = "GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n";
    int fds[CLIENTS], closed, full = 0;
    (void)state;
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = http_connect(port);
        assert_true(http_send(fds[i], request, sizeof request - 1));
    }
    (void)nanosleep(&(struct timespec){.tv_nsec = 200000000L}, NULL);
    assert_alive();
    (void)nanosleep(&(struct timespec){.tv_sec = LARGE_MS / 1000, .tv_nsec = 700000000L}, NULL); /* behind answer_ms */
    for (int i = 0; i < CLIENTS; i++) {
        char *answer = http_read_all(fds[i], 5, &closed);
        assert_true(closed);
        assert_true(strlen(answer) < WEFT_HTTP_ANSWER_BYTES);
        full += strstr(answer, " 503 ") != NULL;
        free(answer);
        (void)close(fds[i]);
    }
    /* Two of 2 MiB are the bound. */
    assert_true(full >= CLIENTS - 2);
    assert_int_equal(http_get(port, "/big", "", NULL), 200);
}

/* A byte now and then keeps no connection open. */
static void test_slow_clients_are_closed(void **state) {
    static const char slow[] =
        "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    (void)state;
    int line = http_connect(port), headers = http_connect(port), closed;
    double began = now();
    assert_true(http_send(headers, slow, 50));
    for (int i = 0; i < 12 && now() - began < 3; i++) {
        (void)http_send(line, slow + i, 1);
        (void)http_send(headers, "a", 1);
        (void)nanosleep(&(struct timespec){.tv_nsec = 100000000L}, NULL);
    }
    free(http_read_all(line, 0.2, &closed));
    assert_true(closed);
    free(http_read_all(headers, 0.2, &closed));
    assert_true(closed);
    (void)close(line);
    (void)close(headers);
    assert_alive();
}

static void test_a_thousand_connections_keep_nobody_out(void **state) {
    enum { MANY = 1000 };
    int *fds = malloc(MANY * sizeof *fds), count = 0;
    struct rlimit files;
    (void)state;
    assert_non_null(fds);
    (void)getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < 2 * MANY) {
        files.rlim_cur = files.rlim_max < 4 * MANY ? files.rlim_max : 4 * MANY;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    /* More than the queue of the system's holds wait in connect(): so they are begun as the server takes them. */
    double began = now();
    while (count < MANY && now() - began < 8)
        fds[count++] = http_connect(port);
    assert_alive();
    assert_true(now() - began < 20);
    for (int i = 0; i < count; i++)
        (void)close(fds[i]);
    free(fds);
    assert_alive();
}

/* Random bytes, and a good request with some of its bytes changed. The seed is fixed: what fails, fails again. */
static void test_random_bytes_do_no_harm(void **state) {
    static const char good[] = "GET /api/admin/alerts?limit=5 HTTP/1.1\r\nHost: localhost\r\nOrigin: "
                               "http://localhost\r\nCookie: weft_token=1; a=b\r\nConnection: close\r\n\r\n";
    uint64_t random = 42;
    (void)state;
    for (int i = 0; i < 400; i++) {
        char bytes[sizeof good];
        memcpy(bytes, good, sizeof good);
        for (int j = 0; j < 1 + i % 8; j++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
            bytes[(random >> 33) % (sizeof good - 1)] = (char)(random >> 56);
        }
        for (size_t j = 0; i % 4 == 3 && j < sizeof bytes; j++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
            bytes[j] = (char)(random >> 56);
        }
        int fd = http_connect(port);
        (void)http_send(fd, bytes, sizeof good - 1);
        (void)close(fd);
    }
    assert_alive();
}

static void test_a_token_is_asked_for_and_kept_as_a_cookie(void **state) {
    (void)state;
    assert_int_equal(http_get(port, "/", "", NULL), 401);
    assert_int_equal(http_get(port, "/x?token=0123456789abcdef", "", NULL), 401);
    assert_int_equal(http_get(port, "/?token=0123456789abcdeX", "", NULL), 401);
    assert_int_equal(http_get(port, "/?token=0123456789abcdef", "", NULL), 303);
    assert_int_equal(http_get(port, "/x", "Cookie: weft_token=0123456789abcdef\r\n", NULL), 200);
    assert_int_equal(http_get(port, "/x", "Authorization: Bearer 0123456789abcdef\r\n", NULL), 200);
    assert_int_equal(http_get(port, "/x", "Authorization: Basic 0123456789abcdef\r\n", NULL), 401);
    assert_true(weft_http_server_answered(server, 4) >= 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_get_is_answered_and_nothing_else, start_server, stop_server),
        cmocka_unit_test_setup_teardown(test_hosts_and_origins_come_before_the_path, start_server, stop_server),
        cmocka_unit_test_setup_teardown(test_addresses_that_are_none_are_refused, start_server, stop_server),
        cmocka_unit_test_setup_teardown(test_answers_that_are_too_large_are_not_sent, start_server, stop_server),
        cmocka_unit_test_setup_teardown(test_clients_that_do_not_read_hold_little, start_server_of_large_answers,
                                        stop_server),
        cmocka_unit_test_setup_teardown(test_slow_clients_are_closed, start_server, stop_server),
        cmocka_unit_test_setup_teardown(test_a_thousand_connections_keep_nobody_out, start_server, stop_server),
        cmocka_unit_test_setup_teardown(test_random_bytes_do_no_harm, start_server, stop_server),
        cmocka_unit_test_setup_teardown(test_a_token_is_asked_for_and_kept_as_a_cookie, start_server_with_token,
                                        stop_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
