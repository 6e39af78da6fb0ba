/* Small rasters of every type at one place, resampled onto a grid by weft with every method; and what the definitions
 * and gdalwarp give for the same cells.
 *
 * Ten types, each once whole and once with nodata, are the bands of one VRT. Every method is a dataset of that VRT, so
 * that one run of weft gives all columns.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_INTEGRATION_ORACLE_PLACE_H
#define WEFT_TESTS_INTEGRATION_ORACLE_PLACE_H

#include "support/reference.h"
#include "support/table.h"

#define ORACLE_BANDS 20

/* Where the source and the grid lie. */
typedef struct oracle_place {
    const char *name;
    struct {
        const char *crs;
        double geotransform[6];
        int cols, rows;
    } source;
    struct {
        const char *crs;
        double corner[2], resolution[2]; /* x and y; the upper left corner */
        int cols, rows;
    } grid;
} oracle_place;

typedef struct oracle_run {
    const oracle_place *place;
    reference_source bands[ORACLE_BANDS];
    long double max[ORACLE_BANDS]; /* the largest value, whatever its sign */
    bool grid_in_degrees;
    int cells;
    reference_cell *at;     /* cells, row by row: positions by PROJ */
    reference_cover *cover; /* of each */
    double scale[2];        /* as weft's plan prints it */
    table table;            /* weft's */
} oracle_run;

/* "float32" or "float32_nodata". */
const char *oracle_band_name(int band);

/* Makes the rasters in the sandbox and runs weft over them, transforming every cell exactly. */
oracle_run oracle_run_weft(const oracle_place *place);
void oracle_run_dispose(oracle_run *run);

/* weft's value of a cell, NaN where missing; 64-bit integers whole. */
long double oracle_value(const oracle_run *run, reference_method method, int band, int cell);

/* What gdalwarp makes of a band: run->cells doubles, NaN where missing, freed by the caller. Positions are exact, the
 * scale is weft's. */
double *oracle_gdalwarp(const oracle_run *run, reference_method method, int band);

/* The results' type by the design's table: how many bits of fraction they have (24 or 53), or 0 for integers, which
 * are exact. */
int oracle_fraction_bits(reference_method method, int band);

#endif
