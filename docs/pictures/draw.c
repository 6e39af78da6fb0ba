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
    void (*draw)(svg *out, const weft_method *kernel);
    const weft_method *method;
} picture;

static const picture pictures[] = {
    {"lattice", 780, 552, draw_lattice, &weft_method_nearest},
    {"footprint", 560, 500, draw_footprint, &weft_method_average},
    {"missing", 860, 420, draw_missing, &weft_method_nearest},
};

static bool draw(const picture *which, const char *folder) {
    char path[4096];
    svg out;
    int length = snprintf(path, sizeof path, "%s/%s.svg", folder, which->name);
    bool fits = length > 0 && (size_t)length < sizeof path;
    if (!fits) errno = ENAMETOOLONG;
    if (!fits || !svg_open(&out, path, which->width, which->height, which->name)) {
        fprintf(stderr, "weft_pictures: %s: cannot be made (%s)\n", folder, strerror(errno));
        return false;
    }
    which->draw(&out, which->method);
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
    const weft_method *method;
    for (int i = 0; (method = weft_method_at(i)) != NULL; i++) {
        if (method->summarise != NULL) continue; /* it is no value among the pixels' */
        bool footprint = weft_method_needs_corners(method);
        const picture own = {weft_method_name(method), 860, footprint ? 380 : 300,
                             footprint ? draw_footprint_method : draw_kernel, method};
        if (!draw(&own, argv[1])) return 74;
    }
    return 0;
}
