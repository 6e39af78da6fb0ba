/* SPDX-License-Identifier: MIT
 *
 * Numbers of classes have no order: a least, a middle or a greatest one says as little as a mean. */
#include "pipeline/planner/class_warnings.h"

#include <stdio.h>

static bool is_calculated(weft_overlap overlap) {
    return overlap != WEFT_OVERLAP_FIRST && overlap != WEFT_OVERLAP_LAST;
}

/* What counts classes takes them for what they are. */
static bool calculates(const weft_plan_layer *layer) {
    return !layer->method.method->keeps_classes && !layer->method.method->of_pixels;
}

static weft_status warn_of(weft_plan *plan, const weft_plan_dataset *dataset, const weft_plan_layer *first, int count,
                           weft_error *err) {
    const char *path = weft_source_describe(dataset->inputs[0].source)->path;
    char bands[64];
    if (count == 1)
        (void)snprintf(bands, sizeof bands, "band %d is", first->band);
    else
        (void)snprintf(bands, sizeof bands, "band %d and %d more are", first->band, count - 1);
    if (calculates(first))
        return weft_plan_warn(plan, err,
                              "dataset %s: %s of classes in %s (%s), but method %s calculates with their numbers: "
                              "method: nearest or mode keeps them",
                              dataset->config->name, bands, path, first->info->classes, first->method.name);
    return weft_plan_warn(plan, err,
                          "dataset %s: %s of classes in %s (%s), but its mosaic calculates with their numbers where "
                          "files overlap: mosaic: first or last keeps them",
                          dataset->config->name, bands, path, first->info->classes);
}

weft_status weft_class_warn(weft_plan *plan, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->layer_count && status == WEFT_OK;) {
        int index = plan->layers[i].dataset, count = 0;
        const weft_plan_dataset *dataset = &plan->datasets[index];
        const weft_plan_layer *first = NULL;
        for (int which = -1; i < plan->layer_count && plan->layers[i].dataset == index; i++) {
            const weft_plan_layer *layer = &plan->layers[i];
            if (layer->info == NULL || layer->info->classes == NULL) continue;
            if (first == NULL || (calculates(layer) && !calculates(first))) first = layer;
            count += layer->which != which;
            which = layer->which;
        }
        bool mixed = dataset->mosaic != NULL && dataset->file_count > 1 && is_calculated(dataset->overlap);
        if (first != NULL && (mixed || calculates(first))) status = warn_of(plan, dataset, first, count, err);
    }
    return status;
}
