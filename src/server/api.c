/* SPDX-License-Identifier: MIT */
#include "server/api.h"

#include "picture/canvas.h"
#include "pipeline/report/report.h"
#include "server/api_parameters.h"
#include "server/prometheus.h"
#include "server/web_file.h"

#include <stdlib.h>
#include <string.h>

#define EXPERIMENTS  "/api/admin/experiments/"
#define REPORT_BYTES (4 * (int64_t)WEFT_REPORT_MAX_BYTES + WEFT_CANVAS_UNMANAGED)

typedef struct api_route api_route;

/* Fills the answer to a request whose parameters are read. */
typedef weft_status (*answer_fn)(weft_api *api, const api_route *route, const weft_served_ask *ask, weft_answer *out,
                                 weft_error *err);

struct api_route {
    const char *path;
    weft_api_parameters takes;
    const char *query; /* of sql/api */
    answer_fn answer;
};

/* --- rows --- */

typedef struct rows {
    weft_text *out;
    int count;
    const char *until; /* only the columns before this one; NULL: all */
} rows;

static int columns_before(const rows *to, int columns, const char *const *names) {
    int at = 0;
    while (to->until != NULL && at < columns && strcmp(names[at], to->until) != 0)
        at++;
    return to->until == NULL ? columns : at;
}

static bool add_item(void *payload, int columns, const char *const *names, const char *const *values,
                     const bool *numeric) {
    rows *to = payload;
    if (values == NULL) return true;
    if (to->count++ > 0) weft_text_add(to->out, ", ");
    weft_answer_add_row(to->out, columns_before(to, columns, names), names, values, numeric);
    return !to->out->failed;
}

static bool add_members(void *payload, int columns, const char *const *names, const char *const *values,
                        const bool *numeric) {
    rows *to = payload;
    if (values == NULL) return true;
    to->count++;
    weft_answer_add_members(to->out, columns_before(to, columns, names), names, values, numeric);
    return !to->out->failed;
}

static weft_status add_array(weft_api *api, const char *name, const weft_served_ask *ask, weft_text *out,
                             weft_error *err) {
    rows items = {.out = out};
    weft_text_add(out, ", \"%s\": [", name);
    weft_status status = weft_served_metrics_ask(api->reader, ask, add_item, &items, err);
    weft_text_add(out, "]");
    return status;
}

/* --- which run --- */

typedef struct chosen {
    weft_text *out;
    int64_t run_id;
} chosen;

static bool take_run(void *payload, int columns, const char *const *names, const char *const *values,
                     const bool *numeric) {
    chosen *run = payload;
    if (values == NULL) return true;
    run->run_id = strtoll(values[0], NULL, 10);
    weft_answer_add_members(run->out, columns, names, values, numeric);
    return true;
}

/* Begins an object with the run that is meant; ask->run_id is 0 where there is none yet. Errors: WEFT_ERR_DATA with no
 * message: there is none of that name or number. */
static weft_status begin(weft_api *api, weft_served_ask *ask, weft_text *out, weft_error *err) {
    chosen run = {.out = out};
    weft_served_ask which = {.query = "run", .experiment = ask->experiment, .run_id = ask->run_id};
    weft_text_add(out, "{\"version\": \"%s\"", WEFT_VERSION);
    weft_status status = weft_served_metrics_ask(api->reader, &which, take_run, &run, err);
    if (status == WEFT_ERR_NO_INPUT) status = WEFT_OK;
    if (status != WEFT_OK) return status;
    if (run.run_id == 0 && (ask->experiment != NULL || ask->run_id != 0)) return WEFT_ERR_DATA;
    if (run.run_id == 0) weft_text_add(out, ", \"run_id\": null, \"experiment\": null");
    ask->run_id = run.run_id;
    return WEFT_OK;
}

/* Whether the run that is meant is the one of this process. */
static bool is_live(weft_api *api, const weft_served_ask *ask) {
    return api->run != NULL && ask->run_id == 0 && weft_live_run_is(api->run, ask->experiment);
}

/* --- answers --- */

static weft_status answer_items(weft_api *api, const api_route *route, const weft_served_ask *asked, weft_answer *out,
                                weft_error *err) {
    weft_served_ask ask = *asked;
    weft_status status = begin(api, &ask, &out->body, err);
    if (status != WEFT_OK) return status;
    ask.query = route->query;
    if (ask.run_id == 0) {
        weft_text_add(&out->body, ", \"items\": []");
        return WEFT_OK;
    }
    return add_array(api, "items", &ask, &out->body, err);
}

