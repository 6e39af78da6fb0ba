/* SPDX-License-Identifier: MIT
 *
 * A file is one input; a mosaic is one for each group of files that share a pixel lattice. */
#include "pipeline/planner/plan_inputs.h"

#include "core/text.h"
#include "pipeline/datasets/input_files.h"
#include "pipeline/planner/mask_rules.h"
#include "raster/blocks/handle_limit.h"
#include "raster/crs/geotransform.h"
#include "raster/source/masked_source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- opening --- */

static const weft_overlap overlaps[] = {
    [WEFT_OVERLAP_RULE_FIRST] = WEFT_OVERLAP_FIRST, [WEFT_OVERLAP_RULE_LAST] = WEFT_OVERLAP_LAST,
    [WEFT_OVERLAP_RULE_MEAN] = WEFT_OVERLAP_MEAN,   [WEFT_OVERLAP_RULE_MIN] = WEFT_OVERLAP_MIN,
    [WEFT_OVERLAP_RULE_MAX] = WEFT_OVERLAP_MAX,     [WEFT_OVERLAP_RULE_MED] = WEFT_OVERLAP_MED,
    [WEFT_OVERLAP_RULE_COUNT] = WEFT_OVERLAP_COUNT,
};

static weft_status make_inputs(weft_plan_dataset *dataset, int count, weft_error *err) {
    dataset->inputs = calloc((size_t)count, sizeof *dataset->inputs);
    if (dataset->inputs == NULL) return weft_error_no_memory(err, "the plan");
    dataset->input_count = count;
    return WEFT_OK;
}

/* What a mosaic's files are left out into. */
typedef struct skipping {
    weft_plan *plan;
    weft_plan_dataset *dataset;
} skipping;

#define NAMED_FILES 20 /* in warnings; metadata.json names all */

static weft_status skip_file(void *payload, const char *path, const weft_error *reason, weft_error *err) {
    weft_plan_dataset *dataset = ((skipping *)payload)->dataset;
    int count = dataset->skipped_file_count;
    weft_plan_skipped *more = realloc(dataset->skipped_files, (size_t)(count + 1) * sizeof *more);
    if (more == NULL) return weft_error_no_memory(err, "the plan");
    dataset->skipped_files = more;
    more[count] = (weft_plan_skipped){weft_text_format("%s", path), weft_text_format("%s", reason->message)};
    dataset->skipped_file_count++;
    return more[count].path == NULL || more[count].reason == NULL ? weft_error_no_memory(err, "the plan") : WEFT_OK;
}

static weft_status warn_of_skipped(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    int count = dataset->skipped_file_count;
    weft_status status = WEFT_OK;
    for (int i = 0; i < count && i < NAMED_FILES && status == WEFT_OK; i++)
        status = weft_plan_warn(plan, err, "dataset %s: a file is skipped: %s", dataset->config->name,
                                dataset->skipped_files[i].reason);
    if (status != WEFT_OK || count <= NAMED_FILES) return status;
    return weft_plan_warn(plan, err, "dataset %s: %d files are skipped, %d more than are named", dataset->config->name,
                          count, count - NAMED_FILES);
}

/* Where files lie on each other and one of them counts, the others are not seen: they were meant to be columns. */
static weft_status warn_of_pile(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    int first = 0, last = 0;
    if (dataset->overlap != WEFT_OVERLAP_FIRST && dataset->overlap != WEFT_OVERLAP_LAST) return WEFT_OK;
    int count = weft_mosaic_find_pile(dataset->mosaic, &first, &last);
    if (count == 0) return WEFT_OK;
    bool of_first = dataset->overlap == WEFT_OVERLAP_FIRST;
    return weft_plan_warn(
        plan, err,
        "dataset %s: %d of %d files cover the same place, where the %s of them counts (mosaic: %s) and hides the "
        "others: %s; for a column each, make each a dataset; mosaic: mean, min or max joins them",
        dataset->config->name, count, weft_mosaic_file_count(dataset->mosaic), of_first ? "first" : "last",
        of_first ? "first" : "last", weft_mosaic_file_path(dataset->mosaic, of_first ? first : last));
}

