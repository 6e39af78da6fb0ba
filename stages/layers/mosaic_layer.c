/* SPDX-License-Identifier: MIT
 *
 * A window is done in pieces, so that the scratch for a part's values is small whatever the window, and few parts lie
 * under each. Values do not depend on the pieces. Which parts those are, the places of the piece's cells tell: they are
 * looked up once a CRS, however many parts it has. */
#include "stages/layers/mosaic_layer.h"

#include "processors/lattice/lattice.h"
#include "processors/lattice/lattice_box.h"
#include "stages/layers/places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FEW 256 /* parts under a piece that are sorted; of more the whole list is gone through */

typedef struct mosaic_layer {
    weft_layer base;
    weft_overlap rule;
    bool corners;
    const weft_mosaic_net *nets;
    int net_count;
    weft_layer **parts; /* NULL: it lies off the grid */
    int count;
} mosaic_layer;

/* The parts that may have values in a piece, in order. */
typedef struct part_list {
    const mosaic_layer *layer;
    int count;
    bool all; /* every part of the layer, those that may have values among them */
    int parts[FEW];
} part_list;

/* A worker's scratch for one piece. */
typedef struct piece {
    weft_window window;
    weft_values values; /* a part's */
    void *converted;    /* a row of them in the layer's type */
    double *sums;
    int32_t *counts;
    uint64_t *gathered; /* of medians: `room` values of each cell */
    int64_t room;
} piece;

/* Reserves memory for a piece, and divides it. What has 8 bytes comes first, so that all is aligned. */
static weft_status lay_out(piece *out, weft_worker *worker, weft_window window, weft_overlap rule, int parts,
                           weft_error *err) {
    int64_t bytes = weft_mosaic_layer_bytes(rule, parts);
    weft_status status = weft_buffer_reserve(&worker->group, worker->context->ledger, WEFT_TAG_PATCH, bytes, err);
    if (status != WEFT_OK) return status;
    const int64_t max = WEFT_MOSAIC_LAYER_CELLS;
    out->gathered = worker->group.data;
    out->room = rule == WEFT_OVERLAP_MED ? parts : 0;
    double *sums = (double *)(void *)(out->gathered + out->room * max);
    out->window = window;
    out->sums = sums;
    out->values = (weft_values){.values = sums + max, .stride = window.cols};
    out->converted = sums + 2 * max;
    out->counts = (int32_t *)(sums + 3 * max);
    out->values.valid = (uint8_t *)(out->counts + max);
    return WEFT_OK;
}

static weft_status read_part(weft_layer *part, weft_worker *worker, piece *into, weft_error *err) {
    weft_values values = into->values;
    values.type = part->type;
    if (weft_data_type_is_float(part->type)) values.valid = NULL;
    return part->kind->read(part, worker, into->window, values, err);
}

static bool adds(weft_overlap rule) {
    return rule == WEFT_OVERLAP_MEAN || rule == WEFT_OVERLAP_COUNT;
}

static void join(const mosaic_layer *layer, const weft_layer *part, const piece *from, weft_values out) {
    bool floats = weft_data_type_is_float(part->type);
    for (int64_t row = 0; row < from->window.rows; row++) {
        weft_values to = weft_values_at(out, row, 0);
        int64_t cols = from->window.cols, at = row * cols;
        const void *values = (const char *)from->values.values + at * (int64_t)weft_data_type_size(part->type);
        const uint8_t *valid = floats ? NULL : from->values.valid + at;
        if (layer->rule == WEFT_OVERLAP_MED) {
            weft_overlap_gather(to.type, cols, from->gathered + at * from->room, from->room, from->counts + at,
                                part->type, values, valid);
            continue;
        }
        if (adds(layer->rule)) {
            weft_overlap_add(part->type, cols, from->sums + at, from->counts + at, values, valid);
            continue;
        }
        if (part->type != to.type) {
            weft_data_type_convert(to.type, from->converted, part->type, values, cols);
            values = from->converted;
        }
        weft_overlap_join(layer->rule, to.type, cols, to.values, to.valid, values, valid);
    }
}

/* --- the parts under a piece --- */

static bool insert_sorted(void *payload, int part) {
    part_list *list = payload;
    if (list->layer->parts[part] == NULL) return true;
    if (list->count == FEW) {
        list->all = true;
        list->count = list->layer->count;
        return false;
    }
    int at = list->count++;
    for (; at > 0 && list->parts[at - 1] > part; at--)
        list->parts[at] = list->parts[at - 1];
    list->parts[at] = part;
    return true;
}

