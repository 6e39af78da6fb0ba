/* Positions: exact where they must be, within the tolerance elsewhere, and the same whoever asks.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "processors/lattice/lattice.h"
#include "processors/lattice/lattice_positions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A smooth map with curvature: u = col + col^2 / 9000, v = row + col * row / 9000. Over a lattice cell the curve is
 * 0.028 pixels high, so that cells are accepted whole at a tolerance of 0.05. */
static weft_status bend(void *payload, int64_t n, double *u, double *v, weft_error *err) {
    (void)payload;
    (void)err;
    for (int64_t i = 0; i < n; i++) {
        double col = u[i], row = v[i];
        u[i] = col + col * col / 9000;
        v[i] = row + col * row / 9000;
    }
    return WEFT_OK;
}

/* Undefined right of column 40, as a projection beyond its edge. */
static weft_status bend_to_an_edge(void *payload, int64_t n, double *u, double *v, weft_error *err) {
    for (int64_t i = 0; i < n; i++) {
        if (u[i] <= 40) continue;
        u[i] = NAN;
        v[i] = NAN;
    }
    return bend(payload, n, u, v, err);
}

/* A turn of 360 columns that starts at 350: the seam lies in the first lattice cell. */
static weft_status turn(void *payload, int64_t n, double *u, double *v, weft_error *err) {
    (void)payload;
    (void)err;
    (void)v;
    for (int64_t i = 0; i < n; i++)
        u[i] = fmod(350 + u[i], 360);
    return WEFT_OK;
}

/* A net of places that are pixels. */
#define NET(within, ...) (&(weft_lattice_net){.tolerance = (within), .pixels_x = 1, .pixels_y = 1, __VA_ARGS__})

static weft_ledger *ledger;

static weft_lattice *make(void) {
    weft_lattice *lattice = NULL;
    assert_int_equal(weft_lattice_new(&lattice, ledger, NULL), WEFT_OK);
    return lattice;
}

static void test_tolerance_zero_is_exact_everywhere(void **state) {
    (void)state;
    weft_lattice *lattice = make();
    weft_lattice_spec spec = {.net = NET(0, .project = bend)};
    double u[70], v[70];
    assert_int_equal(weft_lattice_prepare(lattice, &spec, (weft_window){5, 3, 70, 9}, false, NULL), WEFT_OK);
    weft_lattice_centres(lattice, 5, 7, 70, u, v);
    for (int i = 0; i < 70; i++) {
        double col = 5.5 + i, row = 7.5;
        assert_true(u[i] == col + col * col / 9000);
        assert_true(v[i] == row + col * row / 9000);
    }
    weft_lattice_free(lattice);
}

static void test_interpolated_positions_are_within_the_tolerance(void **state) {
    (void)state;
    weft_lattice *lattice = make();
    weft_lattice_spec spec = {.net = NET(0.05, .project = bend)};
    double u[256], v[256];
    for (int64_t row = 0; row < 64; row += 32) {
        assert_int_equal(weft_lattice_prepare(lattice, &spec, (weft_window){0, row, 256, 32}, true, NULL), WEFT_OK);
        weft_lattice_centres(lattice, 0, row + 9, 256, u, v);
        for (int i = 0; i < 256; i++) {
            double exact_u = i + 0.5, exact_v = (double)row + 9.5;
            (void)bend(NULL, 1, &exact_u, &exact_v, NULL);
            assert_true(hypot(u[i] - exact_u, v[i] - exact_v) <= 0.05);
        }
    }
    /* Far fewer points than cells were projected: that is what a lattice is for. */
    assert_true(weft_lattice_projected(lattice) < 256 * 64 / 10);
    weft_lattice_free(lattice);
}

static void test_corners_at_lattice_cells_are_exact(void **state) {
    (void)state;
    weft_lattice *lattice = make();
    weft_lattice_spec spec = {.net = NET(0.05, .project = bend)};
    double u[65], v[65];
    assert_int_equal(weft_lattice_prepare(lattice, &spec, (weft_window){0, 0, 64, 32}, true, NULL), WEFT_OK);
    weft_lattice_corners(lattice, 0, 32, 65, u, v);
    for (int i = 0; i <= 64; i += 32) {
        assert_true(u[i] == i + i * i / 9000.0);
        assert_true(v[i] == 32 + i * 32 / 9000.0);
    }
    weft_lattice_free(lattice);
}

