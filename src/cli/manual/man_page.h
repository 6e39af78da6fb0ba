/* The manual: the description of the command line as pages for man(1), written with the macros of man(7).
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_MAN_PAGE_H
#define WEFT_CLI_MAN_PAGE_H

#include "cli/manual/command.h"
#include "core/text.h"

/* Adds weft-COMMAND(1), or for NULL weft(1), which tells of all commands and of the configuration's keys. */
void weft_man_page(weft_text *out, const weft_command *command);

#endif
