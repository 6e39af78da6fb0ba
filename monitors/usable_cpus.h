/* How many CPUs there really are for this process: in a container the machine's count says little.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_USABLE_CPUS_H
#define WEFT_MONITORS_USABLE_CPUS_H

/* The CPUs that affinity and the cgroup's quota (versions 1 and 2, the smallest of all levels) leave this process.
 * `root` is put before /proc and /sys. At least 1. Any thread. */
int weft_usable_cpus(const char *root);

#endif
