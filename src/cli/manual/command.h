/* The description of the command line: what a command is, and the list of all of them.
 *
 * Each command is a descriptor in the file that implements it (src/cli/commands), and a line of command_list.c. All
 * else is made from the descriptors: what is read of a command line, --help, the manual's pages, the shells'
 * completions and the README's tables.
 *
 * How an argument or a value is written says what may stand there, for completions too: words in small letters stand
 * for themselves ("table|csv|json"), FILE, DIR, CONFIG, COMMAND and KEY=VALUE for what they name, and other
 * capitals (N, ID) for text of the user's. "[X]" may be left out (of an option, "[=X]": its value then stands after
 * "="), and "X.." may be given more than once.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_COMMAND_H
#define WEFT_CLI_COMMAND_H

#include "core/status.h"

/* A word that stands for itself, and what it means. */
typedef struct weft_word {
    const char *word, *help;
} weft_word;

typedef struct weft_option weft_option;

struct weft_option {
    const char *name;  /* without "--" */
    const char *value; /* how its value is written ("--name V" and "--name=V"); NULL: it takes none */
    /* One line: small letters, no full stop. Behind a line end may follow sentences, for --help and the manual; the
     * last one has no full stop either. */
    const char *help;
    bool many;     /* may be given more than once */
    size_t offset; /* of what `take` writes to, in the command's own struct */
    /* Takes what was given (NULL without a value); false: the value is no good, and `err` is worded. */
    bool (*take)(const weft_option *option, void *target, const char *value, weft_error *err);
};

typedef struct weft_command {
    const char *name;
    const char *summary;  /* one line, small letters, no full stop */
    const char *argument; /* how its arguments are written: "CONFIG", "CONFIG..", "[DIR]"; NULL: it takes none */
    const char *takes;    /* the same as a message: "needs one configuration", after "weft NAME"; NULL with argument */
    const char *example;  /* a command line that shows it, or NULL */
    /* Paragraphs, an empty line between them. One whose lines begin with blanks is shown as it stands. */
    const char *description;
    const weft_word *words;     /* that the description explains, one by one; end with NULL; or NULL */
    const weft_option *options; /* end with a NULL name; or NULL */
    const weft_word *letters;   /* of options that have one: "o" for "output"; end with NULL; or NULL */
    /* argv[0] is the command's name. Words its own errors on stderr; returns the process's exit code. */
    int (*run)(int argc, char **argv);
} weft_command;

/* All commands, in the order in which they are listed; ends with NULL. */
extern const weft_command *const weft_commands[];

/* The command of this name, or NULL. */
const weft_command *weft_command_find(const char *name);

/* A way to end. */
typedef struct weft_exit_code {
    int code;
    const char *means;
    const char *then; /* what a script may do about it */
} weft_exit_code;

/* All of them; ends with a NULL `means`. */
extern const weft_exit_code weft_exit_codes[];

/* Options that every command has, --help and --version; ends with a NULL name. */
extern const weft_option weft_common_options[];

#endif
