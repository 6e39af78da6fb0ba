/* SPDX-License-Identifier: MIT
 *
 * Files are sorted into groups one by one, as they are opened, so that no more than one is open. */
#include "raster/mosaic/mosaic.h"

#include "raster/mosaic/file_places.h"
#include "raster/mosaic/mosaic_group.h"
#include "raster/source/masked_source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How a CRS is written, and the first file's CRS that says the same. */
typedef struct known_crs {
    char *wkt;
    const weft_crs *crs;
} known_crs;

/* A file of a catalog that is open, like which others of its layout are. */
typedef struct known_layout {
    int64_t layout;
    const weft_source *source;
} known_layout;

#define LAYOUTS       256 /* more have their files opened at once */
#define KEPT_WARNINGS 8   /* thousands of files may each be warned of in words of their own */

struct weft_mosaic {
    weft_mosaic_group *groups;
    weft_mosaic_lattice *lattices; /* of the groups, side by side: each file is compared with all of them */
    int group_count, group_capacity;
    weft_file_places *places;
    known_crs *known;
    int known_count;
    weft_source **files; /* in list order; the groups' */
    int file_count;
    known_layout layouts[LAYOUTS];
    int layout_count;
    weft_mosaic_warning warnings[KEPT_WARNINGS];
    int warning_count, otherwise_warned;
};

static weft_status remember_crs(weft_mosaic *mosaic, const char *wkt, const weft_crs *crs, weft_error *err) {
    known_crs *known = realloc(mosaic->known, (size_t)(mosaic->known_count + 1) * sizeof *known);
    if (known == NULL) return weft_error_no_memory(err, "a mosaic");
    mosaic->known = known;
    known[mosaic->known_count] = (known_crs){strdup(wkt), crs};
    return known[mosaic->known_count++].wkt == NULL ? weft_error_no_memory(err, "a mosaic") : WEFT_OK;
}

/* Equal CRSs become one object. Their texts are compared first: GDAL's comparison is slow, so it is made once a text.
 */
static weft_status share_known_crs(weft_mosaic *mosaic, weft_source *source, bool *known, weft_error *err) {
    const weft_crs *crs = weft_source_describe(source)->crs, *same = NULL;
    *known = true;
    for (int i = 0; i < mosaic->known_count; i++) {
        if (strcmp(mosaic->known[i].wkt, weft_crs_wkt(crs)) != 0) continue;
        weft_source_share_crs(source, mosaic->known[i].crs);
        return WEFT_OK;
    }
    for (int i = 0; i < mosaic->known_count && same == NULL; i++)
        if (weft_crs_equal(mosaic->known[i].crs, crs)) same = mosaic->known[i].crs;
    *known = same != NULL;
    if (same == NULL) return WEFT_OK;
    weft_status status = remember_crs(mosaic, weft_crs_wkt(crs), same, err);
    weft_source_share_crs(source, same);
    return status;
}

static weft_status check_bands(const weft_mosaic *mosaic, const weft_source *source, weft_error *err) {
    const weft_source_info *first = weft_source_describe(mosaic->files[0]), *info = weft_source_describe(source);
    for (int i = 0; i < info->band_count && i < first->band_count; i++) {
        const weft_band_info *one = &info->bands[i], *other = &first->bands[i];
        if (one->has_date == other->has_date && weft_moment_compare(&one->date, &other->date) == 0) continue;
        weft_error_set(err, WEFT_ERR_DATA, "band %d of %s is of another date than that of %s", i + 1, info->path,
                       first->path);
        weft_error_hint(err, "files of one mosaic have the same dates; others are datasets of their own");
        return WEFT_ERR_DATA;
    }
    if (info->band_count == first->band_count) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s has %d bands, but %s has %d", info->path, info->band_count, first->path,
                   first->band_count);
    weft_error_hint(err, "files of one mosaic have the same bands; others are datasets of their own");
    return WEFT_ERR_DATA;
}

/* Room for one group more. */
static weft_status grow_groups(weft_mosaic *mosaic, weft_error *err) {
    if (mosaic->group_count < mosaic->group_capacity) return WEFT_OK;
    int capacity = mosaic->group_capacity == 0 ? 1 : mosaic->group_capacity + mosaic->group_capacity / 2 + 1;
    weft_mosaic_group *groups = realloc(mosaic->groups, (size_t)capacity * sizeof *groups);
    if (groups == NULL) return weft_error_no_memory(err, "a mosaic");
    mosaic->groups = groups;
    weft_mosaic_lattice *lattices = realloc(mosaic->lattices, (size_t)capacity * sizeof *lattices);
    if (lattices == NULL) return weft_error_no_memory(err, "a mosaic");
    mosaic->lattices = lattices;
    mosaic->group_capacity = capacity;
    return WEFT_OK;
}

