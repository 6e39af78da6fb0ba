/* What must hold for any grid and any pixels: constants, planes, means and mass survive, and windows do not matter.
 *
 * Grids are drawn at random: turned, stretched and bent, with and without a turn of longitudes. Positions come from the
 * lattice, pixels from no more than a window asks for, as in a run.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/splitmix.h"

#include "processors/lattice/lattice.h"
#include "processors/lattice/lattice_positions.h"
#include "processors/resample/methods.h"
#include "processors/resampler.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE_COLS 53
#define SOURCE_ROWS 41
#define GRID_COLS   70
#define GRID_ROWS   47
#define PIXELS      (SOURCE_COLS * SOURCE_ROWS)
#define CELLS       (GRID_COLS * GRID_ROWS)
#define PI          3.14159265358979323846

/* --- random numbers --- */

static uint64_t seed;

static double draw(double low, double high) {
    return splitmix_real(&seed, low, high);
}

static int64_t draw_whole(int64_t low, int64_t high) {
    return splitmix_whole(&seed, low, high);
}

/* --- a source, and a grid that lies over it --- */

/* u = a[0] + a[1] col + a[2] row + a wave along the rows; v likewise with two waves along the columns, whole ones. */
typedef struct bent_map {
    double a[6], wave, wrap;
} bent_map;

typedef struct scene {
    weft_lattice_net net;
    weft_lattice_spec spec;
    weft_resampler how;
    bent_map map;
    double pixels[PIXELS];
    uint8_t valid[PIXELS];
    weft_ledger *ledger;
    weft_lattice *lattice;
} scene;

static weft_status project(void *payload, int64_t n, double *u, double *v, weft_error *err) {
    const bent_map *map = payload;
    (void)err;
    for (int64_t i = 0; i < n; i++) {
        double col = u[i], row = v[i];
        u[i] = map->a[0] + map->a[1] * col + map->a[2] * row + map->wave * sin(row * 0.11);
        v[i] = map->a[3] + map->a[4] * col + map->a[5] * row + map->wave * sin(col * 4 * PI / GRID_COLS);
        if (map->wrap > 0) u[i] -= map->wrap * floor(u[i] / map->wrap);
    }
    return WEFT_OK;
}

/* A lattice keeps what it has for as long as the same spec asks. */
static void forget_positions(scene *self) {
    weft_lattice_release(self->lattice);
}

/* A grid turned by `angle` around the middle of the source; a cell is `across` x `down` pixels. */
static void place_grid(scene *self, double angle, double across, double down, double wave, double tolerance) {
    double *a = self->map.a;
    a[1] = across * cos(angle), a[2] = -down * sin(angle);
    a[4] = across * sin(angle), a[5] = down * cos(angle);
    a[0] = SOURCE_COLS / 2.0 - a[1] * GRID_COLS / 2.0 - a[2] * GRID_ROWS / 2.0;
    a[3] = SOURCE_ROWS / 2.0 - a[4] * GRID_COLS / 2.0 - a[5] * GRID_ROWS / 2.0;
    self->map.wave = wave;
    self->map.wrap = (double)self->how.wrap_cols;
    self->how.scale_x = hypot(a[1], a[2]);
    self->how.scale_y = hypot(a[4], a[5]);
    self->net = (weft_lattice_net){.tolerance = tolerance,
                                   .pixels_x = 1,
                                   .pixels_y = 1,
                                   .period = self->map.wrap,
                                   .project = project,
                                   .payload = &self->map};
    self->spec = (weft_lattice_spec){.net = &self->net, .wrap_cols = self->map.wrap};
    forget_positions(self);
    if (wave == 0) {
        self->spec.affine = true;
        memcpy(self->spec.a, a, sizeof self->spec.a);
    }
}

/* Anything: one in three is not turned, half are bent, so little that the lattice interpolates or so much that it does
 * not, and one in three goes round. */
static void place_grid_anyhow(scene *self) {
    self->how.wrap_cols = draw_whole(0, 2) == 0 ? SOURCE_COLS : 0;
    double angle = draw_whole(0, 2) == 0 ? 0 : draw(-3.1, 3.1),
           wave = draw_whole(0, 1) == 0 ? pow(10, draw(-2.5, 0.3)) : 0;
    place_grid(self, angle, draw(0.2, 3), draw(0.2, 3), wave, draw_whole(0, 3) == 0 ? 0 : 0.05);
}

