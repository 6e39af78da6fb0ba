/* SPDX-License-Identifier: MIT */
#include "cli/init/starter_config.h"

#include "config/yaml/yaml_tree.h"
#include "core/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH        100
#define LISTED_FILES 4 /* of a mosaic without a pattern, that are told on one line */

/* A comment, in lines of at most WIDTH columns. */
static void add_comment(weft_text *out, const char *indent, const char *text) {
    size_t column = 0;
    while (*(text += strspn(text, " \n")) != '\0') {
        size_t word = strcspn(text, " \n");
        bool fresh = column == 0 || column + 1 + word > WIDTH;
        if (fresh) {
            weft_text_add(out, "%s%s# ", column > 0 ? "\n" : "", indent);
            column = strlen(indent) + 2;
        }
        weft_text_add(out, "%s%.*s", fresh ? "" : " ", (int)word, text);
        column += word + (fresh ? 0 : 1);
        text += word;
    }
    weft_text_add(out, "\n");
}

/* A path in YAML's double quotes. folder: NULL is none. */
static void add_path(weft_text *out, const char *folder, const char *name) {
    weft_text path = {0};
    weft_text_add(&path, "%s%s%s", folder != NULL ? folder : "", folder != NULL ? "/" : "", name);
    if (path.failed)
        out->failed = true;
    else
        weft_yaml_add_quoted(out, path.data, true);
    weft_text_dispose(&path);
}

static void add_paths(weft_text *out, const weft_starter *starter, const weft_raster_group *group) {
    if (group->count == 1 || group->pattern != NULL) {
        add_path(out, starter->folder, group->count == 1 ? group->first->name : group->pattern);
        return;
    }
    weft_text_add(out, "[");
    for (int i = 0; i < group->count; i++) {
        weft_text_add(out, i == 0 ? "" : i % LISTED_FILES == 0 ? ",\n           " : ", ");
        add_path(out, starter->folder, starter->found->rasters[group->members[i]].name);
    }
    weft_text_add(out, "]");
}

/* "30 m", "1.2 km". */
static void add_metres(weft_text *out, double metres) {
    if (metres < 1000)
        weft_text_add(out, "%.3g m", metres);
    else
        weft_text_add(out, "%.3g km", metres / 1000);
}

static void add_facts(weft_text *out, const weft_raster_group *group) {
    const weft_found_raster *first = group->first;
    weft_text facts = {0};
    if (group->count > 1) weft_text_add(&facts, "%d files side by side, ", group->count);
    weft_text_add(&facts, "%lld x %lld pixels of ", (long long)first->cols, (long long)first->rows);
    add_metres(&facts, first->metres);
    weft_text_add(&facts, ", %d %s of %s, %s", first->band_count, first->band_count == 1 ? "band" : "bands",
                  weft_data_type_name(first->type), weft_crs_name(first->crs));
    if (first->bands[0] != '\0') weft_text_add(&facts, "; %s", first->bands);
    if (!facts.failed) add_comment(out, "  ", facts.data);
    out->failed = out->failed || facts.failed;
    weft_text_dispose(&facts);
}

static void add_dataset(weft_text *out, const weft_starter *starter, const weft_raster_group *group) {
    add_facts(out, group);
    weft_text_add(out, "  - name: \"%s\"\n    path: ", group->name);
    add_paths(out, starter, group);
    weft_text_add(out, "\n");
    if (group->first->classes != NULL)
        weft_text_add(out, "    method: nearest # its numbers are classes: %s\n", group->first->classes);
    if (group->count > 1) weft_text_add(out, "    mosaic: first # where files overlap; or last, mean, min, max\n");
}

/* Its code, or all of it where it has none. */
static void add_crs(weft_text *out, const weft_crs *crs) {
    const char *name = weft_crs_name(crs);
    add_path(out, NULL, strchr(name, ':') != NULL ? name : weft_crs_wkt(crs));
}

static void add_grid(weft_text *out, const weft_starter *starter) {
    const weft_raster_group *finest = &starter->groups->groups[starter->groups->finest];
    const weft_found_raster *raster = finest->first;
    const double *g = raster->geotransform;
    weft_text_add(out, "# The cells that all rasters are put on: those of %s, the finest.\ngrid:\n", finest->name);
    bool upright = g[2] == 0 && g[4] == 0;
    if (upright && finest->one_lattice) {
        weft_text_add(out, "  like: \"%s\"\n", finest->name);
        weft_text_add(out, "  # Instead of like:\n");
        const char *code = weft_crs_name(raster->crs);
        if (strchr(code, ':') != NULL) weft_text_add(out, "  # crs: %s\n", code);
        weft_text_add(out, "  # resolution: [%.15g, %.15g]\n", fabs(g[1]), fabs(g[5]));
        weft_text_add(out, "  # extent: union # or intersection, or the name of a dataset\n\n");
        return;
    }
    /* Rows and columns that are no longitudes, or files that lie between each other's pixels. */
    weft_text_add(out, "  crs: ");
    add_crs(out, raster->crs);
    weft_text_add(out, "\n  resolution: [%.15g, %.15g]\n", hypot(g[1], g[4]), hypot(g[2], g[5]));
    weft_text_add(out, "  extent: \"%s\" # or union, intersection\n\n", finest->name);
}

static void add_notes(weft_text *out, const weft_starter *starter) {
    if (starter->warning_count > 0) weft_text_add(out, "# weft plan warns:\n");
    for (int i = 0; i < starter->warning_count; i++)
        add_comment(out, "", starter->warnings[i]);
    if (starter->warning_count > 0) weft_text_add(out, "\n");
    if (starter->found->left_out_count > 0) weft_text_add(out, "# Rasters that are left out:\n");
    for (int i = 0; i < starter->found->left_out_count; i++) {
        const weft_left_out *file = &starter->found->left_out[i];
        char *line = weft_text_format("%s: %s", file->name, file->why);
        if (line != NULL) add_comment(out, "", line);
        out->failed = out->failed || line == NULL;
        free(line);
    }
    if (starter->found->left_out_count > 0) weft_text_add(out, "\n");
}

void weft_starter_write(weft_text *out, const weft_starter *starter) {
    weft_text_add(out,
                  "# Written by weft init. weft plan says what a run of it costs, weft run does it, and weft help "
                  "or\n# weft schema list all keys.\n\nexperiment: \"%s\" # the outputs' names have it\n"
                  "output_dir: out\n\n",
                  starter->experiment);
    add_notes(out, starter);
    add_grid(out, starter);
    weft_text_add(out, "# A column a band, in this order.\ndatasets:\n");
    for (int i = 0; i < starter->groups->count; i++)
        add_dataset(out, starter, &starter->groups->groups[i]);
    if (!out->failed) weft_text_make_utf8(out->data); /* names of bands, classes and CRSs, in comments */
    weft_text_add(out,
                  "\nresampling:\n"
                  "  method: bilinear # of datasets that name none; average where a raster is finer than the grid\n"
                  "\nexport:\n"
                  "  formats: [csv] # also csv.gz, parquet, sqlite, geotiff, cog, png; all in one pass\n"
                  "  rows: any # all cells; any: at least one value; complete: none missing\n"
                  "\n# memory: {limit: 512MiB} # default: three quarters of what there is\n");
}
