/* SPDX-License-Identifier: MIT */
#include "cli/manual/manual.h"

#include "cli/manual/usage.h"

#include <string.h>

/* A bar would end the cell. */
static void add_code(weft_text *out, const char *text) {
    weft_text_add(out, "`");
    for (; *text != '\0'; text++)
        weft_text_add(out, *text == '|' ? "\\|" : "%c", *text);
    weft_text_add(out, "`");
}

static bool same(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool has_option(const weft_command *command, const weft_option *wanted) {
    for (const weft_option *option = command->options; option != NULL && option->name != NULL; option++)
        if (strcmp(option->name, wanted->name) == 0 && same(option->value, wanted->value) &&
            strcmp(option->help, wanted->help) == 0)
            return true;
    return false;
}

/* A row an option, where commands say the same of it; at the first of them. */
static void add_option(weft_text *out, int first, const weft_option *option) {
    weft_text name = {0};
    for (int i = 0; i < first; i++)
        if (has_option(weft_commands[i], option)) return;
    weft_usage_option(&name, option);
    weft_text_add(out, "| ");
    if (!name.failed) add_code(out, name.data);
    out->failed = out->failed || name.failed;
    for (int i = first; weft_commands[i] != NULL; i++)
        if (has_option(weft_commands[i], option))
            weft_text_add(out, i == first ? " | %s" : ", %s", weft_commands[i]->name);
    weft_text_add(out, " | %.*s |\n", (int)weft_usage_short_help(option), option->help);
    weft_text_dispose(&name);
}

void weft_markdown_tables(weft_text *out) {
    weft_text_add(out, "| command | does |\n| --- | --- |\n");
    for (int i = 0; weft_commands[i] != NULL; i++) {
        weft_text usage = {0};
        weft_text_add(&usage, "weft %s", weft_commands[i]->name);
        if (weft_commands[i]->argument != NULL) weft_text_add(&usage, " %s", weft_commands[i]->argument);
        weft_text_add(out, "| ");
        if (!usage.failed) add_code(out, usage.data);
        out->failed = out->failed || usage.failed;
        weft_text_add(out, " | %s |\n", weft_commands[i]->summary);
        weft_text_dispose(&usage);
    }
    weft_text_add(out, "\n| option | of | does |\n| --- | --- | --- |\n");
    for (int i = 0; weft_commands[i] != NULL; i++)
        for (const weft_option *option = weft_commands[i]->options; option != NULL && option->name != NULL; option++)
            add_option(out, i, option);
    for (const weft_option *option = weft_common_options; option->name != NULL; option++)
        weft_text_add(out, "| `--%s` | all | %s |\n", option->name, option->help);
    weft_text_add(out, "\n| code | means | a script may |\n| --- | --- | --- |\n");
    for (const weft_exit_code *code = weft_exit_codes; code->means != NULL; code++)
        weft_text_add(out, "| %d | %s | %s |\n", code->code, code->means, code->then);
}
