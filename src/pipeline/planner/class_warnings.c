/* SPDX-License-Identifier: MIT
 *
 * Numbers of classes have no order: a least, a middle or a greatest one says as little as a mean. */
#include "pipeline/planner/class_warnings.h"

#include <stdio.h>

static bool is_calculated(weft_overlap overlap) {
    return overlap != WEFT_OVERLAP_FIRST && overlap != WEFT_OVERLAP_LAST;
}

static weft_status warn_of(weft_plan *plan, const weft_plan_dataset *dataset, const weft_plan_layer *first, int count,
                           weft_error *err) {
    const char *path = weft_source_describe(dataset->inputs[0].source)->path;
    char bands[64];
    if (count == 1)
        (void)snprintf(bands, sizeof bands, "band %d is", first->band);
    else
        (void)snprintf(bands, sizeof bands, "band %d and %d more are", first->band, count - 1);
    if (!dataset->method->keeps_classes)
        return weft_plan_warn(plan, err,
                              "dataset %s: %s of classes in %s (%s), but method %s calculates with their numbers: "
                              "method: nearest or mode keeps them",
                              dataset->config->name, bands, path, first->info->classes,
                              weft_method_name(dataset->method));
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
        for (; i < plan->layer_count && plan->layers[i].dataset == index; i++) {
            const weft_plan_layer *layer = &plan->layers[i];
            if (layer->info == NULL || layer->info->classes == NULL) continue;
            if (first == NULL) first = layer;
            count++;
        }
        bool mixed = dataset->mosaic != NULL && dataset->file_count > 1 && is_calculated(dataset->overlap);
        if (first != NULL && (mixed || !dataset->method->keeps_classes))
            status = warn_of(plan, dataset, first, count, err);
    }
    return status;
}
