/* SPDX-License-Identifier: MIT */
#include "cli/metrics_place.h"

#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool weft_is_database(const char *path) {
    char head[16] = {0};
    FILE *file = fopen(path, "rb");
    bool is = file != NULL && fread(head, 1, sizeof head, file) == sizeof head &&
              memcmp(head, "SQLite format 3", sizeof head) == 0;
    if (file != NULL) (void)fclose(file);
    return is;
}

int weft_metrics_place_take(weft_metrics_place *place, const char *path, const weft_overrides *overrides) {
    weft_config *config = NULL;
    weft_error err = {0};
    if (path == NULL || weft_is_database(path)) {
        if (!weft_overrides_are_none(overrides, &err)) return weft_fail(&err);
        if (path != NULL && place->database != NULL) {
            weft_error_set(&err, WEFT_ERR_USAGE, "--db %s: %s is a database too", place->database, path);
            return weft_fail(&err);
        }
        if (path != NULL) place->database = path;
        return 0;
    }
    int exit_code = weft_load_config(&config, path, overrides, NULL);
    if (exit_code != 0) return exit_code;
    place->configured = weft_text_format("%s", config->metrics_database);
    if (config->experiment_given) place->own = weft_text_format("%s", config->experiment);
    bool failed = place->configured == NULL || (config->experiment_given && place->own == NULL);
    weft_config_free(config);
    if (failed) weft_error_no_memory(&err, "the name of a database");
    return failed ? weft_fail(&err) : 0;
}

const char *weft_metrics_place_path(const weft_metrics_place *place) {
    if (place->database != NULL) return place->database;
    if (place->configured != NULL) return place->configured;
    return access("metrics.sqlite", F_OK) == 0 && access("out/metrics.sqlite", F_OK) != 0 ? "metrics.sqlite"
                                                                                          : "out/metrics.sqlite";
}

void weft_metrics_place_dispose(weft_metrics_place *place) {
    free(place->configured);
    free(place->own);
    place->configured = place->own = NULL;
}
