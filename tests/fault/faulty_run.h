/* A command of weft in a process of its own, with memory that fails. Libraries are loaded and drivers registered once,
 * before the processes part, so that a run takes milliseconds.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_FAULT_FAULTY_RUN_H
#define WEFT_TESTS_FAULT_FAULTY_RUN_H

#include "fault/failing_memory.h"
#include "fault/fault_sample.h"

typedef struct faulty_run {
    int exit_code;    /* 128 and the signal that ended it; a run that hangs is ended by SIGALRM */
    int64_t asked;    /* how often memory was asked for */
    uintptr_t from;   /* who asked when it failed; 0: it came to its end before */
    char error[8192]; /* what it said on stderr, cut; what it printed is in out.txt */
} faulty_run;

/* Runs `arguments` (NULL-terminated: the command's name, and what it is given), with request `at` of a kind failing; 0:
 * none. Fails the running cmocka test when there is no process to be had. One thread. */
faulty_run faulty_run_make(const char *const *arguments, failing_kind kind, int64_t at, bool lasting);

/* The requests of the last run to fail, as fault_sample_new() chooses. */
fault_sample faulty_run_sample(int64_t stride, int64_t first);

#endif
