/* weft catalog: an index of rasters, made by looking at each once, and asked without opening any.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/catalog/catalog_deps.h"
#include "cli/catalog/catalog_printer.h"
#include "cli/catalog/catalog_progress.h"
#include "cli/catalog/work_deps.h"
#include "cli/interruption.h"
#include "cli/record_printer.h"
#include "core/moment.h"
#include "core/text.h"
#include "monitors/usable_cpus.h"
#include "pipeline/catalog/catalog_scan.h"
#include "pipeline/catalog/index_import.h"
#include "pipeline/datasets/grid_place.h"
#include "raster/crs/crs.h"
#include "raster/gdal/gdal_setup.h"
#include "store/catalog/catalog_query.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In the order of the words of --format. */
typedef enum catalog_format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON, FORMAT_GEOJSON } catalog_format;

typedef struct catalog_arguments {
    const char *catalog, *pattern, *crs;
    char times[2][WEFT_MOMENT_TEXT_BYTES]; /* of the filter */
    int threads;                           /* 0: as many as CPUs */
    weft_progress_kind progress;
    catalog_format format;
    bool problems;
    weft_catalog_filter filter;
    const char *tags[WEFT_ARGUMENTS_MAX];
} catalog_arguments;

/* --- options --- */

/* `count` numbers with commas between them. */
static bool read_numbers(const char *text, int count, double *out) {
    for (int i = 0; i < count; i++) {
        char *end;
        out[i] = strtod(text, &end);
        if (end == text || !isfinite(out[i]) || *end != (i + 1 < count ? ',' : '\0')) return false;
        text = end + 1;
    }
    return true;
}

static bool take_bbox(const weft_option *option, void *target, const char *value, weft_error *err) {
    weft_catalog_filter *filter = &((catalog_arguments *)target)->filter;
    (void)option;
    filter->has_bbox = read_numbers(value, 4, filter->bbox) && filter->bbox[1] <= filter->bbox[3];
    if (filter->has_bbox) return true;
    weft_error_set(err, WEFT_ERR_USAGE, "--bbox %s: west,south,east,north is expected, south not above north", value);
    return false;
}

static bool take_resolution(const weft_option *option, void *target, const char *value, weft_error *err) {
    weft_catalog_filter *filter = &((catalog_arguments *)target)->filter;
    (void)option;
    filter->has_resolution = true;
    if (read_numbers(value, 2, filter->resolution) && filter->resolution[0] <= filter->resolution[1]) return true;
    if (read_numbers(value, 1, filter->resolution)) {
        filter->resolution[1] = filter->resolution[0];
        return true;
    }
    weft_error_set(err, WEFT_ERR_USAGE, "--resolution %s: a number is expected, or two, from,to, the smaller one first",
                   value);
    return false;
}

static bool take_cloud_cover(const weft_option *option, void *target, const char *value, weft_error *err) {
    weft_catalog_filter *filter = &((catalog_arguments *)target)->filter;
    (void)option;
    filter->has_cloud_cover = true;
    if (read_numbers(value, 1, &filter->cloud_cover)) return true;
    weft_error_set(err, WEFT_ERR_USAGE, "--cloud-cover %s: a number of percent is expected", value);
    return false;
}

static bool take_count(const weft_option *option, void *target, const char *value, weft_error *err) {
    char *end;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    if (errno == 0 && end != value && *end == '\0' && number > 0 && number <= 1000000000) {
        if (strcmp(option->name, "threads") == 0)
            ((catalog_arguments *)target)->threads = (int)(number < 256 ? number : 256);
        else
            ((catalog_arguments *)target)->filter.limit = number;
        return true;
    }
    weft_error_set(err, WEFT_ERR_USAGE, "--%s %s: a whole number from 1 on is expected", option->name, value);
    return false;
}

static bool take_tag(const weft_option *option, void *target, const char *value, weft_error *err) {
    catalog_arguments *taken = target;
    (void)option;
    if (taken->filter.tag_count == WEFT_ARGUMENTS_MAX) {
        weft_error_set(err, WEFT_ERR_USAGE, "--tag %s: there are %d already", value, WEFT_ARGUMENTS_MAX);
        return false;
    }
    taken->tags[taken->filter.tag_count++] = value;
    taken->filter.tags = taken->tags;
    return true;
}

