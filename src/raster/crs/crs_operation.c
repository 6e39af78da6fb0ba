/* SPDX-License-Identifier: MIT
 *
 * GDAL does not tell which operation it uses; PROJ ranks them alike when it is asked the same. */
#include "raster/crs/crs_operation.h"

#include "core/text.h"
#include "raster/crs/crs_handle.h"

#include <math.h>
#include <proj.h>
#include <stdlib.h>

struct weft_operation_finder {
    PJ_CONTEXT *context;
    PJ *target; /* NULL: PROJ does not know it, and lists nothing */
};

weft_status weft_operation_finder_new(weft_operation_finder **out, const weft_crs *to, weft_error *err) {
    weft_operation_finder *finder = calloc(1, sizeof *finder);
    *out = finder;
    if (finder != NULL) finder->context = proj_context_create();
    if (finder == NULL || finder->context == NULL)
        return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to ask PROJ for operations");
    proj_log_level(finder->context, PJ_LOG_NONE);
    finder->target = proj_create(finder->context, weft_crs_wkt(to));
    return WEFT_OK;
}

void weft_operation_finder_free(weft_operation_finder *finder) {
    if (finder == NULL) return;
    proj_destroy(finder->target);
    if (finder->context != NULL) proj_context_destroy(finder->context); /* NULL is PROJ's own, for all */
    free(finder);
}

void weft_crs_operation_dispose(weft_crs_operation *operation) {
    free(operation->name);
    free(operation->better);
    free(operation->missing);
    *operation = (weft_crs_operation){0};
}

/* The first of PROJ's list; NULL without one. */
static PJ *best_of(PJ_CONTEXT *context, const PJ *from, const PJ *to, const weft_bounds *degrees,
                   PROJ_GRID_AVAILABILITY_USE grids) {
    PJ_OPERATION_FACTORY_CONTEXT *factory = proj_create_operation_factory_context(context, NULL);
    if (factory == NULL) return NULL;
    proj_operation_factory_context_set_grid_availability_use(context, factory, grids);
    proj_operation_factory_context_set_spatial_criterion(context, factory, PROJ_SPATIAL_CRITERION_PARTIAL_INTERSECTION);
    if (degrees != NULL)
        proj_operation_factory_context_set_area_of_interest(context, factory, degrees->xmin, degrees->ymin,
                                                            degrees->xmax, degrees->ymax);
    PJ_OBJ_LIST *list = proj_create_operations(context, from, to, factory);
    PJ *best = list != NULL && proj_list_get_count(list) > 0 ? proj_list_get(context, list, 0) : NULL;
    proj_list_destroy(list);
    proj_operation_factory_context_destroy(factory);
    return best;
}

static char *name_of(const PJ *operation) {
    const char *name = proj_get_name(operation);
    return weft_text_format("%s", name != NULL ? name : "unnamed");
}

/* The names of an operation's grids that are not there. */
static void list_missing(PJ_CONTEXT *context, const PJ *operation, weft_text *out) {
    int count = proj_coordoperation_get_grid_used_count(context, operation);
    for (int i = 0; i < count; i++) {
        const char *name = NULL;
        int there = 1;
        if (!proj_coordoperation_get_grid_used(context, operation, i, &name, NULL, NULL, NULL, NULL, NULL, &there))
            break;
        if (!there && name != NULL) weft_text_add(out, out->length > 0 ? ", %s" : "%s", name);
    }
}

static bool has_its_grids(PJ_CONTEXT *context, const PJ *operation) {
    int count = proj_coordoperation_get_grid_used_count(context, operation);
    for (int i = 0; i < count; i++) {
        int there = 1;
        if (!proj_coordoperation_get_grid_used(context, operation, i, NULL, NULL, NULL, NULL, NULL, NULL, &there) ||
            !there)
            return false;
    }
    return true;
}

/* Whether it only maps, and shifts no datum: PROJ has no accuracy of what is exact. */
static bool is_conversion(PJ_CONTEXT *context, const PJ *operation) {
    int steps = proj_concatoperation_get_step_count(context, operation);
    bool all = steps > 0 || proj_get_type(operation) == PJ_TYPE_CONVERSION;
    for (int i = 0; i < steps && all; i++) {
        PJ *step = proj_concatoperation_get_step(context, operation, i);
        all = step != NULL && proj_get_type(step) == PJ_TYPE_CONVERSION;
        proj_destroy(step);
    }
    return all;
}

/* best: one that is better than `used` with grids that are not there, or NULL. */
static void describe(weft_crs_operation *out, PJ_CONTEXT *context, const PJ *used, const PJ *best, bool *no_memory) {
    weft_text missing = {0};
    out->accuracy = out->better_accuracy = -1;
    if (used != NULL) {
        out->name = name_of(used);
        out->accuracy = is_conversion(context, used) ? 0 : proj_coordoperation_get_accuracy(context, used);
        *no_memory = out->name == NULL;
    }
    if (best != NULL) list_missing(context, best, &missing);
    *no_memory = *no_memory || missing.failed;
    out->missing = missing.data;
    if (out->missing == NULL || *no_memory) return;
    out->better = name_of(best);
    out->better_accuracy = proj_coordoperation_get_accuracy(context, best);
    *no_memory = out->better == NULL;
}

weft_status weft_operation_find(weft_crs_operation *out, weft_operation_finder *finder, const weft_crs *from,
                                weft_bounds area, weft_error *err) {
    PJ_CONTEXT *context = finder->context;
    weft_bounds degrees;
    bool known = false, no_memory = false;
    *out = (weft_crs_operation){0};
    weft_status status = weft_transform_area(from, &area, &degrees, &known, err);
    if (status != WEFT_OK) return status;
    PJ *source = proj_create(context, weft_crs_wkt(from)), *used = NULL, *best = NULL;
    if (source != NULL && finder->target != NULL) {
        const weft_bounds *where = known ? &degrees : NULL;
        best = best_of(context, source, finder->target, where, PROJ_GRID_AVAILABILITY_IGNORED);
        /* It is also the best of those whose grids are there, when its own are; PROJ needs long for an answer. */
        if (best != NULL && has_its_grids(context, best)) {
            used = best;
            best = NULL;
        } else {
            used = best_of(context, source, finder->target, where,
                           PROJ_GRID_AVAILABILITY_DISCARD_OPERATION_IF_MISSING_GRID);
        }
    }
    describe(out, context, used, best, &no_memory);
    proj_destroy(used);
    proj_destroy(best);
    proj_destroy(source);
    if (!no_memory) return WEFT_OK;
    weft_crs_operation_dispose(out);
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to ask PROJ for operations");
}