/* Pools and operations: of a run under way what is counted so far. */
static weft_status answer_counted(weft_api *api, const api_route *route, const weft_served_ask *asked, weft_answer *out,
                                  weft_error *err) {
    bool pools = strcmp(route->query, "pools") == 0, live = is_live(api, asked);
    weft_served_ask ask = *asked;
    weft_status status = begin(api, &ask, &out->body, err);
    if (status != WEFT_OK) return status;
    weft_text_add(&out->body, ", \"live\": %s", live ? "true" : "false");
    if (!live) {
        ask.query = route->query;
        if (ask.run_id != 0) return add_array(api, "items", &ask, &out->body, err);
        weft_text_add(&out->body, ", \"items\": []");
        return WEFT_OK;
    }
    weft_text_add(&out->body, ", \"items\": [");
    (void)(pools ? weft_live_run_add_pools : weft_live_run_add_operations)(api->run, &out->body);
    weft_text_add(&out->body, "]");
    return WEFT_OK;
}

static weft_status answer_memory(weft_api *api, const api_route *route, const weft_served_ask *asked, weft_answer *out,
                                 weft_error *err) {
    rows one = {.out = &out->body};
    weft_served_ask ask = *asked;
    weft_status status = begin(api, &ask, &out->body, err);
    ask.query = route->query;
    if (status == WEFT_OK && ask.run_id != 0)
        status = weft_served_metrics_ask(api->reader, &ask, add_members, &one, err);
    return status;
}

/* What only the process of the run knows stands at the end of the query's columns, from `stage` on. */
static weft_status answer_progress(weft_api *api, const api_route *route, const weft_served_ask *asked,
                                   weft_answer *out, weft_error *err) {
    weft_text live = {0};
    weft_served_ask ask = *asked;
    bool has_live = is_live(api, asked) && weft_live_run_add_progress(api->run, &live);
    rows one = {.out = &out->body, .until = has_live ? "stage" : NULL};
    weft_status status = begin(api, &ask, &out->body, err);
    ask.query = route->query;
    if (status == WEFT_OK && ask.run_id != 0)
        status = weft_served_metrics_ask(api->reader, &ask, add_members, &one, err);
    if (has_live && !live.failed) weft_text_add_bytes(&out->body, live.data, live.length);
    if (!has_live) weft_text_add(&out->body, ", \"live\": false, \"workers\": []");
    out->body.failed = out->body.failed || live.failed;
    weft_text_dispose(&live);
    return status;
}

static weft_status answer_experiments(weft_api *api, const api_route *route, const weft_served_ask *asked,
                                      weft_answer *out, weft_error *err) {
    weft_served_ask ask = *asked;
    ask.query = route->query;
    weft_text_add(&out->body, "{\"version\": \"%s\"", WEFT_VERSION);
    weft_status status = add_array(api, "items", &ask, &out->body, err);
    return status == WEFT_ERR_NO_INPUT ? WEFT_OK : status;
}

static weft_status answer_experiment(weft_api *api, const api_route *route, const weft_served_ask *asked,
                                     weft_answer *out, weft_error *err) {
    static const char *const parts[] = {"stages", "figures", "events", "slow"};
    weft_served_ask ask = *asked;
    rows one = {.out = &out->body};
    weft_text ignored = {0};
    weft_status status = begin(api, &ask, &ignored, err);
    weft_text_dispose(&ignored);
    if (status != WEFT_OK) return status;
    ask.query = route->query;
    weft_text_add(&out->body, "{\"version\": \"%s\"", WEFT_VERSION);
    status = weft_served_metrics_ask(api->reader, &ask, add_members, &one, err);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && status == WEFT_OK; i++) {
        ask.query = parts[i];
        status = add_array(api, parts[i], &ask, &out->body, err);
    }
    return status;
}

static weft_status answer_jobs(weft_api *api, const api_route *route, const weft_served_ask *asked, weft_answer *out,
                               weft_error *err) {
    weft_served_ask ask = *asked;
    weft_text_add(&out->body, "{\"version\": \"%s\"", WEFT_VERSION);
    if (api->batch != NULL) {
        weft_live_batch_add(api->batch, (int)ask.limit, &out->body);
        return WEFT_OK;
    }
    ask.query = route->query;
    weft_text_add(&out->body, ", \"live\": false");
    weft_status status = add_array(api, "items", &ask, &out->body, err);
    return status == WEFT_ERR_NO_INPUT ? WEFT_OK : status;
}

static weft_status answer_health(weft_api *api, const api_route *route, const weft_served_ask *ask, weft_answer *out,
                                 weft_error *err) {
    (void)api, (void)route, (void)ask, (void)err;
    weft_text_add(&out->body, "{\"status\": \"ok\", \"version\": \"%s\"", WEFT_VERSION);
    return WEFT_OK;
}

/* The run that is meant; a batch's record has jobs in place of runs. */
static weft_status write_report(weft_api *api, const weft_served_ask *asked, weft_text *out, weft_error *err) {
    weft_served_ask ask = *asked;
    weft_text ignored = {0};
    weft_status status = begin(api, &ask, &ignored, err);
    weft_text_dispose(&ignored);
    if (status != WEFT_OK) return status;
    return ask.run_id != 0 ? weft_report_write(out, api->database, ask.run_id, err)
                           : weft_report_write_batch(out, api->database, err);
}