static weft_layer *part_at(const part_list *list, int i) {
    return list->layer->parts[list->all ? i : list->parts[i]];
}

/* What places span in a net's CRS, with the corners of the cells around them where these count. *any: false where none
 * has a place there. */
static weft_status find_box_of_places(const weft_places *places, weft_window window, const weft_mosaic_net *net,
                                      bool corners, weft_lattice_box *box, bool *any, weft_error *err) {
    weft_status status = WEFT_OK;
    *box = (weft_lattice_box){INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int64_t i = 0; i < window.cols && status == WEFT_OK; i++) {
        int64_t number = weft_place_number(places->order[window.col + i]);
        double x[5], y[5];
        int count = corners ? 5 : 1;
        for (int k = 0; k < count; k++) {
            double side_x = k == 0 ? 0 : k % 2 == 0 ? -1 : 1, side_y = k == 0 ? 0 : k < 3 ? 1 : -1;
            x[k] = places->x[number] + side_x * places->half[0];
            y[k] = places->y[number] + side_y * places->half[1];
        }
        status = weft_crs_pair_transform(net->lattice.payload, count, x, y, err);
        for (int k = 0; k < count && status == WEFT_OK; k++) {
            if (!isfinite(x[k]) || !isfinite(y[k])) continue;
            *box = (weft_lattice_box){fmin(box->xmin, x[k]), fmin(box->ymin, y[k]), fmax(box->xmax, x[k]),
                                      fmax(box->ymax, y[k])};
            *any = true;
        }
    }
    return status;
}

/* `cells` lie in one lattice row. */
static weft_status find_parts(const mosaic_layer *layer, weft_worker *worker, weft_window cells, part_list *out,
                              weft_error *err) {
    weft_status status = WEFT_OK;
    out->layer = layer;
    out->count = 0;
    out->all = false;
    for (int i = 0; i < layer->net_count && !out->all && status == WEFT_OK; i++) {
        const weft_mosaic_net *net = &layer->nets[i];
        weft_lattice_box box;
        bool any = false;
        if (worker->places != NULL) {
            status = find_box_of_places(worker->places, cells, net, layer->corners, &box, &any, err);
        } else {
            if (!weft_coverage_may_have_value(net->coverage, cells)) continue;
            status = weft_lattice_find_box(worker->lattice, &net->lattice, net->straight, cells, layer->corners, &box,
                                           &any, err);
        }
        if (status == WEFT_OK && any)
            weft_coverage_find(net->coverage, (weft_bounds){box.xmin, box.ymin, box.xmax, box.ymax}, insert_sorted,
                               out);
    }
    return status;
}

/* The only part that may have values here, when its values are the layer's as they are. */
static weft_layer *only_part(const part_list *list) {
    if (list->all || list->count != 1) return NULL;
    weft_layer *only = part_at(list, 0);
    return only->type == list->layer->base.type ? only : NULL;
}

/* --- reading --- */

/* What was added or gathered of a row's cells, from `at` on. */
static void end_row(weft_overlap rule, const piece *from, int64_t at, int64_t cols, weft_values to) {
    uint8_t *valid = weft_data_type_is_float(to.type) ? NULL : to.valid;
    if (rule == WEFT_OVERLAP_MEAN)
        weft_overlap_mean(to.type, cols, from->sums + at, from->counts + at, to.values, valid);
    else if (rule == WEFT_OVERLAP_COUNT)
        weft_overlap_count(to.type, cols, from->sums + at, to.values, valid);
    else
        weft_overlap_med(to.type, cols, from->gathered + at * from->room, from->room, from->counts + at, to.values,
                         valid);
}

