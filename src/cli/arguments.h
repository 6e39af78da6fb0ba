/* Command lines: long options in any order, --help and --version everywhere, and errors worded one way.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_ARGUMENTS_H
#define WEFT_CLI_ARGUMENTS_H

#include "cli/command.h"
#include "config/config.h"

#define WEFT_ARGUMENTS_MOST 64

/* An option that a command knows. `value`: it takes one ("--set K=V", "--set=K=V"). */
typedef struct weft_option {
    const char *name; /* without "--" */
    bool value;
    /* Takes what was given (NULL without a value); false: the value is no good, and `err` is worded. */
    bool (*take)(void *payload, const char *value, weft_error *err);
} weft_option;

/* What is left when options are taken. */
typedef struct weft_arguments {
    const char *files[WEFT_ARGUMENTS_MOST]; /* what is no option, in order */
    int file_count;
    int exit_code; /* when not to go on */
} weft_arguments;

/* Reads a command line. Prints help or the version where asked, or what is wrong; returns whether to go on.
 *
 * options  ends with one whose name is NULL */
bool weft_arguments_read(weft_arguments *out, const weft_command *command, const weft_option *options, void *payload,
                         int argc, char **argv);

/* The --set of a command line, in order. */
typedef struct weft_overrides {
    weft_override items[WEFT_ARGUMENTS_MOST];
    char *keys[WEFT_ARGUMENTS_MOST]; /* heap copies that items point into */
    int count;
} weft_overrides;

bool weft_overrides_add(weft_overrides *overrides, const char *text, weft_error *err);
void weft_overrides_dispose(weft_overrides *overrides);

/* Loads a configuration and prints what is wrong with it. Returns the exit code; 0: `*out` is the caller's. */
int weft_load_config(weft_config **out, const char *file, const weft_overrides *overrides);

/* Prints an error and returns its exit code. */
int weft_fail(const weft_error *err);

#endif
