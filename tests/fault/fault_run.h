/* Runs weft behind the fault shim, on a cut of the sample that takes a tenth of a second.
 *
 * Fails the running cmocka test on any trouble of its own.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_FAULT_RUN_H
#define WEFT_TESTS_FAULT_RUN_H

#include "fault/fault_sample.h"
#include "support/sandbox.h"

#include <stdint.h>

/* What goes wrong; each as the environment variable of fault_rules.h that has its name. NULL and 0: not set. */
typedef struct fault_plan {
    const char *folder; /* NULL: the outputs' */
    const char *on, *match, *action;
    long at, times; /* times < 0: for good */
    int64_t space;
    unsigned keep;
    const char *settings; /* arguments of the run and of the one that goes on with it; NULL: none */
} fault_plan;

typedef struct fault_result {
    int exit_code;
    long calls, faults; /* -1: the program ended without the shim */
    long slept_ms;      /* that it would have, without the shim */
    char *out, *err;    /* freed with fault_result_free() */
} fault_result;

/* cmocka group fixtures: the sandbox, with copies of the sample's rasters in `in`, the configuration "small.yml", and
 * the outputs of a run without faults in `reference`. */
int fault_run_setup(void **state);
int fault_run_teardown(void **state);

/* weft run small.yml with `arguments`. */
fault_result fault_run(const fault_plan *plan, const char *arguments);
void fault_result_free(fault_result *result);

/* A sample of the calls that the plan counts, of a run without a fault (fault_sample.h): one candidate in `stride`.
 * What that run wrote is removed. `calls`: how many there are. */
fault_sample fault_run_sample(const fault_plan *plan, int64_t stride, long *calls);

/* What a run must leave behind, however it ended. */
void fault_check_whole_or_absent(const fault_result *result, const fault_plan *plan);
/* The outputs are those of the run without faults. */
void fault_check_same(const fault_plan *plan);
/* weft run --resume without a fault ends with 0 and those outputs. Returns the grid row behind which it went on: 0
 * where it began anew, all rows where nothing was left to do. */
#define FAULT_ROWS 68
long fault_check_resume(const fault_plan *plan);
/* Removes the outputs and all that belongs to runs. */
void fault_clear(void);

/* Names the fault in a failure: "write 12 EIO". */
const char *fault_plan_text(const fault_plan *plan);

#endif
