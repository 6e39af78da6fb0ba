/* SPDX-License-Identifier: MIT */
#include "pipeline/datasets/dataset_groups.h"

#include "config/config_name.h"
#include "core/files/path_fields.h"
#include "core/grown_array.h"
#include "pipeline/datasets/catalog_choice.h"
#include "pipeline/datasets/input_files.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file that the path captures, or that a catalog has. */
typedef struct captured {
    char *path, *name, *variable;
    int rank; /* in the catalog's order; 0 of all that a path captures */
    weft_expected_raster expected;
    bool has_date;
    weft_moment date; /* as the name tells it */
} captured;

/* The files of one dataset of the configuration. */
typedef struct capture {
    const weft_config_dataset *config;
    char *template;
    captured *files;
    int count, capacity;
    int outside, undated;    /* of the dates that count; of another form than the date's */
    int incomplete;          /* of a catalog: without a property that the template names */
    char *one_undated;       /* its path */
    weft_moment first, last; /* of the files that count, or else of those outside */
    bool dated;
} capture;

/* --- order --- */

/* Text by its bytes, numbers in it by their values. */
static int by_nature(const char *a, const char *b) {
    for (; *a != '\0' && *b != '\0';) {
        if (!isdigit((unsigned char)*a) || !isdigit((unsigned char)*b)) {
            if (*a != *b) return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
            a++;
            b++;
            continue;
        }
        a += strspn(a, "0");
        b += strspn(b, "0");
        size_t digits_a = strspn(a, "0123456789"), digits_b = strspn(b, "0123456789");
        if (digits_a != digits_b) return digits_a < digits_b ? -1 : 1;
        int order = strncmp(a, b, digits_a);
        if (order != 0) return order;
        a += digits_a;
        b += digits_b;
    }
    return *a == *b ? 0 : *a == '\0' ? -1 : 1;
}

static int compare(const void *a, const void *b) {
    const captured *one = a, *other = b;
    int order = by_nature(one->name, other->name);
    if (order == 0) order = strcmp(one->name, other->name);
    if (order == 0) order = (one->rank > other->rank) - (one->rank < other->rank);
    if (order == 0) order = by_nature(one->path, other->path);
    return order != 0 ? order : strcmp(one->path, other->path);
}

/* --- files --- */

/* NAME_{field}_{field}, where the configuration has no template. */
static char *usual_template(const weft_config_dataset *config) {
    weft_path_fields fields;
    weft_text out = {0};
    if (config->column_template != NULL) return weft_text_format("%s", config->column_template);
    if (config->catalog.file != NULL) return weft_text_format("%s", config->name);
    weft_path_fields_list(config->paths[0], &fields);
    weft_text_add(&out, "%s", config->name);
    for (int i = 0; i < fields.count; i++)
        weft_text_add(&out, "_{%s}", fields.items[i].name);
    if (!out.failed) return out.data;
    weft_text_dispose(&out);
    return NULL;
}

static void widen(capture *self, const weft_moment *date) {
    if (!self->dated || weft_moment_compare(date, &self->first) < 0) self->first = *date;
    if (!self->dated || weft_moment_compare(date, &self->last) > 0) self->last = *date;
    self->dated = true;
}

/* Of files whose names have no date the bands' own dates decide, once they are open. */
static bool counts(const weft_config_dataset *config, const weft_path_fields *fields) {
    return !config->has_dates || !fields->has_date ||
           (weft_moment_compare(&fields->date, &config->dates[0]) >= 0 &&
            weft_moment_compare(&fields->date, &config->dates[1]) <= 0);
}

/* The date as far as the name tells it: a name of a month has its first day. */
static void find_date(captured *file, const char *template, const weft_path_fields *fields) {
    char text[WEFT_PATH_FIELD_BYTES];
    size_t length, used;
    const char *format = weft_path_date_format(template, fields, &length);
    if (!fields->has_date || format == NULL || !weft_moment_has(format, length, 'Y')) return;
    (void)weft_moment_write(format, length, &fields->date, text, sizeof text);
    file->has_date = weft_moment_read(format, length, text, &used, &file->date);
}

/* Takes `path` over; NULL: there was no memory for it. */
static weft_status add_file(capture *self, char *path, const weft_path_fields *fields, weft_error *err) {
    captured *files = weft_grown_array(self->files, self->count, &self->capacity, sizeof *files);
    if (path == NULL || files == NULL) {
        free(path);
        return weft_error_no_memory(err, "the names of files");
    }
    self->files = files;
    captured *file = &self->files[self->count++];
    *file = (captured){.path = path,
                       .name = weft_path_fields_fill(self->template, fields, WEFT_PATH_FILL_NAME),
                       .variable = weft_path_fields_fill(self->template, fields, WEFT_PATH_FILL_WITHOUT_DATE)};
    if (file->name == NULL || file->variable == NULL) return weft_error_no_memory(err, "the names of files");
    find_date(file, self->template, fields);
    if (fields->has_date) widen(self, &fields->date);
    if (weft_config_is_name(file->name)) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s gives the column \"%s\"", path, file->name);
    weft_error_hint(err, "a column's name is " WEFT_NAME_RULE);
    return WEFT_ERR_DATA;
}