static scene *begin(uint64_t first_seed) {
    scene *self = calloc(1, sizeof *self);
    assert_non_null(self);
    seed = first_seed;
    self->how = (weft_resampler){.source_type = WEFT_FLOAT64,
                                 .type = WEFT_FLOAT64,
                                 .value_scale = 1,
                                 .source_cols = SOURCE_COLS,
                                 .source_rows = SOURCE_ROWS};
    assert_int_equal(weft_ledger_new(&self->ledger, INT64_C(16) << 20, NULL), WEFT_OK);
    assert_int_equal(weft_lattice_new(&self->lattice, self->ledger, NULL), WEFT_OK);
    return self;
}

static void end(scene *self) {
    weft_lattice_free(self->lattice);
    weft_ledger_free(self->ledger);
    free(self);
}

/* One pixel in `missing_every` is missing; 0: none. */
static void draw_pixels(scene *self, int64_t missing_every) {
    for (int i = 0; i < PIXELS; i++) {
        self->pixels[i] = floor(draw(-40, 60));
        self->valid[i] = missing_every == 0 || draw_whole(1, missing_every) > 1;
    }
}

/* --- resampling a window as a layer does: a lattice row at a time --- */

static weft_positions locate(scene *self, weft_window window, double *memory) {
    int64_t rows = window.rows, cols = window.cols, corners = (rows + 1) * (cols + 1);
    double *u = memory, *v = u + rows * cols, *corner_u = v + rows * cols, *corner_v = corner_u + corners;
    bool separable = weft_lattice_is_separable(&self->spec);
    assert_int_equal(weft_lattice_prepare(self->lattice, &self->spec, window, true, NULL), WEFT_OK);
    if (separable) {
        weft_lattice_axes(&self->spec, 0.5, window.col, window.row, cols, rows, u, v);
        weft_lattice_axes(&self->spec, 0, window.col, window.row, cols + 1, rows + 1, corner_u, corner_v);
    }
    for (int64_t i = 0; i < rows && !separable; i++)
        weft_lattice_centres(self->lattice, window.col, window.row + i, cols, u + i * cols, v + i * cols);
    for (int64_t i = 0; i <= rows && !separable; i++)
        weft_lattice_corners(self->lattice, window.col, window.row + i, cols + 1, corner_u + i * (cols + 1),
                             corner_v + i * (cols + 1));
    return (weft_positions){cols, rows, separable, u, v, corner_u, corner_v, false};
}

static weft_patch cut_patch(const scene *self, weft_window need) {
    size_t count = (size_t)(need.cols * need.rows);
    double *values = malloc(count * sizeof *values);
    uint8_t *valid = malloc(count);
    assert_true(values != NULL && valid != NULL);
    for (int64_t i = 0; i < need.cols * need.rows; i++) {
        int64_t col = need.col + i % need.cols, row = need.row + i / need.cols;
        if (self->how.wrap_cols > 0) col = (col % SOURCE_COLS + SOURCE_COLS) % SOURCE_COLS;
        values[i] = self->pixels[row * SOURCE_COLS + col];
        valid[i] = self->valid[row * SOURCE_COLS + col];
    }
    return (weft_patch){need, WEFT_FLOAT64, values, valid};
}

/* `out` holds the whole grid. */
static void resample_band(scene *self, weft_window window, double *out) {
    int64_t corners = (window.rows + 1) * (window.cols + 1);
    double *memory = malloc((size_t)(4 * corners) * sizeof *memory);
    assert_non_null(memory);
    weft_positions positions = locate(self, window, memory);
    weft_values grid = {WEFT_FLOAT64, out, NULL, GRID_COLS};
    weft_values at = weft_values_at(grid, window.row, window.col);
    weft_window need = weft_resampler_footprint(&self->how, &positions);
    if (weft_window_is_empty(need)) {
        weft_values_fill_missing(at, window.cols, window.rows);
    } else {
        weft_patch patch = cut_patch(self, need);
        void *scratch = malloc((size_t)weft_resampler_scratch_bytes(&self->how, &positions, need));
        assert_non_null(scratch);
        weft_resampler_run(&self->how, &patch, &positions, scratch, at);
        free(scratch);
        free((void *)patch.values);
        free((void *)patch.valid);
    }
    free(memory);
}

