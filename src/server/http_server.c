/* One thread waits for libmicrohttpd's sockets, or to be stopped. Between two waits it closes what takes too long:
 * libmicrohttpd itself only knows connections on which nothing moves, and one that sends a byte a second moves.
 *
 * SPDX-License-Identifier: MIT */
#include "server/http_server.h"

#include "core/clock.h"
#include "server/http_answer.h"

#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTION_BYTES (16 << 10) /* of a request's line and headers, and of what is read or written at once */
#define MAX_URI          2048
#define MAX_UPLOAD       (64 << 10) /* of a body that nobody asked for, before the connection is closed */
#define TICK_MS          100

const weft_http_times weft_http_default_times = {10, 10000, 30000, 1000};

typedef enum place_state { AT_REST, ASKING, ANSWERED } place_state;

/* A connection, and how long it has been at what it does. */
typedef struct place {
    int fd; /* -1: free */
    int64_t since_ns;
    place_state state;
} place;

/* A request, from its first line to the end of its answer. */
typedef struct exchange {
    bool bad_uri, long_uri, begun;
    size_t uploaded;
} exchange;

struct weft_http_server {
    struct MHD_Daemon *daemon;
    const weft_request_guard *guard;
    weft_http_times times;
    weft_http_handler handler;
    void *payload;
    int wake_fd, epoll_fd;
    pthread_t thread;
    weft_http_bodies bodies;
    place places[WEFT_HTTP_CONNECTIONS];
    int taken;
    _Atomic int64_t answered[6];
};

int64_t weft_http_server_answered(const weft_http_server *server, int hundreds) {
    return hundreds >= 1 && hundreds <= 5 ? atomic_load(&server->answered[hundreds]) : 0;
}

/* --- connections --- */

static place *place_of(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

static void set_state(struct MHD_Connection *connection, place_state state) {
    place *at = place_of(connection);
    if (at == NULL) return;
    at->state = state;
    at->since_ns = weft_clock_monotonic_ns();
}

static void note_connection(void *payload, struct MHD_Connection *connection, void **context,
                            enum MHD_ConnectionNotificationCode code) {
    weft_http_server *server = payload;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        place *at = *context;
        if (at != NULL) at->fd = -1, server->taken--;
        *context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    for (int i = 0; i < WEFT_HTTP_CONNECTIONS && info != NULL; i++) {
        if (server->places[i].fd >= 0) continue;
        server->places[i] = (place){info->connect_fd, weft_clock_monotonic_ns(), AT_REST};
        server->taken++;
        *context = &server->places[i];
        return;
    }
}

/* What is shut down here libmicrohttpd sees as closed by the other side. */
static void close_slow(weft_http_server *server) {
    int64_t now_ns = weft_clock_monotonic_ns();
    bool crowded = server->taken >= WEFT_HTTP_CONNECTIONS;
    for (int i = 0; i < WEFT_HTTP_CONNECTIONS; i++) {
        const place *at = &server->places[i];
        int allowed_ms = at->state == ANSWERED             ? server->times.answer_ms
                         : crowded && at->state == AT_REST ? server->times.crowded_ms
                                                           : server->times.request_ms;
        if (at->fd >= 0 && now_ns - at->since_ns > allowed_ms * INT64_C(1000000)) (void)shutdown(at->fd, SHUT_RDWR);
    }
}

/* --- requests --- */

/* Only what a path of this server's and its parameters may hold: no byte that ends a text, nothing that is not
 * printable. */
static bool is_plain_uri(const char *uri) {
    for (const char *at = uri; *at != '\0'; at++) {
        if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 127) return false;
        if (at[0] == '%' && at[1] == '0' && at[2] == '0') return false;
    }
    return uri[0] == '/';
}

/* Before anything is decoded. */
static void *begin_request(void *payload, const char *uri, struct MHD_Connection *connection) {
    exchange *begun = calloc(1, sizeof *begun);
    (void)payload;
    set_state(connection, ASKING);
    if (begun == NULL) return NULL;
    begun->long_uri = strnlen(uri, MAX_URI + 1) > MAX_URI;
    begun->bad_uri = !is_plain_uri(uri);
    return begun;
}

