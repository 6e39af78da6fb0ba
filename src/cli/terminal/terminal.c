/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* struct winsize */
#include "cli/terminal/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static struct winsize size(void) {
    struct winsize out = {0};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &out) != 0) out = (struct winsize){0};
    return out;
}

bool weft_terminal_is_there(void) {
    const char *kind = getenv("TERM");
    return isatty(STDERR_FILENO) && (kind == NULL || strcmp(kind, "dumb") != 0);
}

int weft_terminal_columns(void) {
    int columns = size().ws_col;
    return columns > 0 ? columns - 1 : 79; /* in the last column some begin the next line */
}

int weft_terminal_rows(void) {
    int rows = size().ws_row;
    return rows > 0 ? rows : 24;
}

void weft_terminal_write(const char *text) {
    fprintf(stderr, "%.*s", weft_terminal_columns(), text);
}

void weft_terminal_clear_line(void) {
    fputs("\r\033[K", stderr);
}