static void resample(scene *self, weft_window window, double *out) {
    while (window.rows > 0) {
        weft_window band = window;
        band.rows = weft_lattice_band_rows(window);
        resample_band(self, band, out);
        window.row += band.rows;
        window.rows -= band.rows;
    }
}

static const weft_window whole_grid = {0, 0, GRID_COLS, GRID_ROWS};

/* Positions of the whole grid's centres, exactly. */
static void find_centre(scene *self, int cell, double *u, double *v) {
    *u = cell % GRID_COLS + 0.5;
    *v = cell / GRID_COLS + 0.5;
    assert_int_equal(project(&self->map, 1, u, v, NULL), WEFT_OK);
}

/* --- the properties --- */

/* What methods tell of pixels that are all the same: no deviation, one value, no pixel of the class 0. NaN: a part of
 * the footprint. */
static double told_of_a_constant(const weft_method *method) {
    if (method == &weft_method_variety) return 1;
    return method == &weft_method_stdev || method == &weft_method_share ? 0 : (double)NAN;
}

static void test_a_constant_stays_constant_whatever_the_grid_and_the_holes(void **state) {
    (void)state;
    static double out[CELLS];
    scene *self = begin(1);
    for (int trial = 0; trial < 40; trial++) {
        int64_t present = 0;
        draw_pixels(self, trial % 4 == 0 ? 0 : trial % 4 * 3);
        double constant = draw(-1000, 1000);
        for (int i = 0; i < PIXELS; i++)
            self->pixels[i] = constant;
        place_grid_anyhow(self);
        for (int number = 0; weft_method_at(number) != NULL; number++) {
            const weft_method *method = self->how.method = weft_method_at(number);
            if (method->adds) continue;
            resample(self, whole_grid, out);
            double expected = method->squares ? fabs(constant) : constant;
            if (method->summarise != NULL) expected = told_of_a_constant(method);
            for (int i = 0; i < CELLS; i++) {
                present += !isnan(out[i]);
                if (!isnan(out[i]) && fabs(out[i] - expected) > 1e-12 * fabs(constant))
                    fail_msg("%s: trial %d: cell %d is %.17g, not %.17g", weft_method_name(method), trial, i, out[i],
                             expected);
            }
        }
        assert_true(present > 0);
    }
    end(self);
}

/* Without holes a cell has a value where its centre, or a part of its footprint, lies on the source, and nowhere else.
 */
static void test_cells_are_missing_off_the_source_alone(void **state) {
    (void)state;
    static double out[CELLS];
    scene *self = begin(2);
    draw_pixels(self, 0);
    for (int trial = 0; trial < 20; trial++) {
        place_grid_anyhow(self);
        self->net.tolerance = 0;
        for (int number = 0; weft_method_at(number) != NULL; number++) {
            self->how.method = weft_method_at(number);
            if (weft_method_needs_corners(self->how.method)) continue;
            resample(self, whole_grid, out);
            for (int i = 0; i < CELLS; i++) {
                double u, v;
                find_centre(self, i, &u, &v);
                bool on = u >= 0 && u < SOURCE_COLS && v >= 0 && v < SOURCE_ROWS;
                bool near = fabs(u - round(u)) < 1e-9 || fabs(v - round(v)) < 1e-9;
                if (!near) assert_int_equal(!isnan(out[i]), on);
            }
        }
    }
    end(self);
}

/* value = 3 + 2 u - 5 v at pixel centres. */
static void draw_plane(scene *self) {
    draw_pixels(self, 0);
    for (int i = 0; i < PIXELS; i++)
        self->pixels[i] = 3 + 2 * (i % SOURCE_COLS + 0.5) - 5 * (i / SOURCE_COLS + 0.5);
}

/* Every cell from which a kernel of this reach stays inside. */
static void check_plane(scene *self, double reach_u, double reach_v) {
    static double out[CELLS];
    int inside = 0;
    resample(self, whole_grid, out);
    for (int i = 0; i < CELLS; i++) {
        double u, v;
        find_centre(self, i, &u, &v);
        if (!(u > reach_u && u < SOURCE_COLS - reach_u && v > reach_v && v < SOURCE_ROWS - reach_v)) continue;
        inside++;
        if (fabs(out[i] - (3 + 2 * u - 5 * v)) > 1e-10)
            fail_msg("%s: at (%g, %g) %.17g, not %.17g", weft_method_name(self->how.method), u, v, out[i],
                     3 + 2 * u - 5 * v);
    }
    assert_true(inside > 20);
}

