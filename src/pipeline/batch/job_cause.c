/* SPDX-License-Identifier: MIT
 *
 * One table: a line a cause. */
#include "pipeline/batch/job_cause.h"

#include <signal.h>

#define MAX_PAUSE_MS 60000
#define LATER        5

/* rank: a defect is worse than a broken disk, which is worse than a job that is wrong by itself, which is worse than
 * one that was only not done yet. */
static const struct {
    const char *name;
    int exit_code, rank;
    weft_job_retry retry;
    bool resumes;
} causes[] = {
    [WEFT_CAUSE_NONE] = {"done", 0, 0, WEFT_RETRY_NEVER, false},
    [WEFT_CAUSE_USAGE] = {"usage", 64, 5, WEFT_RETRY_NEVER, false},
    [WEFT_CAUSE_DATA] = {"data", 65, 6, WEFT_RETRY_NEVER, false},
    [WEFT_CAUSE_NO_INPUT] = {"input missing", 66, 7, WEFT_RETRY_NEVER, false},
    [WEFT_CAUSE_PERMISSION] = {"permission", 77, 8, WEFT_RETRY_NEVER, false},
    [WEFT_CAUSE_MEMORY] = {"memory", 71, 9, WEFT_RETRY_WITH_MORE_MEMORY, true},
    [WEFT_CAUSE_BUSY] = {"in use", 73, 4, WEFT_RETRY_LATER, true},
    [WEFT_CAUSE_IO] = {"input/output", 74, 10, WEFT_RETRY_AS_IT_IS, true},
    [WEFT_CAUSE_STOPPED] = {"stopped", 75, 2, WEFT_RETRY_NEVER, true},
    [WEFT_CAUSE_TIMEOUT] = {"timeout", 75, 3, WEFT_RETRY_NEVER, true},
    [WEFT_CAUSE_KILLED] = {"killed", 70, 11, WEFT_RETRY_AS_IT_IS, true},
    [WEFT_CAUSE_CRASH] = {"crash", 70, 12, WEFT_RETRY_ONCE, true},
    [WEFT_CAUSE_NEEDED] = {"needs a job", 75, 1, WEFT_RETRY_NEVER, false},
    [WEFT_CAUSE_INTERNAL] = {"internal", 70, 13, WEFT_RETRY_NEVER, false},
};

const char *weft_job_cause_name(weft_job_cause cause) {
    return causes[cause].name;
}

weft_job_cause weft_job_cause_of(const weft_job_end *end) {
    if (end->signal == 0 && end->exit_code == 0) return WEFT_CAUSE_NONE;
    if (end->timed_out) return WEFT_CAUSE_TIMEOUT;
    if (end->stopped) return WEFT_CAUSE_STOPPED;
    if (end->signal == SIGKILL) return end->memory_short ? WEFT_CAUSE_MEMORY : WEFT_CAUSE_KILLED;
    if (end->signal != 0) return WEFT_CAUSE_CRASH;
    switch (end->exit_code) {
    case 64:
        return WEFT_CAUSE_USAGE;
    case 65:
        return WEFT_CAUSE_DATA;
    case 66:
        return WEFT_CAUSE_NO_INPUT;
    case 71:
        return WEFT_CAUSE_MEMORY;
    case 73:
        return WEFT_CAUSE_BUSY;
    case 74:
        return WEFT_CAUSE_IO;
    case 75:
        return WEFT_CAUSE_STOPPED;
    case 77:
        return WEFT_CAUSE_PERMISSION;
    default:
        return WEFT_CAUSE_CRASH;
    }
}

weft_job_retry weft_job_cause_retry(weft_job_cause cause) {
    return causes[cause].retry;
}

bool weft_job_cause_resumes(weft_job_cause cause) {
    return causes[cause].resumes;
}

int64_t weft_job_retry_pause_ms(weft_job_retry retry, int64_t first_ms, int failures) {
    int64_t max = first_ms > MAX_PAUSE_MS ? first_ms : MAX_PAUSE_MS;
    int64_t pause = retry == WEFT_RETRY_LATER ? LATER * first_ms : first_ms;
    for (int i = 1; i < failures && pause < max; i++)
        pause *= 2;
    return pause < max ? pause : max;
}

int weft_job_cause_exit_code(weft_job_cause cause) {
    return causes[cause].exit_code;
}

weft_job_cause weft_job_cause_worse(weft_job_cause a, weft_job_cause b) {
    return causes[a].rank >= causes[b].rank ? a : b;
}