static weft_status open_mosaic(weft_plan *plan, weft_plan_dataset *dataset, const weft_input_files *files,
                               weft_source_options options, weft_block_cache *cache, weft_error *err) {
    dataset->overlap = overlaps[dataset->config->overlap];
    skipping leaving_out = {plan, dataset};
    weft_mosaic_options mosaic = {.rule = dataset->overlap,
                                  .unscale = dataset->config->unscale,
                                  .source = options,
                                  .expected = dataset->expected,
                                  .skipped = dataset->config->on_error != WEFT_ON_ERROR_FAIL ? skip_file : NULL,
                                  .payload = &leaving_out};
    weft_status status =
        weft_mosaic_open(&dataset->mosaic, (const char *const *)files->paths, files->count, mosaic, cache, err);
    if (status == WEFT_OK && dataset->overlap == WEFT_OVERLAP_MED && files->count > WEFT_MOSAIC_MED_VALUES)
        status = weft_error_set(err, WEFT_ERR_DATA, "mosaic: med takes %d files at most, and there are %d",
                                WEFT_MOSAIC_MED_VALUES, files->count);
    if (status == WEFT_OK) status = warn_of_skipped(plan, dataset, err);
    if (status == WEFT_OK) status = warn_of_pile(plan, dataset, err);
    if (status == WEFT_OK) status = make_inputs(dataset, weft_mosaic_group_count(dataset->mosaic), err);
    for (int i = 0; i < dataset->input_count; i++)
        dataset->inputs[i].source = weft_mosaic_group_source(dataset->mosaic, i);
    dataset->file_count = files->count - dataset->skipped_file_count;
    return status;
}

/* What the configuration says in place of the files. */
static weft_source_options options_of(weft_plan *plan, const weft_config_dataset *config, const weft_crs *crs) {
    return (weft_source_options){.has_nodata = config->has_nodata,
                                 .nodata = config->nodata,
                                 .nodata_count = config->nodata_count,
                                 .crs = crs,
                                 .geotransform = config->has_geotransform ? config->geotransform : NULL,
                                 .scale = isnan(config->scale) ? NULL : &config->scale,
                                 .offset = isnan(config->offset) ? NULL : &config->offset,
                                 .open_options = config->open_options,
                                 .sign = config->sign,
                                 .bands = config->bands,
                                 .band_count = config->band_count,
                                 .dates = config->has_dates ? config->dates : NULL,
                                 .bad_blocks_missing = config->on_error == WEFT_ON_ERROR_MISSING,
                                 .retries = &plan->retries};
}

/* What GDAL calls a variable of a file. NULL: no memory. */
static char *path_of(const weft_config_dataset *config, const char *path) {
    const char *suffix = strrchr(path, '.');
    bool hdf =
        suffix != NULL && (strcmp(suffix, ".h5") == 0 || strcmp(suffix, ".hdf5") == 0 || strcmp(suffix, ".he5") == 0);
    const char *variable = config->variable;
    if (variable == NULL) return weft_text_format("%s", path);
    if (hdf) return weft_text_format("HDF5:\"%s\"://%s", path, variable + (variable[0] == '/'));
    return weft_text_format("NETCDF:\"%s\":%s", path, variable);
}

static weft_status name_variables(weft_input_files *files, const weft_config_dataset *config, weft_error *err) {
    for (int i = 0; i < files->count && config->variable != NULL; i++) {
        char *path = path_of(config, files->paths[i]);
        if (path == NULL) return weft_error_no_memory(err, "the plan");
        free(files->paths[i]);
        files->paths[i] = path;
    }
    return WEFT_OK;
}

/* The mosaic has its own list of files, which may be many. */
static void forget_choice(weft_plan_dataset *dataset) {
    for (int i = 0; i < dataset->own->path_count; i++)
        free(dataset->own->paths[i]);
    dataset->own->path_count = 0;
    free(dataset->expected);
    dataset->expected = NULL;
}

static weft_status open_single(weft_plan_dataset *dataset, weft_source_options options, weft_block_cache *cache,
                               weft_error *err) {
    weft_source *source = NULL;
    char *path = path_of(dataset->config, dataset->config->paths[0]);
    weft_status status = path == NULL ? weft_error_no_memory(err, "the plan")
                                      : weft_masked_source_open(&source, path, options, cache, err);
    free(path);
    if (status == WEFT_OK) status = make_inputs(dataset, 1, err);
    if (status == WEFT_OK)
        dataset->inputs[0].source = source;
    else
        weft_source_close(source);
    return status;
}

