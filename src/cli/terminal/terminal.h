/* The terminal that standard error is. A line that is written again and again (a progress bar) must fit into it.
 *
 * A terminal continues a longer line in the row below, and to clear a line clears one row: each update would leave a
 * row of old text.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_TERMINAL_H
#define WEFT_CLI_TERMINAL_H

#include <stdbool.h>

/* Whether standard error is a terminal on which a line can be written over. */
bool weft_terminal_is_there(void);

/* How many characters fit into a line, and how many lines there are: 79 and 24 where the terminal does not say. */
int weft_terminal_columns(void);
int weft_terminal_rows(void);

/* Writes as much of `text`, which is ASCII, as fits into the line. */
void weft_terminal_write(const char *text);

/* Clears the line, and puts the cursor at its beginning. */
void weft_terminal_clear_line(void);

#endif
