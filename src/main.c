/* Dispatches to a command.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/standard_streams.h"
#include "cli/version.h"
#include "core/memory/allocator.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

static const weft_command *const commands[] = {&weft_run_command,  &weft_plan_command,   &weft_validate_command,
                                               &weft_runs_command, &weft_memory_command, &weft_schema_command};
#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static void print_help(FILE *to) {
    fputs("weft puts rasters of any projection, resolution and type on one grid and writes them as one table,\n"
          "inside the memory it is given.\n"
          "\n"
          "usage: weft COMMAND [OPTION]..\n"
          "\n",
          to);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n"
          "weft COMMAND --help explains one. weft --version names what weft is built on.\n",
          to);
}

static int unknown_command(const char *word) {
    const char *names[COMMAND_COUNT + 1] = {0};
    weft_error err = {0};
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i]->name;
    const char *nearest = weft_text_nearest(word, names);
    weft_error_set(&err, WEFT_ERR_USAGE, "there is no command \"%s\"", word);
    if (nearest != NULL)
        weft_error_hint(&err, "did you mean weft %s? weft --help lists all", nearest);
    else
        weft_error_hint(&err, "weft --help lists all");
    return weft_fail(&err);
}

static int dispatch(int argc, char **argv) {
    if (argc < 2) {
        print_help(stderr);
        return weft_status_exit_code(WEFT_ERR_USAGE);
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(argv[1], commands[i]->name) == 0) return commands[i]->run(argc - 1, argv + 1);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        weft_print_version(stdout);
        return 0;
    }
    return unknown_command(argv[1]);
}

int main(int argc, char **argv) {
    weft_standard_streams_setup();
    weft_allocator_setup();
    return weft_standard_streams_finish(dispatch(argc, argv));
}
