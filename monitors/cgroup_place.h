/* Between the files of this folder only: where the cgroup that this process is in has its files.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_CGROUP_PLACE_H
#define WEFT_MONITORS_CGROUP_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#define WEFT_CGROUP_PATH_BYTES 4096

/* Whose hierarchy: version 1's of the controller where it has that, else version 2's; unified: version 2's. */
typedef enum weft_cgroup_controller { WEFT_CGROUP_MEMORY, WEFT_CGROUP_UNIFIED, WEFT_CGROUP_CPU } weft_cgroup_controller;

/* A level of a hierarchy. */
typedef struct weft_cgroup {
    int version;                         /* 1, 2; 0: there is none */
    char folder[WEFT_CGROUP_PATH_BYTES]; /* absolute, without the root */
    size_t mount_length;                 /* of `folder`: levels above are out of sight */
} weft_cgroup;

/* This process's own level. Looks once at /proc/self/cgroup and /proc/self/mountinfo, under `root`; where the latter
 * cannot be read, hierarchies are looked for where they usually are. Any thread. */
void weft_cgroup_find(const char *root, weft_cgroup_controller of, weft_cgroup *out);

/* To the level above; false, and nothing changed, at the top of what is in sight. Does not allocate. */
bool weft_cgroup_go_up(weft_cgroup *level);

#endif