/* The files that a choice from a catalog has listed, or those that the configuration's paths and patterns stand for. */
static weft_status open_several(weft_plan *plan, weft_plan_dataset *dataset, weft_source_options options,
                                weft_block_cache *cache, weft_error *err) {
    const weft_config_dataset *config = dataset->config;
    weft_status status;
    if (dataset->expected != NULL) {
        weft_input_files chosen = {.paths = config->paths, .count = config->path_count};
        status = open_mosaic(plan, dataset, &chosen, options, cache, err);
        if (status == WEFT_OK) forget_choice(dataset);
        return status;
    }
    weft_input_files files = {0};
    status = weft_input_files_find(&files, config, plan->config->folder, err);
    if (status == WEFT_OK) status = name_variables(&files, config, err);
    if (status == WEFT_OK) status = open_mosaic(plan, dataset, &files, options, cache, err);
    weft_input_files_dispose(&files);
    return status;
}

static weft_status open_files(weft_plan *plan, weft_plan_dataset *dataset, weft_block_cache *cache, weft_error *err) {
    const weft_config_dataset *config = dataset->config;
    weft_source_options options = options_of(plan, config, dataset->crs);
    weft_status status = WEFT_OK;
    if (plan->handles == NULL) status = weft_handle_limit_new(&plan->handles, err);
    options.handles = plan->handles;
    if (status == WEFT_OK && config->mask.path != NULL)
        status = weft_plan_mask_rule(plan, dataset->origin, &options.mask, err);
    if (status != WEFT_OK) return status;
    return config->is_mosaic ? open_several(plan, dataset, options, cache, err)
                             : open_single(dataset, options, cache, err);
}

weft_status weft_plan_inputs_open(weft_plan *plan, weft_plan_dataset *dataset, weft_block_cache *cache,
                                  weft_error *err) {
    const weft_config_dataset *config = dataset->config;
    weft_error reason = {0};
    weft_status status = config->crs == NULL ? WEFT_OK : weft_crs_parse(&dataset->crs, config->crs, err);
    if (status != WEFT_OK) {
        weft_plan_place_error(plan, config, config->place, err);
        return status;
    }
    const weft_mask_rule *mask;
    if (config->mask.path != NULL) status = weft_plan_mask_rule(plan, dataset->origin, &mask, err);
    if (status != WEFT_OK) return status;
    status = open_files(plan, dataset, cache, &reason);
    if (status == WEFT_OK) return WEFT_OK;
    if (config->on_error != WEFT_ON_ERROR_FAIL && status != WEFT_ERR_MEMORY && status != WEFT_ERR_CANCELLED) {
        dataset->skipped = weft_text_format("%s", reason.message);
        if (dataset->skipped == NULL) return weft_error_no_memory(err, "the plan");
        return weft_plan_warn(plan, err, "dataset %s is skipped, its columns are empty: %s", config->name,
                              reason.message);
    }
    if (err != NULL) *err = reason;
    if (status == WEFT_ERR_CANCELLED) return status;
    weft_plan_place_error(plan, config, config->path_place, err);
    return status;
}

/* --- positions --- */

static weft_status project(void *payload, int64_t n, double *x, double *y, weft_error *err) {
    return weft_crs_pair_project(payload, n, x, y, err);
}

static weft_status project_to_edge(void *payload, int64_t n, double *x, double *y, weft_error *err) {
    return weft_crs_pair_edge(payload, n, x, y, err);
}

static bool is_off_map(void *payload, weft_window window) {
    return weft_crs_pair_is_off(payload, window);
}

static void to_pixels(const void *payload, int64_t n, double *x, double *y) {
    weft_projector_to_pixels(payload, n, x, y);
}

/* The plan's pair for a CRS, which is made when it is the first of its kind. */
static weft_status find_pair(weft_plan *plan, const weft_crs *crs, weft_crs_pair **out, weft_error *err) {
    for (int i = 0; i < plan->pair_count; i++) {
        *out = plan->pairs[i];
        if (weft_crs_pair_leads_to(*out, crs)) return WEFT_OK;
    }
    weft_crs_pair **pairs = realloc(plan->pairs, (size_t)(plan->pair_count + 1) * sizeof *pairs);
    if (pairs == NULL) return weft_error_no_memory(err, "the plan");
    plan->pairs = pairs;
    weft_status status = weft_crs_pair_new(out, &plan->grid, crs, err);
    if (status == WEFT_OK) pairs[plan->pair_count++] = *out;
    return status;
}

