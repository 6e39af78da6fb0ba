/* Between the files of this shim only: its lock, and how a verdict is carried out.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_FAULT_CALLS_H
#define WEFT_TESTS_FAULT_CALLS_H

#include "fault/fault_files.h"
#include "fault/fault_power.h"
#include "fault/fault_rules.h"

/* Exported to the program; all else of the shim is hidden. */
#define FAULT_EXPORT __attribute__((visibility("default")))

/* The function that the shim stands in front of. */
#define FAULT_REAL(result, arguments, name)                                                                            \
    static result(*real_) arguments;                                                                                   \
    if (real_ == NULL) real_ = (result(*) arguments)fault_find_real(name)
void *fault_find_real(const char *name);

/* Every call on a file that counts holds it from beginning to end, so that the account of a power loss is exact. */
void fault_lock(void);
void fault_unlock(void);

/* Judges a call under the lock: dies here when it must. True: the call fails, with errno set. */
bool fault_refuses(fault_kind kind, const char *path);
/* The same for calls that move bytes: how many of `length` the call may move. -1: it fails. `dies`: die afterwards. */
long fault_allows(fault_kind kind, const char *path, size_t length, bool *dies);

/* Ends the program as a crash would; the power goes too when that is asked for. */
_Noreturn void fault_die(void);

#endif
