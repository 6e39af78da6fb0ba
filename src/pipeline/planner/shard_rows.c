/* SPDX-License-Identifier: MIT
 *
 * Costs are estimated for bands of rows. A cell costs what writing its columns costs, and where a source lies under it,
 * what resampling does and the pixels that are decoded for it: the numbers of docs/scaling.md, in their ratio. */
#include "pipeline/planner/shard_rows.h"

#include "core/window.h"

#include <math.h>
#include <stdlib.h>

#define BANDS  256
#define POINTS 33 /* that are looked at along the middle of each */

/* Of a column of a cell, in units of writing it. */
#define COST_RESAMPLE 0.3
#define COST_DECODE   0.1 /* of a source pixel */

typedef struct bands {
    int count;
    double cost[BANDS]; /* of all rows before each, and its own */
} bands;

static int64_t band_row(const weft_plan *plan, int count, int band) {
    return (int64_t)((double)plan->grid.rows * band / count);
}

/* --- what lies under a band --- */

static weft_status share_of_source(double *out, const weft_plan *plan, const weft_plan_input *input, double row,
                                   weft_error *err) {
    const weft_source_info *info = weft_source_describe(input->source);
    double u[POINTS], v[POINTS];
    int inside = 0;
    for (int i = 0; i < POINTS; i++) {
        u[i] = (double)plan->grid.cols * (i + 0.5) / POINTS;
        v[i] = row;
    }
    weft_status status = weft_projector_project(input->projector, POINTS, u, v, err);
    for (int i = 0; i < POINTS && status == WEFT_OK; i++)
        inside += u[i] >= 0 && u[i] <= (double)info->cols && v[i] >= 0 && v[i] <= (double)info->rows;
    *out = (double)inside / POINTS;
    return status;
}

/* Of a mosaic's files of any CRS. */
static double share_of_mosaic(const weft_plan *plan, const weft_plan_dataset *dataset, int64_t row) {
    int inside = 0;
    for (int i = 0; i < POINTS; i++) {
        int64_t col = (int64_t)((double)plan->grid.cols * (i + 0.5) / POINTS);
        bool any = false;
        for (int j = 0; j < dataset->net_count; j++)
            any = any || dataset->nets[j].coverage == NULL ||
                  weft_coverage_may_have_value(dataset->nets[j].coverage, (weft_window){col, row, 1, 1});
        inside += any;
    }
    return (double)inside / POINTS;
}

static weft_status share_of_dataset(double *out, const weft_plan *plan, const weft_plan_dataset *dataset, int64_t row,
                                    weft_error *err) {
    *out = 0;
    if (!dataset->on_grid || dataset->input_count == 0) return WEFT_OK;
    if (dataset->mosaic == NULL) return share_of_source(out, plan, &dataset->inputs[0], (double)row + 0.5, err);
    *out = share_of_mosaic(plan, dataset, row);
    return WEFT_OK;
}

/* Of each layer of the dataset and cell that it lies under. */
static double layer_cost(const weft_plan_dataset *dataset) {
    const double *scale = dataset->inputs[0].scale;
    return COST_RESAMPLE + COST_DECODE * fmin(fmax(scale[0] * scale[1], 1), 1e6);
}

static weft_status add_dataset(bands *out, const weft_plan *plan, int index, weft_error *err) {
    const weft_plan_dataset *dataset = &plan->datasets[index];
    int layers = 0;
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->layer_count; i++)
        layers += plan->layers[i].dataset == index;
    if (layers == 0 || dataset->input_count == 0) return WEFT_OK;
    for (int i = 0; i < out->count && status == WEFT_OK; i++) {
        int64_t row = (band_row(plan, out->count, i) + band_row(plan, out->count, i + 1)) / 2;
        double share;
        status = share_of_dataset(&share, plan, dataset, row, err);
        if (status == WEFT_OK) out->cost[i] += share * layers * layer_cost(dataset);
    }
    return status;
}

static weft_status measure(bands *out, const weft_plan *plan, weft_error *err) {
    weft_status status = WEFT_OK;
    out->count = (int)weft_smaller(BANDS, plan->grid.rows);
    for (int i = 0; i < out->count; i++)
        out->cost[i] = plan->column_count;
    for (int i = 0; i < plan->dataset_count && status == WEFT_OK; i++)
        status = add_dataset(out, plan, i, err);
    for (int i = 0; i < out->count; i++) {
        int64_t rows = band_row(plan, out->count, i + 1) - band_row(plan, out->count, i);
        out->cost[i] = out->cost[i] * (double)rows + (i > 0 ? out->cost[i - 1] : 0);
    }
    return status;
}