static void end_request(void *payload, struct MHD_Connection *connection, void **context,
                        enum MHD_RequestTerminationCode code) {
    (void)payload;
    (void)code;
    free(*context);
    *context = NULL;
    set_state(connection, AT_REST);
}

static enum MHD_Result take_header(void *payload, enum MHD_ValueKind kind, const char *name, const char *value) {
    weft_request_marks *marks = payload;
    (void)kind;
    if (strcasecmp(name, "Host") == 0) marks->host = value, marks->hosts++;
    if (strcasecmp(name, "Origin") == 0) marks->origin = value, marks->origins++;
    if (strcasecmp(name, "Authorization") == 0) marks->authorization = value;
    return MHD_YES;
}

/* parameter_count is one more than there is room for where there are too many. */
static enum MHD_Result take_parameter(void *payload, enum MHD_ValueKind kind, const char *name, const char *value) {
    weft_request *request = payload;
    (void)kind;
    if (request->parameter_count >= WEFT_MAX_PARAMETERS) {
        request->parameter_count = WEFT_MAX_PARAMETERS + 1;
        return MHD_NO;
    }
    request->parameters[request->parameter_count].name = name;
    request->parameters[request->parameter_count++].value = value != NULL ? value : "";
    return MHD_YES;
}

/* A browser that came with the token in its address gets it as a cookie, and an address without it. */
static void welcome(weft_answer *answer) {
    *answer = (weft_answer){.code = MHD_HTTP_SEE_OTHER, .type = "text/plain", .location = "/"};
}

static bool refuse_by_guard(weft_answer *answer, weft_verdict_of_guard verdict) {
    switch (verdict) {
    case WEFT_GUARD_BAD_REQUEST:
        weft_answer_error(answer, 400, "one Host is expected, and at most one Origin");
        return true;
    case WEFT_GUARD_WRONG_HOST:
        weft_answer_error(answer, 403, "this server is not called by that name: weft serve --host NAME adds one");
        return true;
    case WEFT_GUARD_WRONG_ORIGIN:
        weft_answer_error(answer, 403, "pages of other origins may not ask here");
        return true;
    case WEFT_GUARD_NO_TOKEN:
        weft_answer_error(answer, 401, "the token is missing or wrong: it was printed when the server began");
        return true;
    default:
        return false;
    }
}

/* Who may not ask, and what cannot be asked, is told so before anything looks at the path. */
static void answer_request(weft_http_server *server, struct MHD_Connection *connection, const exchange *asked,
                           const char *url, const char *method, weft_answer *answer) {
    weft_request_marks marks = {0};
    weft_request request = {.path = url};
    (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, take_header, &marks);
    (void)MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_parameter, &request);
    marks.cookie_token = MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, "weft_token");
    marks.query_token =
        strcmp(url, "/") == 0 ? MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "token") : NULL;
    if (asked->long_uri)
        weft_answer_error(answer, 414, "an address may be %d bytes long", MAX_URI);
    else if (asked->bad_uri)
        weft_answer_error(answer, 400, "the address has bytes that no address of this server's has");
    else if (refuse_by_guard(answer, weft_request_guard_check(server->guard, &marks)))
        return;
    else if (strcmp(method, MHD_HTTP_METHOD_GET) != 0)
        weft_answer_error(answer, 405, "only GET is answered");
    else if (asked->uploaded > 0)
        weft_answer_error(answer, 413, "a request has no body here");
    else if (request.parameter_count > WEFT_MAX_PARAMETERS)
        weft_answer_error(answer, 400, "at most %d parameters are taken", WEFT_MAX_PARAMETERS);
    else if (server->guard->token != NULL && marks.query_token != NULL)
        welcome(answer);
    else
        server->handler(server->payload, &request, answer);
}

