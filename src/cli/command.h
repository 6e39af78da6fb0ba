/* What main dispatches to: a name, what it is for, and how it runs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_COMMAND_H
#define WEFT_CLI_COMMAND_H

#include "core/status.h"

/* Each command lives in a file of its own. */
typedef struct weft_command {
    const char *name;
    const char *summary; /* one line, for weft --help */
    const char *help;    /* all of weft NAME --help */
    /* argv[0] is the command's name. Words its own errors on stderr; returns the process's exit code. */
    int (*run)(int argc, char **argv);
} weft_command;

extern const weft_command weft_run_command;
extern const weft_command weft_plan_command;
extern const weft_command weft_validate_command;
extern const weft_command weft_memory_command;
extern const weft_command weft_runs_command;
extern const weft_command weft_schema_command;

#endif
