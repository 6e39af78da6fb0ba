/* The page around a report: its head with the style, its end, and drawings in it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_REPORT_PAGE_H
#define WEFT_PIPELINE_REPORT_PAGE_H

#include "core/text.h"
#include "picture/drawing.h"

/* A part of a page, under a heading of its own. */
void weft_page_begin(weft_text *out, const char *title);
void weft_page_end(weft_text *out);
void weft_page_section(weft_text *out, const char *id, const char *title);
void weft_page_section_end(weft_text *out);

/* A figure under the head: what it is, and how much. */
void weft_page_figure(weft_text *out, const char *name, const char *value, const char *note);

/* What draws a drawing. Errors: WEFT_ERR_MEMORY. */
typedef weft_status (*weft_page_draw)(weft_drawing *drawing, const void *payload, weft_error *err);

/* Draws it for light and for dark paper; alt: what it shows, in words. Errors: WEFT_ERR_MEMORY. */
weft_status weft_page_drawing(weft_text *out, const char *alt, double width, double height, weft_page_draw draw,
                              const void *payload, weft_error *err);

/* What a colour in a drawing stands for. */
void weft_page_legend_begin(weft_text *out);
void weft_page_legend(weft_text *out, weft_drawing_color color, const char *name, const char *means);
void weft_page_legend_end(weft_text *out);

#endif