static enum MHD_Result take_request(void *payload, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *upload, size_t *upload_bytes,
                                    void **context) {
    weft_http_server *server = payload;
    exchange *asked = *context;
    weft_answer answer = {0};
    (void)version;
    (void)upload;
    if (asked == NULL) return MHD_NO;
    if (!asked->begun) {
        asked->begun = true;
        return MHD_YES;
    }
    if (*upload_bytes > 0) {
        asked->uploaded += *upload_bytes;
        *upload_bytes = 0;
        return asked->uploaded > MAX_UPLOAD ? MHD_NO : MHD_YES;
    }
    answer_request(server, connection, asked, url, method, &answer);
    set_state(connection, ANSWERED);
    bool crowded = server->taken * 4 > WEFT_HTTP_CONNECTIONS * 3;
    const char *cookie = answer.location != NULL ? server->guard->token : NULL;
    int code = weft_http_answer_send(connection, &server->bodies, &answer, cookie, crowded);
    if (code >= 100 && code < 600) atomic_fetch_add(&server->answered[code / 100], 1);
    return code != 0 ? MHD_YES : MHD_NO;
}

/* --- the thread --- */

static void *serve(void *payload) {
    weft_http_server *server = payload;
    (void)prctl(PR_SET_NAME, "weft-server"); /* for top -H */
    struct pollfd fds[] = {{.fd = server->epoll_fd, .events = POLLIN}, {.fd = server->wake_fd, .events = POLLIN}};
    while ((fds[1].revents & POLLIN) == 0) {
        MHD_UNSIGNED_LONG_LONG timeout_ms = TICK_MS;
        if (MHD_get_timeout(server->daemon, &timeout_ms) != MHD_YES || timeout_ms > TICK_MS) timeout_ms = TICK_MS;
        (void)poll(fds, 2, (int)timeout_ms);
        (void)MHD_run(server->daemon);
        close_slow(server);
    }
    return NULL;
}

/* Signals are for the threads that wait for them. */
static int start_thread(weft_http_server *server) {
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&server->thread, NULL, serve, server);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

static struct MHD_Daemon *start_daemon(weft_http_server *server, int listen_fd) {
    return MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, take_request, server, MHD_OPTION_LISTEN_SOCKET, listen_fd,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned)WEFT_HTTP_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
                            (unsigned)server->times.idle_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)CONNECTION_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK,
                            begin_request, server, MHD_OPTION_NOTIFY_COMPLETED, end_request, server,
                            MHD_OPTION_NOTIFY_CONNECTION, note_connection, server, MHD_OPTION_END);
}

weft_status weft_http_server_start(weft_http_server **out, int listen_fd, const weft_request_guard *guard,
                                   const weft_http_times *times, weft_http_handler handler, void *payload,
                                   weft_error *err) {
    weft_http_server *server = calloc(1, sizeof *server);
    weft_status status = WEFT_OK;
    *out = NULL;
    if (server != NULL) {
        *server =
            (weft_http_server){.guard = guard, .times = *times, .handler = handler, .payload = payload, .wake_fd = -1};
        for (int i = 0; i < WEFT_HTTP_CONNECTIONS; i++)
            server->places[i].fd = -1;
        server->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        server->daemon = server->wake_fd >= 0 ? start_daemon(server, listen_fd) : NULL;
    }
    const union MHD_DaemonInfo *info =
        server == NULL || server->daemon == NULL ? NULL : MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (info == NULL) {
        status = weft_error_set(err, WEFT_ERR_MEMORY, "no memory or no descriptor for the server");
    } else {
        server->epoll_fd = info->epoll_fd;
        int code = start_thread(server);
        if (code != 0) status = weft_error_set_no_thread(err, code, "the server's");
    }
    if (status == WEFT_OK) {
        *out = server;
        return WEFT_OK;
    }
    if (server != NULL && server->daemon != NULL)
        MHD_stop_daemon(server->daemon);
    else
        (void)close(listen_fd);
    if (server != NULL && server->wake_fd >= 0) (void)close(server->wake_fd);
    free(server);
    return status;
}

void weft_http_server_stop(weft_http_server *server) {
    if (server == NULL) return;
    uint64_t one = 1;
    (void)!write(server->wake_fd, &one, sizeof one);
    (void)pthread_join(server->thread, NULL);
    MHD_stop_daemon(server->daemon);
    (void)close(server->wake_fd);
    free(server);
}
