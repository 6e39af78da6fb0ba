/* SPDX-License-Identifier: MIT
 *
 * Rows of tiles hold CRS coordinates, which all sources of one CRS share. Preparing a window makes the rows
 * (tile_rows.c), then converts the corners of interpolated tiles to pixels of the current source. */
#include "processors/lattice/lattice.h"

#include "processors/lattice/tile_rows.h"
#include "processors/lattice/tile_splitting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIDE    WEFT_LATTICE_CELL
#define BUFFERS 8 /* of a lattice */

weft_status weft_lattice_new(weft_lattice **out, weft_ledger *ledger, weft_error *err) {
    *out = calloc(1, sizeof **out);
    if (*out == NULL) return weft_error_no_memory(err, "a lattice");
    (*out)->ledger = ledger;
    return WEFT_OK;
}

void weft_lattice_release(weft_lattice *lattice) {
    for (int i = 0; i < 2; i++) {
        weft_tile_row *row = &lattice->rows[i];
        row->count = 0;
        weft_buffer_release(&row->tiles);
        weft_buffer_release(&row->centre_table);
        weft_buffer_release(&row->corner_table);
    }
    weft_buffer_release(&lattice->points);
    weft_buffer_release(&lattice->descent);
}

void weft_lattice_free(weft_lattice *lattice) {
    if (lattice == NULL) return;
    weft_lattice_release(lattice);
    free(lattice);
}

int64_t weft_lattice_projected(const weft_lattice *lattice) {
    return lattice->projected;
}

bool weft_lattice_has_split(const weft_lattice *lattice) {
    return lattice->rows[0].centre_table.data != NULL || lattice->rows[1].centre_table.data != NULL;
}

/* A window that is not aligned with tiles may touch two more than its width suggests. Buffers are whole pages. */
weft_lattice_cost weft_lattice_cost_of(const weft_lattice_spec *spec, bool corners, bool split) {
    if (spec->affine) return (weft_lattice_cost){0};
    int64_t rows = corners ? 2 : 1, points = spec->net->tolerance > 0 ? 6 : SIDE;
    int64_t tile_bytes = points * 2 * (int64_t)sizeof(double) + rows * (int64_t)sizeof(weft_tile);
    int64_t fixed = (split && spec->net->tolerance > 0 ? weft_tile_splitting_bytes() : 0) + BUFFERS * weft_page_bytes();
    if (split) tile_bytes += rows * rows * (int64_t)sizeof(weft_tile_cells);
    return (weft_lattice_cost){fixed + 2 * tile_bytes, (tile_bytes + SIDE - 1) / SIDE};
}

int64_t weft_lattice_band_rows(weft_window window) {
    int64_t left = SIDE - window.row % SIDE;
    return left < window.rows ? left : window.rows;
}

/* Whether the tile crosses the longitude at which positions jump from one end of the source to the other. */
static bool is_cut(const weft_lattice_spec *spec, const weft_tile *at) {
    double x[4];
    if (spec->cut_period <= 0) return false;
    memcpy(x, at->x, sizeof x);
    weft_unwrap(x, spec->net->period);
    for (int i = 1; i < 4; i++)
        if (floor((x[i] - spec->cut) / spec->cut_period) != floor((x[0] - spec->cut) / spec->cut_period)) return true;
    return false;
}

/* Converts the corners of interpolated tiles to pixels of a source, unless they are that already. */
static void convert_corners(weft_tile_row *row, const weft_lattice_spec *spec) {
    weft_tile *tiles = row->tiles.data;
    if (row->pixels_of == spec) return;
    row->pixels_of = spec;
    for (int64_t i = 0; i < row->count; i++) {
        if (tiles[i].split) continue;
        memcpy(tiles[i].u, tiles[i].x, sizeof tiles[i].u);
        memcpy(tiles[i].v, tiles[i].y, sizeof tiles[i].v);
        weft_coordinates_to_pixels(spec, 4, tiles[i].u, tiles[i].v);
        weft_unwrap(tiles[i].u, spec->wrap_cols);
        tiles[i].cut = is_cut(spec, &tiles[i]);
    }
}

weft_status weft_lattice_prepare(weft_lattice *lattice, const weft_lattice_spec *spec, weft_window window, bool corners,
                                 weft_error *err) {
    lattice->spec = spec;
    if (spec->affine) return WEFT_OK;
    weft_status status = weft_tile_rows_prepare(lattice, spec->net, window, corners, err);
    for (int i = 0; i < 2 && status == WEFT_OK; i++)
        convert_corners(&lattice->rows[i], spec);
    return status;
}
