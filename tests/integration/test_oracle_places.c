/* explore */
#include "integration/oracle_place.h"

#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const oracle_place places[] = {
    {"shifted", "EPSG:32633", {500000, 100, 0, 5000000, 0, -100}, 60, 50, "EPSG:32633", 499763, 5000261, {100, 100}, 66, 56},
    {"reprojected", "EPSG:4326", {15, 0.0013, 0, 50, 0, -0.0009}, 60, 50, "EPSG:3035", 4678900, 3002100, {85, 85}, 74, 72},
    {"rotated", "EPSG:32633", {500000, 86.6, 40, 5000000, 50, -69.28}, 60, 50, "EPSG:32633", 499700, 5003200, {90, 80}, 84, 86},
    {"whole", "EPSG:32633", {500000, 100, 0, 5000000, 0, -100}, 120, 100, "EPSG:32633", 499700, 5000200, {300, 200}, 42, 52},
    {"down", "EPSG:32633", {500000, 100, 0, 5000000, 0, -100}, 120, 100, "EPSG:32633", 499763, 5000261, {270, 230}, 46, 46},
    {"up", "EPSG:32633", {500000, 100, 0, 5000000, 0, -100}, 30, 24, "EPSG:32633", 499963, 5000061, {40, 35}, 78, 72},
    {"down_reprojected", "EPSG:4326", {15, 0.0013, 0, 50, 0, -0.0009}, 120, 100, "EPSG:3035", 4678000, 3002400, {350, 290}, 36, 42},
    {"polar", "EPSG:4326", {-180, 2, 0, 90, 0, -2}, 180, 30, "EPSG:3413", -6570000, 6570000, {220000, 220000}, 60, 60},
    {"antimeridian_world", "EPSG:4326", {-180, 3, 0, 90, 0, -3}, 120, 60, "EPSG:3832", -2910415, 5000000, {250000, 250000}, 50, 40},
    {"antimeridian_projected", "EPSG:3832", {3039585, 10000, 0, 250000, 0, -10000}, 60, 50, "EPSG:4326", 177, 2.6, {0.1, 0.11}, 60, 48},
    {"antimeridian_geographic", "EPSG:4326", {177, 0.1, 0, 2.5, 0, -0.1}, 60, 50, "EPSG:3832", 2980000, 300000, {9700, 9900}, 74, 62},
};

static bool close(long double found, long double expected, int bits) {
    if (isnan(found) || isnan(expected)) return isnan(found) && isnan(expected);
    if (bits == 24 && (float)found == (float)expected) return true;
    if (found == expected || (bits == 53 && (double)found == (double)expected)) return true;
    return false;
}
static long double slack;
static bool nearly(long double found, long double expected, long double rel) {
    if (isnan(found) || isnan(expected)) return isnan(found) && isnan(expected);
    return fabsl(found - expected) <= rel * fmaxl(fabsl(expected), fabsl(found)) + slack;
}

static void explore(const oracle_place *place) {
    oracle_run run = oracle_run_weft(place);
    printf("== %s scale %.17g %.17g\n", place->name, run.scale[0], run.scale[1]);
    for (reference_method m = 0; m < REFERENCE_METHODS; m++) {
        for (int b = 0; b < ORACLE_BANDS; b++) {
            int off = 0, ties = 0, masks = 0, present = 0, first = -1;
            int bits = oracle_fraction_bits(m, b);
            bool exact = m == REFERENCE_NEAREST || m >= REFERENCE_MODE;
            long double rel = exact ? 0 : bits == 24 ? 1e-7L : 1e-10L; slack = 0; for (int i = 0; i < run.bands[b].cols; i++) slack = fmaxl(slack, fabsl(run.bands[b].values[i]));slack *= 1e-11L; if (m == REFERENCE_SUM) slack *= (long double)(1 + run.scale[0] * run.scale[1]);
            for (int c = 0; c < run.cells; c++) {
                long double found = oracle_value(&run, m, b, c), e = 0;
                bool ok = false;
                for (int n = 0; n < REFERENCE_NUDGES && !ok; n++) {
                    e = reference_value(&run.bands[b], m, run.scale, &run.at[c], &run.cover[c], n);
                    ok = exact ? close(found, e, bits) : nearly(found, e, rel);
                    if (ok && n > 0) ties++;
                }
                if (!isnan(found)) present++;
                if (!ok) { off++; if (isnan(e) != isnan(found)) masks++; if (first < 0) first = c; }
            }
            if (off) {
            long double e = reference_value(&run.bands[b], m, run.scale, &run.at[first], &run.cover[first], 0);
            printf("  REF %-12s %-15s present %d off %d masks %d ties %d; cell %d (u %.6f v %.6f) found %.20Lg expected %.20Lg\n", reference_method_name(m),
                   oracle_band_name(b), present, off, masks, ties, first, run.at[first].u, run.at[first].v,
                    oracle_value(&run, m, b, first), e);
            } else if (b < 1) printf("  REF %-12s %-15s present %d ties %d\n", reference_method_name(m), oracle_band_name(b), present, ties);
        }
        for (int b = 0; b < ORACLE_BANDS; b++) {
            int off = 0, ties = 0, masks = 0, present = 0, first = -1, fine = 0, skipped = 0;
            bool exact = m == REFERENCE_NEAREST || m >= REFERENCE_MODE; (void)exact;
            slack = 0;
            double *g = oracle_gdalwarp(&run, m, b);
            double worst = 0;
            for (int c = 0; c < run.cells; c++) {
                long double found = oracle_value(&run, m, b, c);
                if (m > 0 && m < REFERENCE_AVERAGE && reference_meets_trouble(&run.bands[b], m, run.scale, &run.at[c])) {skipped++; continue;}
 if (m >= REFERENCE_AVERAGE && !run.cover[c].inside) {skipped++; continue;}
                bool ok = nearly(found, (long double)g[c], 1e-5L);
                if (!isnan(found)) present++;
                if (!ok) { off++; if (isnan((long double)g[c]) != isnan(found)) masks++; else {double r = fabs((double)((g[c] - found) / found)); if (r > worst) worst = r;} if (first < 0) first = c; } else fine++;
            }
            free(g);
            if (off && b >=14 && b < 18)
            printf("  GDAL %-12s %-15s present %d skipped %d off %d masks %d worst %g ties %d; cell %d (u %.6f v %.6f)\n", reference_method_name(m),
                   oracle_band_name(b), present, skipped, off, masks, worst, ties, first, run.at[first].u, run.at[first].v);
            else if (b < 1) printf("  GDAL %-12s %-15s present %d skipped %d\n", reference_method_name(m), oracle_band_name(b), present, skipped);
        }
    }
    oracle_run_dispose(&run);
}

static void test_explore(void **state) {
    (void)state;
    const char *only = getenv("PLACE");
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (only == NULL || (size_t)atoi(only) == i) explore(&places[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_explore)};
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
