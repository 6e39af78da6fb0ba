/* SPDX-License-Identifier: MIT */
#include "server/request_guard.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MAX_NAME 256

bool weft_same_secret(const char *a, const char *b) {
    size_t length = strlen(a);
    volatile unsigned char differs = (unsigned char)(length != strlen(b));
    for (size_t i = 0; i < length && !(i > 0 && b[i - 1] == '\0'); i++)
        differs = (unsigned char)(differs | (a[i] ^ b[i]));
    return differs == 0;
}

/* The name of "NAME", "NAME:PORT" or "[IPV6]:PORT"; false: it is none of these. */
static bool read_name(const char *host, char out[MAX_NAME]) {
    const char *start = host[0] == '[' ? host + 1 : host;
    size_t length = strcspn(start, host[0] == '[' ? "]" : ":");
    const char *rest = start + length;
    if (length == 0 || length >= MAX_NAME) return false;
    if (host[0] == '[' && *rest++ != ']') return false;
    if (*rest == ':') {
        rest++;
        size_t digits = strspn(rest, "0123456789");
        if (digits == 0 || digits > 5) return false;
        rest += digits;
    }
    if (*rest != '\0') return false;
    (void)snprintf(out, MAX_NAME, "%.*s", (int)length, start);
    return true;
}

static bool is_right_host(const weft_request_guard *guard, const char *host) {
    char name[MAX_NAME];
    struct in_addr four;
    struct in6_addr six;
    if (!read_name(host, name)) return false;
    bool is_four = inet_pton(AF_INET, name, &four) == 1, is_six = inet_pton(AF_INET6, name, &six) == 1;
    if (is_six && host[0] != '[') return false;
    if (strcasecmp(name, "localhost") == 0 || (is_four && ntohl(four.s_addr) >> 24 == 127) ||
        (is_six && IN6_IS_ADDR_LOOPBACK(&six)))
        return true;
    if (!guard->loopback && (is_four || is_six)) return true;
    for (int i = 0; i < WEFT_MAX_HOST_NAMES && guard->names[i] != NULL; i++)
        if (strcasecmp(guard->names[i], name) == 0) return true;
    return false;
}

/* "http://HOST" or "https://HOST", where a proxy has the certificate. */
static bool is_own_origin(const char *origin, const char *host) {
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t length = strlen(schemes[i]);
        if (strncmp(origin, schemes[i], length) == 0 && strcasecmp(origin + length, host) == 0) return true;
    }
    return false;
}

static bool has_token(const weft_request_guard *guard, const weft_request_marks *marks) {
    static const char bearer[] = "Bearer ";
    const char *given = marks->authorization;
    if (given != NULL && strncasecmp(given, bearer, sizeof bearer - 1) == 0)
        return weft_same_secret(guard->token, given + sizeof bearer - 1);
    given = marks->query_token != NULL ? marks->query_token : marks->cookie_token;
    return given != NULL && weft_same_secret(guard->token, given);
}

weft_verdict_of_guard weft_request_guard_check(const weft_request_guard *guard, const weft_request_marks *marks) {
    if (marks->hosts != 1 || marks->host == NULL || marks->origins > 1) return WEFT_GUARD_BAD_REQUEST;
    if (!is_right_host(guard, marks->host)) return WEFT_GUARD_WRONG_HOST;
    if (marks->origin != NULL && !is_own_origin(marks->origin, marks->host)) return WEFT_GUARD_WRONG_ORIGIN;
    if (guard->token != NULL && !has_token(guard, marks)) return WEFT_GUARD_NO_TOKEN;
    return WEFT_GUARD_PASSES;
}