static weft_status find_net(const weft_plan *plan, weft_plan_dataset *dataset, weft_crs_pair *pair, int *out,
                            weft_error *err) {
    for (*out = 0; *out < dataset->net_count; ++*out)
        if (dataset->nets[*out].lattice.payload == pair) return WEFT_OK;
    weft_mosaic_net *nets = realloc(dataset->nets, (size_t)(dataset->net_count + 1) * sizeof *nets);
    if (nets == NULL) return weft_error_no_memory(err, "the plan");
    dataset->nets = nets;
    bool edge = weft_crs_pair_has_edge(pair);
    nets[dataset->net_count++] = (weft_mosaic_net){
        .lattice = {.tolerance = plan->config->transform_tolerance,
                    .period = edge ? 0 : weft_crs_turn(weft_crs_pair_crs(pair)),
                    .project = project,
                    .edge = edge ? project_to_edge : NULL,
                    .is_off = weft_crs_pair_may_be_off(pair) ? is_off_map : NULL,
                    .payload = pair},
        .straight = weft_crs_pair_is_same(pair),
    };
    return dataset->mosaic == NULL ? WEFT_OK : weft_coverage_new(&nets[*out].coverage, pair, err);
}

/* The tolerance is held in every source's pixels, so it counts in the finest's. Of a turned one, a unit of x and a unit
 * of y together may be so many pixels more. */
static void refine(weft_lattice_net *net, const double g[6]) {
    double u, v, more = g[2] == 0 && g[4] == 0 ? 1 : sqrt(2);
    weft_geotransform_step(g, 1, 0, &u, &v);
    net->pixels_x = fmax(net->pixels_x, more * hypot(u, v));
    weft_geotransform_step(g, 0, 1, &u, &v);
    net->pixels_y = fmax(net->pixels_y, more * hypot(u, v));
}

/* The scale of the file itself says which overview is read. Its projection is not the plan's, which would outlive the
 * file's CRS. */
static weft_status find_overview(weft_plan *plan, weft_plan_dataset *dataset, const weft_source *source,
                                 weft_error *err) {
    weft_projector *projector = NULL;
    weft_source_overview *found = &dataset->overview;
    double scale[2];
    bool on_grid = false;
    weft_status status = weft_projector_new(&projector, &plan->grid, source, err);
    if (status == WEFT_OK) status = weft_projector_scale(projector, scale, &on_grid, err);
    weft_projector_free(projector);
    if (status == WEFT_OK && on_grid) status = weft_source_find_overview(source, scale, found, err);
    if (status != WEFT_OK || found->incomplete == 0) return status;
    return weft_plan_warn(plan, err,
                          "dataset %s: overview %d of %d is not read: not all of the raster's bands and masks have it",
                          dataset->config->name, found->incomplete, found->count);
}

/* Where the configuration asks for overviews, and one fits: opens it in place of the file. */
static weft_status take_overview(weft_plan *plan, weft_plan_dataset *dataset, weft_plan_input *input, weft_error *err) {
    weft_source *overview = NULL;
    weft_status status = find_overview(plan, dataset, input->source, err);
    if (status == WEFT_OK && dataset->overview.level > 0)
        status = weft_source_open_overview(&overview, input->source, dataset->overview.level, err);
    if (status != WEFT_OK || overview == NULL) return status;
    weft_source_close(input->source);
    input->source = overview;
    return WEFT_OK;
}

static weft_status tie_input(weft_plan *plan, weft_plan_dataset *dataset, weft_plan_input *input, weft_error *err) {
    weft_crs_pair *pair = NULL;
    bool overviews = dataset->config->overviews == WEFT_OVERVIEWS_USE;
    weft_status status = overviews ? take_overview(plan, dataset, input, err) : WEFT_OK;
    if (status == WEFT_OK) status = find_pair(plan, weft_source_describe(input->source)->crs, &pair, err);
    if (status == WEFT_OK) status = find_net(plan, dataset, pair, &input->net, err);
    if (status == WEFT_OK) status = weft_projector_new_on(&input->projector, pair, input->source, err);
    if (status == WEFT_OK) status = weft_projector_scale(input->projector, input->scale, &input->on_grid, err);
    if (status != WEFT_OK) return status;
    refine(&dataset->nets[input->net].lattice, weft_source_describe(input->source)->geotransform);
    return WEFT_OK;
}

