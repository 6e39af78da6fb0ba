/* The description of the command line, told in each of its forms. Each adds all of one command, or for NULL what weft
 * is, its commands and exit codes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_MANUAL_H
#define WEFT_CLI_MANUAL_H

#include "cli/manual/command.h"
#include "core/text.h"

/* --help: plain text, 100 columns wide. */
void weft_help_text(weft_text *out, const weft_command *command);

/* A page for man(1), weft-COMMAND(1) or weft(1), written with the macros of man(7). The latter tells of the
 * configuration's keys too. */
void weft_man_page(weft_text *out, const weft_command *command);

/* The README's tables of commands, options and exit codes, an empty line between them. */
void weft_markdown_tables(weft_text *out);

#endif
