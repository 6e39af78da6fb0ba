/* Processes that one launcher started, and what they can do together. Who starts them is a module's business
 * (src/mpi/mpi_link.c), which is loaded only where such a run is asked for.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RANK_LINK_H
#define WEFT_PIPELINE_RANK_LINK_H

#include "core/status.h"

#include <stdint.h>

/* Filled by the module. One thread of each process calls; all but `next`, `abort` and `close` are called by all ranks
 * in the same order. */
typedef struct weft_rank_link {
    int rank, size; /* this one, from 0, of so many */
    int local_size; /* of them, on this host */
    /* The next whole number, from 0, that no rank was given yet. */
    int64_t (*next)(void);
    /* The greatest value of all ranks, once all have come here. */
    int64_t (*max)(int64_t value);
    /* What rank 0 gave. */
    int64_t (*of_first)(int64_t value);
    /* Ends all ranks at once; does not return. */
    void (*abort)(int exit_code);
    void (*close)(void);
} weft_rank_link;

/* The module's only name: fills `out`; a text that says why not, or NULL. */
#define WEFT_RANK_LINK_OPEN "weft_rank_link_open"
typedef const char *(*weft_rank_link_open_fn)(weft_rank_link *out);

/* Loads the module: that of the variable WEFT_MPI_MODULE, or the one beside this program, or the installed one. It
 * stays until the process ends. Errors: WEFT_ERR_USAGE (there is none, or it finds no launcher). */
weft_status weft_rank_link_load(weft_rank_link *out, weft_error *err);

#endif
