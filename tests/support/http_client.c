/* SPDX-License-Identifier: MIT */
#include "support/http_client.h"

#include "support/cmocka_all.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

int http_connect(int port) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

int http_send(int fd, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0) return 0;
        bytes += sent;
        length -= (size_t)sent;
    }
    return 1;
}

char *http_read_all(int fd, double seconds, int *closed) {
    size_t length = 0, capacity = 1 << 16;
    char *bytes = malloc(capacity + 1);
    double until = now() + seconds;
    assert_non_null(bytes);
    *closed = 0;
    while (now() < until) {
        struct pollfd waits = {.fd = fd, .events = POLLIN};
        if (poll(&waits, 1, 50) <= 0) continue;
        ssize_t got = recv(fd, bytes + length, capacity - length, 0);
        if (got <= 0) {
            *closed = 1;
            break;
        }
        length += (size_t)got;
        if (length == capacity) {
            bytes = realloc(bytes, (capacity *= 2) + 1);
            assert_non_null(bytes);
        }
    }
    bytes[length] = '\0';
    return bytes;
}

int http_exchange(int port, const char *request, char **body) {
    int closed, code = 0, fd = http_connect(port);
    (void)http_send(fd, request, strlen(request));
    char *answer = http_read_all(fd, 10, &closed);
    (void)close(fd);
    if (sscanf(answer, "HTTP/1.%*d %d", &code) != 1) code = 0;
    if (body != NULL) {
        const char *end = strstr(answer, "\r\n\r\n");
        *body = strdup(end != NULL ? end + 4 : "");
    }
    free(answer);
    return code;
}

int http_get(int port, const char *path, const char *headers, char **body) {
    size_t length = strlen(path) + strlen(headers) + 128;
    char *request = malloc(length);
    assert_non_null(request);
    (void)snprintf(request, length, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s\r\n", path, headers);
    int code = http_exchange(port, request, body);
    free(request);
    return code;
}
