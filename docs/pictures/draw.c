/* Draws the pictures of docs/resampling.md from the code's own weights, so that they show what it does.
 *
 * usage: weft_pictures FOLDER. ./dev pictures does it; a test holds the committed pictures to what this draws.
 *
 * SPDX-License-Identifier: MIT */
#include "docs/pictures/pictures.h"

#include <errno.h>
#include <string.h>

typedef struct picture {
    const char *name;
    double width, height;
    void (*draw)(svg *out, weft_kernel kernel);
    weft_kernel kernel;
} picture;

/* Those of a method bear its name. */
static const picture pictures[] = {
    {"lattice", 780, 552, draw_lattice, WEFT_KERNEL_NEAREST},
    {"footprint", 560, 500, draw_footprint, WEFT_KERNEL_AVERAGE},
    {"missing", 860, 420, draw_missing, WEFT_KERNEL_NEAREST},
    {NULL, 860, 300, draw_kernel, WEFT_KERNEL_NEAREST},
    {NULL, 860, 300, draw_kernel, WEFT_KERNEL_BILINEAR},
    {NULL, 860, 300, draw_kernel, WEFT_KERNEL_CUBIC},
    {NULL, 860, 300, draw_kernel, WEFT_KERNEL_CUBICSPLINE},
    {NULL, 860, 300, draw_kernel, WEFT_KERNEL_LANCZOS},
    {NULL, 860, 380, draw_footprint_method, WEFT_KERNEL_AVERAGE},
    {NULL, 860, 380, draw_footprint_method, WEFT_KERNEL_SUM},
    {NULL, 860, 380, draw_footprint_method, WEFT_KERNEL_RMS},
    {NULL, 860, 380, draw_footprint_method, WEFT_KERNEL_MODE},
    {NULL, 860, 380, draw_footprint_method, WEFT_KERNEL_MIN},
    {NULL, 860, 380, draw_footprint_method, WEFT_KERNEL_MAX},
    {NULL, 860, 380, draw_footprint_method, WEFT_KERNEL_MED},
    {NULL, 860, 380, draw_footprint_method, WEFT_KERNEL_Q1},
    {NULL, 860, 380, draw_footprint_method, WEFT_KERNEL_Q3},
};

static bool draw(const picture *which, const char *folder) {
    const char *name = which->name != NULL ? which->name : weft_kernel_name(which->kernel);
    char path[4096];
    svg out;
    int length = snprintf(path, sizeof path, "%s/%s.svg", folder, name);
    bool fits = length > 0 && (size_t)length < sizeof path;
    if (!fits) errno = ENAMETOOLONG;
    if (!fits || !svg_open(&out, path, which->width, which->height, name)) {
        fprintf(stderr, "weft_pictures: %s: cannot be made (%s)\n", folder, strerror(errno));
        return false;
    }
    which->draw(&out, which->kernel);
    if (svg_close(&out)) return true;
    fprintf(stderr, "weft_pictures: %s: cannot be written (%s)\n", path, strerror(errno));
    return false;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: weft_pictures FOLDER\n");
        return 64;
    }
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++)
        if (!draw(&pictures[i], argv[1])) return 74;
    return 0;
}
