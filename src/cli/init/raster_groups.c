/* SPDX-License-Identifier: MIT */
#include "cli/init/raster_groups.h"

#include "config/config_name.h"
#include "core/text.h"

#include <ctype.h>
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_OVERLAP 0.2  /* of the smaller of two tiles; what neighbours share at their edges is far less */
#define SAME        1e-6 /* of a pixel */

static bool near(double a, double b, double tolerance) {
    return fabs(a - b) <= tolerance;
}

static bool same_kind(const weft_found_raster *a, const weft_found_raster *b) {
    double pixel = sqrt(fabs(a->geotransform[1] * a->geotransform[5] - a->geotransform[2] * a->geotransform[4]));
    bool same = a->crs == b->crs && a->type == b->type && a->band_count == b->band_count;
    for (int i = 1; i < 6; i++)
        if (i != 3) same = same && near(a->geotransform[i], b->geotransform[i], SAME * pixel);
    return same;
}

static double overlap(weft_bounds a, weft_bounds b) {
    double width = fmin(a.xmax, b.xmax) - fmax(a.xmin, b.xmin), height = fmin(a.ymax, b.ymax) - fmax(a.ymin, b.ymin);
    double smaller = fmin((a.xmax - a.xmin) * (a.ymax - a.ymin), (b.xmax - b.xmin) * (b.ymax - b.ymin));
    return width <= 0 || height <= 0 ? 0 : width * height / smaller;
}

/* Whole pixels between the two corners. */
static bool on_lattice(const weft_found_raster *a, const weft_found_raster *b) {
    const double *g = a->geotransform;
    double dx = b->geotransform[0] - g[0], dy = b->geotransform[3] - g[3], area = g[1] * g[5] - g[2] * g[4];
    double u = (dx * g[5] - dy * g[2]) / area, v = (dy * g[1] - dx * g[4]) / area;
    return near(u, round(u), 1e-3) && near(v, round(v), 1e-3);
}

static bool belongs(const weft_raster_group *group, const weft_found_rasters *found, const weft_found_raster *raster) {
    if (!same_kind(group->first, raster)) return false;
    for (int i = 0; i < group->count; i++)
        if (overlap(found->rasters[group->members[i]].bounds, raster->bounds) > MAX_OVERLAP) return false;
    return true;
}

static bool add_member(weft_raster_group *group, int number, const weft_found_raster *raster) {
    int *more = realloc(group->members, ((size_t)group->count + 1) * sizeof *more);
    if (more == NULL) return false;
    group->members = more;
    more[group->count++] = number;
    group->one_lattice = group->one_lattice && on_lattice(group->first, raster);
    return true;
}

static bool put(weft_raster_groups *groups, const weft_found_rasters *found, int number) {
    const weft_found_raster *raster = &found->rasters[number];
    for (int i = 0; i < groups->count; i++)
        if (belongs(&groups->groups[i], found, raster)) return add_member(&groups->groups[i], number, raster);
    weft_raster_group *more = realloc(groups->groups, ((size_t)groups->count + 1) * sizeof *more);
    if (more == NULL) return false;
    groups->groups = more;
    more[groups->count] = (weft_raster_group){.first = raster, .one_lattice = true};
    return add_member(&more[groups->count++], number, raster);
}

/* --- names --- */

/* What all members' names begin with, and what they end with. */
static void common_ends(const weft_raster_group *group, const weft_found_rasters *found, size_t *before,
                        size_t *behind) {
    const char *first = group->first->name;
    size_t length = strlen(first);
    *before = *behind = length;
    for (int i = 1; i < group->count; i++) {
        const char *other = found->rasters[group->members[i]].name;
        size_t others = strlen(other), same = 0;
        while (same < *before && first[same] == other[same])
            same++;
        *before = same;
        for (same = 0; same < *behind && same < others && first[length - 1 - same] == other[others - 1 - same];)
            same++;
        *behind = same;
    }
    if (*before + *behind > length) *behind = length - *before;
}

