/* SPDX-License-Identifier: MIT
 *
 * One reader a kind of value. Each says what it expected, and shows how it is written. */
#include "config/config_keys.h"

#include "config/config_name.h"
#include "config/gdal_name.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* How a list is written, where words with commas between them stand for one: as --set where they came so. NULL: they
 * do not. */
static char *list_hint(const weft_config_key *key, const weft_yaml_node *node) {
    if (!key->list || node->kind != WEFT_YAML_SCALAR || strchr(node->text, ',') == NULL) return NULL;
    bool set = node->origin != NULL && strncmp(node->origin, "--set ", 6) == 0;
    if (!set) return weft_text_format("a list has brackets: %s: [%s]", key->name, node->text);
    return weft_text_format("a list has brackets: %.*s=[%s]", (int)strcspn(node->origin, "="), node->origin,
                            node->text);
}

void weft_config_expect(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                        const char *expected, const char *hint) {
    char found[96], *list = list_hint(key, node);
    if (list != NULL) hint = list;
    if (hint == NULL && weft_yaml_is_null(node)) hint = "it is YAML's word for nothing: leave the key out";
    weft_yaml_describe(node, found, sizeof found);
    weft_yaml_report(&reader->report, node->place, node->origin, hint, "%s: %s is expected, not %s", key->name,
                     expected, found);
    free(list);
}

static char *keep(weft_config_reader *reader, char *text) {
    if (text == NULL) reader->no_memory = true;
    return text;
}

/* A scalar that is there, or a report. */
static bool is_scalar(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                      const char *expected) {
    if (node->kind == WEFT_YAML_SCALAR && (node->text[0] != '\0' || node->quoted)) return true;
    weft_config_expect(reader, key, node, expected, NULL);
    return false;
}

bool weft_config_is_filled(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                           const char *expected) {
    if (node->kind == WEFT_YAML_SCALAR && node->text[0] != '\0' && !weft_yaml_is_null(node)) return true;
    weft_config_expect(reader, key, node, expected, NULL);
    return false;
}

/* --- text --- */

void weft_config_read_text(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                           void *target) {
    if (!is_scalar(reader, key, node, "text")) return;
    free(*(char **)target);
    *(char **)target = keep(reader, weft_text_format("%s", node->text));
}

void weft_config_read_filled(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                             void *target) {
    if (weft_config_is_filled(reader, key, node, "text")) weft_config_read_text(reader, key, node, target);
}

void weft_config_read_name(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                           void *target) {
    if (!weft_config_is_filled(reader, key, node, "a name")) return;
    if (!weft_config_is_name(node->text)) {
        weft_config_expect(reader, key, node, "a name", WEFT_NAME_RULE);
        return;
    }
    weft_config_read_text(reader, key, node, target);
}

char *weft_config_absolute(weft_config_reader *reader, const char *path) {
    if (path[0] == '/') return keep(reader, weft_text_format("%s", path));
    const char *start = weft_gdal_name_start(reader->config->folder, &path);
    return keep(reader, weft_text_format("%s/%s", start, path));
}

char *weft_config_raster_name(weft_config_reader *reader, const char *name) {
    if (!weft_gdal_name_is(name)) return weft_config_absolute(reader, name);
    return keep(reader, weft_gdal_name_from(reader->config->folder, name));
}

/* What a shell would not take for a folder of that name is none: an output would lie in a folder called "~". NULL: it is
 * as good as any path. */
static const char *tilde_fault(const char *text) {
    const char *home = getenv("HOME");
    if (text[0] != '~' || (text[1] != '\0' && strchr(text, '/') == NULL)) return NULL;
    if (text[1] == '\0') return "~/ is the home folder, and ~ alone is YAML's word for nothing";
    if (text[1] != '/')
        return "homes of other users are not looked up: write the whole path; ./ in front names a folder here";
    return home != NULL && home[0] == '/' ? NULL
                                          : "HOME is not set, so that ~/ is no folder; ./ in front names one here";
}

void weft_config_read_path(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                           void *target) {
    if (node->kind == WEFT_YAML_SCALAR && tilde_fault(node->text) != NULL) {
        weft_config_expect(reader, key, node, "a path", tilde_fault(node->text));
        return;
    }
    if (!weft_config_is_filled(reader, key, node, "a path")) return;
    free(*(char **)target);
    *(char **)target = weft_config_absolute(reader, node->text);
}

/* --- numbers --- */