static weft_status read_all(const part_list *list, weft_worker *worker, piece *scratch, weft_values out,
                            weft_error *err) {
    const mosaic_layer *layer = list->layer;
    int64_t cols = scratch->window.cols, rows = scratch->window.rows;
    bool ends = adds(layer->rule) || layer->rule == WEFT_OVERLAP_MED, backwards = layer->rule == WEFT_OVERLAP_LAST;
    weft_status status = WEFT_OK;
    weft_values_fill_missing(out, cols, rows);
    if (ends) {
        memset(scratch->sums, 0, (size_t)(cols * rows) * sizeof *scratch->sums);
        memset(scratch->counts, 0, (size_t)(cols * rows) * sizeof *scratch->counts);
    }
    for (int i = 0; i < list->count && status == WEFT_OK; i++) {
        weft_layer *part = part_at(list, backwards ? list->count - 1 - i : i);
        if (part == NULL) continue;
        status = read_part(part, worker, scratch, err);
        if (status == WEFT_OK) join(layer, part, scratch, out);
    }
    for (int64_t row = 0; row < rows && ends && status == WEFT_OK; row++)
        end_row(layer->rule, scratch, row * cols, cols, weft_values_at(out, row, 0));
    return status;
}

static weft_status read_piece(const mosaic_layer *layer, weft_worker *worker, weft_window window, weft_values out,
                              weft_error *err) {
    part_list list;
    piece scratch;
    weft_status status = find_parts(layer, worker, window, &list, err);
    if (status != WEFT_OK) return status;
    if (list.count == 0) {
        weft_values_fill_missing(out, window.cols, window.rows);
        return WEFT_OK;
    }
    weft_layer *only = only_part(&list);
    if (only != NULL) return only->kind->read(only, worker, window, out, err);
    status = lay_out(&scratch, worker, window, layer->rule, list.count, err);
    return status == WEFT_OK ? read_all(&list, worker, &scratch, out, err) : status;
}

/* Rows of one lattice row, as wide as the window: looked at as a whole first, so that the lattice is there for all of
 * its pieces. */
static weft_status read_band(const mosaic_layer *layer, weft_worker *worker, weft_window band, weft_values out,
                             weft_error *err) {
    part_list list;
    weft_status status = find_parts(layer, worker, band, &list, err);
    if (status != WEFT_OK) return status;
    weft_layer *only = only_part(&list);
    if (only != NULL) return only->kind->read(only, worker, band, out, err);
    for (int64_t col = 0; col < band.cols && status == WEFT_OK; col += WEFT_MOSAIC_LAYER_COLS) {
        weft_window cells = {band.col + col, band.row, WEFT_MOSAIC_LAYER_COLS, band.rows};
        status = read_piece(layer, worker, weft_window_intersect(cells, band), weft_values_at(out, 0, col), err);
    }
    return status;
}

static weft_status read_mosaic(weft_layer *base, weft_worker *worker, weft_window window, weft_values out,
                               weft_error *err) {
    const mosaic_layer *layer = (const mosaic_layer *)base;
    weft_status status = WEFT_OK;
    for (int64_t done = 0; done < window.rows && status == WEFT_OK;) {
        weft_window band = {window.col, window.row + done, window.cols, window.rows - done};
        band.rows = weft_lattice_band_rows(band);
        status = read_band(layer, worker, band, weft_values_at(out, done, 0), err);
        done += band.rows;
    }
    return status;
}

static void free_mosaic(weft_layer *base) {
    mosaic_layer *layer = (mosaic_layer *)base;
    for (int i = 0; i < layer->count; i++)
        weft_layer_free(layer->parts[i]);
    free(layer->parts);
    free(layer);
}

static const weft_layer_kind mosaic_kind = {WEFT_STAGE_RESAMPLE, WEFT_OPERATION_RESAMPLE_WINDOW, read_mosaic,
                                            free_mosaic};

weft_status weft_mosaic_layer_new(weft_layer **out, const weft_mosaic_layer_options *options, int capacity,
                                  weft_error *err) {
    mosaic_layer *layer = calloc(1, sizeof *layer);
    weft_layer **parts = calloc((size_t)capacity, sizeof *parts);
    *out = NULL;
    if (layer == NULL || parts == NULL) {
        free(layer);
        free(parts);
        return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for column %s", options->column);
    }
    *layer = (mosaic_layer){
        .base = {.kind = &mosaic_kind, .column = options->column, .type = options->type, .dataset = options->dataset},
        .rule = options->rule,
        .corners = options->corners,
        .nets = options->nets,
        .net_count = options->net_count,
        .parts = parts,
        .count = capacity};
    *out = &layer->base;
    return WEFT_OK;
}

void weft_mosaic_layer_set(weft_layer *base, int number, weft_layer *part) {
    ((mosaic_layer *)base)->parts[number] = part;
}
