/* Which of the possible faults a test tries: a sample that goes over the places that calls come from, or all of them.
 *
 * A call's place is a number: of the caller, or of the kind of call and the file. Of a place with n calls, 1 + log2(n)
 * are candidates, spread over them; a test tries one candidate in so many. So a place that is asked once counts as
 * much as one that is asked a thousand times. The choice is the same each time; WEFT_TEST_SEED=N is another one, and
 * WEFT_TEST_STRIDE=1 tries every call.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_FAULT_SAMPLE_H
#define WEFT_TESTS_FAULT_SAMPLE_H

#include <stdint.h>

/* One in so many: twice `usual`, or what WEFT_TEST_STRIDE says; 1 is all of them. */
int64_t fault_stride(int64_t usual);
/* The same where each fault is a whole run of the program: under a sanitizer that takes ten times as long. */
int64_t fault_stride_of_runs(int64_t usual);

typedef struct fault_sample {
    int64_t count;
    int64_t *calls; /* ascending, from 1; freed with fault_sample_dispose() */
} fault_sample;

/* One candidate in `stride` of the calls 1 .. count that come from `places`, and the last call; with 1 every call.
 * `first` says with which candidate it begins: tests that look at the same calls in several ways share the candidates
 * out between them. */
fault_sample fault_sample_new(const uint32_t *places, int64_t count, int64_t stride, int64_t first);
void fault_sample_dispose(fault_sample *sample);

#endif
