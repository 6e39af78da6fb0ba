/* SPDX-License-Identifier: MIT
 *
 * Bash cuts a line into words at "=" too: "--set=memory.limit=1G" is five of them. So the word before the cursor's is
 * looked for after the "=", and a key's values follow the key. */
#include "cli/manual/completion.h"

#include "cli/manual/usage.h"
#include "config/config_schema.h"
#include "pipeline/formats/formats.h"

#include <string.h>

/* The body of one case: what may stand there. */
static void add_place(weft_text *out, const weft_usage_place *place) {
    if (place->words[0] != '\0') weft_text_add(out, " _weft_words \"%s\";", place->words);
    if (place->commands) weft_text_add(out, " _weft_words \"$commands\";");
    if (place->keys) weft_text_add(out, " _weft_keys;");
    if (place->configs) weft_text_add(out, " _weft_files '!*.yml'; _weft_files '!*.yaml';");
    if (place->files) weft_text_add(out, " _weft_files '';");
    if (place->configs || place->folders) weft_text_add(out, " _weft_folders;");
    weft_text_add(out, " ;;\n");
}

static void add_key(void *payload, const weft_config_key_facts *key) {
    weft_text_add(payload, " %s=", key->path);
}

static void add_key_words(void *payload, const weft_config_key_facts *key) {
    if (key->words[0] != '\0') weft_text_add(payload, "        %s) _weft_words \"%s\" ;;\n", key->path, key->words);
}

static void add_helpers(weft_text *out) {
    weft_text_add(out, "# Completion of weft's command line for bash.\n"
                       "_weft_words() { COMPREPLY+=($(compgen -W \"$1\" -- \"$cur\")); }\n"
                       "_weft_add() {\n"
                       "    local name\n"
                       "    compopt -o filenames\n"
                       "    while IFS= read -r name; do COMPREPLY+=(\"$name\"); done\n"
                       "}\n"
                       "_weft_files() { _weft_add < <(compgen -f -X \"$1\" -- \"$cur\"); }\n"
                       "_weft_folders() { _weft_add < <(compgen -d -- \"$cur\"); }\n"
                       "_weft_keys() {\n"
                       "    compopt -o nospace\n"
                       "    _weft_words \"");
    if (!weft_config_each_key(&weft_all_registries, add_key, out)) out->failed = true;
    weft_text_add(out, "\"\n}\n");
}

static void add_values(weft_text *out, const weft_command *command) {
    weft_usage_place place;
    for (const weft_option *option = command->options; option != NULL && option->name != NULL; option++) {
        if (option->value == NULL || option->value[0] == '[') continue;
        weft_usage_read(&place, option->value);
        weft_text_add(out, "    '%s --%s')", command->name, option->name);
        add_place(out, &place);
    }
}

static void add_arguments(weft_text *out, const weft_command *command) {
    weft_usage_place place;
    weft_usage_read(&place, command->argument);
    weft_text_add(out, "    %s)", command->name);
    add_place(out, &place);
}

static void add_options(weft_text *out, const weft_command *command) {
    weft_text_add(out, "    %s) _weft_words \"", command->name);
    for (const weft_option *option = command->options; option != NULL && option->name != NULL; option++)
        weft_text_add(out, "--%s ", option->name);
    weft_text_add(out, "$common\" ;;\n");
}

/* `case WORD in`, a line a command, `esac`. */
static void add_cases(weft_text *out, const char *word, void (*add)(weft_text *, const weft_command *)) {
    weft_text_add(out, "    case %s in\n", word);
    for (int i = 0; weft_commands[i] != NULL; i++)
        add(out, weft_commands[i]);
}

static void add_script(weft_text *out) {
    add_helpers(out);
    weft_text_add(out,
                  "_weft() {\n"
                  "    local cur=${COMP_WORDS[COMP_CWORD]} before=$((COMP_CWORD - 1)) command=${COMP_WORDS[1]} prev\n"
                  "    local commands='");
    for (int i = 0; weft_commands[i] != NULL; i++)
        weft_text_add(out, i > 0 ? " %s" : "%s", weft_commands[i]->name);
    weft_text_add(out, "' common='");
    for (const weft_option *option = weft_common_options; option->name != NULL; option++)
        weft_text_add(out, "--%s%s", option->name, option[1].name != NULL ? " " : "'\n");
    weft_text_add(out, "    COMPREPLY=()\n"
                       "    if [ \"$COMP_CWORD\" -le 1 ]; then\n"
                       "        _weft_words \"$commands $common\"\n"
                       "        return\n"
                       "    fi\n"
                       "    if [ \"$cur\" = = ]; then cur=; elif [ \"${COMP_WORDS[before]}\" = = ]; then "
                       "before=$((before - 1)); fi\n"
                       "    prev=${COMP_WORDS[before]}\n"
                       "    if [ \"${COMP_WORDS[before - 1]}\" = --set ] || { [ \"$before\" -gt 1 ] && [ "
                       "\"${COMP_WORDS[before - 1]}\" = = ] &&\n"
                       "        [ \"${COMP_WORDS[before - 2]}\" = --set ]; }; then\n"
                       "        case $prev in\n");
    if (!weft_config_each_key(&weft_all_registries, add_key_words, out)) out->failed = true;
    weft_text_add(out, "        esac\n"
                       "        [ \"${COMP_WORDS[before + 1]}\" != = ] || return\n"
                       "        COMPREPLY=()\n"
                       "    fi\n");
    add_cases(out, "\"$command $prev\"", add_values);
    weft_text_add(out, "    *) prev= ;;\n    esac\n    [ -z \"$prev\" ] || return\n");
    weft_text_add(out, "    if [ \"${cur:0:1}\" = - ]; then\n");
    add_cases(out, "$command", add_options);
    weft_text_add(out, "    esac\n    return\n    fi\n");
    add_cases(out, "$command", add_arguments);
    weft_text_add(out, "    esac\n}\ncomplete -F _weft weft\n");
}

const weft_completion weft_bash_completion = {"bash", add_script};
