/* SPDX-License-Identifier: MIT
 *
 * Polygons are read whole, while the run is planned: what they take is resident when memory is shared out. */
#include "pipeline/planner/row_plan.h"

#include "core/text.h"
#include "pipeline/memory/memory_limit.h"
#include "pipeline/rows/made_columns.h"
#include "pipeline/rows/row_grid.h"
#include "processors/lattice/lattice_types.h"
#include "raster/vector/ring_projector.h"
#include "raster/vector/vector_fields.h"
#include "stages/layers/region_layer.h"
#include "stages/layers/zone_layer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_SHARE 4 /* of the limit, one part of so many may be polygons */

/* Reading one file of polygons. */
typedef struct reading {
    weft_plan *plan;
    const weft_config_vector *config;
    const char *key; /* "rows.within" */
    weft_vector_file *file;
    weft_ring_projector *projector;
    weft_polygon_set *set;
    int32_t features; /* so far: of them all that have a polygon, which is the number of the next */
    int64_t empty;
    /* Of a zone: */
    int field; /* -1: none */
    weft_values *values;
    int64_t capacity;
    size_t width; /* of its longest text */
    char **texts; /* one a feature, until their width is known */
} reading;

static void place_key(const weft_plan *plan, weft_place place, const char *key, weft_error *err) {
    weft_error_prefix(err, "%s: ", key);
    weft_config_place_error(plan->config, place, err);
}

static weft_status place_error(const reading *self, weft_status status, weft_error *err) {
    if (status != WEFT_OK && status != WEFT_ERR_CANCELLED) place_key(self->plan, self->config->place, self->key, err);
    return status;
}

/* --- geometry --- */

/* A grid of longitudes shows a ring on each turn that it touches. */
static weft_status add_ring(void *payload, bool hole, double *x, double *y, int64_t count, weft_error *err) {
    reading *self = payload;
    double turn = weft_ring_projector_turn(self->projector), cols = (double)self->plan->grid.cols;
    weft_grid_ring ring;
    weft_status status = weft_ring_projector_run(self->projector, x, y, count, &ring, err);
    if (turn == 0 && status == WEFT_OK && ring.count > 0)
        return weft_polygon_set_add(self->set, self->features, hole, ring.u, ring.v, ring.count, err);
    if (status != WEFT_OK || ring.count == 0) return status;
    double first = ceil(-ring.right / turn), last = floor((cols - ring.left) / turn), shifted = 0;
    for (double at = first; at <= last && status == WEFT_OK; at++) {
        for (int64_t i = 0; i < ring.count; i++)
            ring.u[i] += (at - shifted) * turn;
        shifted = at;
        status = weft_polygon_set_add(self->set, self->features, hole, ring.u, ring.v, ring.count, err);
    }
    return status;
}

/* --- fields --- */

static weft_status keep_text(reading *self, const char *text, weft_error *err) {
    char **texts = realloc(self->texts, (size_t)self->capacity * sizeof *texts);
    if (texts == NULL) return weft_error_no_memory(err, "polygons");
    self->texts = texts;
    texts[self->features] = text == NULL ? NULL : strdup(text);
    if (text != NULL && texts[self->features] == NULL) return weft_error_no_memory(err, "polygons");
    if (text == NULL) return WEFT_OK;
    self->width = (size_t)weft_larger((int64_t)self->width, (int64_t)strlen(text));
    return weft_vector_text_check(self->file, weft_vector_file_field_name(self->file, self->field), text, err);
}

static weft_status grow_values(reading *self, weft_error *err) {
    weft_values *values = self->values;
    if (self->features < self->capacity) return WEFT_OK;
    int64_t capacity = self->capacity == 0 ? 64 : 2 * self->capacity;
    uint8_t *valid = realloc(values->valid, (size_t)capacity);
    if (valid != NULL) values->valid = valid;
    void *numbers = realloc(values->values, (size_t)capacity * sizeof(int64_t));
    if (numbers != NULL) values->values = numbers;
    if (valid == NULL || numbers == NULL) return weft_error_no_memory(err, "polygons");
    self->capacity = capacity;
    return WEFT_OK;
}

static weft_status keep_value(reading *self, weft_error *err) {
    weft_values *values = self->values;
    weft_status status = grow_values(self, err);
    if (status != WEFT_OK) return status;
    int64_t at = self->features;
    bool has = false;
    if (values->type == WEFT_INT64) {
        has = weft_vector_feature_integer(self->file, self->field, &((int64_t *)values->values)[at]);
    } else if (values->type == WEFT_FLOAT64) {
        double *real = &((double *)values->values)[at];
        has = weft_vector_feature_real(self->file, self->field, real);
        if (!has) *real = NAN;
    } else if (values->type == WEFT_DATE) {
        has = weft_vector_feature_date(self->file, self->field, &((int32_t *)values->values)[at]);
    } else {
        const char *text = weft_vector_feature_text(self->file, self->field);
        has = text != NULL;
        status = keep_text(self, text, err);
    }
    values->valid[at] = has;
    return status;
}

