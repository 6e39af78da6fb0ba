/* Parts of a plan as JSON, for what is printed of it and what is kept, and calls that notice when memory runs out.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_JSON_H
#define WEFT_PIPELINE_PLAN_JSON_H

#include "core/text.h"
#include "pipeline/plan/plan.h"

#include <jansson.h>

/* Adds `item`, which is taken over, to an array, or under a key to an object. Without memory, for the item or for its
 * place, all of it is freed and `*array` or `*object` is NULL, as it may have been before: nothing is left out unseen,
 * and json_pack() gives NULL for it in turn. */
void weft_plan_json_append(json_t **array, json_t *item);
void weft_plan_json_put(json_t **object, const char *key, json_t *item);

/* Adds the text of `root` to `out`, which has failed when memory runs out, as it has for NULL. flags: jansson's. Not by
 * json_dumps(): in jansson 2.14 that leaves out a quotation mark for which there was no memory, and says nothing. */
void weft_plan_json_print(const json_t *root, size_t flags, weft_text *out);

/* Each of these is the caller's; NULL when memory runs out. */

/* A string from outside: bytes that are not UTF-8 become question marks. NULL: no memory. */
json_t *weft_plan_json_text(const char *text);

/* What a band declares as missing: a number, "nan", "inf", "-inf", "mask", "alpha" or null. info: NULL is null. */
json_t *weft_plan_json_nodata(const weft_band_info *info);
/* The dataset's files: absolute. */
json_t *weft_plan_json_paths(const weft_plan_dataset *dataset);
/* "date" and "variable" of a layer that has a date, into its object. */
void weft_plan_json_put_date(json_t **object, const weft_plan_layer *layer);
/* "overview" of a dataset whose configuration asks for overviews, into its object: level (0: none), of, factor. */
void weft_plan_json_put_overview(json_t **object, const weft_plan_dataset *dataset);
/* crs (WKT), bounds, resolution, cols, rows. */
json_t *weft_plan_json_grid(const weft_grid *grid);

/* The value of a class: a real number, or an integer where no double is the same. */
json_t *weft_plan_json_class(long double value);

#endif
