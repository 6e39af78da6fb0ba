/* The ranks of an MPI job (pipeline/ranks/rank_link.h): a module that only `weft run --mpi` loads.
 *
 * Ranges are handed out by one counter in the memory of rank 0, which others add to (MPI_Fetch_and_op). Where they do
 * not share memory, MPI may need the help of rank 0's processor for that, which is at work elsewhere: a thread of it
 * looks after MPI meanwhile. Calls of the two take turns: over TCP, Open MPI has no shared memory between hosts where
 * several threads may call at once (MPI_THREAD_MULTIPLE).
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/ranks/rank_link.h"

#include <mpi.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#define LOOK_NS 2000000 /* between two looks of the thread: a range takes seconds */

static MPI_Win window;
static pthread_t helper;
static atomic_bool helper_runs, helper_ends;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER; /* whose call of MPI it is */

static int64_t next_number(void) {
    int64_t one = 1, given = 0;
    pthread_mutex_lock(&turn);
    MPI_Fetch_and_op(&one, &given, MPI_INT64_T, 0, 0, MPI_SUM, window);
    MPI_Win_flush(0, window);
    pthread_mutex_unlock(&turn);
    return given;
}

static int64_t max(int64_t value) {
    int64_t out = value;
    /* While it waits for others it serves their additions, too. */
    pthread_mutex_lock(&turn);
    MPI_Allreduce(&value, &out, 1, MPI_INT64_T, MPI_MAX, MPI_COMM_WORLD);
    pthread_mutex_unlock(&turn);
    return out;
}

static int64_t of_first(int64_t value) {
    pthread_mutex_lock(&turn);
    MPI_Bcast(&value, 1, MPI_INT64_T, 0, MPI_COMM_WORLD);
    pthread_mutex_unlock(&turn);
    return value;
}

static void end_all(int exit_code) {
    MPI_Abort(MPI_COMM_WORLD, exit_code);
}

static void *look_after_mpi(void *unused) {
    const struct timespec pause = {0, LOOK_NS};
    while (!atomic_load(&helper_ends)) {
        int found;
        pthread_mutex_lock(&turn);
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &found, MPI_STATUS_IGNORE);
        pthread_mutex_unlock(&turn);
        nanosleep(&pause, NULL);
    }
    return unused;
}

static void close_link(void) {
    if (atomic_load(&helper_runs)) {
        atomic_store(&helper_ends, true);
        pthread_join(helper, NULL);
    }
    MPI_Win_unlock_all(window);
    MPI_Win_free(&window);
    MPI_Finalize();
}

__attribute__((visibility("default"))) const char *weft_rank_link_open(weft_rank_link *out);

const char *weft_rank_link_open(weft_rank_link *out) {
    int threads = MPI_THREAD_SINGLE;
    int64_t *counter = NULL;
    MPI_Comm host;
#if defined OMPI_MAJOR_VERSION && OMPI_MAJOR_VERSION < 5
    /* Between hosts on TCP alone these two make no window, and hide the way that does. */
    (void)setenv("OMPI_MCA_osc", "^rdma,ucx", 0);
#endif
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &threads) != MPI_SUCCESS) return "MPI does not begin";
    *out =
        (weft_rank_link){.next = next_number, .max = max, .of_first = of_first, .abort = end_all, .close = close_link};
    MPI_Comm_rank(MPI_COMM_WORLD, &out->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &out->size);
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &host);
    MPI_Comm_size(host, &out->local_size);
    MPI_Comm_free(&host);
    MPI_Aint bytes = out->rank == 0 ? (MPI_Aint)sizeof *counter : 0;
    if (MPI_Win_allocate(bytes, sizeof *counter, MPI_INFO_NULL, MPI_COMM_WORLD, &counter, &window) != MPI_SUCCESS)
        return "MPI shares no memory between ranks";
    MPI_Win_lock_all(0, window);
    if (out->rank == 0) *counter = 0;
    MPI_Win_sync(window);
    MPI_Barrier(MPI_COMM_WORLD);
    if (out->rank == 0 && out->local_size < out->size && threads >= MPI_THREAD_SERIALIZED)
        atomic_store(&helper_runs, pthread_create(&helper, NULL, look_after_mpi, NULL) == 0);
    return NULL;
}