/* Texts into one block, each as wide as the longest. */
static weft_status pack_texts(reading *self, weft_error *err) {
    weft_values *values = self->values;
    size_t width = self->width > 0 ? self->width : 1;
    char *packed = calloc((size_t)self->features + 1, width);
    if (packed == NULL) return weft_error_no_memory(err, "polygons");
    for (int32_t i = 0; i < self->features; i++)
        if (self->texts[i] != NULL) memcpy(packed + (size_t)i * width, self->texts[i], strlen(self->texts[i]));
    free(values->values);
    values->values = packed;
    values->type = WEFT_TEXT(width);
    return WEFT_OK;
}

/* --- one file --- */

static weft_status read_feature(reading *self, weft_error *err) {
    bool any = false;
    weft_status status = weft_vector_feature_rings(self->file, add_ring, self, &any, err);
    if (status != WEFT_OK || !any) {
        self->empty += status == WEFT_OK;
        return status;
    }
    if (self->field >= 0) status = keep_value(self, err);
    if (self->features == INT32_MAX)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: too many features", self->config->path);
    self->features++;
    return status;
}

static weft_status read_features(reading *self, weft_error *err) {
    weft_status status = WEFT_OK;
    for (bool any = true; status == WEFT_OK;) {
        status = weft_cancel_check(self->plan->retries.cancel, err);
        if (status == WEFT_OK) status = weft_vector_file_next(self->file, &any, err);
        if (status != WEFT_OK || !any) break;
        status = read_feature(self, err);
    }
    if (status != WEFT_OK || self->features > 0) return status;
    weft_error_set(err, WEFT_ERR_DATA, "%s: there is no polygon%s", self->config->path,
                   self->config->where != NULL ? " for which where is true" : " in it");
    weft_error_hint(err,
                    self->config->where != NULL ? "ogrinfo -al -where \"%.200s\" shows none either"
                                                : "ogrinfo -al -so shows what is there%.0s",
                    self->config->where != NULL ? self->config->where : "");
    return WEFT_ERR_DATA;
}

static weft_status open_file(reading *self, weft_error *err) {
    const weft_vector_options options = {
        .path = self->config->path, .layer = self->config->layer, .where = self->config->where};
    int64_t limit = 0;
    weft_status status = weft_vector_file_open(&self->file, &options, err);
    if (status != WEFT_OK) return status;
    if (!weft_vector_file_has_geometry(self->file)) {
        weft_error_set(err, WEFT_ERR_DATA, "%s: its features have no geometry", self->config->path);
        weft_error_hint(err, "polygons are a geometry: GeoPackage, shapefile, GeoJSON ..");
        return WEFT_ERR_DATA;
    }
    if (weft_vector_file_crs(self->file) == NULL) {
        weft_error_set(err, WEFT_ERR_DATA, "%s: it has no CRS", self->config->path);
        weft_error_hint(err, "ogr2ogr -a_srs EPSG:4326 with_crs.gpkg %s, if that is what it is", self->config->path);
        return WEFT_ERR_DATA;
    }
    status = weft_memory_limit(&limit, self->plan->config->memory_limit, "", err);
    self->set->max_bytes = limit / MEMORY_SHARE;
    if (status != WEFT_OK) return status;
    const weft_ring_target target = weft_ring_target_of_grid(&self->plan->grid);
    return weft_ring_projector_new(&self->projector, weft_vector_file_crs(self->file), &target, err);
}

static weft_status warn(const reading *self, weft_error *err) {
    weft_plan *plan = self->plan;
    const char *path = self->config->path;
    int64_t lost = weft_ring_projector_lost(self->projector);
    const char *said = weft_vector_file_warnings(self->file);
    weft_status status = WEFT_OK;
    if (said != NULL) status = weft_plan_warn(plan, err, "%s: %s: GDAL warns: %s", self->key, path, said);
    if (status == WEFT_OK && lost > 0)
        status = weft_plan_warn(plan, err, "%s: %s: %lld corners have no place in the grid's CRS and are left out",
                                self->key, path, (long long)lost);
    if (status == WEFT_OK && self->empty > 0)
        status = weft_plan_warn(plan, err, "%s: %s: %lld features have no geometry", self->key, path,
                                (long long)self->empty);
    return status;
}

