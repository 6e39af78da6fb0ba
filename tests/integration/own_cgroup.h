/* A cgroup of a test's own, with a memory limit, where this machine allows one.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_INTEGRATION_OWN_CGROUP_H
#define WEFT_TESTS_INTEGRATION_OWN_CGROUP_H

#include "monitors/cgroup_memory.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct own_cgroup {
    weft_cgroup place;                  /* the group; levels above count as out of sight */
    char giver[WEFT_CGROUP_PATH_BYTES]; /* the level that was told to give memory on; "": none */
    char crowd[WEFT_CGROUP_PATH_BYTES]; /* where processes that were in the way wait; "": nowhere */
} own_cgroup;

/* Makes the group. Of version 2 it lies under the nearest level that gives memory on to its children, or may be told
 * to: this process's own level may when the processes in it move into a group beside the new one, until
 * own_cgroup_remove(). False, having printed why not: this machine does not allow it. */
bool own_cgroup_make(own_cgroup *self, int64_t limit_bytes);
/* Its processes have been waited for. */
void own_cgroup_remove(own_cgroup *self);

/* Moves the calling process into it. */
bool own_cgroup_join(const own_cgroup *self);

#endif
