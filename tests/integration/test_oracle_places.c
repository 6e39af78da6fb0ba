/* Every method on every type, with and without nodata, at sixteen places, each at five of them or more (at all of them
 * in test_oracle_places_long, label long): against the definitions, for all cells, and against gdalwarp, for the cells
 * where it follows them. What is left out of the latter, and why, is said at gdalwarp_knows() and is_comparable().
 *
 * SPDX-License-Identifier: MIT */
#include "integration/oracle_place.h"

#include "support/chosen.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <gdal_version.h>
#include <math.h>
#include <stdlib.h>

static const oracle_place places[] = {
    {"one CRS, shifted",
     {"EPSG:32633", {500000, 100, 0, 5000000, 0, -100}, 60, 50},
     {"EPSG:32633", {499763, 5000261}, {100, 100}, 66, 56}},
    {"one CRS, finer",
     {"EPSG:32633", {500000, 100, 0, 5000000, 0, -100}, 30, 24},
     {"EPSG:32633", {499963, 5000061}, {40, 35}, 78, 72}},
    {"one CRS, a little coarser", /* past where gdalwarp begins to widen bilinear and cubic */
     {"EPSG:32633", {500000, 100, 0, 5000000, 0, -100}, 60, 50},
     {"EPSG:32633", {499763.3, 5000261.9}, {103.7, 107.9}, 66, 54}},
    {"one CRS, coarser by whole pixels",
     {"EPSG:32633", {500000, 100, 0, 5000000, 0, -100}, 120, 100},
     {"EPSG:32633", {499700, 5000200}, {300, 200}, 42, 52}},
    {"one CRS, coarser",
     {"EPSG:32633", {500000, 100, 0, 5000000, 0, -100}, 120, 100},
     {"EPSG:32633", {499763, 5000261}, {270, 230}, 46, 46}},
    {"one CRS, rotated",
     {"EPSG:32633", {500000, 86.6, 40, 5000000, 50, -69.28}, 60, 50},
     {"EPSG:32633", {499700, 5003200}, {90, 80}, 84, 86}},
    {"reprojected",
     {"EPSG:4326", {15, 0.0013, 0, 50, 0, -0.0009}, 60, 50},
     {"EPSG:3035", {4678900, 3000300}, {85, 85}, 76, 72}},
    {"reprojected, coarser",
     {"EPSG:4326", {15, 0.0013, 0, 50, 0, -0.0009}, 120, 100},
     {"EPSG:3035", {4678900, 3001000}, {350, 290}, 36, 40}},
    {"reprojected, rotated and flipped",
     {"EPSG:32633", {506000, -80, 30, 4995000, 20, 90}, 60, 50},
     {"EPSG:3035", {4714000, 2465500}, {143.7, 157.9}, 66, 60}},
    {"where a projection ends",
     {"EPSG:4326", {-180, 4, 0, 90, 0, -4}, 90, 45},
     {"ESRI:54009", {-18100000, 9100000}, {400000, 400000}, 91, 46}},
    {"around the pole",
     {"EPSG:4326", {-180, 2, 0, 90, 0, -2}, 180, 30},
     {"EPSG:3413", {-6570000, 6570000}, {220000, 220000}, 60, 60}},
    {"around the south pole, from 0 .. 360 degrees, the south up",
     {"EPSG:4326", {0, 2, 0, -90, 0, 2}, 180, 30},
     {"EPSG:3031", {-6470000, 6530000}, {240000, 220000}, 54, 60}},
    {"over the antimeridian, from the whole world",
     {"EPSG:4326", {-180, 3, 0, 90, 0, -3}, 120, 60},
     {"EPSG:3832", {-2910415, 5000000}, {250000, 250000}, 50, 40}},
    {"over the antimeridian, degrees onto degrees, the first column twice",
     {"EPSG:4326", {-180, 3, 0, 90, 0, -3}, 121, 60},
     {"EPSG:4326", {121.3, 83.2}, {2.7, 3.2}, 55, 40}},
    {"over the antimeridian, onto degrees",
     {"EPSG:3832", {3039585, 10000, 0, 250000, 0, -10000}, 60, 50},
     {"EPSG:4326", {177, 2.6}, {0.1, 0.11}, 60, 48}},
    {"over the antimeridian, from degrees",
     {"EPSG:4326", {177, 0.1, 0, 2.5, 0, -0.1}, 60, 50},
     {"EPSG:3832", {2980000, 300000}, {9700, 9900}, 74, 62}},
};

#define PLACES (sizeof places / sizeof *places)

static bool is_interpolating(reference_method method) {
    return method != REFERENCE_NEAREST && method < REFERENCE_AVERAGE;
}

/* --- the definitions --- */

static long double cell_pixels(const oracle_run *run) {
    return (long double)(run->scale[0] * run->scale[1]);
}