static void test_a_plane_survives_bilinear_and_cubic_on_any_affine_grid(void **state) {
    (void)state;
    scene *self = begin(3);
    draw_plane(self);
    for (int trial = 0; trial < 60; trial++) {
        self->how.method = trial % 2 == 0 ? &weft_method_bilinear : &weft_method_cubic;
        place_grid(self, trial % 5 == 0 ? 0 : draw(-3.1, 3.1), draw(0.2, 1.05), draw(0.2, 1.05), 0, 0);
        check_plane(self, 2, 2);
    }
    end(self);
}

/* Kernels that are widened a whole number of times still reproduce planes: their shifts still sum to one. */
static void test_a_plane_survives_bilinear_and_cubic_that_are_widened_to_whole_pixels(void **state) {
    (void)state;
    scene *self = begin(4);
    draw_plane(self);
    for (int trial = 0; trial < 40; trial++) {
        double across = (double)draw_whole(1, 4), down = (double)draw_whole(2, 4);
        self->how.method = trial % 2 == 0 ? &weft_method_bilinear : &weft_method_cubic;
        place_grid(self, 0, across, down, 0, 0);
        self->spec.a[0] = self->map.a[0] = draw(-30, -20);
        self->spec.a[3] = self->map.a[3] = draw(-30, -20);
        check_plane(self, 2 * across, 2 * down);
    }
    end(self);
}

static void test_average_and_sum_over_whole_blocks_are_the_blocks_mean_and_sum(void **state) {
    (void)state;
    static double mean[CELLS], sum[CELLS];
    scene *self = begin(5);
    for (int trial = 0; trial < 30; trial++) {
        int64_t across = draw_whole(1, 9), down = draw_whole(1, 7);
        draw_pixels(self, trial % 2 * 5);
        place_grid(self, 0, (double)across, (double)down, 0, 0);
        self->spec.a[0] = (double)draw_whole(-5, 5);
        self->spec.a[3] = (double)draw_whole(-5, 5);
        self->how.method = &weft_method_average;
        resample(self, whole_grid, mean);
        self->how.method = &weft_method_sum;
        resample(self, whole_grid, sum);
        for (int64_t i = 0; i < CELLS; i++) {
            int64_t col = (int64_t)self->spec.a[0] + i % GRID_COLS * across, count = 0;
            int64_t row = (int64_t)self->spec.a[3] + i / GRID_COLS * down;
            double total = 0;
            for (int64_t j = 0; j < across * down; j++) {
                int64_t at_col = col + j % across, at_row = row + j / across;
                if (at_col < 0 || at_col >= SOURCE_COLS || at_row < 0 || at_row >= SOURCE_ROWS) continue;
                if (self->valid[at_row * SOURCE_COLS + at_col] == 0) continue;
                total += self->pixels[at_row * SOURCE_COLS + at_col];
                count++;
            }
            assert_int_equal(isnan(mean[i]) != 0, count == 0);
            assert_int_equal(isnan(sum[i]) != 0, count == 0);
            if (count == 0) continue;
            assert_true(fabs(mean[i] - total / (double)count) < 1e-12);
            assert_true(fabs(sum[i] - total) < 1e-12);
        }
    }
    end(self);
}

/* Grids that cover the source, turned and bent, on their own net of interpolated positions. */
static void test_sum_conserves_mass_on_any_grid_that_covers_the_source(void **state) {
    (void)state;
    static double out[CELLS];
    scene *self = begin(6);
    self->how.method = &weft_method_sum;
    for (int trial = 0; trial < 40; trial++) {
        double total = 0, sizes = 0, found = 0;
        draw_pixels(self, trial % 3 * 4);
        /* Half the diagonal of the source is 33.5 pixels; the grid's sides lie 44 pixels away at least. */
        place_grid(self, trial % 5 == 0 ? 0 : draw(-3.1, 3.1), draw(1.3, 2), draw(1.9, 3),
                   trial % 2 == 0 ? 0 : draw(0.2, 3), trial % 4 == 1 ? 0 : 0.05);
        resample(self, whole_grid, out);
        for (int i = 0; i < CELLS; i++)
            found += isnan(out[i]) ? 0 : out[i];
        for (int i = 0; i < PIXELS; i++) {
            total += self->valid[i] ? self->pixels[i] : 0;
            sizes += self->valid[i] ? fabs(self->pixels[i]) : 0;
        }
        if (fabs(found - total) > 1e-9 * sizes) fail_msg("trial %d: %.17g of %.17g", trial, found, total);
    }
    end(self);
}

