/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "support/peak_check.h"
#include "support/sandbox.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_RUNS 3

void peak_check(const char *settings, const char *job, long grace_bytes) {
    double highest = 0, estimate = 0;
    for (int run = 0; run < MAX_RUNS; run++) {
        double limit = 0, peak = 0;
        char *told = sandbox_succeed(
            "export %s; rm -rf out; "
            "estimate=$(\"$WEFT\" plan --json %s.yml | sed -n 's/.*\"peak_estimate_bytes\": \\([0-9]*\\).*/\\1/p'); "
            "\"$WEFT\" run --progress none %s.yml >/dev/null && "
            "sqlite3 -separator ' ' out/metrics.sqlite \"select limit_bytes, $estimate, peak_bytes from experiments\"",
            settings, job, job);
        int read = sscanf(told, "%lf %lf %lf", &limit, &estimate, &peak);
        if (getenv("WEFT_LONG_TESTS") != NULL) print_message("%s, %s: %.3f: %s", job, settings, estimate / peak, told);
        if (read != 3 || peak > limit || peak > estimate)
            fail_msg("%s, %s: limit, estimate and peak: %s", job, settings, told);
        free(told);
        if (peak > highest) highest = peak;
        if (estimate <= highest * 1.5 || estimate <= highest + (double)grace_bytes) return;
    }
    fail_msg("%s, %s: the estimate is %.0f bytes, and the highest peak of %d runs %.0f", job, settings, estimate,
             MAX_RUNS, highest);
}