static weft_status capture_files(capture *self, weft_input_files *found, weft_error *err) {
    capture outside = {0};
    weft_status status = WEFT_OK;
    for (int i = 0; i < found->count && status == WEFT_OK; i++) {
        weft_path_fields fields;
        bool undated;
        if (!weft_path_fields_match(self->config->paths[0], found->paths[i], &fields, &undated)) {
            self->undated += undated;
            if (undated && self->one_undated == NULL) self->one_undated = found->paths[i];
            continue;
        }
        if (!counts(self->config, &fields)) {
            self->outside++;
            widen(&outside, &fields.date);
            continue;
        }
        char *path = found->paths[i];
        found->paths[i] = NULL;
        status = add_file(self, path, &fields, err);
    }
    if (self->count > 0 || status != WEFT_OK) return status;
    self->first = outside.first;
    self->last = outside.last;
    return WEFT_OK;
}

static weft_status take_choice(void *payload, const weft_catalog_choice *choice, weft_error *err) {
    capture *self = payload;
    if (!choice->complete) {
        self->incomplete++;
        return WEFT_OK;
    }
    if (self->config->has_dates && (!choice->fields->has_date || !counts(self->config, choice->fields))) {
        self->outside++;
        return WEFT_OK;
    }
    weft_status status = add_file(self, strdup(choice->path), choice->fields, err);
    if (status != WEFT_OK) return status;
    self->files[self->count - 1].rank = self->count;
    self->files[self->count - 1].expected = *choice->expected;
    return WEFT_OK;
}

/* --- what is said --- */

static weft_status nothing_chosen(const capture *self, weft_error *err) {
    const char *file = self->config->catalog.file;
    if (self->incomplete > 0)
        weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: none of %d rasters has all that columns: \"%s\" asks for", file,
                       self->incomplete, self->template);
    else if (self->outside > 0)
        weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: none of %d rasters lies within dates", file, self->outside);
    else
        weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: no raster that passes the filters touches the grid", file);
    weft_error_hint(err, "weft catalog list --catalog %s --bbox W,S,E,N shows what there is", file);
    return WEFT_ERR_NO_INPUT;
}

static weft_status nothing_left(const capture *self, weft_error *err) {
    char first[WEFT_MOMENT_TEXT_BYTES], last[WEFT_MOMENT_TEXT_BYTES];
    weft_moment_text(&self->first, first);
    weft_moment_text(&self->last, last);
    if (self->outside > 0) {
        weft_error_set(err, WEFT_ERR_NO_INPUT, "dates: no file lies within them; there are %d, of %s to %s",
                       self->outside, first, last);
        weft_error_hint(err, "dates: [%s, %s] takes all", first, last);
    } else if (self->undated > 0) {
        weft_error_set(err, WEFT_ERR_NO_INPUT, "no file's name has a date of the form that path says, as %s has not",
                       self->one_undated);
        weft_error_hint(err, "{date:%%Y%%m%%d} is 20250501, {date:%%Y-%%m-%%d} 2025-05-01, {date:%%Y%%j} 2025121");
    } else {
        weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: no file matches this pattern", self->config->paths[0]);
        weft_error_hint(err,
                        "{field} stands for one character or more, not for a /, and for the same ones wherever it is");
    }
    return WEFT_ERR_NO_INPUT;
}

static weft_status tell(weft_plan *plan, const capture *self, int columns, weft_error *err) {
    char first[WEFT_MOMENT_TEXT_BYTES], last[WEFT_MOMENT_TEXT_BYTES];
    weft_text line = {0};
    weft_text_add(&line, "dataset %s: %d %s, %d %s", self->config->name, self->count,
                  self->count == 1 ? "file" : "files", columns, columns == 1 ? "name" : "names");
    if (self->dated) {
        weft_moment_text(&self->first, first);
        weft_moment_text(&self->last, last);
        weft_text_add(&line, ", %s to %s", first, last);
    }
    if (self->config->catalog.file != NULL) weft_text_add(&line, ", of %s", self->config->catalog.file);
    if (self->outside > 0) weft_text_add(&line, "; %d of other dates are left out", self->outside);
    if (self->incomplete > 0)
        weft_text_add(&line, "; %d without what columns: \"%s\" asks for are left out", self->incomplete,
                      self->template);
    weft_status status =
        line.failed ? weft_error_no_memory(err, "the names of files") : weft_plan_match(plan, err, "%s", line.data);
    weft_text_dispose(&line);
    if (status != WEFT_OK || self->undated == 0) return status;
    return weft_plan_warn(
        plan, err, "dataset %s: %d %s left out, whose names have no date of the form that path says: %s",
        self->config->name, self->undated, self->undated == 1 ? "file is" : "files are", self->one_undated);
}

/* --- datasets --- */

