/* What a script learns from an exit code: every command with a standard output that is full, closed or broken, folders
 * where files should be, and a file size limit. Signals are in tests/fault/test_signals.c, permissions in
 * test_permissions.c.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/manual/command.h"
#include "cli/manual/usage.h"
#include "pipeline/formats/formats.h"
#include "support/chosen.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char config_text[] =
    "experiment: codes\n"
    "grid: {crs: 'EPSG:31985', resolution: 100, bounds: [288700, 9110700, 298800, 9120800]}\n"
    "datasets:\n"
    "  - {name: geoid, path: '${SAMPLE}/geoid.tif', method: nearest}\n";

/* Runs a command line and expects its exit code, and a text on standard error unless that is NULL. */
static void expect(int exit_code, const char *said, const char *command) {
    sandbox_result result = sandbox_run("%s", command);
    if (result.exit_code != exit_code)
        fail_msg("exit code %d, not %d: %s\n%s", result.exit_code, exit_code, command, result.err);
    if (said != NULL && strstr(result.err, said) == NULL) fail_msg("no \"%s\": %s\n%s", said, command, result.err);
    sandbox_result_free(&result);
}

/* A variant of a command: what stands behind its name. */
typedef struct variants {
    char items[64][128];
    int count;
} variants;

static void add(variants *all, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(variants *all, const char *format, ...) {
    va_list args;
    va_start(args, format);
    assert_true(all->count < (int)(sizeof all->items / sizeof *all->items));
    (void)vsnprintf(all->items[all->count++], sizeof *all->items, format, args);
    va_end(args);
}

/* What may stand as the argument, one variant each. */
static void add_arguments(variants *all, const char *written) {
    weft_usage_place place;
    weft_usage_read(&place, written);
    if (written == NULL || written[0] == '[') add(all, " ");
    if (written != NULL && strstr(written, "|-") != NULL) add(all, "-");
    if (place.configs || place.files) add(all, "config.yml");
    if (place.folders) add(all, "out");
    if (place.commands) add(all, "run");
    for (char *word = strtok(place.words, " "); word != NULL; word = strtok(NULL, " "))
        add(all, "%s", word);
}

/* The command as it is described: with each argument and, with the first of these, each option and its words. */
static void list_variants(variants *all, const weft_command *command) {
    weft_usage_place place;
    add(all, "--help");
    add_arguments(all, command->argument);
    const char *first = all->items[all->count > 1 ? 1 : 0];
    for (const weft_option *option = command->options; option != NULL && option->name != NULL; option++) {
        weft_usage_read(&place, option->value);
        if (option->value == NULL) add(all, "%.90s --%s", first, option->name);
        for (char *word = strtok(place.words, " "); word != NULL; word = strtok(NULL, " "))
            add(all, "%.90s --%s %s", first, option->name, word);
    }
}

static const char *const outputs[] = {">/dev/full", ">&-", "3<>broken >broken 3<&-"};

/* Whether a command line prints something, which then must not end well where it cannot be written: in the first
 * `count` of the ways above. */
static bool is_74_unless_it_is_printed(const char *command_line, size_t count) {
    for (size_t i = 0; i < count; i++) {
        sandbox_result result = sandbox_run("\"$WEFT\" %s %s", command_line, outputs[i]);
        bool refused = result.exit_code == 74 && strstr(result.err, "standard output") != NULL;
        sandbox_result_free(&result);
        if (refused) continue;
        /* It may have nothing to say, or end with an error of its own. */
        result = sandbox_run("\"$WEFT\" %s", command_line);
        if (result.exit_code == 0 && result.out[0] != '\0')
            fail_msg("weft %s %s: not exit code 74", command_line, outputs[i]);
        sandbox_result_free(&result);
        return false;
    }
    return true;
}

/* Of all commands of the list, so that one that is added is looked at too. */
static void test_a_full_closed_or_broken_standard_output_is_74_for_every_command(void **state) {
    (void)state;
    free(sandbox_succeed("\"$WEFT\" run config.yml && \"$WEFT\" run --shard 1/1 config.yml && mkfifo broken && "
                         "cp \"$SAMPLE/geoid.tif\" . && \"$WEFT\" catalog scan ."));
    assert_true(is_74_unless_it_is_printed("--help", 3) && is_74_unless_it_is_printed("--version", 3));
    for (int i = 0; weft_commands[i] != NULL; i++) {
        variants all = {.count = 0};
        char command_line[192];
        int print = 0;
        list_variants(&all, weft_commands[i]);
        for (int j = 0; j < all.count; j++) {
            if (j >= 2 && !is_chosen((size_t)j, 2)) continue;
            (void)snprintf(command_line, sizeof command_line, "%s %s", weft_commands[i]->name, all.items[j]);
            print += is_74_unless_it_is_printed(command_line, j < 2 ? 3 : 1);
        }
        /* Else its argument is written in a way that list_variants() does not know. */
        if (print < 2) fail_msg("weft %s prints its help alone, of %d variants", weft_commands[i]->name, all.count);
    }
}

/* A table that goes there. */
static void test_a_full_or_closed_standard_output_is_74_for_every_format_that_goes_there(void **state) {
    (void)state;
    int count = 0;
    for (int i = 0; weft_format_at(i) != NULL; i++) {
        char command[256];
        if (!weft_format_at(i)->facts.to_stdout) continue;
        for (size_t j = 0; j < 2; j++, count++) {
            (void)snprintf(command, sizeof command,
                           "\"$WEFT\" run config.yml --set export.formats=[%s] --set export.name=- %s",
                           weft_format_name(weft_format_at(i)), outputs[j]);
            expect(74, "standard output", command);
        }
    }
    assert_true(count > 0);
}

/* Closed descriptors are not handed to the outputs: the table is what it is with all of them open. */
static void test_closed_standard_streams_do_not_end_up_in_an_output(void **state) {
    (void)state;
    free(sandbox_succeed("\"$WEFT\" run config.yml && cp out/merged_data_codes.csv whole.csv"));
    expect(0, NULL, "\"$WEFT\" run config.yml <&- 2>&- && cmp out/merged_data_codes.csv whole.csv");
    expect(74, NULL, "\"$WEFT\" run config.yml <&- >&- 2>&-");
    expect(0, NULL, "cmp out/merged_data_codes.csv whole.csv");
}

static void test_a_file_size_limit_is_74_and_names_ulimit(void **state) {
    (void)state;
    for (int i = 0; weft_format_at(i) != NULL; i++) {
        const char *format = weft_format_name(weft_format_at(i));
        char command[256];
        /* Noise does not compress. The shell counts in blocks of 512 or 1024 bytes: at most 32 KiB. */
        (void)snprintf(command, sizeof command,
                       "rm -rf out; ulimit -f 32; \"$WEFT\" run config.yml --set grid.resolution=25 "
                       "--set datasets.0.method=cubic --set export.formats=[%s]",
                       format);
        expect(74, strstr(format, "csv") != NULL ? "ulimit -f" : format[0] == 'p' ? NULL : "out", command);
        free(sandbox_succeed("! ls out | grep '^merged_data_codes' | grep -v '[.]part$'"));
    }
}

static void test_what_is_of_another_kind_than_it_should_be_is_told_apart(void **state) {
    (void)state;
    free(sandbox_succeed("mkdir -p folder; echo text > file; ln -sf loop loop"));
    static const struct {
        int exit_code;
        const char *arguments, *said;
    } cases[] = {
        {65, "run folder", "folder: a folder, not a configuration"},
        {65, "validate folder", "folder: a folder, not a configuration"},
        {66, "run file/config.yml", "file/config.yml"},
        {65, "run config.yml --set datasets.0.path=folder", "a folder, not a raster"},
        {65, "run config.yml --set datasets.0.path=file", "not a raster"},
        {66, "run config.yml --set datasets.0.path=file/a.tif", "file/a.tif"},
        {66, "run config.yml --set datasets.0.path=nowhere.tif", "nowhere.tif: there is no such file"},
        {66, "run config.yml --set 'datasets.0.path=no*.tif'", "no file matches"},
        {74, "run config.yml --set output_dir=file", "file"},
        {74, "run config.yml --set output_dir=file/below", "file"},
        {74, "run config.yml --set output_dir=/proc/weft", "/proc/weft"},
        {65, "memory --db folder", "folder"},
        {65, "memory --db file", "file"},
        {66, "memory --db nowhere", "nowhere"},
        {66, "runs nowhere", "nowhere"},
        {64, "runs a b", "one output folder"},
        {64, "schema file", "takes no file"},
        {64, "plan", "one configuration"},
        {64, "validate", "needs a configuration"},
        {64, "memory nothing", "nothing"},
        {64, "", "usage"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char command[512];
        (void)snprintf(command, sizeof command, "\"$WEFT\" %s", cases[i].arguments);
        expect(cases[i].exit_code, cases[i].said, command);
    }
}

static void test_nothing_is_validated_after_a_wrong_option(void **state) {
    (void)state;
    expect(1, NULL, "\"$WEFT\" validate config.yml --set export.rows | grep ok");
    expect(1, NULL, "\"$WEFT\" validate config.yml --help | grep ': ok'");
}

/* Under nohup, and in the background of a script, a signal is ignored and stays so. */
static void test_signals_that_are_ignored_stay_ignored(void **state) {
    (void)state;
    expect(0, NULL,
           "rm -rf out; trap '' INT HUP; \"$WEFT\" run --progress none --set grid.resolution=5 config.yml & run=$!; "
           "while ! [ -e out/merged_data_codes.csv.part ] && kill -0 $run 2>/dev/null; do sleep 0.01; done; "
           "kill -INT $run; kill -HUP $run; wait $run");
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    sandbox_write("config.yml", config_text);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_full_closed_or_broken_standard_output_is_74_for_every_command),
        cmocka_unit_test(test_a_full_or_closed_standard_output_is_74_for_every_format_that_goes_there),
        cmocka_unit_test(test_closed_standard_streams_do_not_end_up_in_an_output),
        cmocka_unit_test(test_a_file_size_limit_is_74_and_names_ulimit),
        cmocka_unit_test(test_what_is_of_another_kind_than_it_should_be_is_told_apart),
        cmocka_unit_test(test_nothing_is_validated_after_a_wrong_option),
        cmocka_unit_test(test_signals_that_are_ignored_stay_ignored),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
