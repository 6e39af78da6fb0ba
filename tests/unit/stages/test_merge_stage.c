/* Chunks cover the grid once, in order, whatever their size and whatever the ledger grants; materialised layers give
 * back what was put in, and those that memory does not hold are read as they are.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "stages/layers/materialised_layer.h"
#include "stages/merge_stage.h"
#include "stages/resample_stage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- layers of formulas: cell (col, row) of layer k is 1000 row + col + k / 8; column 3 is missing in an Int16 one ---
 */

typedef struct formula_layer {
    weft_layer base;
    int number;
    int64_t failing_row; /* reading it is an error; -1: none */
} formula_layer;

static weft_status read_formula(weft_layer *base, weft_worker *worker, weft_window window, weft_values out,
                                weft_error *err) {
    formula_layer *layer = (formula_layer *)base;
    (void)worker;
    for (int64_t row = 0; row < window.rows; row++) {
        if (window.row + row == layer->failing_row) return weft_error_set(err, WEFT_ERR_IO, "row %d", 7);
        for (int64_t col = 0; col < window.cols; col++) {
            int64_t at = row * out.stride + col, value = 1000 * (window.row + row) + window.col + col;
            if (out.type == WEFT_INT16) {
                ((int16_t *)out.values)[at] = (int16_t)value;
                out.valid[at] = window.col + col != 3;
            } else {
                ((float *)out.values)[at] = (float)value + (float)layer->number / 8;
            }
        }
    }
    return WEFT_OK;
}

static void free_formula(weft_layer *layer) {
    free(layer);
}

static const weft_layer_kind formula_kind = {WEFT_STAGE_RESAMPLE, WEFT_OPERATION_RESAMPLE_WINDOW, read_formula,
                                             free_formula};

static weft_layer *make_formula(int number, weft_data_type type, int64_t failing_row) {
    formula_layer *layer = calloc(1, sizeof *layer);
    assert_non_null(layer);
    *layer = (formula_layer){
        {.kind = &formula_kind, .column = "column", .type = type, .dataset = number / 2}, number, failing_row};
    return &layer->base;
}

/* --- a context with two workers --- */

typedef struct rig {
    weft_activity activity;
    weft_cancel cancel;
    weft_context context;
    weft_worker *workers;
    weft_layer *layers[3];
    weft_adaptive_size chunk, window;
} rig;

static rig *begin(int64_t ledger_bytes, int64_t chunk_rows, int64_t failing_row) {
    rig *self = calloc(1, sizeof *self);
    assert_non_null(self);
    assert_int_equal(weft_ledger_new(&self->context.ledger, ledger_bytes, NULL), WEFT_OK);
    assert_int_equal(weft_work_pool_new(&self->context.pool, 2, NULL), WEFT_OK);
    self->context.activity = &self->activity;
    self->context.cancel = &self->cancel;
    assert_int_equal(weft_workers_new(&self->workers, &self->context, NULL), WEFT_OK);
    self->layers[0] = make_formula(0, WEFT_FLOAT32, -1);
    self->layers[1] = make_formula(1, WEFT_FLOAT32, failing_row);
    self->layers[2] = make_formula(2, WEFT_INT16, -1);
    self->chunk = (weft_adaptive_size){.desired = chunk_rows};
    self->window = (weft_adaptive_size){.desired = 100};
    assert_int_equal(weft_adaptive_size_init(&self->chunk, &self->context, NULL), WEFT_OK);
    assert_int_equal(weft_adaptive_size_init(&self->window, &self->context, NULL), WEFT_OK);
    return self;
}

static void end(rig *self) {
    for (int i = 0; i < 3; i++)
        weft_layer_free(self->layers[i]);
    weft_workers_free(self->workers, 2);
    weft_work_pool_free(self->context.pool);
    assert_int_equal(weft_ledger_used_bytes(self->context.ledger), 0);
    weft_ledger_free(self->context.ledger);
    free(self);
}

static weft_chunk_stage *merge(rig *self, weft_layer *const *layers, int64_t cols, int64_t rows) {
    weft_chunk_stage *stage = NULL;
    weft_chunk_options options = {.context = &self->context,
                                  .workers = self->workers,
                                  .layers = layers,
                                  .layer_count = 3,
                                  .cols = cols,
                                  .rows = rows,
                                  .chunk_size = &self->chunk,
                                  .window_size = &self->window};
    assert_int_equal(weft_merge_stage_new(&stage, &options, NULL), WEFT_OK);
    return stage;
}