/* Beside a run its memory is the run's. */
static weft_status answer_report(weft_api *api, const api_route *route, const weft_served_ask *ask, weft_answer *out,
                                 weft_error *err) {
    (void)route;
    if (!weft_live_run_borrow(api->run, REPORT_BYTES))
        return weft_error_set(err, WEFT_ERR_BUSY, "the run has no memory to spare for a report; weft report makes it");
    weft_status status = write_report(api, ask, &out->body, err);
    weft_live_run_give_back(api->run);
    out->type = "text/html; charset=utf-8";
    out->is_document = true;
    return status;
}

static weft_status answer_metrics(weft_api *api, const api_route *route, const weft_served_ask *ask, weft_answer *out,
                                  weft_error *err) {
    (void)route, (void)ask;
    out->type = "text/plain; version=0.0.4; charset=utf-8";
    return weft_prometheus_write(api->reader, &out->body, err);
}

/* --- routes --- */

#define OF_RUN                                                                                                         \
    { .of_run = true }

static const api_route routes[] = {
    {"/healthz", {0}, NULL, answer_health},
    {"/metrics", {0}, NULL, answer_metrics},
    {"/report", OF_RUN, NULL, answer_report},
    {"/api/admin/progress", OF_RUN, "progress", answer_progress},
    {"/api/admin/memory-stats", OF_RUN, "memory_stats", answer_memory},
    {"/api/admin/memory-history", {true, true, 1000, 2000}, "memory_history", answer_items},
    {"/api/admin/alerts", {true, true, 100, 1000}, "alerts", answer_items},
    {"/api/admin/adaptations", {true, true, 100, 1000}, "adaptations", answer_items},
    {"/api/admin/grid", {true, false, 400, 1000}, "grid", answer_items},
    {"/api/admin/pool-stats", {true, false, 200, 1000}, "pools", answer_counted},
    {"/api/admin/operations", {true, false, 200, 1000}, "operations", answer_counted},
    {"/api/admin/slow", {true, false, 20, 1000}, "slow", answer_items},
    {"/api/admin/experiments", {true, false, 100, 500}, "experiments", answer_experiments},
    {"/api/admin/jobs", {false, false, 200, 1000}, "jobs", answer_jobs},
};
static const api_route one_experiment = {EXPERIMENTS, {false, false, 200, 1000}, "experiment", answer_experiment};

static const api_route *find_route(const char *path) {
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (strcmp(routes[i].path, path) == 0) return &routes[i];
    return strncmp(path, EXPERIMENTS, sizeof EXPERIMENTS - 1) == 0 ? &one_experiment : NULL;
}

static bool answer_file(const weft_request *request, weft_answer *out) {
    const weft_web_file *file = weft_web_files;
    while (file->path != NULL && strcmp(file->path, request->path) != 0)
        file++;
    if (file->path == NULL) return false;
    *out = (weft_answer){.code = 200, .type = file->type, .fixed = file->bytes, .fixed_bytes = file->length};
    return true;
}

/* The code for what went wrong: the database is busy or broken, not the server. */
static int code_of(weft_status status) {
    return status == WEFT_ERR_NO_INPUT ? 404 : status == WEFT_ERR_INTERNAL ? 500 : 503;
}

static void answer_route(weft_api *api, const api_route *route, const weft_request *request, weft_answer *out) {
    weft_served_ask ask = {0};
    weft_error err = {0};
    const char *name = route == &one_experiment ? request->path + sizeof EXPERIMENTS - 1 : NULL;
    if (!weft_api_parameters_read(&route->takes, request, &ask, &err)) {
        weft_answer_error(out, 400, "%s", err.message);
        return;
    }
    if (name != NULL) ask.experiment = name;
    *out = (weft_answer){.code = 200, .type = "application/json"};
    weft_status status = route->answer(api, route, &ask, out, &err);
    if (status == WEFT_ERR_DATA && err.message[0] == '\0')
        weft_answer_error(out, 404, "there is no such experiment or run");
    else if (status != WEFT_OK)
        weft_answer_error(out, code_of(status), "%s", err.message);
    else if (strcmp(out->type, "application/json") == 0)
        weft_text_add(&out->body, "}\n");
}

void weft_api_answer(void *payload, const weft_request *request, weft_answer *out) {
    weft_api *api = payload;
    const api_route *route = find_route(request->path);
    if (route == NULL) {
        if (!answer_file(request, out)) weft_answer_error(out, 404, "there is nothing here");
        return;
    }
    if (weft_answer_cache_find(&api->cache, request, out)) return;
    answer_route(api, route, request, out);
    weft_answer_cache_keep(&api->cache, request, out);
}
