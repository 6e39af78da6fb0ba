/* What the end-to-end job must cost whatever else is done: to decode every source block that its grid needs, once, and
 * to format as many numbers as its table has. Nothing is resampled, and nothing is written.
 *
 * Blocks are decoded by GDAL alone, a handle a thread; numbers are formatted by weft's own row formatter. The values
 * are made up, in the range and the type of each column, with all the digits that an interpolated one has; the length
 * of the text is printed, to be held against the table's.
 *
 * usage: bench_floor CONFIG THREADS, where no dataset is a mosaic
 *
 * SPDX-License-Identifier: MIT */
#include "config/config_load.h"
#include "core/clock.h"
#include "core/threads/work_pool.h"
#include "pipeline/formats/formats.h"
#include "pipeline/plan/plan.h"
#include "pipeline/planner/planner.h"
#include "processors/text/row_formatter.h"

#include <cpl_error.h>
#include <gdal.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP       16 /* cells between the places of the grid that are looked up */
#define SLICE_ROWS 4  /* grid rows that a thread formats at once */

static void check(weft_status status, const weft_error *err) {
    if (status == WEFT_OK) return;
    fprintf(stderr, "bench_floor: %s\n", err->message);
    exit(70);
}

static void *allocate(size_t count, size_t bytes) {
    void *out = calloc(count, bytes);
    if (out == NULL) {
        fprintf(stderr, "bench_floor: out of memory\n");
        exit(71);
    }
    return out;
}

/* --- decoding --- */

/* The blocks of one dataset that the grid needs, in the file's order. */
typedef struct decode_job {
    const char *path;
    int64_t block_cols, block_rows, count;
    size_t block_bytes;
    int32_t (*blocks)[2]; /* column, row */
    atomic_int_fast64_t next;
} decode_job;

static int64_t clamp(double value, int64_t end) {
    if (value < 0) return 0;
    return value < (double)end ? (int64_t)value : end - 1;
}

/* Marks the blocks under a place and within `reach` pixels of it, and counts the new ones. */
static int64_t mark(const weft_source_info *info, double u, double v, double reach, int64_t across, char *needed) {
    int64_t marked = 0;
    if (isnan(u) || u + reach < 0 || v + reach < 0) return 0;
    if (u - reach >= (double)info->cols || v - reach >= (double)info->rows) return 0;
    int64_t first_col = clamp(u - reach, info->cols) / info->block_cols;
    int64_t last_col = clamp(u + reach, info->cols) / info->block_cols;
    int64_t first_row = clamp(v - reach, info->rows) / info->block_rows;
    int64_t last_row = clamp(v + reach, info->rows) / info->block_rows;
    for (int64_t row = first_row; row <= last_row; row++) {
        for (int64_t col = first_col; col <= last_col; col++) {
            marked += needed[row * across + col] == 0;
            needed[row * across + col] = 1;
        }
    }
    return marked;
}

/* A place every STEP cells; its reach is half of that. */
static void find_blocks(const weft_plan *plan, const weft_plan_input *input, decode_job *job) {
    const weft_source_info *info = weft_source_describe(input->source);
    int64_t across = (info->cols + info->block_cols - 1) / info->block_cols;
    int64_t down = (info->rows + info->block_rows - 1) / info->block_rows, points = plan->grid.cols / STEP + 1;
    double reach = STEP / 2.0 * fmax(input->scale[0], input->scale[1]);
    char *needed = allocate((size_t)(across * down), 1);
    double *u = allocate((size_t)points, sizeof *u), *v = allocate((size_t)points, sizeof *v);
    weft_error err = {0};
    *job = (decode_job){.path = info->path, .block_cols = info->block_cols, .block_rows = info->block_rows};
    job->block_bytes = (size_t)(info->block_cols * info->block_rows) * weft_data_type_size(info->bands[0].type);
    for (int64_t row = 0; row <= plan->grid.rows; row += STEP) {
        for (int64_t i = 0; i < points; i++) {
            u[i] = (double)(i * STEP);
            v[i] = (double)row;
        }
        check(weft_projector_project(input->projector, points, u, v, &err), &err);
        for (int64_t i = 0; i < points; i++)
            job->count += mark(info, u[i], v[i], reach, across, needed);
    }
    job->blocks = allocate((size_t)job->count + 1, sizeof *job->blocks);
    for (int64_t i = 0, at = 0; i < across * down; i++) {
        if (needed[i] == 0) continue;
        job->blocks[at][0] = (int32_t)(i % across);
        job->blocks[at++][1] = (int32_t)(i / across);
    }
    free(needed);
    free(u);
    free(v);
}

