/* Pieces of a command's description that every form of the manual is made of.
 *
 * All functions may be called by any thread.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_USAGE_H
#define WEFT_CLI_USAGE_H

#include "cli/manual/command.h"
#include "core/text.h"

/* "weft run CONFIG [--set KEY=VALUE].. [--resume]". */
void weft_usage_line(weft_text *out, const weft_command *command);

/* "--set KEY=VALUE". */
void weft_usage_option(weft_text *out, const weft_option *option);

/* What is said of an option: all of it, or the first line's bytes. */
void weft_usage_help(weft_text *out, const weft_option *option);
size_t weft_usage_short_help(const weft_option *option);

/* What may stand in one place, for completions. */
typedef struct weft_usage_place {
    bool files, configs, folders, keys, commands;
    char words[256]; /* that stand for themselves, a blank between them; "" where there are none */
} weft_usage_place;

/* `written` is a command's argument or an option's value, as command.h says; NULL: nothing. */
void weft_usage_read(weft_usage_place *out, const char *written);

/* Whether a paragraph is shown as it stands; see weft_command.description. */
bool weft_usage_is_verbatim(const char *paragraph);

/* The end of the paragraph that begins here, and through *next the beginning of the one after it, "" after the
 * last. */
const char *weft_usage_paragraph(const char *paragraph, const char **next);

#endif