/* --- where to cut --- */

/* The row before which `part` of all costs lie. */
static int64_t row_at(const bands *costs, const weft_plan *plan, double part) {
    double wanted = part * costs->cost[costs->count - 1];
    int band = 0;
    while (band < costs->count - 1 && costs->cost[band] < wanted)
        band++;
    double before = band > 0 ? costs->cost[band - 1] : 0, own = costs->cost[band] - before;
    int64_t first = band_row(plan, costs->count, band), rows = band_row(plan, costs->count, band + 1) - first;
    int64_t row = first + (int64_t)floor((double)rows * fmin(fmax((wanted - before) / own, 0), 1) + 0.5);
    return weft_smaller(row, plan->grid.rows);
}

/* The source whose blocks are cut: the one of which most is decoded, of those whose rows run along the grid's. a: its
 * place on the grid (weft_projector_affine). NULL: there is none. */
static const weft_source_info *find_blocks(const weft_plan *plan, double a[6]) {
    const weft_source_info *found = NULL;
    double max = 0;
    for (int i = 0; i < plan->layer_count; i++) {
        const weft_plan_dataset *dataset = &plan->datasets[plan->layers[i].dataset];
        double here[6];
        if (!dataset->on_grid || dataset->input_count != 1) continue;
        const weft_source_info *info = weft_source_describe(dataset->inputs[0].source);
        double pixels = dataset->inputs[0].scale[0] * dataset->inputs[0].scale[1];
        if (pixels <= max || info->block_rows < 2 || !weft_projector_affine(dataset->inputs[0].projector, here))
            continue;
        if (fabs(here[4]) * (double)plan->grid.cols > 0.5 || !(fabs(here[5]) > 0)) continue;
        max = pixels;
        found = info;
        for (int j = 0; j < 6; j++)
            a[j] = here[j];
    }
    return found;
}

/* The row nearest to `row` that begins a row of blocks, if it is at most `reach` away. */
static int64_t snap(const weft_plan *plan, int64_t row, double reach) {
    double a[6] = {0, 0, 0, 0, 0, 1};
    const weft_source_info *info = find_blocks(plan, a);
    if (info == NULL || row <= 0 || row >= plan->grid.rows) return row;
    double height = (double)info->block_rows;
    double edge = floor((a[3] + a[5] * (double)row) / height + 0.5) * height;
    if (edge < 0 || edge > (double)info->rows) return row;
    double at = (edge - a[3]) / a[5];
    if (fabs(at - (double)row) > reach) return row;
    return (int64_t)fmin(fmax(floor(at + 0.5), 0), (double)plan->grid.rows);
}

/* Where shard `number`, from 0, begins. Ends rise with the number: an edge of blocks that is a third of the mean range
 * away at most cannot come before the edge of the range before. */
static int64_t begin_of(const bands *costs, const weft_plan *plan, int number, int count) {
    if (number == 0) return 0;
    if (number == count) return plan->grid.rows;
    int64_t row = row_at(costs, plan, (double)number / count), before = row_at(costs, plan, (number - 1.0) / count),
            after = row_at(costs, plan, (number + 1.0) / count);
    return snap(plan, row, (double)weft_smaller(row - before, after - row) / 3);
}

weft_status weft_shard_rows_find(weft_plan *plan, weft_error *err) {
    const weft_config_shard *shard = &plan->config->shard;
    bands costs = {0};
    plan->first_row = 0;
    plan->end_row = plan->table_rows;
    if (shard->count == 0) return WEFT_OK;
    if (plan->rows.file != NULL) {
        plan->first_row = (int64_t)((double)plan->table_rows * (shard->number - 1) / shard->count);
        plan->end_row = (int64_t)((double)plan->table_rows * shard->number / shard->count);
        return WEFT_OK;
    }
    weft_status status = measure(&costs, plan, err);
    if (status != WEFT_OK) return status;
    plan->first_row = begin_of(&costs, plan, shard->number - 1, shard->count);
    plan->end_row = begin_of(&costs, plan, shard->number, shard->count);
    return WEFT_OK;
}
