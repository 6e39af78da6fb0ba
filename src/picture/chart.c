/* SPDX-License-Identifier: MIT */
#include "picture/chart.h"

#include "core/memory/units.h"

#include <math.h>
#include <stdio.h>

/* A round step that cuts `span` in about `count`. binary: powers of two, for bytes. */
static double round_step(double span, int count, bool binary) {
    double rough = span / count;
    if (!(rough > 0)) return 1;
    if (binary) return exp2(ceil(log2(rough)));
    double ten = pow(10, floor(log10(rough))), part = rough / ten;
    return ten * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

/* Steps of time that people count in. */
static double time_step(double span, int count) {
    static const double steps[] = {60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400};
    if (span / count <= 30) return round_step(span, count, false);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i] >= span / count) return steps[i];
    return 86400 * round_step(span / 86400, count, false);
}

void weft_chart_bytes(double value, double step, char out[WEFT_CHART_TEXT_BYTES]) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    int unit = 0;
    (void)step;
    for (; value >= 1024 && unit < 5; unit++)
        value /= 1024;
    if (value == floor(value) || value >= 100)
        (void)snprintf(out, WEFT_CHART_TEXT_BYTES, "%.0f %s", value, units[unit]);
    else
        (void)snprintf(out, WEFT_CHART_TEXT_BYTES, "%.*f %s", value >= 10 ? 1 : 2, value, units[unit]);
}

void weft_chart_count(double value, double step, char out[WEFT_CHART_TEXT_BYTES]) {
    const char *unit = step >= 1e9 || value >= 2e9 ? " billion" : step >= 1e6 || value >= 2e6 ? " million" : "";
    double scale = unit[0] == '\0' ? 1 : unit[1] == 'b' ? 1e9 : 1e6;
    value /= scale;
    step /= scale;
    int decimals = step < 1 && value > 0 ? (int)ceil(-log10(step)) : 0;
    (void)snprintf(out, WEFT_CHART_TEXT_BYTES, "%.*f%s", decimals > 6 ? 6 : decimals, value, value > 0 ? unit : "");
}

/* "40 s", "3 min", "2 h" of seconds. */
static void seconds_text(double value, double step, char out[WEFT_CHART_TEXT_BYTES]) {
    if (step >= 3600)
        (void)snprintf(out, WEFT_CHART_TEXT_BYTES, "%.0f h", value / 3600);
    else if (step >= 60)
        (void)snprintf(out, WEFT_CHART_TEXT_BYTES, "%.0f min", value / 60);
    else
        (void)snprintf(out, WEFT_CHART_TEXT_BYTES, "%.*f s", step < 1 ? (int)ceil(-log10(step) - 1e-9) : 0, value);
}

double weft_chart_x(const weft_chart *chart, double seconds) {
    return chart->left + (chart->seconds > 0 ? chart->width * seconds / chart->seconds : 0);
}

double weft_chart_y(const weft_chart *chart, double value) {
    return chart->top + chart->height * (1 - (chart->max > 0 ? value / chart->max : 0));
}

void weft_chart_frame(const weft_chart *chart, weft_chart_words words, bool binary) {
    char text[WEFT_CHART_TEXT_BYTES];
    double bottom = chart->top + chart->height, right = chart->left + chart->width;
    double step = round_step(chart->max, (int)fmax(2, chart->height / 48), binary);
    for (double value = 0; words != NULL && value <= chart->max * 1.000001; value += step) {
        double y = weft_chart_y(chart, value);
        weft_drawing_line(chart->drawing, (weft_drawing_point[]){{chart->left, y}, {right, y}}, 2, 1,
                          value > 0 ? WEFT_COLOR_RULE : WEFT_COLOR_REST, false);
        words(value, step, text);
        weft_drawing_text(chart->drawing, chart->left - 8, y + 4, WEFT_COLOR_SOFT, WEFT_DRAW_RIGHT, text);
    }
    step = time_step(chart->seconds, (int)fmax(2, chart->width / 110));
    for (double at = 0; at <= chart->seconds * 1.000001; at += step) {
        double x = weft_chart_x(chart, at);
        weft_drawing_line(chart->drawing, (weft_drawing_point[]){{x, bottom}, {x, bottom + 4}}, 2, 1, WEFT_COLOR_REST,
                          false);
        seconds_text(at, step, text);
        weft_drawing_text(chart->drawing, x, bottom + 17, WEFT_COLOR_SOFT,
                          x > right - 12 ? WEFT_DRAW_RIGHT : WEFT_DRAW_CENTER, text);
    }
}
