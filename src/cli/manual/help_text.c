/* SPDX-License-Identifier: MIT */
#include "cli/manual/manual.h"

#include "cli/manual/usage.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH 100

/* Adds the words of text[0 .. length) line by line. The first line goes on at column `column`; the others begin at
 * `indent`. */
static void add_filled(weft_text *out, const char *text, size_t length, size_t column, size_t indent) {
    const char *end = text + length;
    bool first = true;
    while ((text += strspn(text, " \n")) < end) {
        size_t word = strcspn(text, " \n");
        if (word > (size_t)(end - text)) word = (size_t)(end - text);
        /* An option and its value in brackets stay together. */
        if (*text == '[' && memchr(text, ']', word) == NULL)
            word = strcspn(text, "]") + strspn(text + strcspn(text, "]"), "].");
        if (!first && column + 1 + word > WIDTH) {
            weft_text_add(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            weft_text_add(out, " ");
            column++;
        }
        weft_text_add(out, "%.*s", (int)word, text);
        column += word;
        text += word;
        first = false;
    }
    weft_text_add(out, "\n");
}

/* "  name  what it is", the latter from column `indent` on. */
static void add_entry(weft_text *out, const char *name, const char *help, size_t indent) {
    size_t column = strlen(name) + 2;
    weft_text_add(out, "  %s", name);
    if (column + 2 > indent)
        weft_text_add(out, "\n%*s", (int)indent, "");
    else
        weft_text_add(out, "%*s", (int)(indent - column), "");
    add_filled(out, help, strlen(help), indent, indent);
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

static void add_options(weft_text *out, const weft_option *options) {
    size_t indent = 0;
    for (const weft_option *option = options; option->name != NULL; option++)
        indent = larger(indent, strlen(option->name) + (option->value != NULL ? strlen(option->value) + 1 : 0) + 6);
    if (indent > 24) indent = 24;
    weft_text_add(out, "\n");
    for (const weft_option *option = options; option->name != NULL; option++) {
        weft_text name = {0}, help = {0};
        weft_usage_option(&name, option);
        weft_usage_help(&help, option);
        out->failed = out->failed || name.failed || help.failed;
        if (!out->failed) add_entry(out, name.data, help.data, indent);
        weft_text_dispose(&help);
        weft_text_dispose(&name);
    }
}

static void add_description(weft_text *out, const char *text) {
    for (const char *next; *text != '\0'; text = next) {
        size_t length = (size_t)(weft_usage_paragraph(text, &next) - text);
        weft_text_add(out, "\n");
        if (weft_usage_is_verbatim(text))
            weft_text_add(out, "%.*s\n", (int)length, text);
        else
            add_filled(out, text, length, 0, 0);
    }
}

static void add_command(weft_text *out, const weft_command *command) {
    weft_text usage = {0};
    weft_usage_line(&usage, command);
    weft_text_add(out, "usage: ");
    if (!usage.failed) add_filled(out, usage.data, usage.length, 7, 12 + strlen(command->name));
    out->failed = out->failed || usage.failed;
    weft_text_dispose(&usage);
    add_description(out, command->description);
    if (command->words != NULL) weft_text_add(out, "\n");
    size_t indent = 0;
    for (const weft_word *word = command->words; word != NULL && word->word != NULL; word++)
        indent = larger(indent, strlen(word->word) + 4);
    for (const weft_word *word = command->words; word != NULL && word->word != NULL; word++)
        add_entry(out, word->word, word->help, indent);
    if (command->options != NULL) add_options(out, command->options);
    if (command->example != NULL) weft_text_add(out, "\nexample: %s\n", command->example);
    weft_text_add(out, "\nweft help explains the exit codes.\n");
}

static void add_all(weft_text *out) {
    weft_text_add(out, "weft puts rasters of any projection, resolution and type on one grid and writes them as one "
                       "table,\ninside the memory it is given.\n\nusage: weft COMMAND [OPTION]..\n\n");
    size_t indent = 0;
    for (int i = 0; weft_commands[i] != NULL; i++)
        indent = larger(indent, strlen(weft_commands[i]->name) + 4);
    for (int i = 0; weft_commands[i] != NULL; i++)
        add_entry(out, weft_commands[i]->name, weft_commands[i]->summary, indent);
    add_options(out, weft_common_options);
    weft_text_add(out, "\nexit codes:\n\n");
    for (const weft_exit_code *code = weft_exit_codes; code->means != NULL; code++) {
        char *name = weft_text_format("%d", code->code);
        if (name != NULL) add_entry(out, name, code->means, 6);
        out->failed = out->failed || name == NULL;
        free(name);
    }
    weft_text_add(out, "\nweft help COMMAND explains one command.\n");
}

void weft_help_text(weft_text *out, const weft_command *command) {
    if (command != NULL)
        add_command(out, command);
    else
        add_all(out);
}