/* Copies `length` bytes of a time as a filter compares it; NULL: there is none of it. False: it is no time. */
static bool take_end(const char *text, size_t length, char out[WEFT_MOMENT_TEXT_BYTES], const char **end,
                     weft_moment *first, weft_moment *last) {
    char own[WEFT_MOMENT_TEXT_BYTES];
    *end = length > 0 ? out : NULL;
    if (length == 0) return true;
    (void)snprintf(own, sizeof own, "%.*s", (int)(length < sizeof own ? length : sizeof own - 1), text);
    weft_moment_span_text(own, out);
    return length < sizeof own && weft_moment_read_span(own, first, last);
}

/* "A/B", "A/", "/B" or "A", which stands for both. */
static bool take_time(const weft_option *option, void *target, const char *value, weft_error *err) {
    catalog_arguments *taken = target;
    weft_catalog_filter *filter = &taken->filter;
    weft_moment from, to, unused;
    size_t length = strcspn(value, "/");
    const char *behind = value[length] == '/' ? value + length + 1 : value;
    (void)option;
    if (!take_end(value, length, taken->times[0], &filter->from, &from, &unused) ||
        !take_end(behind, strlen(behind), taken->times[1], &filter->to, &unused, &to)) {
        weft_error_set(err, WEFT_ERR_USAGE, "--time %s: no such time", value);
        weft_error_hint(err, "2020-01-01/2020-12-31, 2020-05/2020-09 or 2020; either end may be left out");
        return false;
    }
    if (filter->from == NULL || filter->to == NULL || weft_moment_compare(&from, &to) <= 0) return true;
    weft_error_set(err, WEFT_ERR_USAGE, "--time %s: the earlier one comes first", value);
    return false;
}

/* The box in longitude and latitude. */
static weft_status place_bbox(catalog_arguments *taken, weft_error *err) {
    weft_crs *crs = NULL;
    double *bbox = taken->filter.bbox;
    bool known = true;
    if (taken->crs == NULL) return WEFT_OK;
    if (!taken->filter.has_bbox) {
        weft_error_set(err, WEFT_ERR_USAGE, "--crs %s: it is the CRS of --bbox, and there is none", taken->crs);
        weft_error_hint(err, "--where \"crs = 'EPSG:32633'\" lists the rasters of a CRS");
        return WEFT_ERR_USAGE;
    }
    weft_status status = weft_raster_init(err);
    if (status == WEFT_OK) status = weft_crs_parse(&crs, taken->crs, err);
    if (status == WEFT_OK) {
        double turn = bbox[0] > bbox[2] ? weft_crs_turn(crs) : 0; /* west over east is across the antimeridian */
        weft_bounds bounds = {bbox[0], bbox[1], bbox[2] + turn, bbox[3]};
        status = weft_grid_place_box(bbox, &known, crs, bounds, err);
    }
    if (status == WEFT_OK && !known)
        status = weft_error_set(err, WEFT_ERR_DATA, "--bbox: no place of it has a longitude and a latitude");
    weft_crs_free(crs);
    return status;
}

/* --- rows --- */

/* Gives what `ask` gives in the format that was asked for. */
typedef weft_status (*ask_fn)(weft_catalog *catalog, const catalog_arguments *taken, const char *file,
                              weft_catalog_columns columns, weft_metrics_row_fn fn, void *payload, weft_error *err);

static weft_status print_rows(weft_catalog *catalog, const catalog_arguments *taken, const char *file, ask_fn ask,
                              weft_error *err) {
    if (taken->format == FORMAT_TABLE) {
        weft_records records = {0};
        weft_error memory = {0};
        weft_status status = ask(catalog, taken, file, WEFT_CATALOG_SHORT, weft_records_add, &records, err);
        bool printed = !records.failed && (records.rows == 0 || weft_records_print(&records, WEFT_RECORDS_TABLE));
        if (!printed) weft_error_no_memory(&memory, "the rows; --format csv needs none");
        if (!printed) *err = memory;
        weft_records_dispose(&records);
        return printed ? status : WEFT_ERR_MEMORY;
    }
    weft_catalog_printer printer = {.output = (weft_catalog_output)(taken->format - FORMAT_CSV)};
    weft_catalog_columns columns = taken->format == FORMAT_CSV ? WEFT_CATALOG_PLAIN : WEFT_CATALOG_ALL;
    weft_status status = ask(catalog, taken, file, columns, weft_catalog_printer_row, &printer, err);
    if (status == WEFT_OK || printer.rows > 0) weft_catalog_printer_end(&printer);
    return status;
}

static weft_status ask_list(weft_catalog *catalog, const catalog_arguments *taken, const char *file,
                            weft_catalog_columns columns, weft_metrics_row_fn fn, void *payload, weft_error *err) {
    (void)file;
    if (taken->problems) return weft_catalog_problems(catalog, fn, payload, err);
    return weft_catalog_list(catalog, &taken->filter, columns, fn, payload, err);
}