/* Every way of asking gives the same bits: whole rows, single cells, with corners and without. */
static void compare_windows(const weft_lattice_spec *spec) {
    weft_lattice *lattice = make();
    double u[100], v[100], corner_u[101], corner_v[101];
    assert_int_equal(weft_lattice_prepare(lattice, spec, (weft_window){0, 32, 100, 32}, true, NULL), WEFT_OK);
    weft_lattice_centres(lattice, 0, 63, 100, u, v);
    weft_lattice_corners(lattice, 0, 64, 101, corner_u, corner_v);
    for (int i = 0; i < 100; i++) {
        weft_lattice *other = make();
        double one_u, one_v;
        assert_int_equal(weft_lattice_prepare(other, spec, (weft_window){i, 63, 1, 1}, false, NULL), WEFT_OK);
        weft_lattice_centres(other, i, 63, 1, &one_u, &one_v);
        assert_memory_equal(&one_u, &u[i], sizeof one_u);
        assert_memory_equal(&one_v, &v[i], sizeof one_v);
        assert_int_equal(weft_lattice_prepare(other, spec, (weft_window){i, 64, 1, 1}, true, NULL), WEFT_OK);
        weft_lattice_corners(other, i, 64, 1, &one_u, &one_v);
        assert_memory_equal(&one_u, &corner_u[i], sizeof one_u);
        assert_memory_equal(&one_v, &corner_v[i], sizeof one_v);
        weft_lattice_free(other);
    }
    weft_lattice_free(lattice);
}

static void test_positions_do_not_depend_on_the_window(void **state) {
    (void)state;
    compare_windows(&(weft_lattice_spec){.net = NET(0.05, .project = bend)});
    compare_windows(&(weft_lattice_spec){.net = NET(0.0001, .project = bend)});
    compare_windows(&(weft_lattice_spec){.net = NET(0, .project = bend)});
    compare_windows(&(weft_lattice_spec){.net = NET(0.05, .project = bend_to_an_edge)});
    compare_windows(&(weft_lattice_spec){.net = NET(0.05, .period = 360, .project = turn), .wrap_cols = 360});
    compare_windows(&(weft_lattice_spec){.affine = true, .a = {0.1, 0.3, 0, 0.7, 0, 0.3}});
}

static void test_cells_beyond_an_edge_are_undefined_and_those_before_it_defined(void **state) {
    (void)state;
    weft_lattice *lattice = make();
    weft_lattice_spec spec = {.net = NET(0.05, .project = bend_to_an_edge)};
    double u[64], v[64];
    assert_int_equal(weft_lattice_prepare(lattice, &spec, (weft_window){0, 0, 64, 32}, false, NULL), WEFT_OK);
    weft_lattice_centres(lattice, 0, 5, 64, u, v);
    for (int i = 0; i < 64; i++)
        assert_int_equal(isnan(u[i]), i + 0.5 > 40);
    weft_lattice_free(lattice);
}

static void test_a_seam_is_crossed_the_short_way(void **state) {
    (void)state;
    weft_lattice *lattice = make();
    weft_lattice_spec spec = {.net = NET(0.05, .period = 360, .project = turn), .wrap_cols = 360};
    double u[32], v[32];
    assert_int_equal(weft_lattice_prepare(lattice, &spec, (weft_window){0, 0, 32, 1}, false, NULL), WEFT_OK);
    weft_lattice_centres(lattice, 0, 0, 32, u, v);
    for (int i = 0; i < 32; i++)
        assert_true(fabs(u[i] - fmod(350.5 + i, 360)) < 1e-9);
    /* Not by splitting down to every cell: three lines of three points are enough. */
    assert_true(weft_lattice_projected(lattice) == 9);
    weft_lattice_free(lattice);
}