static weft_status decode(void *payload, int worker, weft_error *err) {
    decode_job *job = payload;
    (void)worker;
    GDALDatasetH dataset = GDALOpenEx(job->path, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL);
    void *pixels = allocate(1, job->block_bytes);
    weft_status status = WEFT_OK;
    GDALRasterBandH band = dataset != NULL ? GDALGetRasterBand(dataset, 1) : NULL;
    for (int64_t i; band != NULL && (i = atomic_fetch_add(&job->next, 1)) < job->count;)
        if (GDALReadBlock(band, job->blocks[i][0], job->blocks[i][1], pixels) != CE_None) band = NULL;
    if (band == NULL) status = weft_error_set(err, WEFT_ERR_IO, "%s: %s", job->path, CPLGetLastErrorMsg());
    free(pixels);
    if (dataset != NULL) GDALClose(dataset);
    return status;
}

/* Seconds. All threads decode one dataset, then the next. */
static double time_decoding(const weft_plan *plan, weft_work_pool *pool, int threads, int64_t *blocks) {
    decode_job *jobs = allocate((size_t)plan->dataset_count, sizeof *jobs);
    weft_task_group group;
    weft_error err = {0};
    *blocks = 0;
    for (int i = 0; i < plan->dataset_count; i++) {
        find_blocks(plan, &plan->datasets[i].inputs[0], &jobs[i]);
        *blocks += jobs[i].count;
    }
    check(weft_task_group_init(&group, &err), &err);
    int64_t before = weft_clock_monotonic_ns();
    for (int i = 0; i < plan->dataset_count; i++)
        for (int thread = 0; thread < threads; thread++)
            weft_work_pool_submit(pool, &group, WEFT_TASK_NORMAL, decode, &jobs[i]);
    check(weft_task_group_wait(&group, &err), &err);
    double seconds = (double)(weft_clock_monotonic_ns() - before) / 1e9;
    weft_task_group_dispose(&group);
    for (int i = 0; i < plan->dataset_count; i++)
        free(jobs[i].blocks);
    free(jobs);
    return seconds;
}

/* --- formatting --- */

typedef struct format_job {
    weft_row_format format;
    const weft_values *columns; /* of SLICE_ROWS rows, used again for every slice */
    weft_data_type *types;
    int64_t cols, rows;
    atomic_int_fast64_t next, bytes;
} format_job;

static weft_status format_slices(void *payload, int worker, weft_error *err) {
    format_job *job = payload;
    char *text = allocate((size_t)(job->cols * SLICE_ROWS), weft_row_format_bound(&job->format, job->types));
    (void)worker;
    (void)err;
    for (int64_t row, lines; (row = atomic_fetch_add(&job->next, SLICE_ROWS)) < job->rows;) {
        weft_window window = {0, row, job->cols, row + SLICE_ROWS < job->rows ? SLICE_ROWS : job->rows - row};
        size_t length =
            weft_row_format_cells(&job->format, window, job->columns, 0, window.cols * window.rows, text, &lines);
        atomic_fetch_add(&job->bytes, (int_fast64_t)length);
    }
    free(text);
    return WEFT_OK;
}

/* A number in [0, 1): the golden ratio's multiples, as far apart as can be (Knuth volume 3, 6.4). */
static double share_of(int64_t i) {
    double spread = (double)i * 0.6180339887498949;
    return spread - floor(spread);
}

