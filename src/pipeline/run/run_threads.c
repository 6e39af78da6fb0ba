/* SPDX-License-Identifier: MIT */
#include "pipeline/run/run_threads.h"

#include "core/threads/activity.h"

#include "monitors/usable_cpus.h"

int weft_run_threads(const weft_config *config) {
    int threads = config->threads > 0 ? config->threads : weft_usable_cpus("");
    return threads < WEFT_MAX_THREADS ? threads : WEFT_MAX_THREADS;
}