static weft_status begin_group(weft_mosaic *mosaic, weft_source *source, bool known, weft_mosaic_options options,
                               weft_error *err) {
    const weft_source_info *info = weft_source_describe(source);
    weft_status status = grow_groups(mosaic, err);
    if (status == WEFT_OK && !known) status = remember_crs(mosaic, weft_crs_wkt(info->crs), info->crs, err);
    if (status != WEFT_OK) return status;
    weft_mosaic_lattice *lattice = &mosaic->lattices[mosaic->group_count];
    weft_mosaic_group *group = &mosaic->groups[mosaic->group_count++];
    lattice->crs = info->crs;
    memcpy(lattice->geotransform, info->geotransform, sizeof lattice->geotransform);
    *group = (weft_mosaic_group){.options = options, .info = {.crs = info->crs}};
    return weft_mosaic_group_add(group, source, mosaic->file_count, (weft_window){0, 0, info->cols, info->rows}, err);
}

/* The last group that the source fits into, and where; -1: none. */
static int find_group(const weft_mosaic *mosaic, const weft_source *source, weft_window *place) {
    const weft_source_info *info = weft_source_describe(source);
    int i = mosaic->group_count - 1;
    while (i >= 0 && !(weft_mosaic_lattice_may_match(&mosaic->lattices[i], info) &&
                       weft_mosaic_group_matches(&mosaic->groups[i], source, place)))
        i--;
    return i;
}

/* Whether the source lies over a file of one of the groups after `group`. */
static weft_status lies_over_later(const weft_mosaic *mosaic, int group, const weft_source *source, bool *over,
                                   weft_error *err) {
    weft_placed_file own = {mosaic->file_count, source};
    weft_status status = WEFT_OK;
    *over = false;
    for (int i = group + 1; i < mosaic->group_count; i++) {
        const weft_mosaic_group *later = &mosaic->groups[i];
        for (int j = 0; j < later->count && !*over && status == WEFT_OK; j++) {
            weft_placed_file other = {later->parts[j].file, later->parts[j].source};
            status = weft_file_places_overlap(mosaic->places, own, other, over, err);
        }
    }
    return status;
}

/* Takes the source over when it returns WEFT_OK.
 *
 * Groups are joined one after the other, so with FIRST and LAST a group holds no file that lies over one of a later group
 * and comes after it in the list: it would be asked before that one, or after it. Such a file begins a group, though its
 * pixels would fit into an earlier one. */
static weft_status sort_in(weft_mosaic *mosaic, weft_source *source, weft_mosaic_options options, weft_error *err) {
    bool known, over = false, in_order = options.rule == WEFT_OVERLAP_FIRST || options.rule == WEFT_OVERLAP_LAST;
    weft_window place;
    weft_status status = share_known_crs(mosaic, source, &known, err);
    if (status != WEFT_OK) return status;
    int group = known ? find_group(mosaic, source, &place) : -1;
    if (group >= 0 && in_order) status = lies_over_later(mosaic, group, source, &over, err);
    if (status != WEFT_OK) return status;
    if (group >= 0 && !over)
        return weft_mosaic_group_add(&mosaic->groups[group], source, mosaic->file_count, place, err);
    return begin_group(mosaic, source, known, options, err);
}

/* Counts what GDAL warned of when the last file was opened. */
static void count_warning(weft_mosaic *mosaic, weft_source *source) {
    char *text = weft_source_take_warnings(source);
    if (text == NULL) return;
    int i = 0;
    while (i < mosaic->warning_count && strcmp(mosaic->warnings[i].text, text) != 0)
        i++;
    if (i == mosaic->warning_count && i < KEPT_WARNINGS) {
        mosaic->warnings[mosaic->warning_count++] = (weft_mosaic_warning){text, mosaic->file_count - 1, 1};
        return;
    }
    if (i < mosaic->warning_count)
        mosaic->warnings[i].count++;
    else
        mosaic->otherwise_warned++;
    free(text);
}