/* Values between those that the column's name stands for in bench/rasters.c. */
static weft_values made_up(weft_data_type type, double low, double high, int64_t count, int64_t stride) {
    weft_values out = {.type = type, .values = allocate((size_t)count, weft_data_type_size(type)), .stride = stride};
    if (type == WEFT_UINT8) out.valid = memset(allocate((size_t)count, 1), 1, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        double value = low + (high - low) * (0.9 * share_of(i / 50) + 0.1 * share_of(i));
        if (type == WEFT_UINT8) {
            ((uint8_t *)out.values)[i] = (uint8_t)value;
        } else if (type == WEFT_FLOAT32) {
            ((float *)out.values)[i] = (float)value;
        } else {
            fprintf(stderr, "bench_floor: a column is neither Byte nor Float32\n");
            exit(70);
        }
    }
    return out;
}

static double time_formatting(const weft_plan *plan, weft_work_pool *pool, int threads, int64_t *bytes) {
    static const double ranges[][2] = {{-20, 3000}, {0, 40}, {1, 40}, {200, 2500}, {-10, 25}};
    const weft_grid *grid = &plan->grid;
    int64_t count = grid->cols * SLICE_ROWS;
    weft_values *columns = allocate((size_t)plan->layer_count, sizeof *columns);
    format_job job = {.format = {.origin_x = grid->origin_x,
                                 .origin_y = grid->origin_y,
                                 .res_x = grid->res_x,
                                 .res_y = grid->res_y,
                                 .column_count = plan->layer_count,
                                 .nodata = ""},
                      .columns = columns,
                      .cols = grid->cols,
                      .rows = grid->rows};
    char *x_texts = allocate((size_t)grid->cols, WEFT_X_TEXT_BYTES);
    weft_task_group group;
    weft_error err = {0};
    job.types = allocate((size_t)plan->layer_count, sizeof *job.types);
    for (int i = 0; i < plan->layer_count; i++) {
        const double *range = ranges[i % 5];
        job.types[i] = plan->layers[i].type;
        columns[i] = made_up(job.types[i], range[0], range[1], count, grid->cols);
    }
    weft_row_format_x_texts(&job.format, grid->cols, x_texts);
    job.format.x_texts = x_texts;
    check(weft_task_group_init(&group, &err), &err);
    int64_t before = weft_clock_monotonic_ns();
    for (int thread = 0; thread < threads; thread++)
        weft_work_pool_submit(pool, &group, WEFT_TASK_NORMAL, format_slices, &job);
    check(weft_task_group_wait(&group, &err), &err);
    double seconds = (double)(weft_clock_monotonic_ns() - before) / 1e9;
    weft_task_group_dispose(&group);
    for (int i = 0; i < plan->layer_count; i++) {
        free(columns[i].values);
        free(columns[i].valid);
    }
    free(columns);
    free(x_texts);
    free(job.types);
    *bytes = job.bytes;
    return seconds;
}

int main(int argc, char **argv) {
    weft_config *config = NULL;
    weft_plan *plan = NULL;
    weft_work_pool *pool = NULL;
    weft_problems problems = {0};
    weft_error err = {0};
    int64_t blocks, bytes;
    int threads = argc == 3 ? atoi(argv[2]) : 0;
    if (threads < 1) {
        fprintf(stderr, "usage: bench_floor CONFIG THREADS\n");
        return 64;
    }
    const weft_config_request request = {.file = argv[1], .registries = &weft_all_registries};
    check(weft_config_load(&config, &request, &problems, &err), &err);
    check(weft_plan_new(&plan, config, NULL, threads, NULL, &err), &err);
    check(weft_work_pool_new(&pool, threads, &err), &err);
    double decoding = time_decoding(plan, pool, threads, &blocks);
    double formatting = time_formatting(plan, pool, threads, &bytes);
    printf("%.2f\t%lld\t%.2f\t%lld\n", decoding, (long long)blocks, formatting, (long long)bytes);
    weft_work_pool_free(pool);
    weft_plan_free(plan);
    weft_problems_dispose(&problems);
    weft_config_free(config);
    return 0;
}
