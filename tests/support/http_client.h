/* Requests to a server of this machine, byte by byte as a test wants them. Fails the running cmocka test where the
 * network does.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_HTTP_CLIENT_H
#define WEFT_TESTS_SUPPORT_HTTP_CLIENT_H

#include <stddef.h>

/* A socket that is connected to 127.0.0.1. */
int http_connect(int port);
/* Sends all of it; returns whether the server took it. */
int http_send(int fd, const char *bytes, size_t length);
/* Reads until the server closes, at most `seconds`. On the heap, NUL-terminated; *closed: whether it did. */
char *http_read_all(int fd, double seconds, int *closed);

/* Sends `request`, which says Connection: close, or is wrong; returns the answer's code, 0 where none came, and where
 * `body` is not NULL its body on the heap. */
int http_exchange(int port, const char *request, char **body);
/* GET of a path, with further header lines, each with its line end. */
int http_get(int port, const char *path, const char *headers, char **body);

#endif