/* The open source of a layout; NULL: none was met before. */
static const weft_source *find_layout(const weft_mosaic *mosaic, int64_t layout) {
    for (int i = 0; i < mosaic->layout_count; i++)
        if (mosaic->layouts[i].layout == layout) return mosaic->layouts[i].source;
    return NULL;
}

/* Opens a file that a catalog describes, now or when it is first read. */
static weft_status open_described(weft_source **out, weft_mosaic *mosaic, const char *path,
                                  const weft_expected_raster *expected, weft_source_options options,
                                  weft_block_cache *cache, weft_error *err) {
    const weft_source *like = find_layout(mosaic, expected->layout);
    if (like != NULL) return weft_source_open_later(out, like, path, expected, err);
    weft_status status = weft_source_open(out, path, options, cache, err);
    if (status == WEFT_OK) status = weft_source_expect(*out, expected, err);
    if (status == WEFT_OK && mosaic->layout_count < LAYOUTS)
        mosaic->layouts[mosaic->layout_count++] = (known_layout){expected->layout, *out};
    return status;
}

/* expected: of a catalog; NULL: the file is opened at once. */
static weft_status add_file(weft_mosaic *mosaic, const char *path, const weft_expected_raster *expected,
                            weft_mosaic_options options, weft_block_cache *cache, weft_error *err) {
    weft_source *source = NULL;
    options.source.one_of_many = true;
    options.source.without_palettes = mosaic->file_count > 0; /* the first file's is that of all */
    int layouts = mosaic->layout_count;
    weft_status status = expected != NULL ? open_described(&source, mosaic, path, expected, options.source, cache, err)
                                          : weft_masked_source_open(&source, path, options.source, cache, err);
    if (status == WEFT_OK && mosaic->file_count > 0) status = check_bands(mosaic, source, err);
    if (status == WEFT_OK) status = sort_in(mosaic, source, options, err);
    if (status != WEFT_OK) {
        mosaic->layout_count = layouts;
        weft_source_close(source);
        return status;
    }
    mosaic->files[mosaic->file_count++] = source;
    count_warning(mosaic, source);
    if (expected == NULL) weft_source_close_idle(source); /* of described ones few are open, which are read soon */
    return WEFT_OK;
}

/* Leaves a file out that cannot be used, where that is allowed. */
static weft_status add_or_skip(weft_mosaic *mosaic, const char *path, const weft_expected_raster *expected,
                               weft_mosaic_options options, weft_block_cache *cache, weft_error *err) {
    weft_error reason = {0};
    bool later = expected != NULL && expected->layout != 0 && options.skipped == NULL && options.source.mask == NULL;
    weft_status status = add_file(mosaic, path, later ? expected : NULL, options, cache, &reason);
    if (status == WEFT_OK) return WEFT_OK;
    if (err != NULL) *err = reason;
    if (options.skipped == NULL || status == WEFT_ERR_MEMORY || status == WEFT_ERR_CANCELLED) return status;
    return options.skipped(options.payload, path, &reason, err);
}

weft_status weft_mosaic_open(weft_mosaic **out, const char *const *paths, int count, weft_mosaic_options options,
                             weft_block_cache *cache, weft_error *err) {
    weft_mosaic *mosaic = calloc(1, sizeof *mosaic);
    *out = NULL;
    if (mosaic == NULL) return weft_error_no_memory(err, "a mosaic");
    mosaic->files = calloc((size_t)count, sizeof *mosaic->files);
    weft_status status = mosaic->files == NULL ? weft_error_no_memory(err, "a mosaic") : WEFT_OK;
    if (status == WEFT_OK) status = weft_file_places_new(&mosaic->places, count, err);
    const weft_cancel *cancel = options.source.retries == NULL ? NULL : options.source.retries->cancel;
    for (int i = 0; i < count && status == WEFT_OK; i++) {
        status = weft_cancel_check(cancel, err);
        if (status == WEFT_OK)
            status = add_or_skip(mosaic, paths[i], options.expected == NULL ? NULL : &options.expected[i], options,
                                 cache, err);
    }
    /* The last one's reason is in err. */
    if (status == WEFT_OK && mosaic->file_count == 0) status = err != NULL ? err->status : WEFT_ERR_DATA;
    weft_file_places_free(mosaic->places);
    mosaic->places = NULL;
    for (int i = 0; i < mosaic->group_count && status == WEFT_OK; i++)
        status = weft_mosaic_group_finish(&mosaic->groups[i], err);
    if (status != WEFT_OK) {
        weft_mosaic_close(mosaic);
        return status;
    }
    *out = mosaic;
    return WEFT_OK;
}