/* 64 columns, three rows one after the other: a line of centres each, and the four lines of corners about them. */
static void test_an_exact_lattice_projects_no_line_twice_and_none_too_many(void **state) {
    (void)state;
    weft_lattice *lattice = make();
    weft_lattice_spec spec = {.net = NET(0, .project = bend)};
    for (int row = 29; row < 32; row++) {
        assert_int_equal(weft_lattice_prepare(lattice, &spec, (weft_window){0, row, 63, 1}, true, NULL), WEFT_OK);
        assert_int_equal(weft_lattice_prepare(lattice, &spec, (weft_window){9, row, 20, 1}, false, NULL), WEFT_OK);
    }
    assert_true(weft_lattice_projected(lattice) == (3 + 4) * 64);
    weft_lattice_free(lattice);
}

/* Positions of a window and of one that is not aligned, all over the pages that were booked for them. */
static void test_what_a_lattice_holds_is_in_the_ledger_and_is_what_it_was_said_to_cost(void **state) {
    (void)state;
    const weft_lattice_spec specs[] = {{.net = NET(0.05, .project = bend)},
                                       {.net = NET(0.0001, .project = bend)},
                                       {.net = NET(0, .project = bend)},
                                       {.affine = true, .a = {0, 1, 0, 0, 0, 1}}};
    static const bool splits[] = {false, true, true, false};
    for (int i = 0; i < 8; i++) {
        const weft_lattice_spec *spec = &specs[i / 2];
        bool corners = i % 2 == 1;
        weft_lattice *lattice = make();
        assert_int_equal(weft_lattice_prepare(lattice, spec, (weft_window){0, 0, 500, 32}, corners, NULL), WEFT_OK);
        assert_int_equal(weft_lattice_prepare(lattice, spec, (weft_window){31, 32, 500, 32}, corners, NULL), WEFT_OK);
        weft_lattice_cost cost = weft_lattice_cost_of(spec, corners, splits[i / 2]);
        int64_t said = cost.fixed_bytes + 500 * cost.column_bytes, held = weft_ledger_used_bytes(ledger);
        assert_int_equal(weft_lattice_has_split(lattice), splits[i / 2]);
        assert_true(held <= said && said <= held + held / 4 + 32 * 1024);
        /* 16 tiles of 32 x 32 centres, two doubles each; with corners as many, and the row below. */
        if (splits[i / 2]) assert_true(held >= 16 * 16384 * (corners ? 4 : 1));
        weft_lattice_release(lattice);
        assert_int_equal(weft_ledger_used_bytes(ledger), 0);
        weft_lattice_free(lattice);
    }
}

static void test_a_ledger_that_refuses_leaves_a_lattice_that_can_be_asked_again(void **state) {
    (void)state;
    weft_lattice_spec spec = {.net = NET(0.0001, .project = bend)};
    weft_lattice *lattice = make();
    double u[40], v[40];
    weft_ledger_set_capacity(ledger, 200 * 1024, 0);
    assert_int_equal(weft_lattice_prepare(lattice, &spec, (weft_window){0, 0, 500, 32}, true, NULL), WEFT_ERR_MEMORY);
    weft_ledger_set_capacity(ledger, INT64_C(16) << 20, 0);
    assert_int_equal(weft_lattice_prepare(lattice, &spec, (weft_window){0, 0, 40, 32}, true, NULL), WEFT_OK);
    weft_lattice_centres(lattice, 0, 3, 40, u, v);
    assert_true(fabs(u[20] - (20.5 + 20.5 * 20.5 / 9000)) <= 0.0001);
    weft_lattice_free(lattice);
}

static int setup(void **state) {
    (void)state;
    return weft_ledger_new(&ledger, INT64_C(16) << 20, NULL) == WEFT_OK ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    weft_ledger_free(ledger);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tolerance_zero_is_exact_everywhere),
        cmocka_unit_test(test_interpolated_positions_are_within_the_tolerance),
        cmocka_unit_test(test_corners_at_lattice_cells_are_exact),
        cmocka_unit_test(test_positions_do_not_depend_on_the_window),
        cmocka_unit_test(test_cells_beyond_an_edge_are_undefined_and_those_before_it_defined),
        cmocka_unit_test(test_a_seam_is_crossed_the_short_way),
        cmocka_unit_test(test_an_exact_lattice_projects_no_line_twice_and_none_too_many),
        cmocka_unit_test(test_what_a_lattice_holds_is_in_the_ledger_and_is_what_it_was_said_to_cost),
        cmocka_unit_test(test_a_ledger_that_refuses_leaves_a_lattice_that_can_be_asked_again),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