bool weft_config_parse_number(const weft_yaml_node *node, double *out) {
    char *end;
    if (node->kind != WEFT_YAML_SCALAR || node->quoted || node->text[0] == '\0') return false;
    if (strspn(node->text, "+-0123456789.eE") != strlen(node->text)) return false;
    *out = strtod(node->text, &end);
    return *end == '\0' && isfinite(*out);
}

bool weft_config_parse_exact(const weft_yaml_node *node, long double *out) {
    double number;
    if (!weft_config_parse_number(node, &number)) return false;
    bool whole = strspn(node->text, "+-0123456789") == strlen(node->text);
    *out = whole ? strtold(node->text, NULL) : (long double)number;
    return true;
}

bool weft_config_parse_integer(const weft_yaml_node *node, int64_t *out) {
    char *end;
    if (node->kind != WEFT_YAML_SCALAR || node->quoted || node->text[0] == '\0') return false;
    if (strspn(node->text, "+-0123456789") != strlen(node->text)) return false;
    errno = 0;
    *out = strtoll(node->text, &end, 10);
    return *end == '\0' && errno == 0;
}

static bool is_one_of(const weft_yaml_node *node, const char *const *words) {
    for (; node->kind == WEFT_YAML_SCALAR && *words != NULL; words++)
        if (strcmp(node->text, *words) == 0) return true;
    return false;
}

/* The words of YAML 1.2. Those that YAML 1.1 has beside them, which R's yaml writes, are told apart. */
void weft_config_read_bool(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                           void *target) {
    static const char *const yes[] = {"true", "True", "TRUE", NULL}, *const no[] = {"false", "False", "FALSE", NULL};
    static const char *const old[] = {"yes", "Yes", "YES", "on", "On", "ON", "y", "Y", NULL};
    static const char *const old_no[] = {"no", "No", "NO", "off", "Off", "OFF", "n", "N", NULL};
    const char *hint = is_one_of(node, old)      ? "did you mean true?"
                       : is_one_of(node, old_no) ? "did you mean false?"
                                                 : NULL;
    if (is_one_of(node, yes))
        *(bool *)target = true;
    else if (is_one_of(node, no))
        *(bool *)target = false;
    else
        weft_config_expect(reader, key, node, "true or false", hint);
}

static void describe_range(const weft_config_key *key, const char *what, char *out, size_t capacity) {
    if (key->over)
        (void)snprintf(out, capacity, "%s over %.15g and up to %.15g", what, key->low, key->high);
    else
        (void)snprintf(out, capacity, "%s from %.15g to %.15g", what, key->low, key->high);
}

void weft_config_read_int64(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                            void *target) {
    int64_t value;
    char expected[96];
    describe_range(key, "a whole number", expected, sizeof expected);
    if (weft_config_parse_integer(node, &value) && (double)value >= key->low && (double)value <= key->high)
        *(int64_t *)target = value;
    else
        weft_config_expect(reader, key, node, expected, NULL);
}

void weft_config_read_number(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                             void *target) {
    double value;
    char expected[96];
    describe_range(key, "a number", expected, sizeof expected);
    if (weft_config_parse_number(node, &value) && value >= key->low && value <= key->high &&
        !(key->over && value == key->low))
        *(double *)target = value;
    else
        weft_config_expect(reader, key, node, expected, NULL);
}

void weft_config_read_threads(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                              void *target) {
    int64_t value;
    char expected[96];
    (void)snprintf(expected, sizeof expected, "auto or a whole number from 1 to %.0f", key->high);
    if (node->kind == WEFT_YAML_SCALAR && strcmp(node->text, "auto") == 0)
        *(int *)target = 0;
    else if (weft_config_parse_integer(node, &value) && value >= 1 && (double)value <= key->high)
        *(int *)target = (int)value;
    else
        weft_config_expect(reader, key, node, expected, NULL);
}

void weft_config_read_precision(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                                void *target) {
    int64_t value;
    if (node->kind == WEFT_YAML_SCALAR && strcmp(node->text, "shortest") == 0)
        *(int *)target = 0;
    else if (weft_config_parse_integer(node, &value) && value >= 1 && value <= 17)
        *(int *)target = (int)value;
    else
        weft_config_expect(reader, key, node, "shortest or 1 to 17 significant digits", NULL);
}

/* What cannot be a part of a number or of a quoted field. */
void weft_config_read_delimiter(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                                void *target) {
    const char *text = node->kind == WEFT_YAML_SCALAR ? node->text : "";
    char c = strcmp(text, "\\t") == 0 ? '\t' : text[0];
    bool one = text[0] != '\0' && (text[1] == '\0' || c == '\t');
    bool visible = c == '\t' || (c >= ' ' && c <= '~');
    if (one && visible && !isalnum((unsigned char)c) && strchr("+-.\"", c) == NULL)
        *(char *)target = c;
    else
        weft_config_expect(reader, key, node, "one character that no number holds",
                           "for example \";\", \"|\" or \"\\t\"");
}