/* How far a value may be from its definition: what is chosen is exact; what is summed is rounded, to float last. */
static long double allowance(const oracle_run *run, reference_method method, int band, long double expected) {
    if (method == REFERENCE_NEAREST || method >= REFERENCE_MODE) return 0;
    long double sums = 1e-10L * run->max[band];
    if (method == REFERENCE_SUM) return sums * (1 + cell_pixels(run));
    return sums + (oracle_fraction_bits(method, band) == 24 ? 1e-7L * fabsl(expected) : 0);
}

/* Whether the map ends in a cell: what is left of it there is tests/cases/world_maps.yml's to tell. */
static bool is_cut(const oracle_run *run, reference_method method, int cell) {
    bool cut = false;
    for (int i = 0; i < 4; i++)
        cut = cut || isnan(run->at[cell].corner_u[i]);
    return cut && method >= REFERENCE_AVERAGE;
}

static bool agrees(const oracle_run *run, reference_method method, int band, int cell, int nudge) {
    long double found = oracle_value(run, method, band, cell);
    long double expected =
        reference_value(&run->bands[band], method, run->scale, &run->at[cell], &run->cover[cell], nudge);
    if (isnan(found) || isnan(expected)) return isnan(found) && isnan(expected);
    return fabsl(found - expected) <= allowance(run, method, band, expected);
}

/* Every cell, but that rounding may choose between two answers. */
static void check_definition(const oracle_run *run, reference_method method, int band) {
    int ties = 0;
    for (int cell = 0; cell < run->cells; cell++) {
        int nudge = 0;
        if (is_cut(run, method, cell)) continue;
        while (nudge < REFERENCE_NUDGES && !agrees(run, method, band, cell, nudge))
            nudge++;
        if (nudge == REFERENCE_NUDGES)
            fail_msg("%s: %s of %s: cell %d at (%.9g, %.9g) is %.20Lg, not %.20Lg", run->place->name,
                     reference_method_name(method), oracle_band_name(band), cell, run->at[cell].u, run->at[cell].v,
                     oracle_value(run, method, band, cell),
                     reference_value(&run->bands[band], method, run->scale, &run->at[cell], &run->cover[cell], 0));
        ties += nudge > 0;
    }
    if (ties * 100 > (method >= REFERENCE_MODE ? 5 : 1) * run->cells)
        fail_msg("%s: %s of %s: %d cells agree only as ties", run->place->name, reference_method_name(method),
                 oracle_band_name(band), ties);
}

/* --- gdalwarp --- */

static bool is_whole(double scale) {
    return scale == round(scale);
}

/* Whether cells' sides run along the pixels': footprints are boxes, which gdalwarp reads from two corners as weft does
 * from four. */
static bool has_boxes(const oracle_run *run) {
    for (int i = 0; i < run->cells; i++) {
        const double *u = run->at[i].corner_u, *v = run->at[i].corner_v;
        if (fabs(u[0] - u[3]) > 1e-6 || fabs(u[1] - u[2]) > 1e-6 || fabs(v[0] - v[1]) > 1e-6 ||
            fabs(v[2] - v[3]) > 1e-6)
            return false;
    }
    return true;
}

/* What GDAL 3.6.2 does as the definitions say. Its cubicspline, shrinking by a fraction, goes on past its radius with
 * the spline's last piece, which is negative there; its lanczos, shrinking, is shifted (GDAL issue 11042, mended in
 * 3.10); it reads footprints from two corners; its sum loses cells where a longitude leaves -180 .. 180; its mode and
 * quantiles weigh every pixel the same, however little of it is covered; and a world of more than 360 degrees has edges
 * for it. */
static bool gdalwarp_knows(const oracle_run *run, reference_method method) {
    double max = fmax(run->scale[0], run->scale[1]);
    bool whole = is_whole(run->scale[0]) && is_whole(run->scale[1]);
    const reference_source *source = &run->bands[0];
    if (source->wrap_cols > 0 && source->wrap_cols < source->cols) return false;
    switch (method) {
    case REFERENCE_NEAREST:
        return true;
    case REFERENCE_BILINEAR:
    case REFERENCE_CUBIC: /* GDAL 3.13 widens from two pixels a cell on, earlier ones from 1 / 0.95 */
        return GDAL_VERSION_NUM < 3130000 || max < 1 / 0.95 || fmin(run->scale[0], run->scale[1]) >= 2;
    case REFERENCE_CUBICSPLINE:
        return max <= 1 || whole;
    case REFERENCE_LANCZOS:
        return max <= 1;
    case REFERENCE_SUM:
        return source->wrap_cols == 0 && !run->grid_in_degrees;
    case REFERENCE_AVERAGE:
    case REFERENCE_RMS:
    case REFERENCE_MIN:
    case REFERENCE_MAX:
        return has_boxes(run);
    default:
        return has_boxes(run) && whole && max > 1;
    }
}

/* Whether a cell's answer is meant to be gdalwarp's: it knows no seam; beside holes and edges weft's cubic and lanczos
 * are bilinear, gdalwarp's renormalise; it reads footprints that reach beyond the source in its own way; its sums are
 * rougher beside a hole; and it takes the first of several modes. */
