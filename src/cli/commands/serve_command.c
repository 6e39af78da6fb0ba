/* weft serve: runs of a metrics database in a browser, as JSON and for Prometheus.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/interruption.h"
#include "cli/metrics_place.h"
#include "cli/serving/served.h"
#include "cli/standard_streams.h"

#include <stddef.h>
#include <stdio.h>
#include <time.h>

#define HOST_SIGNS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

typedef struct serve_arguments {
    const char *listen;
    const char *hosts[WEFT_MAX_SERVER_HOSTS];
    int host_count;
    weft_overrides overrides;
    weft_metrics_place place;
} serve_arguments;

static bool take_host(const weft_option *option, void *target, const char *value, weft_error *err) {
    serve_arguments *taken = target;
    (void)option;
    /* It is compared with a request's Host without its port: another sign would never be found there. */
    if (value[strspn(value, HOST_SIGNS)] != '\0') {
        weft_error_set(err, WEFT_ERR_USAGE, "--host %s: a name without protocol, port and path is expected", value);
        return false;
    }
    if (taken->host_count < WEFT_MAX_SERVER_HOSTS - 1) {
        taken->hosts[taken->host_count++] = value;
        return true;
    }
    weft_error_set(err, WEFT_ERR_USAGE, "--host: at most %d names", WEFT_MAX_SERVER_HOSTS - 1);
    return false;
}

/* Until a signal asks to stop. */
static void wait_for_end(const weft_cancel *cancel) {
    while (weft_cancel_check(cancel, NULL) == WEFT_OK)
        (void)nanosleep(&(struct timespec){.tv_nsec = 100000000L}, NULL);
}

static int serve(const serve_arguments *taken) {
    weft_cancel *cancel = weft_interruption_catch();
    weft_server *server = NULL;
    weft_error err = {0};
    weft_server_options options = {
        .listen = taken->listen, .token = weft_serve_token(), .database = weft_metrics_place_path(&taken->place)};
    for (int i = 0; i < taken->host_count; i++)
        options.hosts[i] = taken->hosts[i];
    if (weft_server_start(&server, &options, &err) != WEFT_OK) return weft_fail(&err);
    /* Where a browser goes is what a script asked for. */
    printf("%s\n", weft_server_url(server));
    int exit_code = weft_standard_output_check(0);
    if (exit_code == 0) {
        weft_serve_announce(server);
        wait_for_end(cancel);
    }
    weft_server_stop(server);
    return exit_code;
}

extern const weft_command weft_serve_command;

static int run_serve(int argc, char **argv) {
    serve_arguments taken = {0};
    weft_arguments arguments;
    int exit_code;
    if (!weft_arguments_read(&arguments, &weft_serve_command, &taken, argc, argv)) {
        exit_code = arguments.exit_code;
    } else {
        exit_code = weft_metrics_place_take(&taken.place, arguments.file_count == 0 ? NULL : arguments.files[0],
                                            &taken.overrides);
        if (exit_code == 0) exit_code = serve(&taken);
    }
    weft_metrics_place_dispose(&taken.place);
    weft_overrides_dispose(&taken.overrides);
    return exit_code;
}

static const weft_option options[] = {
    {"listen", "ADDR",
     "where it listens: HOST, HOST:PORT or :PORT, the host as a number; default: 127.0.0.1:9338\n"
     "Without a port the next one that is free is taken",
     false, offsetof(serve_arguments, listen), weft_take_text},
    {"db", "FILE", "the metrics database; default: out/metrics.sqlite, or metrics.sqlite", false,
     offsetof(serve_arguments, place.database), weft_take_text},
    {"host", "NAME", "a name that it is called by besides its own: that of a proxy", true, 0, take_host},
    {"set", "KEY=VALUE", "override a key of the configuration: --set metrics.database=night.sqlite", true,
     offsetof(serve_arguments, overrides), weft_take_set},
    {0}};

const weft_command weft_serve_command = {
    .name = "serve",
    .summary = "show runs in a browser, as JSON and to Prometheus",
    .argument = "[CONFIG|FILE]",
    .takes = "serves one database",
    .example = "weft serve config.yml",
    .description =
        "Serves a metrics database, of a configuration, of a file (a batch's record, too) or of out: a page that shows "
        "runs while they work and afterwards, the same as JSON under /api/admin, and /metrics for Prometheus. It only "
        "reads. A database that is not there yet is waited for. Prints its address on standard output.\n\n"
        "It listens to this machine alone. Where --listen opens it to others, whoever asks needs a token: that of the "
        "environment's WEFT_SERVE_TOKEN, or one that is drawn and printed when it begins. There is no encryption: put "
        "a "
        "proxy in front that has it, or come through a tunnel of ssh. SIGINT and SIGTERM end it.\n\n"
        "weft run --serve and weft batch --serve show what only they know besides: what each thread does, the time "
        "left, jobs that wait.",
    .options = options,
    .run = run_serve};
