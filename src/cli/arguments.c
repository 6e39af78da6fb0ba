/* getopt would do the splitting, but not the words: an unknown option names its nearest neighbour.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"

#include "cli/manual/manual.h"
#include "cli/manual/usage.h"
#include "cli/version.h"
#include "config/config_load.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/text.h"
#include "pipeline/formats/formats.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN_BYTES 4096 /* of a line that is printed without a request for memory */

int weft_fail(const weft_error *err) {
    weft_log_error(err);
    return weft_status_exit_code(err->status);
}

static const weft_option no_options[] = {{0}};

static const weft_option *options_of(const weft_command *command) {
    return command->options != NULL ? command->options : no_options;
}

static const weft_option *find_option(const weft_command *command, const char *name, size_t length) {
    for (const weft_option *options = options_of(command); options->name != NULL; options++)
        if (strlen(options->name) == length && strncmp(options->name, name, length) == 0) return options;
    return NULL;
}

static void word_unknown(weft_error *err, const weft_command *command, const char *name) {
    const char *names[WEFT_ARGUMENTS_MAX] = {0};
    int count = 0;
    for (const weft_option *option = weft_common_options; option->name != NULL; option++)
        names[count++] = option->name;
    for (const weft_option *option = options_of(command); option->name != NULL; option++)
        if (count < WEFT_ARGUMENTS_MAX - 1) names[count++] = option->name;
    const char *nearest = weft_text_nearest(name, names);
    weft_error_set(err, WEFT_ERR_USAGE, "weft %s has no option --%s", command->name, name);
    if (nearest != NULL)
        weft_error_hint(err, "did you mean --%s? weft %s --help lists all", nearest, command->name);
    else
        weft_error_hint(err, "weft %s --help lists all", command->name);
}

/* The name of the option that "-x" stands for, or NULL. */
static const char *name_of_letter(const weft_command *command, const char *given) {
    for (const weft_word *letter = command->letters; letter != NULL && letter->word != NULL; letter++)
        if (strcmp(letter->word, given + 1) == 0) return letter->help;
    return NULL;
}

/* No name or value of the user's is empty: an empty text comes from a variable of a script that was never set. */
static bool is_nothing(const char *value, const char *option, const weft_command *command, weft_error *err) {
    if (value == NULL || value[0] != '\0') return false;
    weft_error_set(err, WEFT_ERR_USAGE, "%s%s: an empty text stands where %s is expected",
                   option != NULL ? "--" : "weft ", option != NULL ? option : command->name,
                   option != NULL ? "its value" : "an argument");
    weft_error_hint(err, "a variable of the shell may not be set");
    return true;
}

static void note_given(weft_arguments *out, const weft_option *option) {
    for (int i = 0; i < out->given_count; i++)
        if (out->given[i] == option) return;
    if (out->given_count < WEFT_ARGUMENTS_MAX) out->given[out->given_count++] = option;
}

/* Takes argv[0], whose name is given, and argv[1] where that is its value; returns how many were taken, 0 on an
 * error. */
static int take_option(weft_arguments *out, const weft_command *command, const char *name, void *payload, int left,
                       char **argv, weft_error *err) {
    const char *equals = strchr(name, '=');
    size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const weft_option *option = find_option(command, name, length);
    if (option == NULL) {
        char shown[64];
        (void)snprintf(shown, sizeof shown, "%.*s", (int)(length < 60 ? length : 60), name);
        word_unknown(err, command, shown);
        return 0;
    }
    bool optional = option->value != NULL && option->value[0] == '[', valued = option->value != NULL && !optional;
    if (!valued && !optional && equals != NULL) {
        weft_error_set(err, WEFT_ERR_USAGE, "--%s takes no value", option->name);
        return 0;
    }
    if (valued && equals == NULL && left < 2) {
        weft_error_set(err, WEFT_ERR_USAGE, "--%s needs a value", option->name);
        weft_error_hint(err, "weft %s --help shows it", command->name);
        return 0;
    }
    const char *value = equals != NULL ? equals + 1 : valued ? argv[1] : NULL;
    if (is_nothing(value, option->name, command, err)) return 0;
    note_given(out, option);
    if (!option->take(option, (char *)payload + option->offset, value, err)) return 0;
    return valued && equals == NULL ? 2 : 1;
}

static bool stop(weft_arguments *out, int exit_code) {
    out->exit_code = exit_code;
    return false;
}

/* Whether there are as many as the command's argument says: "[X]", "X", "X..", several with blanks between
 * them, or none. */
