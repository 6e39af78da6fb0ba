/* weft completion: what a shell needs to complete weft's command line.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/manual/completion.h"

#include <string.h>

static const weft_completion *const shells[] = {&weft_bash_completion, &weft_zsh_completion, &weft_fish_completion};

extern const weft_command weft_completion_command;

static int run_completion(int argc, char **argv) {
    const weft_completion *shell = NULL;
    weft_arguments arguments;
    weft_text text = {0};
    weft_error err = {0};
    if (!weft_arguments_read(&arguments, &weft_completion_command, NULL, argc, argv)) return arguments.exit_code;
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(arguments.files[0], shells[i]->shell) == 0) shell = shells[i];
    if (shell == NULL) {
        weft_error_set(&err, WEFT_ERR_USAGE, "weft completion does not know \"%s\"", arguments.files[0]);
        weft_error_hint(&err, "there are bash, zsh and fish");
        return weft_fail(&err);
    }
    shell->add(&text);
    return weft_print_text(&text, stdout, "the completion");
}

const weft_command weft_completion_command = {
    .name = "completion",
    .summary = "print a shell's completion of weft's command line",
    .argument = "bash|zsh|fish",
    .takes = "needs one shell: bash, zsh or fish",
    .example = "weft completion bash > ~/.local/share/bash-completion/completions/weft",
    .description = "Prints a script that has the shell complete commands, options, files, and the keys of --set with "
                   "their values. An installed weft has them where the shells look; else:\n\n"
                   "  bash  source <(weft completion bash)\n"
                   "  zsh   source <(weft completion zsh)     # behind compinit\n"
                   "  fish  weft completion fish | source",
    .run = run_completion};