static bool is_comparable(const oracle_run *run, reference_method method, int band, int cell) {
    const reference_source *source = &run->bands[band];
    const reference_cell *at = &run->at[cell];
    bool narrow = run->scale[0] <= 1 && run->scale[1] <= 1;
    if (method == REFERENCE_NEAREST) return true;
    if (is_interpolating(method)) {
        bool lobes = method == REFERENCE_LANCZOS || (method == REFERENCE_CUBIC && !narrow);
        return !(lobes || source->wrap_cols > 0) || !reference_meets_trouble(source, method, run->scale, at);
    }
    if (!run->cover[cell].inside) return false;
    if (method == REFERENCE_SUM) return !reference_cover_has_holes(source, &run->cover[cell]);
    if (method != REFERENCE_MODE) return true;
    return reference_value(source, method, run->scale, at, &run->cover[cell], 1) ==
           reference_value(source, method, run->scale, at, &run->cover[cell], 2);
}

/* Within 1e-5 of gdalwarp's value; a sum, of a cell full of the largest value: gdalwarp's sides are straight on the
 * grid, weft's in the source. */
static void check_gdalwarp(const oracle_run *run, reference_method method, int band) {
    double *warped = oracle_gdalwarp(run, method, band);
    int masks = 0, off = 0, compared = 0, present = 0;
    for (int cell = 0; cell < run->cells; cell++) {
        long double ours = oracle_value(run, method, band, cell), theirs = (long double)warped[cell];
        bool comparable = is_comparable(run, method, band, cell);
        if (!isnan(ours)) present++;
        if (isnan(ours) != isnan(theirs) && (comparable || is_interpolating(method))) masks++;
        if (!comparable || isnan(ours) || isnan(theirs)) continue;
        compared++;
        long double size = method == REFERENCE_SUM ? run->max[band] * cell_pixels(run) : fabsl(theirs);
        if (fabsl(ours - theirs) > 1e-5L * size + allowance(run, method, band, theirs)) off++;
    }
    free(warped);
    bool enough = compared * 10 >= present || method == REFERENCE_MODE;
    if (masks > 0 || off * 1000 > compared || !enough)
        fail_msg("%s: %s of %s: of %d cells that gdalwarp is asked for %d are off, %d are missing on one side only",
                 run->place->name, reference_method_name(method), oracle_band_name(band), compared, off, masks);
}

/* --- mass --- */

/* The grid covers the source: the sums of all cells add up to the pixels. */
static void check_mass(const oracle_run *run, int band) {
    const reference_source *source = &run->bands[band];
    long double cells = 0, pixels = 0, sizes = 0;
    for (int cell = 0; cell < run->cells; cell++) {
        long double sum = oracle_value(run, REFERENCE_SUM, band, cell);
        if (!isnan(sum)) cells += sum;
    }
    for (int i = 0; i < source->cols * source->rows; i++) {
        if (isnan(source->values[i])) continue;
        pixels += source->values[i];
        sizes += fabsl(source->values[i]);
    }
    if (fabsl(cells - pixels) > 1e-9L * sizes)
        fail_msg("%s: %s: %.12Lg of %.12Lg are left", run->place->name, oracle_band_name(band), cells, pixels);
}

/* The part of the source that lies under the grid: 1 where it is covered. */
static double covered_part(const oracle_run *run) {
    double covered = 0;
    for (int cell = 0; cell < run->cells; cell++)
        for (int i = 0; i < run->cover[cell].count; i++)
            covered += run->cover[cell].pixels[i].area;
    return covered / (run->place->source.cols * run->place->source.rows);
}

/* Every second place, and there each method on a third of the types and nodata; all with WEFT_LONG_TESTS=1. */
static bool is_looked_at(int place, reference_method method, int band) {
    return is_chosen((size_t)(place / 2 + (int)method + band), 3);
}

static void test_every_method_and_type(void **state) {
    if (!is_chosen((size_t)((const oracle_place *)*state - places), 2)) skip();
    oracle_run run = oracle_run_weft(*state);
    for (reference_method method = 0; method < REFERENCE_METHODS; method++) {
        for (int band = 0; band < ORACLE_BANDS; band++) {
            if (!is_looked_at((int)(run.place - places), method, band)) continue;
            check_definition(&run, method, band);
            if (gdalwarp_knows(&run, method)) check_gdalwarp(&run, method, band);
        }
    }
    /* Grids lie around their sources, but for those that are the world. */
    if (run.bands[0].wrap_cols == 0) {
        assert_true(fabs(covered_part(&run) - 1) < 1e-12);
        for (int band = 0; band < ORACLE_BANDS; band++)
            check_mass(&run, band);
    }
    oracle_run_dispose(&run);
}

int main(void) {
    struct CMUnitTest tests[PLACES] = {{0}};
    for (size_t i = 0; i < PLACES; i++)
        tests[i] = (struct CMUnitTest){places[i].name, test_every_method_and_type, NULL, NULL, (void *)&places[i]};
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
