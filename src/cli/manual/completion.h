/* What shells complete, as a script in each one's own language: commands, their options, the words and files that an
 * argument or a value may be, and for --set the configuration's keys and what they can be.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_COMPLETION_H
#define WEFT_CLI_COMPLETION_H

#include "core/text.h"

/* One of the shells, each in a file of its own. */
typedef struct weft_completion {
    const char *shell;
    void (*add)(weft_text *out); /* adds the script */
} weft_completion;

extern const weft_completion weft_bash_completion, weft_zsh_completion, weft_fish_completion;

#endif
