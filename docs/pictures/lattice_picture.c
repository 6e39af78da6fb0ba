/* The lattice, seen from the points that it asks for.
 *
 * A square of 2^k cells has its centre where both coordinates are an odd multiple of 2^(k-1), and no other point of the
 * lattice lies there: so the centres among the exact points are the squares that were looked at.
 *
 * SPDX-License-Identifier: MIT */
#include "docs/pictures/pictures.h"
#include "docs/pictures/scene.h"

#include <math.h>
#include <stdlib.h>

#define LEVELS 6 /* squares of 32, 16, 8, 4, 2 and 1 cells */

static const char *const styles[LEVELS] = {"s32", "s16", "s8", "s4", "s2", "s1"};

/* The side of the square that a point is the centre of; 0: of none. */
static int side_around(double col, double row) {
    for (int side = WEFT_LATTICE_CELL; side > 0; side /= 2)
        if (fmod(col, side) == side / 2.0 && fmod(row, side) == side / 2.0) return side;
    return 0;
}

static int64_t find_points(scene *of) {
    weft_lattice *lattice = scene_new_lattice();
    weft_error err = {0};
    weft_lattice_spec spec = scene_lattice(of);
    for (int64_t row = 0; row < SCENE_SIDE; row += WEFT_LATTICE_CELL) {
        weft_window window = {0, row, SCENE_SIDE, WEFT_LATTICE_CELL};
        scene_check(weft_lattice_prepare(lattice, &spec, window, false, &err), &err);
    }
    int64_t projected = weft_lattice_projected(lattice);
    weft_lattice_free(lattice);
    return projected;
}

/* The smallest square that was looked at around each cell: the one that gave it its position. */
typedef struct squares {
    int side[SCENE_SIDE][SCENE_SIDE];
} squares;

static void find_squares(const scene_points *points, squares *out) {
    for (int64_t i = 0; i < points->count; i++) {
        int side = side_around(points->col[i], points->row[i]);
        int left = (int)(points->col[i] - side / 2.0), top = (int)(points->row[i] - side / 2.0);
        for (int at = 0; at < side * side; at++) {
            int *cell = &out->side[top + at / side][left + at % side];
            if (*cell == 0 || side < *cell) *cell = side;
        }
    }
}

static void draw_key(svg *out, const scene *of, const int counts[LEVELS], int64_t projected) {
    svg_text(out, "title", 556, 36, "%d x %d cells of %.0f km", SCENE_SIDE, SCENE_SIDE, of->cell_km);
    svg_text(out, "", 556, 56, "near the pole; source pixels");
    svg_text(out, "", 556, 72, "of %.3g x %.3g degrees", 360 / (double)of->cols, 180 / (double)of->rows);
    for (int i = 0; i < LEVELS; i++) {
        svg_box(out, styles[i], 556, 96 + 24 * i, 14, 14);
        svg_text(out, "", 578, 108 + 24 * i, "%d of %d x %d cells", counts[i], 32 >> i, 32 >> i);
    }
    svg_text(out, "", 556, 268, "%lld exact points", (long long)projected);
    svg_text(out, "", 556, 284, "for %d centres", SCENE_SIDE * SCENE_SIDE);
}

static int draw_squares(svg *out, const svg_frame *frame, const squares *all, int level) {
    static double x[SCENE_SIDE * SCENE_SIDE], y[SCENE_SIDE * SCENE_SIDE];
    int side = WEFT_LATTICE_CELL >> level, count = 0;
    for (int row = 0; row < SCENE_SIDE; row += side) {
        for (int col = 0; col < SCENE_SIDE; col += side) {
            if (all->side[row][col] != side) continue;
            x[count] = svg_frame_x(frame, col);
            y[count++] = svg_frame_y(frame, row);
        }
    }
    svg_squares(out, styles[level], count, x, y, side * frame->width / SCENE_SIDE);
    return count;
}

void draw_lattice(svg *out, const weft_method *unused) {
    (void)unused;
    const svg_frame frame = {20, 20, 512, 512, 0, SCENE_SIDE, SCENE_SIDE, 0};
    static squares all;
    int counts[LEVELS] = {0};
    scene of = {.cell_km = 10, .pole = 48, .cols = 120, .rows = 120, .points = calloc(1, sizeof(scene_points))};
    if (of.points == NULL) exit(1);
    int64_t projected = find_points(&of);
    find_squares(of.points, &all);
    for (int level = 0; level < LEVELS; level++)
        counts[level] = draw_squares(out, &frame, &all, level);
    draw_key(out, &of, counts, projected);
    free(of.points);
}