/* A pattern, NULL where it would match another file too, as far as is known of them, or memory is out. */
static char *make_pattern(const weft_raster_group *group, const weft_found_rasters *found, size_t before,
                          size_t behind) {
    const char *first = group->first->name, *end = first + strlen(first) - behind;
    char *pattern = weft_text_format("%.*s*%s", (int)before, first, end);
    int matched = 0;
    /* Without the ending it would match companions. */
    bool plain = strcspn(first, "*?[\\") == strlen(first) && strchr(end, '.') != NULL;
    for (int i = 0; i < found->count && pattern != NULL; i++)
        matched += fnmatch(pattern, found->rasters[i].name, FNM_PERIOD) == 0;
    for (int i = 0; i < found->left_out_count && pattern != NULL; i++)
        matched += fnmatch(pattern, found->left_out[i].name, FNM_PERIOD) == 0;
    if (plain && matched == group->count) return pattern;
    free(pattern);
    return NULL;
}

/* Whether columns of the one would be called as columns of the other: "a" with several bands has a_1. */
static bool clash(const weft_raster_group *a, const weft_raster_group *b) {
    size_t length = strlen(a->name);
    if (strcasecmp(a->name, b->name) == 0) return true;
    return a->first->band_count > 1 && strncasecmp(a->name, b->name, length) == 0 && b->name[length] == '_' &&
           isdigit((unsigned char)b->name[length + 1]);
}

static bool is_taken(const weft_raster_groups *groups, int number) {
    static const char *const reserved[] = {"x", "y", "row", "col", "union", "intersection"};
    const weft_raster_group *group = &groups->groups[number];
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcasecmp(group->name, reserved[i]) == 0) return true;
    for (int i = 0; i < number; i++)
        if (clash(&groups->groups[i], group) || clash(group, &groups->groups[i])) return true;
    return false;
}

/* The file's stem, or what several have in common of it, as a name may be written. */
static char *make_name(const weft_raster_group *group, size_t before) {
    const char *first = group->first->name, *dot = strrchr(first, '.');
    size_t length = dot != NULL && dot > first ? (size_t)(dot - first) : strlen(first);
    if (group->count > 1 && before < length) length = before;
    while (length > 0 && strchr("-_. 0123456789", first[length - 1]) != NULL && group->count > 1)
        length--;
    char *name = length > 0 ? weft_text_format("%.*s", (int)length, first) : weft_text_format("mosaic");
    if (name != NULL) weft_config_make_name(name);
    if (name != NULL && (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)) name[0] = '_';
    return name;
}

static bool name_group(weft_raster_groups *groups, int number, const weft_found_rasters *found) {
    weft_raster_group *group = &groups->groups[number];
    size_t before, behind;
    common_ends(group, found, &before, &behind);
    if (group->count > 1) group->pattern = make_pattern(group, found, before, behind);
    char *stem = make_name(group, before);
    group->name = stem != NULL ? weft_text_format("%s", stem) : NULL;
    for (int i = 0; group->name != NULL && is_taken(groups, number); i++) {
        free(group->name);
        group->name = weft_text_format("%s_%c%c", stem, 'a' + i / 26 % 26, 'a' + i % 26);
    }
    free(stem);
    return group->name != NULL;
}

weft_status weft_raster_groups_make(weft_raster_groups *out, const weft_found_rasters *found, weft_error *err) {
    bool ok = true;
    for (int i = 0; i < found->count && ok; i++)
        ok = put(out, found, i);
    for (int i = 0; i < out->count && ok; i++) {
        ok = name_group(out, i, found);
        if (out->groups[i].first->metres < out->groups[out->finest].first->metres) out->finest = i;
    }
    return ok ? WEFT_OK : weft_error_no_memory(err, "the rasters of a folder");
}

void weft_raster_groups_dispose(weft_raster_groups *groups) {
    for (int i = 0; i < groups->count; i++) {
        free(groups->groups[i].members);
        free(groups->groups[i].name);
        free(groups->groups[i].pattern);
    }
    free(groups->groups);
    *groups = (weft_raster_groups){0};
}
