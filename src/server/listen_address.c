/* SPDX-License-Identifier: MIT */
#include "server/listen_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORTS_TRIED 100
#define BACKLOG     1024
#define SEND_BYTES  (64 << 10) /* that the system keeps of an answer; the same of each connection */

/* The socket's address, and its length; 0: the host is none. */
static socklen_t socket_address(const weft_listen_address *address, struct sockaddr_storage *out) {
    struct sockaddr_in *four = (struct sockaddr_in *)out;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, address->host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)address->port);
        return sizeof *four;
    }
    if (inet_pton(AF_INET6, address->host, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)address->port);
        return sizeof *six;
    }
    return 0;
}

static bool is_loopback(const struct sockaddr_storage *at) {
    if (at->ss_family == AF_INET) return ntohl(((const struct sockaddr_in *)at)->sin_addr.s_addr) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)at)->sin6_addr);
}

static weft_status refuse(const char *text, weft_error *err) {
    weft_error_set(err, WEFT_ERR_USAGE, "%s: not an address to listen on", text);
    weft_error_hint(err, "HOST, HOST:PORT or :PORT, with a number for the host: 127.0.0.1:%d, [::1]:%d, 0.0.0.0:%d",
                    WEFT_DEFAULT_PORT, WEFT_DEFAULT_PORT, WEFT_DEFAULT_PORT);
    return WEFT_ERR_USAGE;
}

/* The port in digits; false: it is none. */
static bool read_port(const char *text, int *out) {
    size_t length = strlen(text);
    if (length == 0 || length > 5 || strspn(text, "0123456789") != length) return false;
    *out = atoi(text);
    return *out <= 65535;
}

/* HOST, HOST:PORT, :PORT, [HOST], [HOST]:PORT or a port alone, in its parts: the host is `length` bytes of *host, 0
 * where it is left out; *port is NULL where that is. False: a bracket that is not closed. */
static bool find_parts(const char *text, const char **host, size_t *length, const char **port) {
    *host = text;
    *length = 0;
    *port = text;
    if (strspn(text, "0123456789") == strlen(text)) return true;
    bool bracketed = text[0] == '[';
    const char *end = bracketed ? strchr(text, ']') : text + strcspn(text, ":");
    if (end == NULL) return false;
    *host = text + bracketed;
    *length = (size_t)(end - *host);
    end += bracketed;
    *port = *end == ':' ? end + 1 : NULL;
    return *end == '\0' || *end == ':';
}

weft_status weft_listen_address_read(weft_listen_address *out, const char *text, weft_error *err) {
    *out = (weft_listen_address){.host = "127.0.0.1", .port = WEFT_DEFAULT_PORT, .any_port = true};
    struct sockaddr_storage at;
    const char *host = text, *port = NULL;
    size_t length = 0;
    if (text != NULL && !find_parts(text, &host, &length, &port)) return refuse(text, err);
    if (length >= sizeof out->host) return refuse(text, err);
    if (length > 0) (void)snprintf(out->host, sizeof out->host, "%.*s", (int)length, host);
    if (strcmp(out->host, "localhost") == 0) (void)snprintf(out->host, sizeof out->host, "127.0.0.1");
    if (port != NULL && !read_port(port, &out->port)) return refuse(text, err);
    out->any_port = port == NULL;
    if (socket_address(out, &at) == 0) return refuse(text, err);
    out->loopback = is_loopback(&at);
    return WEFT_OK;
}

void weft_listen_address_text(const weft_listen_address *address, char out[300]) {
    bool six = strchr(address->host, ':') != NULL;
    (void)snprintf(out, 300, "%s%s%s:%d", six ? "[" : "", address->host, six ? "]" : "", address->port);
}

/* A socket that listens; -1 and errno: there is none. */
static int listen_at(const weft_listen_address *address) {
    struct sockaddr_storage at;
    socklen_t length = socket_address(address, &at);
    int on = 1, send_bytes = SEND_BYTES, fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_bytes, sizeof send_bytes);
    if (bind(fd, (const struct sockaddr *)&at, length) == 0 && listen(fd, BACKLOG) == 0) return fd;
    int reason = errno;
    (void)close(fd);
    errno = reason;
    return -1;
}

static void take_port(weft_listen_address *address, int fd) {
    struct sockaddr_storage at;
    socklen_t length = sizeof at;
    if (getsockname(fd, (struct sockaddr *)&at, &length) != 0) return;
    address->port = ntohs(at.ss_family == AF_INET ? ((const struct sockaddr_in *)&at)->sin_port
                                                  : ((const struct sockaddr_in6 *)&at)->sin6_port);
}

weft_status weft_listen_address_open(weft_listen_address *address, int *out, weft_error *err) {
    char text[300];
    *out = listen_at(address);
    for (int tried = 1; *out < 0 && errno == EADDRINUSE && address->any_port && tried < PORTS_TRIED; tried++) {
        address->port++;
        *out = listen_at(address);
    }
    if (*out >= 0) {
        take_port(address, *out);
        return WEFT_OK;
    }
    weft_listen_address_text(address, text);
    if (errno != EADDRINUSE) return weft_error_set_errno(err, errno, "%s: cannot listen there", text);
    weft_error_set(err, WEFT_ERR_BUSY, "%s: another program listens there", text);
    weft_error_hint(err, "without a port the next free one is taken");
    return WEFT_ERR_BUSY;
}