/* When all nets are there, and stay where they are. */
static void set_lattice(const weft_plan_dataset *dataset, weft_plan_input *input) {
    const weft_source_info *info = weft_source_describe(input->source);
    bool wraps = info->wraps && dataset->nets[input->net].lattice.edge == NULL;
    input->lattice = (weft_lattice_spec){.net = &dataset->nets[input->net].lattice,
                                         .wrap_cols = wraps ? (double)info->wrap_cols : 0,
                                         .to_pixels = to_pixels,
                                         .payload = input->projector};
    if (!weft_projector_cut(input->projector, &input->lattice.cut, &input->lattice.cut_period))
        input->lattice.cut_period = 0;
    input->lattice.affine = weft_projector_affine(input->projector, input->lattice.a);
}

/* The count is for people: boxes of the grid tell it, which a pole between their corners escapes. What is read does not
 * depend on it. */
static weft_status cover_grid(weft_plan_dataset *dataset, int index, weft_error *err) {
    weft_plan_input *input = &dataset->inputs[index];
    int count = weft_mosaic_part_count(dataset->mosaic, index);
    weft_window *parts = calloc((size_t)count, sizeof *parts);
    if (parts == NULL) return weft_error_no_memory(err, "the plan");
    for (int i = 0; i < count; i++)
        parts[i] = weft_mosaic_part_window(dataset->mosaic, index, i);
    weft_status status = weft_coverage_add(dataset->nets[input->net].coverage, input->source, index, parts, count,
                                           &dataset->files_on_grid, err);
    free(parts);
    return status;
}

/* Of one raster in another CRS than the grid's, which lies under less than half of it: a coverage takes some thousand
 * transforms, and saves looking for the places of all cells far from the raster. In the grid's own CRS that is cheap. */
static weft_status cover_one(weft_plan_dataset *dataset, weft_error *err) {
    const weft_plan_input *input = &dataset->inputs[0];
    const weft_source_info *info = weft_source_describe(input->source);
    weft_mosaic_net *net = &dataset->nets[input->net];
    weft_crs_pair *pair = net->lattice.payload;
    const weft_grid *grid = weft_crs_pair_grid(pair);
    double cells = (double)info->cols / input->scale[0] * ((double)info->rows / input->scale[1]); /* under the raster */
    if (net->straight || !input->on_grid || !(cells < 0.5 * (double)grid->cols * (double)grid->rows)) return WEFT_OK;
    weft_status status = weft_coverage_new(&net->coverage, pair, err);
    return status == WEFT_OK ? weft_coverage_add(net->coverage, input->source, 0, NULL, 0, NULL, err) : status;
}

static weft_status warn_off_grid(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    int off = dataset->file_count - dataset->files_on_grid;
    const char *name = dataset->config->name;
    if (!dataset->on_grid)
        return weft_plan_warn(plan, err, "dataset %s does not touch the grid, its columns are empty: %s", name,
                              weft_source_describe(dataset->inputs[0].source)->path);
    /* A catalog gives some more than the grid may need. */
    if (dataset->mosaic == NULL || off == 0 || dataset->origin->catalog.file != NULL) return WEFT_OK;
    return weft_plan_warn(plan, err, "dataset %s: %d of %d files %s not touch the grid", name, off, dataset->file_count,
                          off == 1 ? "does" : "do");
}

weft_status weft_plan_inputs_tie(weft_plan *plan, weft_plan_dataset *dataset, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < dataset->input_count && status == WEFT_OK; i++) {
        status = weft_cancel_check(plan->retries.cancel, err);
        if (status != WEFT_OK) return status;
        status = tie_input(plan, dataset, &dataset->inputs[i], err);
        if (status == WEFT_OK) status = dataset->mosaic != NULL ? cover_grid(dataset, i, err) : cover_one(dataset, err);
        dataset->on_grid = dataset->on_grid || dataset->inputs[i].on_grid;
    }
    for (int i = 0; i < dataset->net_count && status == WEFT_OK; i++)
        if (dataset->nets[i].coverage != NULL) status = weft_coverage_finish(dataset->nets[i].coverage, err);
    if (status != WEFT_OK) {
        weft_plan_place_error(plan, dataset->config, dataset->config->place, err);
        return status;
    }
    for (int i = 0; i < dataset->input_count; i++)
        set_lattice(dataset, &dataset->inputs[i]);
    return dataset->input_count == 0 ? WEFT_OK : warn_off_grid(plan, dataset, err);
}