static weft_status ask_stats(weft_catalog *catalog, const catalog_arguments *taken, const char *file,
                             weft_catalog_columns columns, weft_metrics_row_fn fn, void *payload, weft_error *err) {
    (void)taken, (void)file, (void)columns;
    return weft_catalog_stats(catalog, fn, payload, err);
}

static weft_status not_there(weft_catalog *catalog, const char *file, weft_error *err) {
    weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: not in %s", file, weft_catalog_path(catalog));
    weft_error_hint(err, "weft catalog list --problems shows what cannot be used");
    return WEFT_ERR_NO_INPUT;
}

static weft_status ask_show(weft_catalog *catalog, const catalog_arguments *taken, const char *file,
                            weft_catalog_columns columns, weft_metrics_row_fn fn, void *payload, weft_error *err) {
    bool found;
    (void)taken, (void)columns;
    weft_status status = weft_catalog_show(catalog, file, WEFT_CATALOG_ALL, fn, payload, &found, err);
    return status == WEFT_OK && !found ? not_there(catalog, file, err) : status;
}

static weft_status ask_deps(weft_catalog *catalog, const catalog_arguments *taken, const char *file,
                            weft_catalog_columns columns, weft_metrics_row_fn fn, void *payload, weft_error *err) {
    bool known = false;
    (void)taken, (void)columns;
    weft_status status = weft_catalog_deps(catalog, file, fn, payload, &known, err);
    return status == WEFT_OK && !known ? not_there(catalog, file, err) : status;
}

/* A line a field, for people. */
static bool print_fields(void *payload, int columns, const char *const *names, const char *const *values,
                         const bool *numeric) {
    (void)payload, (void)numeric;
    for (int i = 0; values != NULL && i < columns; i++)
        if (values[i] != NULL) weft_print_plain_line(stdout, "%-12s  %s\n", names[i], values[i]);
    return true;
}

/* --- the words --- */

/* What a configuration depends on is known without a catalog too. */
static bool needs_a_catalog(const catalog_arguments *taken, const char *file, ask_fn ask) {
    return ask != ask_deps || !weft_work_deps_is_one(file) || access(taken->catalog, F_OK) == 0;
}

static weft_status with_catalog(const catalog_arguments *taken, const char *file, ask_fn ask, weft_error *err) {
    weft_catalog *catalog = NULL;
    char *path = file != NULL ? realpath(file, NULL) : NULL;
    if (path != NULL) file = path;
    weft_status status = WEFT_OK;
    if (needs_a_catalog(taken, file, ask))
        status = weft_catalog_open(&catalog, taken->catalog, WEFT_CATALOG_READ, NULL, err);
    if (status == WEFT_OK && ask == ask_show && taken->format == FORMAT_TABLE)
        status = ask_show(catalog, taken, file, WEFT_CATALOG_ALL, print_fields, NULL, err);
    else if (status == WEFT_OK)
        status = print_rows(catalog, taken, file, ask, err);
    weft_catalog_close(catalog);
    free(path);
    return status;
}

static void word_counts(const weft_catalog_counts *counts) {
    printf("%lld files in %lld folders: %lld opened, %lld new, %lld changed, %lld moved, %lld gone, %lld broken\n",
           (long long)counts->files, (long long)counts->folders, (long long)counts->opened, (long long)counts->added,
           (long long)counts->changed, (long long)counts->moved, (long long)counts->gone, (long long)counts->broken);
    if (counts->troubles > 0)
        printf("%lld folders were not followed: weft catalog list --problems says why\n", (long long)counts->troubles);
}

static weft_status scan(const catalog_arguments *taken, const char *const *folders, int count, weft_error *err) {
    weft_catalog_progress progress;
    weft_catalog_counts counts;
    weft_catalog_scan options = {.catalog = taken->catalog,
                                 .folders = folders,
                                 .folder_count = count,
                                 .pattern = taken->pattern,
                                 .threads = taken->threads > 0 ? taken->threads : weft_usable_cpus(""),
                                 .cancel = weft_interruption_catch(),
                                 .progressed = weft_catalog_progress_show,
                                 .payload = &progress};
    weft_catalog_progress_start(&progress, taken->progress);
    weft_status status = weft_catalog_scan_run(&options, &counts, err);
    weft_catalog_progress_finish(&progress);
    if (status == WEFT_OK) word_counts(&counts);
    if (status == WEFT_ERR_CANCELLED) weft_error_hint(err, "the same command continues from there");
    return status;
}

