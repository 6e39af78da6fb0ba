/* The map is north up along 45 degrees west, so that no line of the grid is a line of the source.
 *
 * SPDX-License-Identifier: MIT */
#include "docs/pictures/scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define EARTH_KM        6371.0
#define RADIAN          (180 / 3.14159265358979323846)
#define MIDDLE_MERIDIAN (-45.0)
#define LATTICE_BYTES   (INT64_C(16) << 20)

void scene_check(weft_status status, const weft_error *err) {
    if (status == WEFT_OK) return;
    fprintf(stderr, "weft_pictures: %s\n", err->message);
    exit(1);
}

/* Polar stereographic, true at the pole, to degrees, to source pixels. */
static weft_status project(void *payload, int64_t n, double *u, double *v, weft_error *err) {
    const scene *of = payload;
    scene_points *points = of->points;
    double cols = (double)of->cols, rows = (double)of->rows;
    for (int64_t i = 0; i < n; i++) {
        if (points != NULL && points->count == SCENE_POINTS)
            return weft_error_set(err, WEFT_ERR_INTERNAL, "the lattice asks for more than %d points", SCENE_POINTS);
        if (points != NULL) {
            points->col[points->count] = u[i];
            points->row[points->count++] = v[i];
        }
        double x = (u[i] - (double)of->pole) * of->cell_km, y = ((double)of->pole - v[i]) * of->cell_km;
        double longitude = MIDDLE_MERIDIAN + atan2(x, -y) * RADIAN;
        double from_pole = 2 * atan(hypot(x, y) / (2 * EARTH_KM)) * RADIAN;
        u[i] = (longitude + 180) / 360 * cols;
        if (u[i] < 0) u[i] += cols;
        v[i] = from_pole / 180 * rows;
    }
    return WEFT_OK;
}

weft_lattice_spec scene_lattice(scene *of) {
    double turn = (double)of->cols; /* places are pixels */
    of->net = (weft_lattice_net){
        .tolerance = 0.05, .pixels_x = 1, .pixels_y = 1, .period = turn, .project = project, .payload = of};
    return (weft_lattice_spec){.net = &of->net, .wrap_cols = turn};
}

weft_lattice *scene_new_lattice(void) {
    static weft_ledger *ledger; /* of all of them, to the program's end */
    weft_lattice *lattice = NULL;
    weft_error err = {0};
    if (ledger == NULL) scene_check(weft_ledger_new(&ledger, LATTICE_BYTES, &err), &err);
    scene_check(weft_lattice_new(&lattice, ledger, &err), &err);
    return lattice;
}

void scene_locate(scene *of, int64_t col, int64_t row, scene_cell *out) {
    weft_lattice *lattice = scene_new_lattice();
    weft_error err = {0};
    weft_lattice_spec spec = scene_lattice(of);
    scene_check(weft_lattice_prepare(lattice, &spec, (weft_window){col - 1, row - 1, 3, 3}, true, &err), &err);
    for (int64_t i = 0; i < 3; i++)
        weft_lattice_centres(lattice, col - 1, row - 1 + i, 3, out->u + 3 * i, out->v + 3 * i);
    for (int64_t i = 0; i < 4; i++)
        weft_lattice_corners(lattice, col - 1, row - 1 + i, 4, out->corner_u + 4 * i, out->corner_v + 4 * i);
    weft_lattice_free(lattice);
    out->positions = (weft_positions){
        .cols = 3, .rows = 3, .u = out->u, .v = out->v, .corner_u = out->corner_u, .corner_v = out->corner_v};
}

weft_resampler scene_resampler(const weft_method *kernel, int64_t cols, int64_t rows, bool wraps) {
    return (weft_resampler){.method = kernel,
                            .source_type = WEFT_FLOAT64,
                            .type = WEFT_FLOAT64,
                            .scale_x = 1,
                            .scale_y = 1,
                            .value_scale = 1,
                            .argument = 90, /* of p */
                            .source_cols = cols,
                            .source_rows = rows,
                            .wrap_cols = wraps ? cols : 0};
}