static bool right_count(const weft_arguments *arguments, const weft_command *command, weft_error *err) {
    const char *written = command->argument;
    int min = written != NULL && written[0] != '[' ? 1 : 0;
    int max = written == NULL ? 0 : strstr(written, "..") != NULL ? INT_MAX : 1;
    for (const char *blank = written; max > 0 && max < INT_MAX && (blank = strchr(blank, ' ')) != NULL; blank++)
        max++;
    if (arguments->file_count >= min && arguments->file_count <= max) return true;
    weft_error_set(err, WEFT_ERR_USAGE, "weft %s %s", command->name,
                   written != NULL ? command->takes : "takes no file");
    if (command->example != NULL && arguments->file_count < min) weft_error_hint(err, "%s", command->example);
    return false;
}

static bool is_option(const char *argument) {
    return argument[0] == '-' && argument[1] != '\0'; /* "-" alone is standard output */
}

static int unknown_letter(const weft_command *command, const char *argument) {
    weft_error err = {0};
    weft_error_set(&err, WEFT_ERR_USAGE, "weft %s has no option %s", command->name, argument);
    weft_error_hint(&err, "options cannot be shortened: weft %s --help lists them", command->name);
    return weft_fail(&err);
}

bool weft_arguments_read(weft_arguments *out, const weft_command *command, void *payload, int argc, char **argv) {
    weft_error err = {0};
    bool only_files = false;
    /* Files are gathered in argv itself: at most as many were kept as have been read. */
    *out = (weft_arguments){.files = (const char **)argv};
    for (int i = 1; i < argc;) {
        const char *argument = argv[i];
        if (only_files || !is_option(argument)) {
            if (is_nothing(argument, NULL, command, &err)) return stop(out, weft_fail(&err));
            out->files[out->file_count++] = argument;
            i++;
            continue;
        }
        if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0)
            return stop(out, weft_print_help(command, stdout));
        if (strcmp(argument, "--version") == 0) {
            weft_print_version(stdout);
            return stop(out, 0);
        }
        if (strcmp(argument, "--") == 0) {
            only_files = true;
            i++;
            continue;
        }
        const char *name = argument[1] == '-' ? argument + 2 : name_of_letter(command, argument);
        if (name == NULL) return stop(out, unknown_letter(command, argument));
        int taken = take_option(out, command, name, payload, argc - i, argv + i, &err);
        if (taken == 0) return stop(out, weft_fail(&err));
        i += taken;
    }
    if (!right_count(out, command, &err)) return stop(out, weft_fail(&err));
    return true;
}

bool weft_arguments_allow(const weft_arguments *arguments, const char *what, const char *allowed, weft_error *err) {
    for (int i = 0; i < arguments->given_count; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, " %s ", arguments->given[i]->name);
        if (strstr(allowed, name) != NULL) continue;
        weft_error_set(err, WEFT_ERR_USAGE, "%s takes no --%s", what, arguments->given[i]->name);
        return false;
    }
    return true;
}

void weft_print_plain(weft_text *text, FILE *to) {
    if (text->data == NULL) return;
    weft_text_make_printable(text->data, text->length);
    fputs(text->data, to);
}

void weft_print_plain_line(FILE *to, const char *format, ...) {
    char line[PLAIN_BYTES], *text = line, *longer = NULL;
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    int length = vsnprintf(line, sizeof line, format, values);
    if (length >= PLAIN_BYTES) longer = malloc((size_t)length + 1);
    if (longer != NULL) {
        (void)vsnprintf(longer, (size_t)length + 1, format, again);
        text = longer;
    }
    va_end(again);
    va_end(values);
    weft_text_make_printable(text, strlen(text));
    fputs(text, to);
    free(longer);
}

int weft_print_text(weft_text *text, FILE *to, const char *what) {
    weft_error err = {0};
    int exit_code = 0;
    if (!text->failed) {
        fputs(text->data, to);
    } else {
        weft_error_no_memory(&err, what);
        exit_code = weft_fail(&err);
    }
    weft_text_dispose(text);
    return exit_code;
}

int weft_print_help(const weft_command *command, FILE *to) {
    weft_text text = {0};
    weft_help_text(&text, command);
    return weft_print_text(&text, to, "the help");
}

int weft_unknown_command(const char *word) {
    const char *names[WEFT_ARGUMENTS_MAX] = {0};
    weft_error err = {0};
    for (int i = 0; weft_commands[i] != NULL && i < WEFT_ARGUMENTS_MAX - 1; i++)
        names[i] = weft_commands[i]->name;
    const char *nearest = weft_text_nearest(word, names);
    weft_error_set(&err, WEFT_ERR_USAGE, "there is no command \"%s\"", word);
    if (nearest != NULL)
        weft_error_hint(&err, "did you mean weft %s? weft help lists all", nearest);
    else
        weft_error_hint(&err, "weft help lists all");
    return weft_fail(&err);
}

bool weft_take_flag(const weft_option *option, void *target, const char *value, weft_error *err) {
    (void)option;
    (void)value;
    (void)err;
    *(bool *)target = true;
    return true;
}