/* Files of STAC's JSON, and tile indexes. */
static weft_status import(const catalog_arguments *taken, const char *const *files, int count, weft_error *err) {
    const weft_cancel *cancel = weft_interruption_catch();
    weft_stac_counts counts;
    weft_status status = WEFT_OK;
    for (int i = 0; i < count && status == WEFT_OK; i++) {
        status = weft_index_import_is_json(files[i])
                     ? weft_stac_import(taken->catalog, files[i], cancel, &counts, err)
                     : weft_index_import(taken->catalog, files[i], cancel, &counts, err);
        if (status == WEFT_OK)
            printf("%s: %lld items, %lld rasters, %lld left out\n", files[i], (long long)counts.items,
                   (long long)counts.rasters, (long long)counts.left_out);
    }
    return status;
}

static weft_status prune(const catalog_arguments *taken, weft_error *err) {
    weft_catalog *catalog = NULL;
    int64_t dropped = 0;
    weft_status status = weft_catalog_open(&catalog, taken->catalog, WEFT_CATALOG_WRITE, NULL, err);
    if (status == WEFT_OK) status = weft_catalog_prune(catalog, &dropped, err);
    if (status == WEFT_OK) printf("%lld rasters are gone\n", (long long)dropped);
    weft_catalog_close(catalog);
    return status;
}

/* What may stand after "weft catalog", and which options it takes. */
static const struct {
    const char *word;
    int min, max; /* arguments */
    const char *argument;
    const char *options; /* blanks around each */
    bool footprints;     /* whether its rows have them */
} words[] = {
    {"scan", 0, 1000000, "DIR..", " catalog pattern threads progress ", false},
    {"import", 1, 1000000, "FILE..", " catalog ", false},
    {"list", 0, 0, "no argument",
     " catalog bbox crs name time resolution band tag cloud-cover where order limit problems format ", true},
    {"show", 1, 1, "one FILE", " catalog format ", true},
    {"deps", 1, 1, "one FILE", " catalog format ", false},
    {"prune", 0, 0, "no argument", " catalog ", false},
    {"stats", 0, 0, "no argument", " catalog format ", false},
};
#define WORDS ((int)(sizeof words / sizeof *words))

static int find_word(const char *word, weft_error *err) {
    const char *names[WORDS + 1] = {0};
    for (int i = 0; i < WORDS; i++) {
        if (strcmp(words[i].word, word) == 0) return i;
        names[i] = words[i].word;
    }
    const char *nearest = weft_text_nearest(word, names);
    weft_error_set(err, WEFT_ERR_USAGE, "weft catalog does not know \"%s\"", word);
    weft_error_hint(err, "%s%s%sthere are scan, import, list, show, deps, prune and stats",
                    nearest != NULL ? "did you mean " : "", nearest != NULL ? nearest : "",
                    nearest != NULL ? "? " : "");
    return -1;
}

/* Whether the options that were given are the word's. */
static bool fits(int word, const catalog_arguments *taken, const weft_arguments *arguments, weft_error *err) {
    char what[64];
    (void)snprintf(what, sizeof what, "weft catalog %s", words[word].word);
    if (!weft_arguments_allow(arguments, what, words[word].options, err)) return false;
    if (taken->problems &&
        !weft_arguments_allow(arguments, "weft catalog list --problems", " catalog problems format ", err))
        return false;
    if (taken->format != FORMAT_GEOJSON || (words[word].footprints && !taken->problems)) return true;
    weft_error_set(err, WEFT_ERR_USAGE, "--format geojson: %s%s prints no footprints", what,
                   taken->problems ? " --problems" : "");
    weft_error_hint(err, "--format json has the same rows");
    return false;
}

static weft_status run_word(int word, catalog_arguments *taken, const weft_arguments *arguments, weft_error *err) {
    const char *const *rest = arguments->files + 1;
    int count = arguments->file_count - 1;
    if (count < words[word].min || count > words[word].max)
        return weft_error_set(err, WEFT_ERR_USAGE, "weft catalog %s takes %s", words[word].word, words[word].argument);
    switch (word) {
    case 0:
        return scan(taken, rest, count, err);
    case 1:
        return import(taken, rest, count, err);
    case 2: {
        weft_status status = place_bbox(taken, err);
        return status == WEFT_OK ? with_catalog(taken, NULL, ask_list, err) : status;
    }
    case 3:
        return with_catalog(taken, rest[0], ask_show, err);
    case 4:
        return with_catalog(taken, rest[0], ask_deps, err);
    case 5:
        return prune(taken, err);
    default:
        return with_catalog(taken, NULL, ask_stats, err);
    }
}

extern const weft_command weft_catalog_command;

