/* SPDX-License-Identifier: MIT
 *
 * troff takes a backslash for the beginning of an escape, a dash for a hyphen, and a dot or an apostrophe at the
 * beginning of a line for a request. */
#include "cli/manual/manual.h"

#include "cli/manual/usage.h"
#include "config/config_schema.h"
#include "pipeline/formats/formats.h"

#include <ctype.h>
#include <string.h>

static void add_text(weft_text *out, const char *text, size_t length) {
    bool line_start = out->length == 0 || out->data[out->length - 1] == '\n', bold = false;
    for (const char *end = text + length; text < end; text++) {
        if (line_start && (*text == '.' || *text == '\'')) weft_text_add(out, "\\&");
        line_start = *text == '\n';
        if (*text == '`')
            weft_text_add(out, (bold = !bold) ? "\\fB" : "\\fR");
        else if (*text == '\\')
            weft_text_add(out, "\\e");
        else
            weft_text_add(out, *text == '-' ? "\\-" : "%c", *text);
    }
}

static void add_line(weft_text *out, const char *before, const char *text) {
    weft_text_add(out, "%s", before);
    add_text(out, text, strlen(text));
    weft_text_add(out, "\n");
}

/* A term and what it means. */
static void add_term(weft_text *out, const char *term, const char *meaning) {
    weft_text_add(out, ".TP\n");
    add_line(out, ".B ", term);
    add_line(out, "", meaning);
}

static void add_options(weft_text *out, const weft_option *options) {
    for (const weft_option *option = options; option != NULL && option->name != NULL; option++) {
        weft_text term = {0}, help = {0};
        weft_usage_option(&term, option);
        weft_usage_help(&help, option);
        out->failed = out->failed || term.failed || help.failed;
        if (!out->failed) add_term(out, term.data, help.data);
        weft_text_dispose(&help);
        weft_text_dispose(&term);
    }
}

static void add_description(weft_text *out, const char *text) {
    for (const char *next; *text != '\0'; text = next) {
        bool verbatim = weft_usage_is_verbatim(text);
        size_t length = (size_t)(weft_usage_paragraph(text, &next) - text);
        weft_text_add(out, verbatim ? ".PP\n.EX\n" : ".PP\n");
        add_text(out, text, length);
        weft_text_add(out, verbatim ? "\n.EE\n" : "\n");
    }
}

static void add_exit_codes(weft_text *out) {
    weft_text_add(out, ".SH EXIT STATUS\n");
    for (const weft_exit_code *code = weft_exit_codes; code->means != NULL; code++) {
        weft_text_add(out, ".TP\n.B %d\n", code->code);
        add_line(out, "", code->means);
        weft_text_add(out, ".br\nA script may: ");
        add_line(out, "", code->then);
    }
    weft_text_add(out, ".PP\nA second signal ends the process as the signal itself does: 128 plus its number.\n");
}

static void add_title(weft_text *out, const char *name) {
    weft_text_add(out, ".TH ");
    for (; *name != '\0'; name++)
        weft_text_add(out, "%c", toupper((unsigned char)*name));
    weft_text_add(out, " 1 \"\" \"weft " WEFT_VERSION "\" \"weft manual\"\n.SH NAME\n");
}

static void add_command(weft_text *out, const weft_command *command) {
    weft_text name = {0}, usage = {0};
    weft_text_add(&name, "weft-%s", command->name);
    weft_usage_line(&usage, command);
    out->failed = out->failed || name.failed || usage.failed;
    if (!out->failed) {
        add_title(out, name.data);
        weft_text_add(out, "weft\\-%s \\- ", command->name);
        add_line(out, "", command->summary);
        add_line(out, ".SH SYNOPSIS\n", usage.data);
    }
    weft_text_add(out, ".SH DESCRIPTION\n");
    add_description(out, command->description);
    for (const weft_word *word = command->words; word != NULL && word->word != NULL; word++)
        add_term(out, word->word, word->help);
    weft_text_add(out, ".SH OPTIONS\n");
    add_options(out, command->options);
    add_options(out, weft_common_options);
    if (command->example != NULL) {
        add_line(out, ".SH EXAMPLES\n.EX\n", command->example);
        weft_text_add(out, ".EE\n");
    }
    add_exit_codes(out);
    weft_text_add(out, ".SH SEE ALSO\n.BR weft (1)\n");
    weft_text_dispose(&usage);
    weft_text_dispose(&name);
}

static void add_key(void *payload, const weft_config_key_facts *key) {
    weft_text *out = payload;
    add_term(out, key->path, key->description);
    if (key->words[0] != '\0') add_line(out, ".br\nOne of: ", key->words);
    if (key->fallback != NULL) add_line(out, ".br\nDefault: ", key->fallback);
}

static void add_all(weft_text *out) {
    add_title(out, "weft");
    weft_text_add(out, "weft \\- put rasters on one grid and write them as one table\n"
                       ".SH SYNOPSIS\nweft COMMAND [OPTION]..\n.SH DESCRIPTION\n"
                       "weft takes rasters of any projection, resolution and type, puts them on one grid, and writes "
                       "them as one table\n(CSV, Parquet, SQLite) and as aligned rasters (GeoTIFF, COG, PNG), inside "
                       "the memory it is given.\nA YAML file says what.\n.SH COMMANDS\n");
    for (int i = 0; weft_commands[i] != NULL; i++) {
        weft_text_add(out, ".TP\n.BR weft\\-%s (1)\n", weft_commands[i]->name);
        add_line(out, "", weft_commands[i]->summary);
    }
    weft_text_add(out, ".SH OPTIONS\n");
    add_options(out, weft_common_options);
    weft_text_add(out, ".SH CONFIGURATION\nThe keys of a configuration, and of \\fB\\-\\-set\\fR, where an entry of a "
                       "list has its number:\n\\fB\\-\\-set datasets.0.method=average\\fR.\n");
    if (!weft_config_each_key(&weft_all_registries, add_key, out)) out->failed = true;
    add_exit_codes(out);
    weft_text_add(out, ".SH ENVIRONMENT\n");
    add_term(out, "PROJ_DATA",
             "the folder of PROJ's database, proj.db, and of its datum shift grids, where PROJ does "
             "not find them by itself (PROJ_LIB before PROJ 9.1)");
    add_term(out, "NAME", "any variable that a configuration names: ${NAME}, ${NAME:-default}");
    weft_text_add(out, ".SH SEE ALSO\n");
    for (int i = 0; weft_commands[i] != NULL; i++)
        weft_text_add(out, ".BR weft\\-%s (1)%s\n", weft_commands[i]->name, weft_commands[i + 1] != NULL ? "," : "");
}

void weft_man_page(weft_text *out, const weft_command *command) {
    if (command != NULL)
        add_command(out, command);
    else
        add_all(out);
}
