/* Command lines: long options in any order, --help and --version everywhere, and errors worded one way.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_ARGUMENTS_H
#define WEFT_CLI_ARGUMENTS_H

#include "cli/manual/command.h"
#include "config/config.h"
#include "core/text.h"

#include <stdio.h>

#define WEFT_ARGUMENTS_MAX 64

/* What is left when options are taken. */
typedef struct weft_arguments {
    const char **files; /* what is no option, in order: argv's own place, which is written over */
    int file_count;
    int exit_code;                                /* when not to go on */
    const weft_option *given[WEFT_ARGUMENTS_MAX]; /* options, each once */
    int given_count;
} weft_arguments;

/* Reads a command line as the command's description says. Prints help or the version where asked, or what is wrong;
 * returns whether to go on.
 *
 * payload  the struct that the options' offsets are of; may be NULL where there are none */
bool weft_arguments_read(weft_arguments *out, const weft_command *command, void *payload, int argc, char **argv);

/* Whether no options were given but these, which have a blank before and behind each name; where others were, the error
 * says that `what` ("weft batch accept") takes no such option. For commands some of whose options are for some of their
 * words: what would not be heeded is refused. */
bool weft_arguments_allow(const weft_arguments *arguments, const char *what, const char *allowed, weft_error *err);

/* Prints all about a command, or for NULL about all of them. Returns the process's exit code. */
int weft_print_help(const weft_command *command, FILE *to);

/* Says that there is no such command, and which one may be meant. Returns the process's exit code. */
int weft_unknown_command(const char *word);

/* weft_option.take for a bool that the option makes true, for a `const char *` (borrowed from the command line), for an
 * enum whose values are the words of weft_option.value in their order, and for weft_overrides. */
bool weft_take_flag(const weft_option *option, void *target, const char *value, weft_error *err);
bool weft_take_text(const weft_option *option, void *target, const char *value, weft_error *err);
bool weft_take_word(const weft_option *option, void *target, const char *value, weft_error *err);
bool weft_take_set(const weft_option *option, void *target, const char *value, weft_error *err);

/* The --set of a command line, in order. */
typedef struct weft_overrides {
    weft_override items[WEFT_ARGUMENTS_MAX];
    char *keys[WEFT_ARGUMENTS_MAX]; /* heap copies that items point into */
    int count;
} weft_overrides;

void weft_overrides_dispose(weft_overrides *overrides);

/* Whether there are none, for where no configuration is read that they could override; else the error says so. */
bool weft_overrides_are_none(const weft_overrides *overrides, weft_error *err);

/* Loads a configuration and prints what is wrong with it; the first of it is in `first` too, unless that is NULL.
 * Returns the exit code; 0: `*out` is the caller's. */
int weft_load_config(weft_config **out, const char *file, const weft_overrides *overrides, weft_error *first);

/* Prints a text for people that has names of others in it: its control characters are replaced
 * (weft_text_make_printable). Nothing where it is empty. */
void weft_print_plain(weft_text *text, FILE *to);
/* The same of a line or two. Of more than 4 KiB the end is left out where there is no memory. */
void weft_print_plain_line(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints a text and frees it; what: "the help", where there was no memory for it. Returns the exit code. */
int weft_print_text(weft_text *text, FILE *to, const char *what);

/* Prints an error and returns its exit code. */
int weft_fail(const weft_error *err);

#endif
