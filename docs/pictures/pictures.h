/* Between the files of this folder: what each picture is drawn by.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_DOCS_PICTURES_PICTURES_H
#define WEFT_DOCS_PICTURES_PICTURES_H

#include "docs/pictures/svg.h"
#include "processors/resample/methods.h"
#include "processors/resampler.h"

/* Which squares of a grid the lattice interpolates. */
void draw_lattice(svg *out, const weft_method *unused);

/* An interpolating kernel, and nearest: the weights of the pixels around a centre, as it is and widened. */
void draw_kernel(svg *out, const weft_method *kernel);

/* A cell's quadrilateral over source pixels, with the area that it covers of each. */
void draw_footprint(svg *out, const weft_method *unused);

/* What a footprint kernel makes of the pixels under one cell. */
void draw_footprint_method(svg *out, const weft_method *kernel);

/* Which cells get what, around a hole and at the edges. */
void draw_missing(svg *out, const weft_method *unused);

#endif