/* Pulls all chunks and checks every cell; returns how many chunks there were. */
static int64_t drain(rig *self, weft_layer *const *layers, int64_t cols, int64_t rows) {
    weft_chunk_stage *stage = merge(self, layers, cols, rows);
    const weft_chunk *chunk;
    int64_t cell = 0;
    while (assert_int_equal(weft_chunk_stage_next(stage, &chunk, NULL), WEFT_OK), chunk != NULL) {
        weft_window w = chunk->window;
        assert_int_equal(w.row * cols + w.col, cell);
        assert_true(w.cols == cols || w.rows == 1);
        for (int64_t i = 0; i < w.cols * w.rows; i++) {
            int64_t row = w.row + i / w.cols, col = w.col + i % w.cols;
            float value = (float)(1000 * row + col);
            assert_true(((const float *)chunk->columns[0].values)[i] == value);
            assert_true(((const float *)chunk->columns[1].values)[i] == value + 0.125f);
            assert_int_equal(chunk->columns[2].valid[i], col != 3);
            if (col != 3) assert_int_equal(((const int16_t *)chunk->columns[2].values)[i], (int16_t)(1000 * row + col));
        }
        cell += w.cols * w.rows;
        weft_chunk_stage_release(stage, chunk);
    }
    assert_int_equal(cell, cols * rows);
    int64_t chunks = weft_chunk_stage_chunks(stage);
    weft_chunk_stage_free(stage);
    return chunks;
}

static void test_chunks_cover_the_grid_in_order(void **state) {
    (void)state;
    static const int64_t sizes[] = {1, 7, 30, 31, 1000};
    static const int64_t expected[] = {31, 5, 2, 1, 1};
    for (int i = 0; i < 5; i++) {
        rig *self = begin(64 << 20, sizes[i], -1);
        assert_int_equal(drain(self, self->layers, 250, 31), expected[i]);
        end(self);
    }
}

/* 11 bytes a cell: a row of 250 cells takes one page. 3 pages hold two chunks of a row, and not of five. */
static void test_a_tight_ledger_makes_chunks_smaller(void **state) {
    (void)state;
    rig *self = begin(3 * 4096, 5, -1);
    assert_true(drain(self, self->layers, 250, 31) > 7);
    end(self);
}

/* A row of 5000 cells takes 14 pages; the ledger has 8: rows are cut along x. */
static void test_a_row_that_does_not_fit_is_cut_along_x(void **state) {
    (void)state;
    rig *self = begin(8 * 4096, 5, -1);
    assert_true(drain(self, self->layers, 5000, 3) >= 6);
    end(self);
}

static void test_too_little_for_a_few_cells_is_an_error(void **state) {
    (void)state;
    rig *self = begin(1000, 5, -1);
    weft_chunk_stage *stage = merge(self, self->layers, 250, 31);
    const weft_chunk *chunk;
    assert_int_equal(weft_chunk_stage_next(stage, &chunk, NULL), WEFT_ERR_MEMORY);
    weft_chunk_stage_free(stage);
    end(self);
}

static void test_a_failing_layer_ends_the_merge_with_its_error(void **state) {
    (void)state;
    rig *self = begin(64 << 20, 4, 17);
    weft_chunk_stage *stage = merge(self, self->layers, 250, 31);
    const weft_chunk *chunk = NULL;
    weft_error err = {0};
    weft_status status = WEFT_OK;
    int chunks = 0;
    while (status == WEFT_OK) {
        status = weft_chunk_stage_next(stage, &chunk, &err);
        if (status != WEFT_OK) break;
        assert_non_null(chunk);
        weft_chunk_stage_release(stage, chunk);
        chunks++;
    }
    assert_int_equal(status, WEFT_ERR_IO);
    assert_string_equal(err.message, "row 7");
    assert_non_null(strstr(err.context, "column=column"));
    assert_int_equal(chunks, 4); /* rows 0..15 */
    weft_chunk_stage_free(stage);
    end(self);
}

