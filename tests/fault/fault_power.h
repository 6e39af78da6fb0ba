/* What a power loss would take: an account of everything written and named since the last sync of the file or folder.
 *
 * A write is safe once its file was synced; a name that was made, changed or removed once its folder was. All else goes
 * when the power does, which is the harshest that POSIX allows. With a seed, some of it stays: any of the writes, since
 * a kernel writes pages back in whatever order it likes, and the earlier ones of the names.
 *
 * All calls hold the shim's lock. Without a power loss to come (fault_rules_track_power()) they must not be made.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_FAULT_POWER_H
#define WEFT_TESTS_FAULT_POWER_H

#include <stdint.h>
#include <sys/types.h>

/* Before `length` bytes are written at `offset`; with what was really written afterwards. */
void fault_power_write(int fd, const void *bytes, size_t length, int64_t offset);
void fault_power_wrote(int64_t written);
/* Before the file is cut or grown to `size`; by path: before it is opened with O_TRUNC. */
void fault_power_truncate(int fd, int64_t size);
void fault_power_truncate_path(const char *path);

/* After a file or folder of this name was made. */
void fault_power_made(const char *path);
/* Before a name is removed, or replaced by another; undone with fault_power_failed() when that fails. */
void fault_power_remove(const char *path);
void fault_power_rename(const char *from, const char *to);
void fault_power_failed(void);

/* After a file or folder was synced. */
void fault_power_synced(int fd, const char *path);

/* Takes the contents back that were written to a file since its last sync, and calls the rest of them safe: the kernel
 * could not write these pages, says so once, and drops them. The file's size stays. */
void fault_power_drop(int fd);

/* Takes everything back that is not safe. */
void fault_power_lose(void);

#endif
