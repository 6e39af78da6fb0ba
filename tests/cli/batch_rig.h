/* What tests of weft batch share: a small batch, its record, and what a dry run says. All fail the running test on
 * trouble.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_CLI_BATCH_RIG_H
#define WEFT_TESTS_CLI_BATCH_RIG_H

/* A small grid over the geoid: a job takes a moment. */
#define BASE                                                                                                           \
    "x-base: &base\n"                                                                                                  \
    "  grid: {crs: 'EPSG:31985', resolution: 500, bounds: [288500, 9110500, 298500, 9120500]}\n"                       \
    "  datasets: [{name: geoid, path: 'geoid.tif', method: nearest}]\n"

void expect(int exit_code, const char *command);
/* What SQL says of the batch's record, without its last line break. */
void expect_sql(const char *sql, const char *expected);
/* Jobs by what a dry run says of them: "a b" of those that would run, in order. */
void expect_would_run(const char *expected);
/* The reason that a dry run has for a job. */
void expect_reason(const char *job, const char *expected);
void begin_anew(void);
void pause_ms(long ms);

#endif
