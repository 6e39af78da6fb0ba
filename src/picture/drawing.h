/* A drawing of lines, areas and words as SVG, for pages: sharp at any size and in print.
 *
 * Colours have names, and each has one look on light paper and one on dark: whoever wants both draws twice. Words are
 * drawn as outlines, so that a page needs no font. Memory is cairo's. One thread.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PICTURE_DRAWING_H
#define WEFT_PICTURE_DRAWING_H

#include "core/text.h"

typedef struct weft_drawing weft_drawing;

typedef enum weft_drawing_theme { WEFT_THEME_LIGHT, WEFT_THEME_DARK } weft_drawing_theme;

typedef enum weft_drawing_color {
    WEFT_COLOR_PAPER,
    WEFT_COLOR_INK,
    WEFT_COLOR_SOFT, /* words of less weight */
    WEFT_COLOR_RULE, /* lines of a net, frames */
    WEFT_COLOR_GOOD,
    WEFT_COLOR_WARNING,
    WEFT_COLOR_CRITICAL,
    WEFT_COLOR_REST,   /* what is no series: grey */
    WEFT_COLOR_SERIES, /* and the seven after it: told apart by people who see red and green alike */
    WEFT_COLOR_COUNT = WEFT_COLOR_SERIES + 8,
} weft_drawing_color;

/* 0xRRGGBB. */
unsigned weft_drawing_rgb(weft_drawing_theme theme, weft_drawing_color color);

typedef enum weft_drawing_align { WEFT_DRAW_LEFT, WEFT_DRAW_CENTER, WEFT_DRAW_RIGHT } weft_drawing_align;

typedef struct weft_drawing_point {
    double x, y;
} weft_drawing_point;

/* An empty drawing of width x height points without paper: the page's shows. Errors: WEFT_ERR_MEMORY. */
weft_status weft_drawing_new(weft_drawing **out, double width, double height, weft_drawing_theme theme,
                             weft_error *err);
/* NULL is fine. */
void weft_drawing_free(weft_drawing *drawing);
/* Adds it to `svg` as a document; nothing is drawn any more. Errors: WEFT_ERR_MEMORY. */
weft_status weft_drawing_finish(weft_drawing *drawing, weft_text *svg, weft_error *err);

void weft_drawing_box(weft_drawing *drawing, double x, double y, double width, double height, weft_drawing_color color);
/* In a colour of no name: 0xRRGGBB. */
void weft_drawing_box_rgb(weft_drawing *drawing, double x, double y, double width, double height, unsigned rgb);
void weft_drawing_line(weft_drawing *drawing, const weft_drawing_point *points, int count, double width,
                       weft_drawing_color color, bool dashed);
/* Fills what the points go around. */
void weft_drawing_area(weft_drawing *drawing, const weft_drawing_point *points, int count, weft_drawing_color color);

#define WEFT_DRAWING_TYPE 11 /* points: the one size of words */
/* UTF-8 with its baseline at y, and x where `align` says. Returns how wide it is. */
double weft_drawing_text(weft_drawing *drawing, double x, double y, weft_drawing_color color, weft_drawing_align align,
                         const char *text);

#endif