/* --- words --- */

bool weft_config_next_word(const char **list, char out[WEFT_CONFIG_WORD_BYTES]) {
    const char *at = *list;
    if (at == NULL || *at == '\0') return false;
    size_t length = strcspn(at, ",");
    (void)snprintf(out, WEFT_CONFIG_WORD_BYTES, "%.*s", (int)length, at);
    *list = at + length + strspn(at + length, ", ");
    return true;
}

/* Whether two words are the same but for case, "-", "_" and blanks. */
static bool is_same_word(const char *a, const char *b) {
    for (;; a++, b++) {
        a += strspn(a, "-_ ");
        b += strspn(b, "-_ ");
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b)) return false;
        if (*a == '\0') return true;
    }
}

bool weft_config_is_synonym(const char *list, const char *text) {
    char one[WEFT_CONFIG_WORD_BYTES];
    while (weft_config_next_word(&list, one))
        if (is_same_word(one, text)) return true;
    return false;
}

/* The number after the word. */
static bool has_number(const weft_choice *choice, const char *text, int *argument) {
    size_t length = strlen(choice->word);
    if (strncmp(choice->word, text, length) != 0 || text[length] < '1' || text[length] > '9') return false;
    char *end;
    long number = strtol(text + length, &end, 10);
    *argument = (int)number;
    return *end == '\0' && number >= choice->first && number <= choice->last;
}

bool weft_config_has_word(const weft_choice *choice, const char *word, int *argument) {
    char one[WEFT_CONFIG_WORD_BYTES];
    *argument = 0;
    if (choice->last > 0) return has_number(choice, word, argument);
    bool has = strcmp(choice->word, word) == 0;
    for (const char *list = choice->aliases; !has && weft_config_next_word(&list, one);)
        has = strcmp(one, word) == 0;
    return has;
}

const weft_choice *weft_config_choice_meant(const weft_config_reader *reader, const weft_config_key *key,
                                            const char *text) {
    const weft_choice *choice;
    int argument;
    for (int i = 0; (choice = weft_config_choice(reader->registries, key, i)) != NULL; i++)
        if (weft_config_has_word(choice, text, &argument) || weft_config_is_synonym(choice->synonyms, text)) break;
    return choice;
}

void weft_config_report_word(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node) {
    const char *words[64] = {0}, *nearest = NULL;
    char example[WEFT_CONFIG_WORD_BYTES + 12]; /* of words with a number, of which a registry has one */
    const weft_choice *choice;
    weft_text all = {0}, hint = {0};
    for (int i = 0; i < 63 && (choice = weft_config_choice(reader->registries, key, i)) != NULL; i++) {
        words[i] = choice->word;
        if (choice->last > 0) {
            (void)snprintf(example, sizeof example, "%.32s%d", choice->word, (choice->first + choice->last) / 2);
            words[i] = example;
        }
        weft_text_add(&all, i == 0 ? "%s" : ", %s", choice->word);
        if (choice->last > 0) weft_text_add(&all, "%d to %s%d", choice->first, choice->word, choice->last);
        if (weft_config_is_synonym(choice->synonyms, node->text)) nearest = words[i];
    }
    char *list = list_hint(key, node);
    if (nearest == NULL && list == NULL) nearest = weft_text_nearest(node->text, words);
    if (nearest != NULL) weft_text_add(&hint, "did you mean %s? ", nearest);
    if (list != NULL) weft_text_add(&hint, "%s; ", list);
    free(list);
    weft_text_add(&hint, "there are %s", all.data != NULL ? all.data : "");
    weft_yaml_report(&reader->report, node->place, node->origin, hint.data, "%s: there is no \"%.60s\"", key->name,
                     node->text);
    weft_text_dispose(&hint);
    weft_text_dispose(&all);
}

void weft_config_read_choice(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                             void *target) {
    const weft_choice *choice;
    int argument;
    if (!is_scalar(reader, key, node, "a word")) return;
    for (int i = 0; (choice = weft_config_choice(reader->registries, key, i)) != NULL; i++) {
        if (!weft_config_has_word(choice, node->text, &argument)) continue;
        *(int *)target = i;
        return;
    }
    weft_config_report_word(reader, key, node);
}

/* --- amounts with units --- */

