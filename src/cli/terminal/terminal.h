/* The terminal that standard error is: lines that are written over must fit into it.
 *
 * A line that is wider goes on in the next one, which nobody clears: each time that it is written over it would leave
 * one more line behind.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_TERMINAL_H
#define WEFT_CLI_TERMINAL_H

#include <stdbool.h>

/* Whether standard error is a terminal on which a line can be written over. */
bool weft_terminal_is_there(void);

/* How many signs fit into a line, and how many lines there are: 79 and 24 where the terminal does not say. */
int weft_terminal_columns(void);
int weft_terminal_rows(void);

/* Writes `text`, of ASCII, as far as it fits into the line; nothing behind it. */
void weft_terminal_write(const char *text);

/* Clears the line that stands, and begins it again. */
void weft_terminal_clear_line(void);

#endif