/* While a chunk is lent the next is under way; when memory is short it is not, and what was given back is freed. */
static void test_a_warning_stops_reading_ahead(void **state) {
    (void)state;
    rig *self = begin(10000000, 10, -1);
    weft_relief relief = {0};
    const weft_chunk *chunk;
    self->context.relief = &relief;
    weft_chunk_stage *stage = merge(self, self->layers, 100, 40);
    assert_int_equal(weft_chunk_stage_next(stage, &chunk, NULL), WEFT_OK);
    assert_int_equal(weft_chunk_stage_chunks(stage), 2);
    atomic_store(&relief.read_ahead_stopped, true);
    weft_chunk_stage_release(stage, chunk);
    assert_int_equal(weft_chunk_stage_next(stage, &chunk, NULL), WEFT_OK);
    assert_int_equal(weft_chunk_stage_chunks(stage), 2);
    weft_chunk_stage_release(stage, chunk);
    /* No chunk is held: what is left in the ledger belongs to the workers. */
    weft_ledger_state ledger;
    weft_ledger_read(self->context.ledger, &ledger);
    assert_int_equal(ledger.used_by_tag[WEFT_TAG_CHUNK], 0);
    atomic_store(&relief.read_ahead_stopped, false);
    assert_int_equal(weft_chunk_stage_next(stage, &chunk, NULL), WEFT_OK);
    assert_int_equal(weft_chunk_stage_chunks(stage), 4);
    weft_chunk_stage_release(stage, chunk);
    weft_chunk_stage_free(stage);
    end(self);
}

static void test_a_cancelled_run_stops(void **state) {
    (void)state;
    rig *self = begin(64 << 20, 4, -1);
    weft_chunk_stage *stage = merge(self, self->layers, 250, 31);
    const weft_chunk *chunk;
    weft_cancel_request(&self->cancel, WEFT_CANCEL_SIGNAL);
    assert_int_equal(weft_chunk_stage_next(stage, &chunk, NULL), WEFT_ERR_CANCELLED);
    weft_chunk_stage_free(stage);
    end(self);
}

/* Layers of 250 x 70 cells take 70000, 70000 and 52500 bytes; 120000 stay free of them: the ledger holds all, two, one
 * or none. */
static void test_layers_that_memory_does_not_hold_stay_lazy_and_give_the_same_cells(void **state) {
    (void)state;
    static const int64_t ledgers[] = {64 << 20, 300000, 200000, 140000};
    static const int lazy[] = {0, 1, 2, 3};
    for (int i = 0; i < 4; i++) {
        rig *self = begin(ledgers[i], 5, -1);
        self->context.working_bytes = 120000;
        weft_layer *whole[3], *merged[3];
        weft_resample_result result;
        weft_resample_options options = {.context = &self->context,
                                         .workers = self->workers,
                                         .lazy = self->layers,
                                         .layer_count = 3,
                                         .cols = 250,
                                         .rows = 70,
                                         .window_size = &self->window};
        assert_int_equal(weft_resample_run(&options, whole, &result, NULL), WEFT_OK);
        assert_int_equal(result.lazy_layers, lazy[i]);
        for (int j = 0; j < 3; j++) {
            assert_true((whole[j] != NULL) == (j < 3 - lazy[i]));
            merged[j] = whole[j] != NULL ? whole[j] : self->layers[j];
        }
        assert_true(weft_ledger_available_bytes(self->context.ledger) >= self->context.working_bytes);
        (void)drain(self, merged, 250, 70);
        for (int j = 0; j < 3; j++)
            weft_layer_free(whole[j]);
        end(self);
    }
}

static void test_sizes_follow_the_designs_rule(void **state) {
    (void)state;
    const weft_adaptive_size window = {.desired = 2048, .warning_floor = 512, .critical_size = 256};
    assert_int_equal(weft_adaptive_size_next(&window, 2048, WEFT_PRESSURE_WARNING), 1024);
    assert_int_equal(weft_adaptive_size_next(&window, 1024, WEFT_PRESSURE_WARNING), 512);
    assert_int_equal(weft_adaptive_size_next(&window, 512, WEFT_PRESSURE_WARNING), 512);
    assert_int_equal(weft_adaptive_size_next(&window, 2048, WEFT_PRESSURE_CRITICAL), 256);
    assert_int_equal(weft_adaptive_size_next(&window, 256, WEFT_PRESSURE_WARNING), 256);
    assert_int_equal(weft_adaptive_size_next(&window, 256, WEFT_PRESSURE_RECOVERED), 512);
    assert_int_equal(weft_adaptive_size_next(&window, 1000, WEFT_PRESSURE_RECOVERED), 1256);
    assert_int_equal(weft_adaptive_size_next(&window, 2000, WEFT_PRESSURE_RECOVERED), 2048);
    /* A floor above the wish is the wish: it never makes a size larger. */
    const weft_adaptive_size small = {.desired = 100, .warning_floor = 512, .critical_size = 256};
    assert_int_equal(weft_adaptive_size_next(&small, 100, WEFT_PRESSURE_WARNING), 100);
    assert_int_equal(weft_adaptive_size_next(&small, 100, WEFT_PRESSURE_CRITICAL), 100);
}