/* Once round: whole turns of columns, from anywhere, bent or not. */
static void test_sum_conserves_mass_around_the_world(void **state) {
    (void)state;
    static double out[CELLS];
    scene *self = begin(7);
    self->how.method = &weft_method_sum;
    self->how.wrap_cols = SOURCE_COLS;
    for (int trial = 0; trial < 40; trial++) {
        double total = 0, found = 0;
        draw_pixels(self, trial % 3 * 4);
        place_grid(self, 0, (double)SOURCE_COLS / GRID_COLS, 1.2, trial % 2 == 0 ? 0 : draw(0.2, 2), 0);
        self->spec.a[0] = self->map.a[0] = draw(-70, 70);
        for (int i = 0; i < PIXELS; i++)
            self->pixels[i] = fabs(self->pixels[i]);
        resample(self, whole_grid, out);
        for (int i = 0; i < CELLS; i++)
            found += isnan(out[i]) ? 0 : out[i];
        for (int i = 0; i < PIXELS; i++)
            total += self->valid[i] ? self->pixels[i] : 0;
        if (fabs(found - total) > 1e-9 * total) fail_msg("trial %d: %.17g of %.17g", trial, found, total);
    }
    end(self);
}

/* Cuts a window at random until its parts are `most` cells large, and resamples the parts, in any order. */
static void resample_in_parts(scene *self, weft_window window, int64_t max, double *out) {
    if (window.cols * window.rows <= max) {
        resample(self, window, out);
        return;
    }
    weft_window first = window, second = window;
    if (window.rows == 1 || (window.cols > 1 && draw_whole(0, 1) == 0)) {
        first.cols = draw_whole(1, window.cols - 1);
        second.col += first.cols;
        second.cols -= first.cols;
    } else {
        first.rows = draw_whole(1, window.rows - 1);
        second.row += first.rows;
        second.rows -= first.rows;
    }
    bool backwards = draw_whole(0, 1) == 1;
    resample_in_parts(self, backwards ? second : first, max, out);
    resample_in_parts(self, backwards ? first : second, max, out);
}

static void test_any_cut_into_windows_gives_the_same_bits(void **state) {
    (void)state;
    static double together[CELLS], parts[CELLS];
    static const int64_t sizes[] = {1, 2, 40, 1000};
    scene *self = begin(8);
    for (int trial = 0; trial < 30; trial++) {
        draw_pixels(self, trial % 3 * 6);
        place_grid_anyhow(self);
        for (int number = 0; weft_method_at(number) != NULL; number++) {
            self->how.method = weft_method_at(number);
            self->how.argument = 30;
            self->how.min_coverage = weft_method_needs_corners(self->how.method) && trial % 5 == 0 ? 0.7 : 0;
            resample(self, whole_grid, together);
            forget_positions(self);
            resample_in_parts(self, whole_grid, sizes[(trial + number) % 4], parts);
            if (memcmp(together, parts, sizeof parts) != 0)
                fail_msg("%s: trial %d", weft_method_name(self->how.method), trial);
        }
    }
    end(self);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_constant_stays_constant_whatever_the_grid_and_the_holes),
        cmocka_unit_test(test_cells_are_missing_off_the_source_alone),
        cmocka_unit_test(test_a_plane_survives_bilinear_and_cubic_on_any_affine_grid),
        cmocka_unit_test(test_a_plane_survives_bilinear_and_cubic_that_are_widened_to_whole_pixels),
        cmocka_unit_test(test_average_and_sum_over_whole_blocks_are_the_blocks_mean_and_sum),
        cmocka_unit_test(test_sum_conserves_mass_on_any_grid_that_covers_the_source),
        cmocka_unit_test(test_sum_conserves_mass_around_the_world),
        cmocka_unit_test(test_any_cut_into_windows_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
