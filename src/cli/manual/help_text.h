/* --help: the description of the command line as plain text, 100 columns wide.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_HELP_TEXT_H
#define WEFT_CLI_HELP_TEXT_H

#include "cli/manual/command.h"
#include "core/text.h"

/* Adds all of one command, or for NULL what weft is, its commands and exit codes. */
void weft_help_text(weft_text *out, const weft_command *command);

#endif