void weft_mosaic_close(weft_mosaic *mosaic) {
    if (mosaic == NULL) return;
    /* From the end: a CRS that is shared is that of an earlier file. */
    for (int i = mosaic->group_count - 1; i >= 0; i--)
        weft_mosaic_group_dispose(&mosaic->groups[i]);
    for (int i = 0; i < mosaic->known_count; i++)
        free(mosaic->known[i].wkt);
    for (int i = 0; i < mosaic->warning_count; i++)
        free(mosaic->warnings[i].text);
    free(mosaic->known);
    free(mosaic->lattices);
    free(mosaic->groups);
    free(mosaic->files);
    free(mosaic);
}

int weft_mosaic_group_count(const weft_mosaic *mosaic) {
    return mosaic->group_count;
}

weft_source *weft_mosaic_group_source(const weft_mosaic *mosaic, int group) {
    return mosaic->groups[group].source;
}

int weft_mosaic_part_count(const weft_mosaic *mosaic, int group) {
    return mosaic->groups[group].count;
}

weft_window weft_mosaic_part_window(const weft_mosaic *mosaic, int group, int part) {
    return mosaic->groups[group].parts[part].window;
}

int weft_mosaic_file_count(const weft_mosaic *mosaic) {
    return mosaic->file_count;
}

const char *weft_mosaic_file_path(const weft_mosaic *mosaic, int file) {
    return weft_source_describe(mosaic->files[file])->path;
}

const weft_source_info *weft_mosaic_file_info(const weft_mosaic *mosaic, int file) {
    return weft_source_describe(mosaic->files[file]);
}

int weft_mosaic_warnings(const weft_mosaic *mosaic, const weft_mosaic_warning **out, int *others) {
    *out = mosaic->warnings;
    *others = mosaic->otherwise_warned;
    return mosaic->warning_count;
}

/* --- files on one place --- */

#define NEAR 0.05 /* of a side: scenes of one path and row wander by less, neighbouring tiles differ by more */

static bool is_near(double a, double b, double side) {
    return fabs(a - b) <= NEAR * side;
}

static bool on_one_place(const weft_source *a, const weft_source *b) {
    weft_bounds p = weft_source_bounds(a), q = weft_source_bounds(b);
    double width = p.xmax - p.xmin, height = p.ymax - p.ymin;
    return is_near(p.xmin, q.xmin, width) && is_near(p.xmax, q.xmax, width) && is_near(p.ymin, q.ymin, height) &&
           is_near(p.ymax, q.ymax, height) &&
           weft_source_describe(a)->crs == weft_source_describe(b)->crs; /* equal ones are one object */
}

/* A majority vote (Boyer and Moore 1981) finds the only place that more than half of the files can have, in one pass;
 * a second one counts them. */
int weft_mosaic_find_pile(const weft_mosaic *mosaic, int *first, int *last) {
    int candidate = 0, votes = 0, count = 0;
    for (int i = 0; i < mosaic->file_count; i++) {
        if (votes == 0) candidate = i;
        votes += on_one_place(mosaic->files[candidate], mosaic->files[i]) ? 1 : -1;
    }
    for (int i = 0; i < mosaic->file_count; i++) {
        if (!on_one_place(mosaic->files[candidate], mosaic->files[i])) continue;
        if (count++ == 0) *first = i;
        *last = i;
    }
    return 2 * count > mosaic->file_count && count > 1 ? count : 0;
}

weft_status weft_mosaic_check_files(const weft_mosaic *mosaic, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < mosaic->file_count && status == WEFT_OK; i++)
        status = weft_source_check_files(mosaic->files[i], err);
    return status;
}

weft_status weft_mosaic_visit_files(const weft_mosaic *mosaic, weft_file_list_fn fn, void *payload, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < mosaic->file_count && status == WEFT_OK; i++)
        status = weft_source_visit_files(mosaic->files[i], fn, payload, err);
    return status;
}

int64_t weft_mosaic_file_bad_blocks(const weft_mosaic *mosaic, int file) {
    return weft_source_bad_blocks(mosaic->files[file]);
}