static int run_catalog(int argc, char **argv) {
    catalog_arguments taken = {.catalog = "catalog.gti.gpkg"};
    weft_arguments arguments;
    weft_error err = {0};
    int exit_code = 0;
    if (!weft_arguments_read(&arguments, &weft_catalog_command, &taken, argc, argv)) {
        exit_code = arguments.exit_code;
    } else {
        int word = find_word(arguments.files[0], &err);
        bool good = word >= 0 && fits(word, &taken, &arguments, &err);
        if (!good || run_word(word, &taken, &arguments, &err) != WEFT_OK) exit_code = weft_fail(&err);
    }
    return exit_code;
}

static const weft_word explained[] = {
    {"scan", "looks through folders, and those under them; new and changed files are opened, header only"},
    {"import", "takes the assets of STAC items, of files of JSON, or the rasters of tile indexes (gdaltindex, GTI), "
               "without opening any"},
    {"list", "prints the rasters that pass the filters"},
    {"show", "prints all that is known of one file"},
    {"deps", "prints what a raster, a configuration or a batch needs, and what that needs; a cycle is an error"},
    {"prune", "forgets what is not there any more"},
    {"stats", "counts rasters by CRS, driver, type, year and problem"},
    {NULL, NULL}};

static const weft_option options[] = {
    {"catalog", "FILE", "the catalog; default: catalog.gti.gpkg", false, offsetof(catalog_arguments, catalog),
     weft_take_text},
    {"pattern", "TEXT",
     "how file names are to be read, as in {tile}_{date:%Y%m%d}_{band}.tif\nFields become properties, {date} the time "
     "of "
     "acquisition",
     false, offsetof(catalog_arguments, pattern), weft_take_text},
    {"threads", "N", "files that are opened at once; default: as many as CPUs", false, 0, take_count},
    {"progress", "auto|plain|json|none", "how progress is shown; auto: a bar on a terminal, plain lines otherwise",
     false, offsetof(catalog_arguments, progress), weft_take_word},
    {"bbox", "W,S,E,N", "rasters that overlap this box, in longitude and latitude\nWest over east: across 180 degrees",
     false, 0, take_bbox},
    {"crs", "CRS", "the box is in this one", false, offsetof(catalog_arguments, crs), weft_take_text},
    {"name", "GLOB", "rasters of this name; with a slash, of this path", false,
     offsetof(catalog_arguments, filter.name), weft_take_text},
    {"time", "FROM/TO", "rasters acquired from FROM to TO: 2020-01-01/2020-12-31; either may be left out", false, 0,
     take_time},
    {"resolution", "FROM,TO", "rasters with pixels of this size, in CRS units", false, 0, take_resolution},
    {"band", "NAME", "rasters with a band of this name, or with band=NAME captured from the file name", false,
     offsetof(catalog_arguments, filter.band), weft_take_text},
    {"tag", "KEY=VALUE", "rasters with this property; KEY alone: with any value", true, 0, take_tag},
    {"cloud-cover", "PERCENT", "rasters with at most this cloud cover", false, 0, take_cloud_cover},
    {"where", "CONDITION", "a condition over fields and properties, as in \"cols > 1000 and tile like 'T33%'\"", false,
     offsetof(catalog_arguments, filter.where), weft_take_text},
    {"order", "FIELD", "newest, oldest, a field or a property; - before it: from high to low; default: location", false,
     offsetof(catalog_arguments, filter.order), weft_take_text},
    {"limit", "N", "only the first N", false, 0, take_count},
    {"problems", NULL, "list instead the files that cannot be used, and why", false,
     offsetof(catalog_arguments, problems), weft_take_flag},
    {"format", "table|csv|json|geojson", "how rows are printed: for people, or for programs", false,
     offsetof(catalog_arguments, format), weft_take_word},
    {0}};

const weft_command weft_catalog_command = {
    .name = "catalog",
    .summary = "index rasters once, then find them without opening any",
    .argument = "scan|import|list|show|deps|prune|stats [DIR|FILE]..",
    .takes = "needs a word: scan, import, list, show, deps, prune or stats",
    .example = "weft catalog scan /data --pattern '{tile}_{date:%Y%m%d}_{band}.tif'",
    .description =
        "Keeps an index of rasters: a GeoPackage with one feature a raster, its footprint in longitude and latitude, "
        "which QGIS shows and GDAL, from 3.9 on, opens as a mosaic. A scan may be interrupted, or killed: the same "
        "command goes on. Without a DIR it looks through the folders that were named before. What it does is:",
    .words = explained,
    .options = options,
    .run = run_catalog};
