/* What the pictures are of: a map of the Arctic over a raster of the globe, placed by the lattice itself.
 *
 * The grid is polar stereographic, the source geographic, both on a sphere, so that the projection between them is four
 * lines and the same in every version of every library.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_DOCS_PICTURES_SCENE_H
#define WEFT_DOCS_PICTURES_SCENE_H

#include "processors/lattice/lattice.h"
#include "processors/lattice/lattice_positions.h"
#include "processors/resample/methods.h"
#include "processors/resampler.h"

#define SCENE_SIDE   256   /* cells a side of the grid */
#define SCENE_POINTS 65536 /* the most exact points that are remembered */

/* The exact points that a lattice asked for, in cells of the grid. */
typedef struct scene_points {
    int64_t count;
    double col[SCENE_POINTS], row[SCENE_POINTS];
} scene_points;

typedef struct scene {
    double cell_km;
    int64_t pole;         /* the cell whose upper left corner is the pole, along both axes */
    int64_t cols, rows;   /* source pixels round the globe, and from pole to pole */
    scene_points *points; /* NULL: nobody asks for them */
    weft_lattice_net net; /* of scene_lattice() */
} scene;

/* The lattice of a scene, which outlives it. */
weft_lattice_spec scene_lattice(scene *of);

/* One to prepare windows with, in memory that suffices. Ends the program when there is none. */
weft_lattice *scene_new_lattice(void);

/* A cell and its eight neighbours, placed by the lattice. */
typedef struct scene_cell {
    double u[9], v[9], corner_u[16], corner_v[16];
    weft_positions positions; /* 3 x 3 cells; borrows the arrays */
} scene_cell;

/* Places the cells around (col, row), which lie in one lattice row. Ends the program when memory runs out. */
void scene_locate(scene *of, int64_t col, int64_t row, scene_cell *out);

/* A resampler of a source of doubles, which goes round where `wraps` says so. */
weft_resampler scene_resampler(const weft_method *kernel, int64_t cols, int64_t rows, bool wraps);

/* Ends the program with the error's message, unless all went well. */
void scene_check(weft_status status, const weft_error *err);

#endif
