/* SIGINT, SIGTERM and SIGHUP of a run: the first one asks it to stop, a second one of any kind ends the process.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_INTERRUPTION_H
#define WEFT_CLI_INTERRUPTION_H

#include "core/cancel.h"

/* Catches them from now on, those that are ignored (nohup, a shell's background job) left out. Returns what the first
 * one asks through: the process's, there is one. */
weft_cancel *weft_interruption_catch(void);

#endif
