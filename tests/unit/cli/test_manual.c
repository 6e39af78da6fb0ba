/* Nothing of the command line is missing where users look it up: the manual, the completions, the README.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "cli/manual/completion.h"
#include "cli/manual/manual.h"
#include "cli/manual/usage.h"
#include "config/config_schema.h"
#include "pipeline/formats/formats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_says(const char *text, const char *what, const char *where) {
    if (strstr(text, what) == NULL) fail_msg("\"%s\" is missing in %s", what, where);
}

/* A term of a list as troff writes it. */
static char *in_troff(const char *name) {
    weft_text out = {0};
    weft_text_add(&out, "\n.B ");
    for (; *name != '\0'; name++)
        weft_text_add(&out, *name == '-' ? "\\-" : "%c", *name);
    weft_text_add(&out, "\n");
    return out.data;
}

static void test_every_command_is_in_the_manual_with_every_option(void **state) {
    weft_text all = {0};
    (void)state;
    weft_man_page(&all, NULL);
    for (int i = 0; weft_commands[i] != NULL; i++) {
        const weft_command *command = weft_commands[i];
        weft_text page = {0}, help = {0};
        char name[64];
        (void)snprintf(name, sizeof name, "\n.BR weft\\-%s (1)\n", command->name);
        assert_says(all.data, name, "weft(1)");
        assert_says(all.data, command->summary, "weft(1)");
        weft_man_page(&page, command);
        weft_help_text(&help, command);
        for (const weft_option *option = command->options; option != NULL && option->name != NULL; option++) {
            weft_text written = {0};
            weft_usage_option(&written, option);
            char *troff = in_troff(written.data);
            assert_says(page.data, troff, command->name);
            char *term = weft_text_format("\n  %s", written.data);
            assert_says(help.data, term, command->name);
            free(term);
            free(troff);
            weft_text_dispose(&written);
        }
        for (const weft_option *option = weft_common_options; option->name != NULL; option++)
            assert_says(page.data, option->name, command->name);
        weft_text_dispose(&page);
        weft_text_dispose(&help);
    }
    weft_text_dispose(&all);
}

static void test_every_exit_code_that_a_status_has_is_in_help_and_manual(void **state) {
    weft_text all = {0}, help = {0};
    (void)state;
    weft_man_page(&all, NULL);
    weft_help_text(&help, NULL);
    for (int status = WEFT_OK; status <= WEFT_ERR_PERMISSION; status++) {
        char in_manual[32], in_help[32];
        int code = weft_status_exit_code((weft_status)status);
        (void)snprintf(in_manual, sizeof in_manual, "\n.B %d\n", code);
        (void)snprintf(in_help, sizeof in_help, "\n  %d ", code);
        assert_says(all.data, in_manual, "weft(1)");
        assert_says(help.data, in_help, "weft help");
    }
    weft_text_dispose(&all);
    weft_text_dispose(&help);
}

static void look_for_key(void *payload, const weft_config_key_facts *key) {
    assert_says(payload, key->path, "a completion");
}

static void test_every_shell_completes_every_command_option_and_key(void **state) {
    static const weft_completion *const shells[] = {&weft_bash_completion, &weft_zsh_completion, &weft_fish_completion};
    (void)state;
    for (size_t s = 0; s < sizeof shells / sizeof *shells; s++) {
        weft_text script = {0};
        shells[s]->add(&script);
        assert_false(script.failed);
        for (int i = 0; weft_commands[i] != NULL; i++) {
            assert_says(script.data, weft_commands[i]->name, shells[s]->shell);
            const weft_option *option = weft_commands[i]->options;
            for (; option != NULL && option->name != NULL; option++)
                assert_says(script.data, option->name, shells[s]->shell);
        }
        assert_true(weft_config_each_key(&weft_all_registries, look_for_key, script.data));
        weft_text_dispose(&script);
    }
}

/* Two keys that no table of this test knows by another way. */
static void count_keys(void *payload, const weft_config_key_facts *key) {
    if (strcmp(key->path, "memory.limit") == 0) assert_string_equal(key->fallback, "auto");
    if (strcmp(key->path, "export.rows") == 0) assert_string_equal(key->words, "all any complete");
    if (strcmp(key->path, "merge.enable_streaming") == 0) assert_string_equal(key->words, "true false");
    if (strcmp(key->path, "datasets.0.path") == 0) assert_string_equal(key->words, "");
    assert_true(strcmp(key->path, "memory") != 0 && strcmp(key->path, "datasets") != 0);
    ++*(int *)payload;
}

static void test_keys_are_told_with_their_words_and_sections_are_not(void **state) {
    int count = 0;
    (void)state;
    assert_true(weft_config_each_key(&weft_all_registries, count_keys, &count));
    assert_true(count > 40);
}

static char *read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    (void)fclose(file);
    return text;
}

static void test_the_readme_has_every_line_of_the_tables(void **state) {
    char *readme = read_file(README);
    weft_text tables = {0};
    (void)state;
    weft_markdown_tables(&tables);
    for (char *line = tables.data, *end; *line != '\0'; line = end + 1) {
        end = strchr(line, '\n');
        *end = '\0';
        if (strstr(readme, line) == NULL)
            fail_msg("README.md has no line \"%s\": weft help --format markdown prints its tables", line);
    }
    weft_text_dispose(&tables);
    free(readme);
}

static void test_what_may_stand_in_a_place_is_read_from_how_it_is_written(void **state) {
    weft_usage_place place;
    (void)state;
    weft_usage_read(&place, "[DIR|CONFIG]");
    assert_true(place.folders && place.configs && !place.files && !place.keys);
    assert_string_equal(place.words, "");
    weft_usage_read(&place, "N|all");
    assert_string_equal(place.words, "all");
    weft_usage_read(&place, "KEY=VALUE");
    assert_true(place.keys);
    weft_usage_read(&place, "CONFIG..");
    assert_true(place.configs);
    weft_usage_read(&place, "table|csv|json");
    assert_string_equal(place.words, "table csv json");
    weft_usage_read(&place, NULL);
    assert_true(!place.files && place.words[0] == '\0');
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_command_is_in_the_manual_with_every_option),
        cmocka_unit_test(test_every_exit_code_that_a_status_has_is_in_help_and_manual),
        cmocka_unit_test(test_every_shell_completes_every_command_option_and_key),
        cmocka_unit_test(test_keys_are_told_with_their_words_and_sections_are_not),
        cmocka_unit_test(test_the_readme_has_every_line_of_the_tables),
        cmocka_unit_test(test_what_may_stand_in_a_place_is_read_from_how_it_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
