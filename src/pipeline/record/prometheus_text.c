/* SPDX-License-Identifier: MIT */
#include "pipeline/record/prometheus_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void weft_prometheus_metric(weft_text *out, const char *name, const char *type, const char *help) {
    weft_text_add(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Backslash, quote and line feed are escaped in a label's value. */
static void add_value(weft_text *out, const char *value) {
    for (; *value != '\0'; value++) {
        if (*value == '\n')
            weft_text_add(out, "\\n");
        else
            weft_text_add(out, *value == '\\' || *value == '"' ? "\\%c" : "%c", *value);
    }
}

void weft_prometheus_sample(weft_text *out, const char *name, const char *const *labels, double value) {
    const char *before = "{";
    weft_text_add(out, "%s", name);
    for (; labels != NULL && labels[0] != NULL; labels += 2) {
        if (labels[1] == NULL) continue;
        weft_text_add(out, "%s%s=\"", before, labels[0]);
        add_value(out, labels[1]);
        weft_text_add(out, "\"");
        before = ",";
    }
    if (before[0] == ',') weft_text_add(out, "}");
    char digits[32];
    (void)snprintf(digits, sizeof digits, "%.15g", value);
    if (strtod(digits, NULL) != value) (void)snprintf(digits, sizeof digits, "%.17g", value);
    if (isfinite(value))
        weft_text_add(out, " %s\n", digits);
    else
        weft_text_add(out, " %s\n", isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
}
