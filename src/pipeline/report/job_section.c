/* SPDX-License-Identifier: MIT
 *
 * What ran, and how to run it once more. The configuration has all its defaults. */
#include "core/clock.h"
#include "pipeline/report/html.h"
#include "pipeline/report/sections.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CONFIG   60000 /* bytes of it that are shown */
#define MAX_WARNINGS 40

/* The name that a CRS's WKT begins with, and its code where the metadata knows one. */
static char *crs_words(const json_t *grid, const json_t *plan_grid) {
    const char *wkt = weft_json_text(grid != NULL ? grid : plan_grid, "crs"), *quote = strchr(wkt, '"');
    double epsg = weft_json_real(grid, "epsg");
    int length = quote != NULL ? (int)strcspn(quote + 1, "\"") : 0;
    if (length == 0) return weft_text_format("%s", wkt);
    if (isfinite(epsg)) return weft_text_format("%.*s (EPSG:%.0f)", length, quote + 1, epsg);
    return weft_text_format("%.*s", length, quote + 1);
}

static double at(const json_t *list, size_t index) {
    return json_number_value(json_array_get(list, index));
}

static void add_grid(weft_text *out, const weft_run_card *run) {
    const json_t *grid = json_object_get(run->metadata, "grid"), *plan_grid = json_object_get(run->plan, "grid");
    const json_t *known = grid != NULL ? grid : plan_grid;
    const json_t *bounds = json_object_get(known, "bounds"), *resolution = json_object_get(known, "resolution");
    char *crs = crs_words(grid, plan_grid);
    char *cells = weft_text_format("%lld columns, %lld rows of %.10g \303\227 %.10g", (long long)run->grid_cols,
                                   (long long)run->grid_rows, at(resolution, 0), at(resolution, 1));
    char *box = weft_text_format("x %.12g to %.12g, y %.12g to %.12g", at(bounds, 0), at(bounds, 2), at(bounds, 1),
                                 at(bounds, 3));
    out->failed = out->failed || crs == NULL || cells == NULL || box == NULL;
    if (known != NULL) {
        weft_html_pair(out, "CRS", crs);
        weft_html_pair(out, "Grid", cells);
        weft_html_pair(out, "Bounds", box);
    }
    free(box);
    free(cells);
    free(crs);
}

static void add_versions(weft_text *out, const weft_run_card *run) {
    const char *name;
    json_t *versions = json_object_get(run->metadata, "versions"), *value;
    weft_text line = {0};
    json_object_foreach(versions, name, value) {
        const char *version = json_string_value(value);
        weft_text_add(&line, "%s%s %s", line.length > 0 ? ", " : "", name, version != NULL ? version : "");
    }
    if (line.length == 0) weft_text_add(&line, "weft %s", run->weft_version);
    out->failed = out->failed || line.failed;
    if (!line.failed) weft_html_pair(out, "Versions", line.data);
    weft_text_dispose(&line);
}

static void add_warnings(weft_text *out, const weft_run_card *run) {
    const json_t *warnings = json_object_get(run->metadata != NULL ? run->metadata : run->plan, "warnings");
    size_t all = json_array_size(warnings), shown = all < MAX_WARNINGS ? all : MAX_WARNINGS;
    if (all == 0) return;
    weft_text_add(out, "<h3>Warnings</h3>\n<ul>\n");
    for (size_t i = 0; i < shown; i++) {
        weft_text_add(out, "<li>");
        weft_html_text(out, json_string_value(json_array_get(warnings, i)), 800);
        weft_text_add(out, "</li>\n");
    }
    weft_text_add(out, "</ul>\n");
    weft_html_capped(out, "The first", (int64_t)shown, (int64_t)all);
}

weft_status weft_report_job(weft_report *report, weft_error *err) {
    const weft_run_card *run = &report->run;
    weft_text *out = report->out;
    char started[WEFT_CLOCK_TEXT_BYTES], ended[WEFT_CLOCK_TEXT_BYTES] = "not known", limit[WEFT_SIZE_TEXT_BYTES];
    (void)err;
    weft_clock_format(run->started_ms, started);
    if (run->ended_ms > 0) weft_clock_format(run->ended_ms, ended);
    weft_text_size(run->limit_bytes, limit);
    weft_text_add(out, "<p>To repeat it:</p>\n<pre>");
    weft_html_text(out, run->command[0] != '\0' ? run->command : "weft run CONFIG", 4000);
    weft_text_add(out, "</pre>\n<div class=wide><table><tbody>\n");
    weft_html_pair(out, "Begun", started);
    weft_html_pair(out, "Ended", ended);
    weft_html_pair(out, "Configuration", run->config_file);
    add_grid(out, run);
    weft_text_add(out,
                  "<tr><th scope=row>Layers</th><td>%lld</td></tr>\n<tr><th scope=row>Mode</th><td>%s</td></tr>\n"
                  "<tr><th scope=row>Threads</th><td>%lld</td></tr>\n<tr><th scope=row>Limit</th><td>%s, warning at "
                  "%.3g %%, critical at %.3g %%</td></tr>\n",
                  (long long)run->layers, run->mode, (long long)run->threads, limit, run->warning_percent,
                  run->critical_percent);
    add_versions(out, run);
    weft_text_add(out, "</tbody></table></div>\n");
    add_warnings(out, run);
    size_t length = strlen(run->config_text);
    weft_text_add(out, "<details><summary>Configuration, with all its defaults</summary>\n<pre>");
    weft_html_text(out, run->config_text, MAX_CONFIG);
    weft_text_add(out, "</pre></details>\n");
    if (length > MAX_CONFIG)
        weft_text_add(out, "<p class=note>The middle of the configuration is left out: it has %zu bytes.</p>\n",
                      length);
    return WEFT_OK;
}
