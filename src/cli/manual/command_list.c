/* SPDX-License-Identifier: MIT */
#include "cli/manual/command.h"

#include <string.h>

extern const weft_command weft_run_command, weft_merge_shards_command, weft_batch_command, weft_plan_command,
    weft_columns_command, weft_validate_command, weft_runs_command, weft_memory_command, weft_schema_command,
    weft_serve_command, weft_init_command, weft_report_command, weft_catalog_command, weft_doctor_command,
    weft_help_command, weft_completion_command;

const weft_command *const weft_commands[] = {
    &weft_run_command,
    &weft_merge_shards_command,
    &weft_batch_command,
    &weft_plan_command,
    &weft_columns_command,
    &weft_validate_command,
    &weft_runs_command,
    &weft_memory_command,
    &weft_report_command,
    &weft_serve_command,
    &weft_catalog_command,
    &weft_schema_command,
    &weft_init_command,
    &weft_doctor_command,
    &weft_help_command,
    &weft_completion_command,
    NULL,
};

const weft_command *weft_command_find(const char *name) {
    for (int i = 0; weft_commands[i] != NULL; i++)
        if (strcmp(weft_commands[i]->name, name) == 0) return weft_commands[i];
    return NULL;
}

const weft_option weft_common_options[] = {
    {.name = "help", .help = "print what the command does, and its options"},
    {.name = "version", .help = "print weft's version and those of its libraries"},
    {0}};

const weft_exit_code weft_exit_codes[] = {
    {0, "done; with `--resume` also: it was finished before", "use the outputs"},
    {64, "usage: an unknown command or option, a wrong value", "read `weft COMMAND --help`"},
    {65, "the configuration or what is in an input is wrong; with `--resume`: one of them has changed",
     "correct what the message names"},
    {66, "an input or a configuration is not there", "bring it"},
    {70, "a defect in weft", "report it"},
    {71, "memory: the limit is too small, or the system refused", "raise `memory.limit`, then `--resume`"},
    {73, "another run is using the output", "wait for that process, or name another `output_dir` or `experiment`"},
    {74, "reading or writing failed: a full disk, a broken medium, standard output that is full or closed",
     "make room, then `--resume`"},
    {75, "interrupted by a signal", "`--resume`"},
    {77, "permission denied: the configuration, an input, the output folder or the database",
     "`chmod`, then run again"},
    {0, NULL, NULL}};
