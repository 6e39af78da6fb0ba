/* SPDX-License-Identifier: MIT
 *
 * The first band that is odd stands for its like. */
#include "pipeline/planner/source_warnings.h"

#include <math.h>
#include <string.h>

#define DIVISOR  10  /* integers that are multiplied by this and more are seldom meant to be */
#define FEW_LEFT 0.1 /* of the values that a type can hold */

typedef bool (*is_odd_fn)(const weft_band_info *band);

static bool has_unused_nodata(const weft_band_info *band) {
    return band->wanted && !isnan(band->nodata_unused);
}

static bool has_divisor(const weft_band_info *band) {
    double power = log10(fabs(band->scale));
    return band->wanted && !weft_data_type_is_float(band->type) && fabs(band->scale) >= DIVISOR &&
           fabs(power - round(power)) < 1e-9;
}

/* The first input's band that is odd, or NULL; *info: its source's. */
static const weft_band_info *find_odd(const weft_plan_dataset *dataset, is_odd_fn is_odd,
                                      const weft_source_info **info) {
    for (int i = 0; i < dataset->input_count; i++) {
        *info = weft_source_describe(dataset->inputs[i].source);
        for (int b = 0; b < (*info)->band_count; b++)
            if (is_odd(&(*info)->bands[b])) return &(*info)->bands[b];
    }
    return NULL;
}

static weft_status warn_of_crs(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    for (int i = 0; i < dataset->input_count; i++) {
        const weft_source_info *info = weft_source_describe(dataset->inputs[i].source);
        if (!info->crs_assumed) continue;
        return weft_plan_warn(plan, err,
                              "dataset %s: %s has no CRS, but degrees_east and degrees_north: taken as longitude and "
                              "latitude on WGS 84; datasets[].crs says another",
                              dataset->config->name, info->path);
    }
    return WEFT_OK;
}

static weft_status warn_of_nodata(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    const weft_source_info *info;
    const weft_band_info *band = find_odd(dataset, has_unused_nodata, &info);
    if (band == NULL) return WEFT_OK;
    return weft_plan_warn(
        plan, err, "dataset %s: nodata value %.17g fits no %s pixel of band %d, so nothing is missing by it: %s",
        dataset->config->name, band->nodata_unused, weft_data_type_name(band->type), band->number, info->path);
}

static weft_status warn_of_scale(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    const weft_source_info *info;
    const weft_band_info *band = dataset->config->unscale ? find_odd(dataset, has_divisor, &info) : NULL;
    if (band == NULL) return WEFT_OK;
    return weft_plan_warn(plan, err,
                          "dataset %s: values are multiplied by %.15g, the scale of band %d; if it is a divisor, "
                          "datasets[].scale: %.15g: %s",
                          dataset->config->name, band->scale, band->number, 1 / band->scale, info->path);
}

static bool is_signed(weft_data_type type) {
    return type == WEFT_INT8 || type == WEFT_INT16 || type == WEFT_INT32 || type == WEFT_INT64;
}

/* Two numbers are a range: [0, 255] of bytes leaves nothing. */
static bool leaves_little(const weft_band_info *band) {
    double missing = 0, size = (double)weft_data_type_size(band->type);
    if (!band->wanted || weft_data_type_is_float(band->type)) return false;
    for (int i = 0; i < band->missing_count; i++) {
        weft_pixel_range range = band->missing[i];
        missing += is_signed(band->type) ? (double)range.high.integer - (double)range.low.integer + 1
                                         : (double)range.high.unsigned_integer - (double)range.low.unsigned_integer + 1;
    }
    return missing >= (1 - FEW_LEFT) * ldexp(1, (int)(8 * size));
}

static weft_status warn_of_pair(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    const weft_config_dataset *config = dataset->config;
    const weft_source_info *info;
    if (!config->nodata_pair || find_odd(dataset, leaves_little, &info) == NULL) return WEFT_OK;
    double low = (double)config->nodata->low, high = (double)config->nodata->high;
    return weft_plan_warn(plan, err,
                          "dataset %s: nodata: [%.15g, %.15g] is a range, and leaves next to no value; for the two "
                          "values alone: nodata: [[%.15g], [%.15g]]",
                          config->name, low, high, low, high);
}

/* --- what GDAL says --- */

/* A file may be several datasets'. */
static bool was_said(const weft_plan *plan, const weft_plan_dataset *dataset, const weft_source_info *info) {
    for (const weft_plan_dataset *other = plan->datasets; other < dataset; other++) {
        if (other->mosaic != NULL || other->input_count == 0) continue;
        const weft_source_info *said = weft_source_describe(other->inputs[0].source);
        if (said->warnings == NULL || strcmp(said->path, info->path) != 0) continue;
        if (strcmp(said->warnings, info->warnings) == 0) return true;
    }
    return false;
}

static weft_status pass_on_of_mosaic(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    const weft_mosaic_warning *warnings;
    weft_status status = WEFT_OK;
    int others, count = weft_mosaic_warnings(dataset->mosaic, &warnings, &others);
    for (int i = 0; i < count && status == WEFT_OK; i++) {
        const char *path = weft_mosaic_file_path(dataset->mosaic, warnings[i].first);
        status = warnings[i].count == 1
                     ? weft_plan_warn(plan, err, "dataset %s: %s: GDAL warns: %s", dataset->config->name, path,
                                      warnings[i].text)
                     : weft_plan_warn(plan, err, "dataset %s: %s, the first of %d such files: GDAL warns: %s",
                                      dataset->config->name, path, warnings[i].count, warnings[i].text);
    }
    if (status != WEFT_OK || others == 0) return status;
    return weft_plan_warn(plan, err, "dataset %s: GDAL warns of %d more files, in other words", dataset->config->name,
                          others);
}

/* What GDAL warned of when files were opened: it may be why values or places are not those that were meant. */
static weft_status pass_on(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    if (dataset->mosaic != NULL) return pass_on_of_mosaic(plan, dataset, err);
    if (dataset->input_count == 0) return WEFT_OK;
    const weft_source_info *info = weft_source_describe(dataset->inputs[0].source);
    if (info->warnings == NULL || was_said(plan, dataset, info)) return WEFT_OK;
    return weft_plan_warn(plan, err, "dataset %s: %s: GDAL warns: %s", dataset->config->name, info->path,
                          info->warnings);
}

weft_status weft_source_warn(weft_plan *plan, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->dataset_count && status == WEFT_OK; i++) {
        const weft_plan_dataset *dataset = &plan->datasets[i];
        status = pass_on(plan, dataset, err);
        if (status == WEFT_OK) status = warn_of_crs(plan, dataset, err);
        if (status == WEFT_OK) status = warn_of_nodata(plan, dataset, err);
        if (status == WEFT_OK) status = warn_of_pair(plan, dataset, err);
        if (status == WEFT_OK) status = warn_of_scale(plan, dataset, err);
    }
    return status;
}