typedef struct unit {
    const char *name;
    double factor;
} unit;

/* The number and the unit after it: "1.5 GiB". False: it is not of that form. *found NULL: a number without a unit. */
static bool parse_amount(const char *text, const unit *units, double *value, const unit **found) {
    char *end;
    *found = NULL;
    size_t digits = strspn(text, "0123456789.");
    *value = strtod(text, &end);
    if (digits == 0 || end != text + digits) return false;
    while (*end == ' ')
        end++;
    if (*end == '\0') return true;
    for (; units->name != NULL; units++) {
        if (strcasecmp(units->name, end) != 0) continue;
        *found = units;
        return isfinite(*value);
    }
    return false;
}

void weft_config_read_size(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                           void *target) {
    /* A letter alone is a power of 1024, as Docker, Slurm, systemd and ulimit read it; Kubernetes writes that Mi, Gi.
     */
    static const unit units[] = {{"B", 1},
                                 {"kB", 1e3},
                                 {"KiB", 1024},
                                 {"Ki", 1024},
                                 {"K", 1024},
                                 {"MB", 1e6},
                                 {"MiB", 1048576},
                                 {"Mi", 1048576},
                                 {"M", 1048576},
                                 {"GB", 1e9},
                                 {"GiB", 1073741824.0},
                                 {"Gi", 1073741824.0},
                                 {"G", 1073741824.0},
                                 {"TB", 1e12},
                                 {"TiB", 1099511627776.0},
                                 {"Ti", 1099511627776.0},
                                 {"T", 1099511627776.0},
                                 {"%", 0},
                                 {NULL, 0}};
    static const char expected[] = "an amount of memory", hint[] = "for example 512MiB, 2GB, 50% or auto";
    weft_size *out = target;
    const unit *found;
    double value;
    if (!is_scalar(reader, key, node, expected)) return;
    if (strcmp(node->text, "auto") == 0) {
        *out = (weft_size){.kind = WEFT_SIZE_AUTO};
        return;
    }
    if (!parse_amount(node->text, units, &value, &found)) {
        weft_config_expect(reader, key, node, expected, hint);
    } else if (found == NULL) {
        weft_yaml_report(&reader->report, node->place, node->origin, "for example 512MiB, 2GB or 50%; B for bytes",
                         "%s: \"%s\" has no unit", key->name, node->text);
    } else if (found->factor == 0) {
        if (value > 0 && value <= 100)
            *out = (weft_size){.kind = WEFT_SIZE_PERCENT, .percent = value};
        else
            weft_config_expect(reader, key, node, "a share over 0% and up to 100%", NULL);
    } else if (value * found->factor < 1 || value * found->factor > 9e18) {
        weft_config_expect(reader, key, node, expected, hint);
    } else {
        *out = (weft_size){.kind = WEFT_SIZE_BYTES, .bytes = (int64_t)(value * found->factor)};
    }
}

/* "1h": in the largest unit that divides it. */
static void describe_duration(double ms, char *out, size_t capacity) {
    static const unit units[] = {{"d", 8.64e7}, {"h", 3.6e6}, {"s", 1e3}, {"ms", 1}};
    size_t i = 0;
    while (i < 3 && (ms <= 0 || fmod(ms, units[i].factor) != 0))
        i++;
    (void)snprintf(out, capacity, "%.0f%s", ms / units[i].factor, units[i].name);
}

void weft_config_read_duration(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                               void *target) {
    static const unit units[] = {{"ms", 1},    {"s", 1e3},    {"min", 6e4}, {"m", 6e4},
                                 {"h", 3.6e6}, {"d", 8.64e7}, {NULL, 0}};
    static const char expected[] = "a time", hint[] = "for example 1s, 500ms or 2min";
    const unit *found;
    double value;
    if (!is_scalar(reader, key, node, expected)) return;
    if (!parse_amount(node->text, units, &value, &found))
        weft_config_expect(reader, key, node, expected, hint);
    else if (found == NULL)
        weft_yaml_report(&reader->report, node->place, node->origin, hint, "%s: \"%s\" has no unit", key->name,
                         node->text);
    else if (value * found->factor < key->low || value * found->factor > key->high) {
        char low[32], high[32], range[96];
        describe_duration(key->low, low, sizeof low);
        describe_duration(key->high, high, sizeof high);
        (void)snprintf(range, sizeof range, "a time from %s to %s", low, high);
        weft_config_expect(reader, key, node, range, NULL);
    } else
        *(int64_t *)target = (int64_t)(value * found->factor);
}
