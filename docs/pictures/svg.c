/* One style sheet for all pictures, on white, so that they can be read on a dark page too.
 *
 * SPDX-License-Identifier: MIT */
#include "docs/pictures/svg.h"

#include <math.h>
#include <stdarg.h>

static const char style_sheet[] = "text{font:12px sans-serif;fill:#333}"
                                  ".title{font-weight:bold;font-size:14px}"
                                  ".middle{text-anchor:middle}"
                                  ".end{text-anchor:end}"
                                  ".small{font-size:10px;text-anchor:middle;fill:#555}"
                                  ".value{font-size:15px;font-weight:bold;text-anchor:middle}"
                                  ".found{font-weight:bold;fill:#b3261e}"
                                  ".axis{stroke:#777;stroke-width:1}"
                                  ".grid{stroke:#ccc;stroke-width:1}"
                                  ".pixel{fill:none;stroke:#bbb;stroke-width:1}"
                                  ".band{fill:#f3f3f0}"
                                  ".curve{fill:none;stroke:#8a8a8a;stroke-width:1.5}"
                                  ".stem{stroke:#1f5fa8;stroke-width:3}"
                                  ".tap{fill:#1f5fa8}"
                                  ".step{fill:#9dbfe4;stroke:#1f5fa8;stroke-width:1}"
                                  ".chosen{fill:#f2b8b5;stroke:#b3261e;stroke-width:1.5}"
                                  ".result{stroke:#b3261e;stroke-width:2;stroke-dasharray:6 3}"
                                  ".cell{fill:none;stroke:#b3261e;stroke-width:2}"
                                  ".neighbour{fill:none;stroke:#b3261e;stroke-width:0.7}"
                                  ".centre{fill:#b3261e}"
                                  ".absent{fill:#ddd}"
                                  ".full{fill:#9dbfe4}"
                                  ".renormalised{fill:#f6c667}"
                                  ".fallback{fill:#a9d18e}"
                                  ".nothing{fill:#fff}"
                                  ".edge{fill:none;stroke:#333;stroke-width:2}"
                                  ".s32{fill:#fff;stroke:#1f5fa8;stroke-width:1}"
                                  ".s16{fill:#dce9f7;stroke:#1f5fa8;stroke-width:0.8}"
                                  ".s8{fill:#9dbfe4;stroke:#1f5fa8;stroke-width:0.6}"
                                  ".s4{fill:#f6c667;stroke:#8a5a00;stroke-width:0.5}"
                                  ".s2{fill:#f2b8b5;stroke:#b3261e;stroke-width:0.4}"
                                  ".s1{fill:#b3261e;stroke:none}";

/* To a tenth. A number that lies between two tenths goes up whatever its last bits are; there is no -0. */
static double tidy(double value) {
    return floor(value * 10 + 0.5 + 1e-6) / 10 + 0.0;
}

bool svg_open(svg *out, const char *path, double width, double height, const char *title) {
    out->file = fopen(path, "w");
    if (out->file == NULL) return false;
    fprintf(out->file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">\n"
            "<title>%s</title>\n<style>%s</style>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
            width, height, width, height, title, style_sheet);
    return true;
}

bool svg_close(svg *out) {
    fputs("</svg>\n", out->file);
    bool whole = ferror(out->file) == 0;
    return fclose(out->file) == 0 && whole;
}

void svg_begin_clip(svg *out, double x, double y, double width, double height) {
    fprintf(out->file, "<svg x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" viewBox=\"%.1f %.1f %.1f %.1f\">\n",
            tidy(x), tidy(y), tidy(width), tidy(height), tidy(x), tidy(y), tidy(width), tidy(height));
}

void svg_end_clip(svg *out) {
    fputs("</svg>\n", out->file);
}

void svg_line(svg *out, const char *style, double x0, double y0, double x1, double y1) {
    fprintf(out->file, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", style, tidy(x0),
            tidy(y0), tidy(x1), tidy(y1));
}

void svg_box(svg *out, const char *style, double x, double y, double width, double height) {
    fprintf(out->file, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n", style, tidy(x),
            tidy(y), tidy(width), tidy(height));
}

void svg_shade(svg *out, double share, double x, double y, double width, double height) {
    fprintf(out->file,
            "<rect fill=\"#1f5fa8\" fill-opacity=\"%.2f\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
            tidy(5 * share) / 10, tidy(x), tidy(y), tidy(width), tidy(height));
}

void svg_dot(svg *out, const char *style, double x, double y, double radius) {
    fprintf(out->file, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>\n", style, tidy(x), tidy(y), radius);
}

void svg_squares(svg *out, const char *style, int count, const double *x, const double *y, double side) {
    double tidied = tidy(side);
    fprintf(out->file, "<path class=\"%s\" d=\"", style);
    for (int i = 0; i < count; i++)
        fprintf(out->file, "M%.1f %.1fh%.1fv%.1fh-%.1fz\n", tidy(x[i]), tidy(y[i]), tidied, tidied, tidied);
    fputs("\"/>\n", out->file);
}

void svg_path(svg *out, const char *style, int count, const double *x, const double *y, bool closed) {
    fprintf(out->file, "<path class=\"%s\" d=\"", style);
    for (int i = 0; i < count; i++)
        fprintf(out->file, "%s%.1f %.1f", i == 0 ? "M" : "L", tidy(x[i]), tidy(y[i]));
    fprintf(out->file, "%s\"/>\n", closed ? "Z" : "");
}

void svg_text(svg *out, const char *style, double x, double y, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(out->file, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", style, tidy(x), tidy(y));
    vfprintf(out->file, format, arguments);
    fputs("</text>\n", out->file);
    va_end(arguments);
}

double svg_frame_x(const svg_frame *frame, double x) {
    return frame->left + (x - frame->x0) / (frame->x1 - frame->x0) * frame->width;
}

double svg_frame_y(const svg_frame *frame, double y) {
    return frame->top + (frame->y1 - y) / (frame->y1 - frame->y0) * frame->height;
}
