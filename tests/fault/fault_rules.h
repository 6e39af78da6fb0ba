/* Which call of the program under test goes wrong, and how: read from the environment, counted as calls are made.
 *
 *   WEFT_FAULT_FOLDER  only files under it count: the outputs' folder, or the inputs'. Nothing happens without it
 *   WEFT_FAULT_ON      kinds that count, with commas: open write sync rename truncate close unlink mkdir read; all: any
 *   WEFT_FAULT_MATCH   only paths that hold this text count
 *   WEFT_FAULT_AT      the number of the call that goes wrong, from 1; without it calls are only counted
 *   WEFT_FAULT_TIMES   how many calls go wrong from that one on; 0: all of them. Default 1
 *   WEFT_FAULT_DO      kill: dies there; tear: writes half, then dies; power: dies, and what was not synced is lost;
 *                      short: writes half and says so; drop: EIO, and where it is a sync that fails, what was
 *                      written to the file since its last one is gone, as when a kernel drops pages; SIGINT, SIGTERM
 *                      or SIGHUP: the program gets that signal, and the call passes; two with a plus (SIGINT+SIGTERM):
 *                      the second at the call after it; or the name of an errno: the call fails and does nothing
 *   WEFT_FAULT_SPACE   bytes by which files may grow, all together; then ENOSPC
 *   WEFT_FAULT_KEEP    power: 0, nothing unsynced is kept; else a seed that chooses which writes were on disk by chance
 *   WEFT_FAULT_SAVE    power: a folder on the same file system, for what may have to come back
 *   WEFT_FAULT_REPORT  file that gets "CALLS FAULTS MILLISECONDS" at the end, however it comes. The last is how long
 *                      the program would have slept: behind the shim, sleep is free. Where calls are only counted, a
 *                      line each follows: its kind and file, as a number
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_FAULT_RULES_H
#define WEFT_TESTS_FAULT_RULES_H

#include <stdbool.h>
#include <stdint.h>

typedef enum fault_kind {
    FAULT_OPEN,
    FAULT_WRITE,
    FAULT_SYNC,
    FAULT_RENAME,
    FAULT_TRUNCATE,
    FAULT_CLOSE,
    FAULT_UNLINK,
    FAULT_MKDIR,
    FAULT_READ,
    FAULT_KIND_COUNT
} fault_kind;

typedef enum fault_verdict { FAULT_PASSES, FAULT_FAILS, FAULT_SHORT, FAULT_TEARS, FAULT_KILLS } fault_verdict;

/* Reads the environment; when the shim is loaded, too. */
void fault_rules_read(void);

/* Whether any files count. */
bool fault_rules_cover_any(void);
/* Whether files under `path` (absolute) count at all. */
bool fault_rules_cover(const char *path);
/* The same for the folder that `path` is in. */
bool fault_rules_cover_above(const char *path);

/* Counts a call and judges it; FAULT_FAILS sets errno. The shim's lock is held. */
fault_verdict fault_rules_judge(fault_kind kind, const char *path);

/* How much of `growth` bytes the file system still has room for; takes it. The shim's lock is held. */
int64_t fault_rules_take_space(int64_t growth);

/* Adds to the time that the program would have slept. Any thread. */
void fault_rules_sleep(int64_t nanoseconds);

/* Whether unsynced writes have to be accounted for. */
bool fault_rules_track_power(void);
/* Whether a sync that fails takes them along. */
bool fault_rules_drop(void);
unsigned fault_rules_seed(void);
const char *fault_rules_save_folder(void);

/* Writes the report. */
void fault_rules_report(void);

#endif
