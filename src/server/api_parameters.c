/* SPDX-License-Identifier: MIT */
#include "server/api_parameters.h"

#include "config/config_name.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A whole number from `low` to `high` in digits. */
static bool read_number(const char *text, int64_t low, int64_t high, int64_t *out) {
    size_t length = strlen(text);
    if (length == 0 || length > 18 || strspn(text, "0123456789") != length) return false;
    *out = strtoll(text, NULL, 10);
    return *out >= low && *out <= high;
}

static bool is_name(const char *text) {
    return strlen(text) < 256 && weft_config_is_name(text);
}

/* What is wrong with a parameter; NULL: nothing. */
static const char *take(const weft_api_parameters *takes, const char *name, const char *value, weft_served_ask *ask) {
    if (takes->of_run && strcmp(name, "experiment") == 0) {
        ask->experiment = value;
        return is_name(value) ? NULL : "letters, digits, . _ - are expected";
    }
    if (takes->of_run && strcmp(name, "run_id") == 0)
        return read_number(value, 1, INT64_MAX, &ask->run_id) ? NULL : "the number of a run is expected";
    if (takes->since && strcmp(name, "since") == 0)
        return read_number(value, 0, INT64_MAX, &ask->since_ms) ? NULL : "milliseconds since 1970 are expected";
    if (takes->limit > 0 && strcmp(name, "limit") == 0)
        return read_number(value, 1, takes->limit_bound, &ask->limit) ? NULL
                                                                      : "a number from 1 to the bound is expected";
    return "nothing of that name is taken here";
}

bool weft_api_parameters_read(const weft_api_parameters *takes, const weft_request *request, weft_served_ask *ask,
                              weft_error *err) {
    *ask = (weft_served_ask){.limit = takes->limit};
    for (int i = 0; i < request->parameter_count; i++) {
        const char *name = request->parameters[i].name;
        const char *wrong = take(takes, name, request->parameters[i].value, ask);
        for (int j = 0; j < i && wrong == NULL; j++)
            if (strcmp(request->parameters[j].name, name) == 0) wrong = "it appears twice";
        if (wrong == NULL) continue;
        weft_error_set(err, WEFT_ERR_USAGE, "parameter %.60s: %s", name, wrong);
        return false;
    }
    return true;
}
