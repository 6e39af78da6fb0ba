/* The README's tables of commands, options and exit codes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_MARKDOWN_TABLES_H
#define WEFT_CLI_MARKDOWN_TABLES_H

#include "core/text.h"

/* Adds the three tables, an empty line between them. */
void weft_markdown_tables(weft_text *out);

#endif
