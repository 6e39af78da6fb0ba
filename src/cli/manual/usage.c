/* SPDX-License-Identifier: MIT */
#include "cli/manual/usage.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void weft_usage_option(weft_text *out, const weft_option *option) {
    weft_text_add(out, "--%s", option->name);
    if (option->value != NULL) weft_text_add(out, option->value[0] == '[' ? "%s" : " %s", option->value);
}

size_t weft_usage_short_help(const weft_option *option) {
    return strcspn(option->help, "\n");
}

void weft_usage_help(weft_text *out, const weft_option *option) {
    size_t first = weft_usage_short_help(option);
    weft_text_add_bytes(out, option->help, first);
    if (option->help[first] != '\0') weft_text_add(out, ". %s", option->help + first + 1);
}

void weft_usage_line(weft_text *out, const weft_command *command) {
    weft_text_add(out, "weft %s", command->name);
    if (command->argument != NULL) weft_text_add(out, " %s", command->argument);
    for (const weft_option *option = command->options; option != NULL && option->name != NULL; option++) {
        weft_text_add(out, " [");
        weft_usage_option(out, option);
        weft_text_add(out, option->many ? "].." : "]");
    }
}

static void read_word(weft_usage_place *out, const char *word, size_t length) {
    static const char *const known[] = {"FILE", "CONFIG", "DIR", "KEY=VALUE", "COMMAND"};
    bool *const flags[] = {&out->files, &out->configs, &out->folders, &out->keys, &out->commands};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i]) == length && strncmp(known[i], word, length) == 0) *flags[i] = true;
    if (!islower((unsigned char)word[0])) return;
    size_t used = strlen(out->words);
    (void)snprintf(out->words + used, sizeof out->words - used, "%s%.*s", used > 0 ? " " : "", (int)length, word);
}

void weft_usage_read(weft_usage_place *out, const char *written) {
    *out = (weft_usage_place){0};
    for (const char *word = written != NULL ? written : ""; *word != '\0';) {
        size_t length = strcspn(word, "|[]. ");
        if (length > 0) read_word(out, word, length);
        word += length > 0 ? length : 1;
    }
}

bool weft_usage_is_verbatim(const char *paragraph) {
    return paragraph[0] == ' ';
}

const char *weft_usage_paragraph(const char *paragraph, const char **next) {
    const char *end = strstr(paragraph, "\n\n");
    if (end == NULL) end = paragraph + strlen(paragraph);
    *next = end + strspn(end, "\n");
    return end;
}
