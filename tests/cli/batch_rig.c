/* SPDX-License-Identifier: MIT */
#include "cli/batch_rig.h"

#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void expect(int exit_code, const char *command) {
    sandbox_result result = sandbox_run("%s", command);
    if (result.exit_code != exit_code)
        fail_msg("exit code %d, not %d: %s\n%s\n%s", result.exit_code, exit_code, command, result.out, result.err);
    sandbox_result_free(&result);
}

void expect_sql(const char *sql, const char *expected) {
    char *text = sandbox_succeed("sqlite3 .weft/batch/night/record.sqlite \"%s\"", sql);
    size_t length = strlen(text);
    if (length > 0) text[length - 1] = '\0';
    if (strcmp(text, expected) != 0) fail_msg("%s\nis %s\nnot %s", sql, text, expected);
    free(text);
}

void expect_would_run(const char *expected) {
    char *text = sandbox_succeed("\"$WEFT\" batch night.yml --dry-run --format csv | awk -F, 'NR > 1 && $2 != "
                                 "\"unchanged\" { printf \"%%s%%s\", sep, $1; sep = \" \" }'");
    if (strcmp(text, expected) != 0) fail_msg("%s would run, not %s", text, expected);
    free(text);
}

void expect_reason(const char *job, const char *expected) {
    char *text = sandbox_succeed("\"$WEFT\" batch night.yml --dry-run --format csv | grep '^%s,'", job);
    if (strstr(text, expected) == NULL) fail_msg("no \"%s\": %s", expected, text);
    free(text);
}

void begin_anew(void) {
    free(sandbox_succeed(
        "rm -rf .weft out *.yml *.tif *.vrt tiles; cp \"$SAMPLE/geoid.tif\" .; cp \"$SAMPLE/geoid.tif\" other.tif"));
}

void pause_ms(long ms) {
    (void)nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}