/* Nothing on the grid is a mistake, most often of a CRS. */
static weft_status check_place(const reading *self, weft_error *err) {
    const weft_grid *grid = &self->plan->grid;
    const weft_polygon_set *set = self->set;
    if (weft_polygon_set_is_near(set, 0, 0, grid->cols, grid->rows)) return WEFT_OK;
    weft_bounds b = weft_grid_bounds(grid);
    weft_error_set(err, WEFT_ERR_DATA,
                   "%s: no polygon touches the grid: they lie in %.10g, %.10g, %.10g, %.10g, the grid is %.10g, %.10g, "
                   "%.10g, %.10g in %s",
                   self->config->path, grid->origin_x + set->left * grid->res_x,
                   grid->origin_y - set->bottom * grid->res_y, grid->origin_x + set->right * grid->res_x,
                   grid->origin_y - set->top * grid->res_y, b.xmin, b.ymin, b.xmax, b.ymax, weft_crs_name(grid->crs));
    weft_error_hint(err, "is the CRS that the file says the one that its coordinates are in (%s)?",
                    weft_crs_name(weft_vector_file_crs(self->file)));
    return WEFT_ERR_DATA;
}

static weft_status read_file(reading *self, weft_error *err) {
    const weft_grid *grid = &self->plan->grid;
    weft_status status = read_features(self, err);
    if (status == WEFT_OK && self->texts != NULL) status = pack_texts(self, err);
    if (status == WEFT_OK) status = weft_polygon_set_index(self->set, grid->cols, grid->rows, err);
    if (status == WEFT_OK) status = check_place(self, err);
    if (status == WEFT_ERR_MEMORY)
        weft_error_hint(err, "a higher memory.limit, of which a quarter may be polygons; or ogr2ogr -simplify");
    return status == WEFT_OK ? warn(self, err) : status;
}

static void end_reading(reading *self) {
    for (int32_t i = 0; i < self->features && self->texts != NULL; i++)
        free(self->texts[i]);
    free(self->texts);
    weft_ring_projector_free(self->projector);
    weft_vector_file_close(self->file);
}

/* --- within --- */

static weft_status read_region(weft_plan *plan, weft_error *err) {
    const weft_config_rows *config = &plan->config->rows_of;
    weft_plan_rows *rows = &plan->rows;
    if (config->within.path == NULL) return WEFT_OK;
    rows->region = calloc(1, sizeof *rows->region);
    if (rows->region == NULL) return weft_error_no_memory(err, "polygons");
    rows->region->rule = config->touch.rule == WEFT_TOUCH_CENTRE ? WEFT_REGION_CENTRE : WEFT_REGION_SHARE;
    rows->region->share = weft_polygon_share(config->touch.share);
    rows->choice.region = rows->region;
    reading self = {
        .plan = plan, .config = &config->within, .key = "rows.within", .set = &rows->region->set, .field = -1};
    weft_status status = open_file(&self, err);
    if (status == WEFT_OK) status = read_file(&self, err);
    rows->region_features = self.features;
    end_reading(&self);
    return place_error(&self, status, err);
}

/* The cells in the region, for what is told of the rows. */
static weft_status count_region(weft_plan *plan, weft_error *err) {
    const weft_grid *grid = &plan->grid;
    weft_plan_rows *rows = &plan->rows;
    rows->max_count = grid->cols * grid->rows;
    if (rows->region == NULL) return WEFT_OK;
    uint8_t *mask = malloc((size_t)grid->cols);
    void *scratch = malloc((size_t)weft_region_bytes(rows->region, grid->cols));
    weft_status status = mask == NULL || scratch == NULL ? weft_error_no_memory(err, "polygons") : WEFT_OK;
    rows->max_count = 0;
    for (int64_t row = 0; row < grid->rows && status == WEFT_OK; row++) {
        if (row % 1024 == 0) status = weft_cancel_check(plan->retries.cancel, err);
        rows->max_count += weft_region_scan(rows->region, row, 0, grid->cols, mask, scratch);
    }
    free(mask);
    free(scratch);
    if (status != WEFT_OK || rows->max_count > 0) return status;
    weft_error_set(err, WEFT_ERR_DATA, "no cell of the grid lies in a polygon");
    place_key(plan, plan->config->rows_of.within.place, "rows.within", err);
    weft_error_hint(err, plan->config->rows_of.touch.rule == WEFT_TOUCH_CENTRE
                             ? "they are smaller than cells: touch: any, or a finer grid.resolution"
                             : "a smaller share in touch, or a finer grid.resolution");
    return WEFT_ERR_DATA;
}

/* --- zone --- */

