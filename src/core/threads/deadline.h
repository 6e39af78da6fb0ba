/* Waiting for a condition, but not for ever. Deadlines are of the monotonic clock, so that a wait stays as long as it is
 * meant when the system's time is set.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_DEADLINE_H
#define WEFT_CORE_DEADLINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* A condition whose pthread_cond_timedwait() takes deadlines of this file. False: the system refuses, and there is
 * nothing to destroy. */
bool weft_deadline_condition_init(pthread_cond_t *condition);

/* `ms` milliseconds from now, 0 or more. Any thread. */
struct timespec weft_deadline_in_ms(int64_t ms);
bool weft_deadline_has_passed(const struct timespec *deadline);

#endif
