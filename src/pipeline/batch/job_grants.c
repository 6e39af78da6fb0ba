/* SPDX-License-Identifier: MIT */
#include "pipeline/batch/job_grants.h"

static int64_t larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

bool weft_job_grants_take(weft_job_grants *grants, const weft_job_ask *ask, int waiting, weft_job_grant *out) {
    int workers = grants->workers - grants->running;
    int64_t free_bytes = grants->budget_bytes - grants->granted_bytes;
    int free_threads = grants->budget_threads - grants->granted_threads;
    if (workers < 1 || free_threads < 1 || ask->min_bytes > free_bytes) return false;
    int sharing = (int)larger(1, smaller(workers, waiting));
    out->bytes = larger(smaller(ask->desired_bytes, free_bytes / sharing), ask->min_bytes);
    out->threads = (int)larger(1, smaller(free_threads / sharing, ask->max_threads));
    grants->granted_bytes += out->bytes;
    grants->granted_threads += out->threads;
    grants->running++;
    return true;
}

void weft_job_grants_give_back(weft_job_grants *grants, const weft_job_grant *grant) {
    grants->granted_bytes -= grant->bytes;
    grants->granted_threads -= grant->threads;
    grants->running--;
}
