/* SPDX-License-Identifier: MIT */
#include "cli/manual/completion.h"

#include "cli/manual/usage.h"
#include "config/config_schema.h"
#include "pipeline/formats/formats.h"

#include <stdio.h>
#include <string.h>

/* In single quotes. */
static void add_quoted(weft_text *out, const char *text) {
    weft_text_add(out, "'");
    for (; *text != '\0' && *text != '\n'; text++)
        weft_text_add(out, *text == '\'' || *text == '\\' ? "\\%c" : "%c", *text);
    weft_text_add(out, "'");
}

/* What may stand in a place, as options of `complete`. */
static void add_place(weft_text *out, const char *written) {
    weft_usage_place place;
    weft_usage_read(&place, written);
    /* Of several -a the last one counts. */
    bool folders = place.folders && !place.configs;
    if (place.configs) weft_text_add(out, " -k");
    if (place.words[0] != '\0' || place.commands || place.keys || place.configs || folders)
        weft_text_add(out, " -a '%s%s%s%s%s'", place.words, place.commands ? " (__weft_commands)" : "",
                      place.keys ? " (__weft_keys)" : "", place.configs ? " (__fish_complete_suffix .yml .yaml)" : "",
                      folders ? " (__fish_complete_directories)" : "");
    if (place.files) weft_text_add(out, " -F");
}

static void add_options(weft_text *out, const char *condition, const weft_option *options) {
    for (const weft_option *option = options; option != NULL && option->name != NULL; option++) {
        weft_text_add(out, "complete -c weft%s -l %s", condition, option->name);
        if (option->value != NULL && option->value[0] != '[') {
            weft_text_add(out, strstr(option->value, "FILE") != NULL ? " -r" : " -x");
            add_place(out, option->value);
        }
        weft_text_add(out, " -d ");
        add_quoted(out, option->help);
        weft_text_add(out, "\n");
    }
}

static void add_command(weft_text *out, const weft_command *command) {
    char condition[96];
    (void)snprintf(condition, sizeof condition, " -n '__fish_seen_subcommand_from %s'", command->name);
    add_options(out, condition, command->options);
    if (command->argument == NULL) return;
    weft_text_add(out, "complete -c weft%s", condition);
    add_place(out, command->argument);
    weft_text_add(out, "\n");
}

static void add_key(void *payload, const weft_config_key_facts *key) {
    weft_text *out = payload;
    weft_text_add(out, "    printf '%%s\\t%%s\\n' %s= ", key->path);
    add_quoted(out, key->description);
    weft_text_add(out, "\n");
    for (const char *word = key->words; *word != '\0';) {
        size_t length = strcspn(word, " ");
        weft_text_add(out, "    echo %s=%.*s\n", key->path, (int)length, word);
        word += length + strspn(word + length, " ");
    }
}

static void add_script(weft_text *out) {
    weft_text_add(out, "# Completion of weft's command line for fish.\nfunction __weft_keys\n");
    if (!weft_config_each_key(&weft_all_registries, add_key, out)) out->failed = true;
    weft_text_add(out, "end\nfunction __weft_commands\n");
    for (int i = 0; weft_commands[i] != NULL; i++) {
        weft_text_add(out, "    printf '%%s\\t%%s\\n' %s ", weft_commands[i]->name);
        add_quoted(out, weft_commands[i]->summary);
        weft_text_add(out, "\n");
    }
    weft_text_add(out, "end\ncomplete -c weft -f\n"
                       "complete -c weft -n __fish_use_subcommand -a '(__weft_commands)'\n");
    add_options(out, "", weft_common_options);
    for (int i = 0; weft_commands[i] != NULL; i++)
        add_command(out, weft_commands[i]);
}

const weft_completion weft_fish_completion = {"fish", add_script};