static weft_plan_dataset *new_dataset(weft_plan *plan, weft_error *err) {
    weft_plan_dataset *more = realloc(plan->datasets, (size_t)(plan->dataset_count + 1) * sizeof *more);
    if (more == NULL) {
        weft_error_no_memory(err, "the names of files");
        return NULL;
    }
    plan->datasets = more;
    more[plan->dataset_count] = (weft_plan_dataset){0};
    return &more[plan->dataset_count++];
}

/* A dataset of `count` files of one name, which are taken over. Few handles are open at a time, as of all mosaics. */
static weft_status add_group(weft_plan *plan, const weft_config_dataset *config, captured *files, int count,
                             weft_error *err) {
    weft_plan_dataset *dataset = new_dataset(plan, err);
    if (dataset == NULL) return WEFT_ERR_MEMORY;
    dataset->config = dataset->origin = config;
    dataset->own = malloc(sizeof *dataset->own);
    if (dataset->own == NULL) return weft_error_no_memory(err, "the names of files");
    *dataset->own = *config;
    dataset->config = dataset->own;
    dataset->own->path_count = 0;
    dataset->own->is_mosaic = true;
    dataset->own->name = files[0].name;
    dataset->variable = files[0].variable[0] != '\0' ? files[0].variable : weft_text_format("%s", config->name);
    if (dataset->variable != files[0].variable) free(files[0].variable);
    files[0].name = files[0].variable = NULL;
    dataset->has_date = files[0].has_date;
    dataset->date = files[0].date;
    if (dataset->own->column_names == WEFT_COLUMNS_TEMPLATE) dataset->own->column_names = WEFT_COLUMNS_NUMBER;
    dataset->own->paths = calloc((size_t)count, sizeof *dataset->own->paths);
    if (config->catalog.file != NULL) {
        dataset->expected = calloc((size_t)count, sizeof *dataset->expected);
        if (dataset->expected == NULL) return weft_error_no_memory(err, "the names of files");
        for (int i = 0; i < count; i++)
            dataset->expected[i] = files[i].expected;
    }
    if (dataset->own->paths == NULL || dataset->variable == NULL)
        return weft_error_no_memory(err, "the names of files");
    for (int i = 0; i < count; i++) {
        dataset->own->paths[dataset->own->path_count++] = files[i].path;
        files[i].path = NULL;
    }
    return WEFT_OK;
}

static weft_status add_groups(weft_plan *plan, capture *self, weft_error *err) {
    weft_status status = WEFT_OK;
    int columns = 0;
    if (self->count == 0)
        return self->config->catalog.file != NULL ? nothing_chosen(self, err) : nothing_left(self, err);
    qsort(self->files, (size_t)self->count, sizeof *self->files, compare);
    for (int i = 0; i < self->count && status == WEFT_OK; columns++) {
        int end = i + 1;
        while (end < self->count && strcmp(self->files[end].name, self->files[i].name) == 0)
            end++;
        status = add_group(plan, self->config, &self->files[i], end - i, err);
        i = end;
    }
    return status == WEFT_OK ? tell(plan, self, columns, err) : status;
}

static weft_status add_captured(weft_plan *plan, const weft_config_dataset *config, weft_error *err) {
    capture self = {.config = config, .template = usual_template(config)};
    weft_input_files found = {0};
    weft_status status = self.template == NULL ? weft_error_no_memory(err, "the names of files") : WEFT_OK;
    if (status == WEFT_OK && config->catalog.file != NULL) {
        status =
            weft_catalog_choose(plan->config, config, self.template, take_choice, &self, plan->retries.cancel, err);
    } else if (status == WEFT_OK) {
        status = weft_input_files_find(&found, config, plan->config->folder, err);
        if (status == WEFT_OK) status = capture_files(&self, &found, err);
    }
    if (status == WEFT_OK) status = add_groups(plan, &self, err);
    if (status != WEFT_OK && status != WEFT_ERR_MEMORY) weft_plan_place_error(plan, config, config->path_place, err);
    for (int i = 0; i < self.count; i++) {
        free(self.files[i].path);
        free(self.files[i].name);
        free(self.files[i].variable);
    }
    free(self.files);
    free(self.template);
    weft_input_files_dispose(&found);
    return status;
}

/* Whether it comes from a catalog, or its path is no file's name as it stands. */
static bool captures(const weft_config_dataset *config) {
    if (config->catalog.file != NULL) return true;
    const char *path = config->paths[0];
    return weft_config_is_pattern(path) && weft_path_has_fields(path) && access(path, F_OK) != 0;
}

weft_status weft_plan_datasets_find(weft_plan *plan, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->config->dataset_count && status == WEFT_OK; i++) {
        const weft_config_dataset *config = &plan->config->datasets[i];
        status = weft_cancel_check(plan->retries.cancel, err);
        if (status == WEFT_OK && captures(config)) {
            status = add_captured(plan, config, err);
        } else if (status == WEFT_OK) {
            weft_plan_dataset *dataset = new_dataset(plan, err);
            if (dataset == NULL) return WEFT_ERR_MEMORY;
            dataset->config = dataset->origin = config;
        }
    }
    return status;
}
