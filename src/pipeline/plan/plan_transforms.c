/* SPDX-License-Identifier: MIT
 *
 * From the grid to the source or back, the operation is the same one. */
#include "pipeline/plan/plan_transforms.h"

#include "pipeline/plan/plan_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MATTERS        0.1    /* of a cell: smaller differences change little */
#define METRES_DEGREE  111320 /* at the equator */
#define UNKNOWN_METRES 300    /* a ballpark transformation is off by up to that between common datums */

/* Found before for this CRS at this place, or with nothing that depends on the place. */
static const weft_plan_transform *find_known(const weft_plan *plan, const weft_crs *crs, weft_bounds area) {
    for (int i = 0; i < plan->transform_count; i++) {
        const weft_plan_transform *known = &plan->transforms[i];
        bool here = memcmp(&known->area, &area, sizeof area) == 0;
        if (strcmp(weft_crs_wkt(known->from), weft_crs_wkt(crs)) == 0 && (here || known->operation.accuracy == 0))
            return known;
    }
    return NULL;
}

static double loss(const weft_crs_operation *operation) {
    double used = operation->accuracy < 0 ? UNKNOWN_METRES : operation->accuracy;
    return used - fmax(0, operation->better_accuracy);
}

static const char *accuracy_text(double metres, char out[32]) {
    if (metres < 0)
        (void)snprintf(out, 32, "accuracy unknown");
    else
        (void)snprintf(out, 32, "%.3g m", metres);
    return out;
}

static weft_status warn(weft_plan *plan, const weft_plan_transform *transform, weft_error *err) {
    const weft_crs_operation *operation = &transform->operation;
    const weft_grid *grid = &plan->grid;
    double cell = fmin(grid->res_x, grid->res_y) * (weft_crs_is_geographic(grid->crs) ? METRES_DEGREE : 1);
    char used[32], better[32];
    if (operation->missing == NULL || loss(operation) <= MATTERS * cell) return WEFT_OK;
    return weft_plan_warn(plan, err,
                          "dataset %s: the datum shift grid %s is missing, so PROJ takes %s (%s) instead of %s (%s); "
                          "projsync --file %s fetches it",
                          plan->datasets[transform->dataset].config->name, operation->missing,
                          operation->name != NULL ? operation->name : "no operation",
                          accuracy_text(operation->accuracy, used), operation->better,
                          accuracy_text(operation->better_accuracy, better), operation->missing);
}

/* Of one dataset every CRS once. */
static bool has_crs(const weft_plan *plan, int dataset, const weft_crs *crs) {
    for (int i = 0; i < plan->transform_count; i++)
        if (plan->transforms[i].dataset == dataset &&
            strcmp(weft_crs_wkt(plan->transforms[i].from), weft_crs_wkt(crs)) == 0)
            return true;
    return false;
}

static weft_status add(weft_plan *plan, int dataset, const weft_source *source, weft_operation_finder *finder,
                       weft_error *err) {
    const weft_crs *crs = weft_source_describe(source)->crs;
    weft_plan_transform one = {.dataset = dataset, .from = crs, .area = weft_source_bounds(source)};
    const weft_plan_transform *known = find_known(plan, crs, one.area);
    one.borrowed = known != NULL;
    weft_status status = WEFT_OK;
    if (known != NULL)
        one.operation = known->operation;
    else
        status = weft_operation_find(&one.operation, finder, crs, one.area, err);
    if (status != WEFT_OK) return status;
    weft_plan_transform *more =
        realloc(plan->transforms, (size_t)(plan->transform_count + 1) * sizeof *plan->transforms);
    if (more == NULL) {
        if (!one.borrowed) weft_crs_operation_dispose(&one.operation);
        return weft_error_no_memory(err, "the plan");
    }
    plan->transforms = more;
    more[plan->transform_count++] = one;
    return warn(plan, &one, err);
}

weft_status weft_plan_transforms_find(weft_plan *plan, weft_error *err) {
    weft_operation_finder *finder = NULL;
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->dataset_count; i++) {
        for (int j = 0; j < plan->datasets[i].input_count && status == WEFT_OK; j++) {
            const weft_source *source = plan->datasets[i].inputs[j].source;
            const weft_crs *crs = weft_source_describe(source)->crs;
            if (has_crs(plan, i, crs) || weft_crs_equal(crs, plan->grid.crs)) continue;
            if (finder == NULL) status = weft_operation_finder_new(&finder, plan->grid.crs, err);
            if (status == WEFT_OK) status = add(plan, i, source, finder, err);
        }
    }
    weft_operation_finder_free(finder);
    return status;
}

static json_t *json_accuracy(double metres) {
    return metres < 0 ? json_null() : json_real(metres);
}

json_t *weft_plan_transforms_json(const weft_plan *plan) {
    json_t *out = json_array();
    for (int i = 0; i < plan->transform_count; i++) {
        const weft_plan_transform *transform = &plan->transforms[i];
        const weft_crs_operation *operation = &transform->operation;
        json_t *one = json_pack("{s:s, s:o, s:o, s:o}", "dataset", plan->datasets[transform->dataset].config->name,
                                "from", weft_plan_json_text(weft_crs_name(transform->from)), "operation",
                                operation->name != NULL ? weft_plan_json_text(operation->name) : json_null(),
                                "accuracy_m", json_accuracy(operation->accuracy));
        if (operation->missing != NULL) {
            weft_plan_json_put(&one, "missing_grids", weft_plan_json_text(operation->missing));
            weft_plan_json_put(&one, "better_operation", weft_plan_json_text(operation->better));
            weft_plan_json_put(&one, "better_accuracy_m", json_accuracy(operation->better_accuracy));
        }
        weft_plan_json_append(&out, one);
    }
    return out;
}

void weft_plan_transforms_describe(const weft_plan *plan, weft_text *out) {
    char accuracy[32];
    for (int i = 0; i < plan->transform_count; i++) {
        const weft_plan_transform *transform = &plan->transforms[i];
        const weft_crs_operation *operation = &transform->operation;
        weft_text_add(out, "transform    %s: %s (%s)%s%s\n", plan->datasets[transform->dataset].config->name,
                      operation->name != NULL ? operation->name : "none that PROJ lists",
                      accuracy_text(operation->accuracy, accuracy), operation->missing != NULL ? ", without " : "",
                      operation->missing != NULL ? operation->missing : "");
    }
}
