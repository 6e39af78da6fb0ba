/* SPDX-License-Identifier: MIT
 *
 * _arguments reads a line a command: an option, its help in brackets, and after colons what its value may be. */
#include "cli/manual/completion.h"

#include "cli/manual/usage.h"
#include "config/config_schema.h"
#include "pipeline/formats/formats.h"

#include <string.h>

/* Inside single quotes and a specification of _arguments or _describe, where colons and brackets have a meaning. */
static void add_quoted(weft_text *out, const char *text) {
    for (; *text != '\0' && *text != '\n'; text++) {
        if (*text == '\'')
            weft_text_add(out, "'\\''");
        else
            weft_text_add(out, strchr(":[]\\", *text) != NULL ? "\\%c" : "%c", *text);
    }
}

/* ":MESSAGE:ACTION" of what may stand in a place. */
static void add_action(weft_text *out, const char *written) {
    weft_usage_place place;
    weft_usage_read(&place, written);
    weft_text_add(out, ":");
    add_quoted(out, written);
    if (place.keys)
        weft_text_add(out, ":_weft_set");
    else if (place.commands)
        weft_text_add(out, ":_weft_commands");
    else if (place.words[0] != '\0')
        weft_text_add(out, ":(%s)", place.words);
    else if (place.configs)
        weft_text_add(out, ":_files -g \"*.(yml|yaml)(-.)\"");
    else if (place.files)
        weft_text_add(out, ":_files");
    else
        weft_text_add(out, place.folders ? ":_files -/" : ": ");
}

static void add_options(weft_text *out, const weft_option *options) {
    for (const weft_option *option = options; option != NULL && option->name != NULL; option++) {
        weft_text_add(out, " \\\n            '%s--%s%s[", option->many ? "*" : "", option->name,
                      option->value == NULL     ? ""
                      : option->value[0] == '[' ? "=-"
                                                : "=");
        add_quoted(out, option->help);
        weft_text_add(out, "]");
        if (option->value != NULL && option->value[0] == '[') weft_text_add(out, ":");
        if (option->value != NULL) add_action(out, option->value);
        weft_text_add(out, "'");
    }
}

static void add_command(weft_text *out, const weft_command *command) {
    weft_text_add(out, "    %s)\n        _arguments", command->name);
    add_options(out, command->options);
    add_options(out, weft_common_options);
    if (command->argument != NULL) {
        weft_text_add(out, " \\\n            '%s", strstr(command->argument, "..") != NULL ? "*" : "1");
        add_action(out, command->argument);
        weft_text_add(out, "'");
    }
    weft_text_add(out, "\n        ;;\n");
}

static void add_key(void *payload, const weft_config_key_facts *key) {
    weft_text *out = payload;
    weft_text_add(out, "        '%s:", key->path);
    add_quoted(out, key->description);
    weft_text_add(out, "'\n");
}

static void add_key_words(void *payload, const weft_config_key_facts *key) {
    if (key->words[0] != '\0') weft_text_add(payload, "        %s=*) words=(%s) ;;\n", key->path, key->words);
}

static void add_script(weft_text *out) {
    weft_text_add(out, "#compdef weft\n# Completion of weft's command line for zsh.\n_weft_commands() {\n"
                       "    local -a commands=(\n");
    for (int i = 0; weft_commands[i] != NULL; i++) {
        weft_text_add(out, "        '%s:", weft_commands[i]->name);
        add_quoted(out, weft_commands[i]->summary);
        weft_text_add(out, "'\n");
    }
    weft_text_add(out, "    )\n    _describe -t commands command commands\n}\n"
                       "_weft_set() {\n    local -a words keys=(\n");
    if (!weft_config_each_key(&weft_all_registries, add_key, out)) out->failed = true;
    weft_text_add(out, "    )\n    case $PREFIX in\n");
    if (!weft_config_each_key(&weft_all_registries, add_key_words, out)) out->failed = true;
    weft_text_add(out, "    esac\n    if compset -P '*='; then\n        compadd -a words\n    else\n"
                       "        _describe -t keys key keys -S = -q\n    fi\n}\n"
                       "_weft() {\n    if (( CURRENT == 2 )); then\n        _weft_commands\n        _arguments");
    add_options(out, weft_common_options);
    weft_text_add(out, "\n        return\n    fi\n    shift words\n    (( CURRENT-- ))\n    case $words[1] in\n");
    for (int i = 0; weft_commands[i] != NULL; i++)
        add_command(out, weft_commands[i]);
    /* Read from a folder of $fpath it is the function's body; sourced it registers itself. */
    weft_text_add(out,
                  "    esac\n}\nif [ \"$funcstack[1]\" = _weft ]; then _weft \"$@\"; else compdef _weft weft; fi\n");
}

const weft_completion weft_zsh_completion = {"zsh", add_script};
