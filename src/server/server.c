/* SPDX-License-Identifier: MIT */
#include "server/server.h"

#include "server/api.h"
#include "server/http_server.h"
#include "server/listen_address.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define MIN_TOKEN   16
#define MAX_TOKEN   128
#define TOKEN_BYTES 16 /* that are drawn */
#define NAME_BYTES  256

struct weft_server {
    weft_listen_address address;
    weft_request_guard guard;
    weft_api api;
    weft_http_server *http;
    char token[MAX_TOKEN + 1], machine[NAME_BYTES];
    char hosts[WEFT_MAX_SERVER_HOSTS][NAME_BYTES];
    char url[600];
};

static weft_status take_token(weft_server *server, const char *given, weft_error *err) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    unsigned char drawn[TOKEN_BYTES];
    if (given != NULL) {
        size_t length = strlen(given);
        if (length < MIN_TOKEN || length > MAX_TOKEN || strspn(given, plain) != length)
            return weft_error_set(err, WEFT_ERR_USAGE,
                                  "WEFT_SERVE_TOKEN: a token is %d to %d letters, digits and - . _ ~", MIN_TOKEN,
                                  MAX_TOKEN);
        memcpy(server->token, given, length + 1);
    } else if (!server->address.loopback) {
        if (getrandom(drawn, sizeof drawn, 0) != (ssize_t)sizeof drawn)
            return weft_error_set_errno(err, errno, "no token can be drawn");
        for (size_t i = 0; i < sizeof drawn; i++)
            (void)snprintf(server->token + 2 * i, 3, "%02x", drawn[i]);
    }
    if (server->token[0] != '\0') server->guard.token = server->token;
    return WEFT_OK;
}

/* The names that it is called by: its machine's, and those that were given. */
static void take_names(weft_server *server, const char *const *given) {
    int count = 0;
    server->guard.loopback = server->address.loopback;
    if (!server->address.loopback && gethostname(server->machine, sizeof server->machine - 1) == 0 &&
        server->machine[0] != '\0')
        server->guard.names[count++] = server->machine;
    for (int i = 0; i < WEFT_MAX_SERVER_HOSTS && given[i] != NULL; i++) {
        (void)snprintf(server->hosts[i], NAME_BYTES, "%s", given[i]);
        server->guard.names[count++] = server->hosts[i];
    }
}

/* 0.0.0.0 is all addresses, and none that a browser can go to. */
static void write_url(weft_server *server) {
    char text[300];
    weft_listen_address shown = server->address;
    bool all = strcmp(shown.host, "0.0.0.0") == 0 || strcmp(shown.host, "::") == 0;
    if (all && server->machine[0] != '\0') (void)snprintf(shown.host, sizeof shown.host, "%s", server->machine);
    weft_listen_address_text(&shown, text);
    (void)snprintf(server->url, sizeof server->url, "http://%s/%s%s", text,
                   server->guard.token != NULL ? "?token=" : "", server->guard.token != NULL ? server->token : "");
}

weft_status weft_server_start(weft_server **out, const weft_server_options *options, weft_error *err) {
    weft_server *server = calloc(1, sizeof *server);
    int fd = -1;
    *out = NULL;
    if (server == NULL) return weft_error_no_memory(err, "the server");
    server->api.run = options->run;
    server->api.database = options->database;
    server->api.batch = options->batch;
    weft_status status = weft_listen_address_read(&server->address, options->listen, err);
    if (status == WEFT_OK) status = take_token(server, options->token, err);
    if (status == WEFT_OK) status = weft_served_metrics_new(&server->api.reader, options->database, err);
    if (status == WEFT_OK) status = weft_listen_address_open(&server->address, &fd, err);
    if (status == WEFT_OK) {
        take_names(server, options->hosts);
        write_url(server);
        status = weft_http_server_start(&server->http, fd, &server->guard, &weft_http_default_times, weft_api_answer,
                                        &server->api, err);
    }
    if (status == WEFT_OK)
        *out = server;
    else
        weft_server_stop(server);
    return status;
}

void weft_server_stop(weft_server *server) {
    if (server == NULL) return;
    weft_http_server_stop(server->http);
    weft_served_metrics_free(server->api.reader);
    weft_answer_cache_dispose(&server->api.cache);
    free(server);
}

const char *weft_server_url(const weft_server *server) {
    return server->url;
}

bool weft_server_is_open(const weft_server *server) {
    return !server->address.loopback;
}
