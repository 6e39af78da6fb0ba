/* SPDX-License-Identifier: MIT */
#include "pipeline/plan/input_difference.h"

#include <stdio.h>
#include <string.h>

static const char place_hint[] = "gdalwarp or gdalbuildvrt puts its files on one; or a dataset each";
static const char bands_hint[] = "gdal_translate makes files of the same bands and type; or a dataset each";
static const char scale_hint[] =
    "the keys scale and offset give all files the same, and gdal_translate -unscale writes "
    "values instead; or a dataset each";

/* Of bands that are as many. NULL: none differs. */
static const char *band_difference(weft_input_difference *out, const weft_source_info *a, const weft_source_info *b) {
    for (int i = 0; i < a->band_count; i++) {
        const weft_band_info *one = &a->bands[i], *other = &b->bands[i];
        const char *what = one->type != other->type       ? "type"
                           : one->scale != other->scale   ? "scale"
                           : one->offset != other->offset ? "offset"
                                                          : NULL;
        if (what == NULL) continue;
        out->hint = one->type != other->type ? bands_hint : scale_hint;
        (void)snprintf(out->text, sizeof out->text, "the %s of band %d", what, one->number);
        return out->text;
    }
    return NULL;
}

void weft_input_difference_find(weft_input_difference *out, const weft_plan_dataset *dataset) {
    const weft_source_info *a = weft_source_describe(dataset->inputs[0].source);
    const weft_source_info *b = weft_source_describe(dataset->inputs[1].source);
    *out = (weft_input_difference){0};
    if (!weft_crs_equal(a->crs, b->crs))
        *out = (weft_input_difference){.what = "the CRS", .hint = place_hint, .in_place = true};
    else if (a->band_count != b->band_count)
        *out = (weft_input_difference){.what = "the number of bands", .hint = bands_hint};
    else
        out->what = band_difference(out, a, b);
    if (out->what == NULL)
        *out = (weft_input_difference){.what = "the pixel lattice", .hint = place_hint, .in_place = true};
}