static weft_status read_zones(weft_plan *plan, weft_error *err) {
    const weft_config_rows *config = &plan->config->rows_of;
    weft_plan_rows *rows = &plan->rows;
    if (config->zone.path == NULL) return WEFT_OK;
    rows->zones = calloc(1, sizeof *rows->zones);
    if (rows->zones == NULL) return weft_error_no_memory(err, "polygons");
    reading self = {.plan = plan,
                    .config = &config->zone,
                    .key = "rows.zone",
                    .set = rows->zones,
                    .values = &rows->zone_values,
                    .field = -1};
    weft_status status = open_file(&self, err);
    if (status == WEFT_OK) status = weft_vector_file_field(self.file, config->zone_field, &self.field, err);
    if (status == WEFT_OK) {
        rows->zone_values.type = weft_vector_file_field_type(self.file, self.field);
        status = read_file(&self, err);
    }
    if (status == WEFT_OK && weft_data_type_is_float(rows->zone_values.type)) {
        free(rows->zone_values.valid); /* they are NaN */
        rows->zone_values.valid = NULL;
    }
    rows->zone_values.stride = self.features;
    rows->zone_features = self.features;
    if (status == WEFT_OK) status = weft_made_columns_new(plan, "zone", config->zone.place, 1, err);
    if (status == WEFT_OK)
        status =
            weft_made_columns_add(plan, config->zone_field, "zone", rows->zone_values.type, config->zone.path, err);
    if (status == WEFT_OK) status = weft_made_columns_warn(plan, "rows.zone", err);
    end_reading(&self);
    return place_error(&self, status, err);
}

/* --- all --- */

static void plan_sample(weft_plan *plan) {
    const weft_config_sample *sample = &plan->config->rows_of.sample;
    weft_plan_rows *rows = &plan->rows;
    rows->choice.seed = (uint64_t)sample->seed;
    if (sample->share > 0) {
        rows->choice.samples = true;
        rows->choice.bound = weft_row_sample_bound(sample->share);
        /* Six standard deviations over the mean. */
        double mean = (double)rows->max_count * sample->share;
        rows->max_count = (int64_t)fmin((double)rows->max_count, mean + 6 * sqrt(mean) + 1);
    }
    if (sample->count > 0 && sample->count < rows->max_count) rows->max_count = sample->count;
    if (weft_plan_rows_draw(plan->config)) rows->draw_bytes = weft_row_draw_bytes(rows->max_count);
}

static int64_t scratch_bytes(const weft_plan *plan) {
    const weft_plan_rows *rows = &plan->rows;
    int64_t cols = plan->grid.cols, side = weft_smaller(plan->config->window_size, cols), bytes = 0;
    if (rows->region != NULL)
        bytes = weft_region_layer_bytes(rows->region, side, WEFT_LATTICE_CELL) + weft_region_bytes(rows->region, cols);
    if (rows->zones != NULL) bytes = weft_larger(bytes, weft_zone_layer_bytes(rows->zones, side));
    return bytes;
}

weft_status weft_row_plan_make(weft_plan *plan, weft_error *err) {
    if (plan->rows.file != NULL) {
        plan->rows.max_count = plan->rows.file->count;
        plan_sample(plan);
        return weft_row_columns_plan(plan, err);
    }
    weft_status status = read_region(plan, err);
    if (status == WEFT_OK) status = count_region(plan, err);
    if (status == WEFT_OK) status = read_zones(plan, err);
    if (status != WEFT_OK) return status;
    plan_sample(plan);
    plan->rows.scratch_bytes = scratch_bytes(plan);
    return status;
}

static void describe_sample(const weft_plan *plan, weft_text *out) {
    const weft_config_sample *sample = &plan->config->rows_of.sample;
    if (sample->share > 0)
        weft_text_add(out, "sample       %.15g of the rows, seed %lld\n", sample->share, (long long)sample->seed);
    if (sample->count > 0)
        weft_text_add(out, "sample       %lld rows, seed %lld; all layers are read twice\n", (long long)sample->count,
                      (long long)sample->seed);
    if (sample->per > 0)
        weft_text_add(out, "sample       %lld rows of each %s, seed %lld; all layers are read twice\n",
                      (long long)sample->per, sample->by, (long long)sample->seed);
}

void weft_row_plan_describe(const weft_plan *plan, weft_text *out) {
    const weft_config_rows *config = &plan->config->rows_of;
    const weft_plan_rows *rows = &plan->rows;
    if (rows->region != NULL)
        weft_text_add(out, "within       %s: %lld polygons\n", config->within.path, (long long)rows->region_features);
    if (rows->zones != NULL)
        weft_text_add(out, "zone         %s, %lld polygons\n", rows->made->from[0], (long long)rows->zone_features);
    describe_sample(plan, out);
    if (!weft_plan_rows_are_all(plan->config))
        weft_text_add(out, "rows         %lld at most\n", (long long)rows->max_count);
}
