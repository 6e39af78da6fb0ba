/* weft help: one command or all, for people, for man(1), and for the README.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/manual/manual.h"

/* In the order of the words of --format. */
typedef enum help_format { HELP_TEXT, HELP_MAN, HELP_MARKDOWN } help_format;

static int print(const weft_command *command, help_format format) {
    weft_text text = {0};
    if (format == HELP_TEXT) return weft_print_help(command, stdout);
    if (format == HELP_MARKDOWN)
        weft_markdown_tables(&text);
    else
        weft_man_page(&text, command);
    return weft_print_text(&text, stdout, "the help");
}

extern const weft_command weft_help_command;

static int run_help(int argc, char **argv) {
    weft_arguments arguments;
    help_format format = HELP_TEXT;
    if (!weft_arguments_read(&arguments, &weft_help_command, &format, argc, argv)) return arguments.exit_code;
    if (arguments.file_count == 0) return print(NULL, format);
    const weft_command *command = weft_command_find(arguments.files[0]);
    return command != NULL ? print(command, format) : weft_unknown_command(arguments.files[0]);
}

static const weft_option options[] = {
    {"format", "text|man|markdown", "text, a page for man(1), or the README's tables", false, 0, weft_take_word}, {0}};

const weft_command weft_help_command = {.name = "help",
                                        .summary = "explain a command, or list all of them and the exit codes",
                                        .argument = "[COMMAND]",
                                        .takes = "explains one command at a time",
                                        .example = "weft help run --format man | man -l -",
                                        .description =
                                            "Prints what weft COMMAND --help prints; without a command, what there is.",
                                        .options = options,
                                        .run = run_help};