/* Two slots were filled in turn when nothing was short; then chunks come one at a time, and one slot is enough. */
static void test_under_pressure_no_slot_is_kept_beside_the_chunk_that_is_made(void **state) {
    (void)state;
    rig *self = begin(64 << 20, 10, -1);
    weft_relief relief = {0};
    self->context.relief = &relief;
    weft_chunk_stage *stage = merge(self, self->layers, 100, 200);
    const weft_chunk *chunk;
    weft_ledger_state calm, pressed;
    for (int i = 0; i < 5; i++) {
        if (i == 2) atomic_store(&relief.read_ahead_stopped, true);
        assert_int_equal(weft_chunk_stage_next(stage, &chunk, NULL), WEFT_OK);
        if (i == 0) weft_ledger_read(self->context.ledger, &calm);
        if (i == 4) weft_ledger_read(self->context.ledger, &pressed);
        weft_chunk_stage_release(stage, chunk);
    }
    assert_int_equal(2 * pressed.used_by_tag[WEFT_TAG_CHUNK], calm.used_by_tag[WEFT_TAG_CHUNK]);
    weft_chunk_stage_free(stage);
    self->context.relief = NULL;
    end(self);
}

static weft_pressure_fn told;
static void *told_payload;

static weft_status hear(void *payload, weft_pressure_fn fn, void *fn_payload, weft_error *err) {
    (void)payload;
    (void)err;
    told = fn;
    told_payload = fn_payload;
    return WEFT_OK;
}

static void hear_no_more(void *payload, weft_pressure_fn fn, void *fn_payload) {
    (void)payload;
    (void)fn;
    (void)fn_payload;
    told = NULL;
}

static void test_a_smaller_size_is_waited_for_while_somebody_takes_it(void **state) {
    (void)state;
    weft_relief relief = {0};
    weft_context context = {.relief = &relief, .pressure = {hear, hear_no_more, NULL}};
    weft_adaptive_size size = {.desired = 1000, .warning_floor = 10, .critical_size = 10};
    assert_int_equal(weft_adaptive_size_init(&size, &context, NULL), WEFT_OK);
    told(WEFT_PRESSURE_WARNING, 80, told_payload); /* nobody has taken it yet */
    assert_int_equal(relief.targets_due, 0);
    assert_int_equal(weft_adaptive_size_take(&size), 500);
    told(WEFT_PRESSURE_WARNING, 80, told_payload);
    told(WEFT_PRESSURE_WARNING, 80, told_payload);
    assert_int_equal(relief.targets_due, 1);
    assert_int_equal(weft_adaptive_size_take(&size), 125);
    assert_int_equal(relief.targets_due, 0);
    told(WEFT_PRESSURE_CRITICAL, 95, told_payload);
    assert_int_equal(relief.targets_due, 1);
    weft_adaptive_size_leave(&size);
    assert_int_equal(relief.targets_due, 0);
    assert_int_equal(weft_adaptive_size_get(&size), 10);
    weft_adaptive_size_dispose(&size);
    assert_int_equal(relief.targets_due, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chunks_cover_the_grid_in_order),
        cmocka_unit_test(test_a_tight_ledger_makes_chunks_smaller),
        cmocka_unit_test(test_a_row_that_does_not_fit_is_cut_along_x),
        cmocka_unit_test(test_too_little_for_a_few_cells_is_an_error),
        cmocka_unit_test(test_a_failing_layer_ends_the_merge_with_its_error),
        cmocka_unit_test(test_a_warning_stops_reading_ahead),
        cmocka_unit_test(test_a_cancelled_run_stops),
        cmocka_unit_test(test_layers_that_memory_does_not_hold_stay_lazy_and_give_the_same_cells),
        cmocka_unit_test(test_sizes_follow_the_designs_rule),
        cmocka_unit_test(test_under_pressure_no_slot_is_kept_beside_the_chunk_that_is_made),
        cmocka_unit_test(test_a_smaller_size_is_waited_for_while_somebody_takes_it),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
