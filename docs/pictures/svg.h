/* As much SVG as the pictures of docs/ need: lines, boxes, text, and a frame that takes numbers to the page.
 *
 * Coordinates are written to a tenth of a unit, so that the last bits of a sine change no picture.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_DOCS_PICTURES_SVG_H
#define WEFT_DOCS_PICTURES_SVG_H

#include <stdbool.h>
#include <stdio.h>

typedef struct svg {
    FILE *file;
} svg;

/* Creates `path`. `title` is read out by browsers. False, and errno, when it cannot be made. */
bool svg_open(svg *out, const char *path, double width, double height, const char *title);
/* False when not all of it could be written. */
bool svg_close(svg *out);

/* What is drawn until svg_end_clip() is seen inside the box alone. */
void svg_begin_clip(svg *out, double x, double y, double width, double height);
void svg_end_clip(svg *out);

/* `style` is a class of the style sheet in svg.c. */
void svg_line(svg *out, const char *style, double x0, double y0, double x1, double y1);
void svg_box(svg *out, const char *style, double x, double y, double width, double height);
/* A box under a share, 0 to 1, of the colour of weights. */
void svg_shade(svg *out, double share, double x, double y, double width, double height);
void svg_dot(svg *out, const char *style, double x, double y, double radius);
/* Squares of one size, as one path. */
void svg_squares(svg *out, const char *style, int count, const double *x, const double *y, double side);
void svg_path(svg *out, const char *style, int count, const double *x, const double *y, bool closed);
void svg_text(svg *out, const char *style, double x, double y, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* A rectangle of the page and the numbers at its sides: x0 on the left, x1 on the right, y0 below, y1 above. */
typedef struct svg_frame {
    double left, top, width, height;
    double x0, x1, y0, y1;
} svg_frame;

double svg_frame_x(const svg_frame *frame, double x);
double svg_frame_y(const svg_frame *frame, double y);

#endif