bool weft_take_text(const weft_option *option, void *target, const char *value, weft_error *err) {
    (void)option;
    (void)err;
    *(const char **)target = value;
    return true;
}

/* "a, b or c" of "a|b|c". */
static void add_words(weft_text *out, const char *written) {
    for (const char *bar; *written != '\0'; written = bar + (*bar != '\0')) {
        bar = written + strcspn(written, "|");
        weft_text_add(out, "%.*s%s", (int)(bar - written), written,
                      *bar == '\0'                   ? ""
                      : strchr(bar + 1, '|') != NULL ? ", "
                                                     : " or ");
    }
}

bool weft_take_word(const weft_option *option, void *target, const char *value, weft_error *err) {
    weft_text words = {0};
    size_t length = strlen(value);
    int index = 0;
    for (const char *word = option->value; *word != '\0'; index++) {
        size_t end = strcspn(word, "|");
        if (end == length && strncmp(word, value, length) == 0) {
            *(unsigned *)target = (unsigned)index;
            return true;
        }
        word += end + (word[end] != '\0');
    }
    add_words(&words, option->value);
    weft_error_set(err, WEFT_ERR_USAGE, "--%s %s: %s is expected", option->name, value,
                   words.failed ? option->value : words.data);
    weft_text_dispose(&words);
    return false;
}

bool weft_take_set(const weft_option *option, void *target, const char *text, weft_error *err) {
    weft_overrides *overrides = target;
    (void)option;
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text) {
        weft_error_set(err, WEFT_ERR_USAGE, "--set %s: KEY=VALUE is expected", text);
        weft_error_hint(err, "for example --set export.rows=complete");
        return false;
    }
    if (overrides->count == WEFT_ARGUMENTS_MAX) {
        weft_error_set(err, WEFT_ERR_USAGE, "more than %d --set at once", WEFT_ARGUMENTS_MAX);
        return false;
    }
    char *key = weft_text_format("%.*s", (int)(equals - text), text);
    if (key == NULL) {
        weft_error_set(err, WEFT_ERR_MEMORY, "no memory for --set %s", text);
        return false;
    }
    overrides->keys[overrides->count] = key;
    overrides->items[overrides->count++] = (weft_override){key, equals + 1};
    return true;
}

void weft_overrides_dispose(weft_overrides *overrides) {
    for (int i = 0; i < overrides->count; i++)
        free(overrides->keys[i]);
    overrides->count = 0;
}

bool weft_overrides_are_none(const weft_overrides *overrides, weft_error *err) {
    if (overrides->count == 0) return true;
    const weft_override *first = &overrides->items[0];
    weft_error_set(err, WEFT_ERR_USAGE, "--set %s=%s: no configuration is named that it could override", first->key,
                   first->value);
    return false;
}

/* One "FILE:LINE:COL: message", with its hint, as an error. Returns what follows. */
static const char *read_problem(const char *text, weft_error *err) {
    static const char hint_mark[] = "  hint: ";
    int length = (int)strcspn(text, "\n");
    *err = (weft_error){.status = WEFT_ERR_DATA};
    weft_error_set(err, WEFT_ERR_DATA, "%.*s", length, text);
    text += length + (text[length] != '\0');
    if (strncmp(text, hint_mark, sizeof hint_mark - 1) != 0) return text;
    text += sizeof hint_mark - 1;
    length = (int)strcspn(text, "\n");
    weft_error_hint(err, "%.*s", length, text);
    return text + length + (text[length] != '\0');
}

/* The problems say it all, in the form that editors jump to. */
static void print_problems(const weft_problems *problems, weft_error *first) {
    weft_error err;
    if (first != NULL) (void)read_problem(problems->text.data, first);
    if (!weft_log_is_json()) fputs(problems->text.data, stderr);
    for (const char *text = problems->text.data; weft_log_is_json() && *text != '\0'; weft_log_error(&err))
        text = read_problem(text, &err);
}

int weft_load_config(weft_config **out, const char *file, const weft_overrides *overrides, weft_error *first) {
    weft_problems problems = {0};
    weft_error err = {0};
    const weft_config_request request = {.file = file,
                                         .overrides = overrides->items,
                                         .override_count = overrides->count,
                                         .now_ms = weft_clock_wall_ms(),
                                         .registries = &weft_all_registries};
    weft_status status = weft_config_load(out, &request, &problems, &err);
    int exit_code = 0;
    if (status != WEFT_OK && problems.count > 0) {
        print_problems(&problems, first);
        exit_code = weft_status_exit_code(status);
    } else if (status != WEFT_OK) {
        exit_code = weft_fail(&err);
        if (first != NULL) *first = err;
    }
    weft_problems_dispose(&problems);
    return exit_code;
}
