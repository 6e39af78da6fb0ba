/* SPDX-License-Identifier: MIT
 *
 * Buffers are reserved when first needed, so that a worker that never runs holds nothing. */
#include "stages/context/worker.h"

#include "core/memory/allocator.h"

#include <stdlib.h>

weft_status weft_worker_init(weft_worker *worker, weft_context *context, int index, weft_error *err) {
    *worker = (weft_worker){.index = index, .context = context};
    return weft_lattice_new(&worker->lattice, context->ledger, err);
}

static void release_buffers(weft_worker *worker) {
    weft_buffer_release(&worker->positions);
    weft_buffer_release(&worker->patch);
    weft_buffer_release(&worker->group);
    weft_buffer_release(&worker->region);
    weft_buffer_release(&worker->columns);
}

void weft_worker_dispose(weft_worker *worker) {
    weft_lattice_free(worker->lattice);
    release_buffers(worker);
    worker->lattice = NULL;
}

void weft_worker_relieve(weft_worker *worker) {
    weft_relief *relief = worker->context->relief;
    if (relief == NULL) return;
    weft_context_tidy(worker->context);
    uint32_t calls = atomic_load(&relief->scratch_calls);
    if (calls == worker->scratch_calls) return;
    worker->scratch_calls = calls;
    weft_lattice_release(worker->lattice);
    release_buffers(worker);
    weft_allocator_trim_own();
}

weft_status weft_workers_new(weft_worker **out, weft_context *context, weft_error *err) {
    int count = weft_work_pool_threads(context->pool);
    weft_worker *workers = calloc((size_t)count, sizeof *workers);
    *out = NULL;
    if (workers == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for %d workers", count);
    weft_status status = WEFT_OK;
    for (int i = 0; i < count && status == WEFT_OK; i++)
        status = weft_worker_init(&workers[i], context, i, err);
    if (status != WEFT_OK) {
        weft_workers_free(workers, count);
        return status;
    }
    *out = workers;
    return WEFT_OK;
}

void weft_workers_free(weft_worker *workers, int count) {
    if (workers == NULL) return;
    for (int i = 0; i < count; i++)
        weft_worker_dispose(&workers[i]);
    free(workers);
}
