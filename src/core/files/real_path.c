/* SPDX-License-Identifier: MIT
 *
 * realpath(3) ends at the first part that is not there; so the path is walked here, part by part. */
#include "core/files/real_path.h"

#include "core/text.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_LINKS 40 /* as many as Linux follows */

/* What is walked: `left` is to be freed, `at` in it is where the walk stands. */
typedef struct walk {
    weft_text real; /* without a slash at its end; empty: the root */
    char *left;
    const char *at;
    int links;
} walk;

static void go_up(weft_text *real) {
    const char *slash = real->data != NULL ? strrchr(real->data, '/') : NULL;
    if (slash == NULL) return;
    real->length = (size_t)(slash - real->data);
    real->data[real->length] = '\0';
}

/* Puts the link's target in the place of its name. False: no memory. */
static bool follow(walk *of, const char *target) {
    char *left = weft_text_format("%s/%s", target, of->at);
    free(of->left);
    of->at = of->left = left;
    of->links++;
    if (target[0] != '/') {
        go_up(&of->real);
    } else {
        of->real.length = 0;
        of->real.data[0] = '\0';
    }
    return left != NULL;
}

static bool step(walk *of) {
    char target[PATH_MAX];
    const char *name = of->at;
    size_t length = strcspn(name, "/");
    of->at += length + (name[length] == '/');
    if (length == 0 || (length == 1 && name[0] == '.')) return true;
    if (length == 2 && name[0] == '.' && name[1] == '.') {
        go_up(&of->real);
        return true;
    }
    weft_text_add(&of->real, "/%.*s", (int)length, name);
    if (of->real.failed) return false;
    ssize_t bytes = of->links < MOST_LINKS ? readlink(of->real.data, target, sizeof target - 1) : -1;
    if (bytes <= 0) return true; /* no link */
    target[bytes] = '\0';
    return follow(of, target);
}

char *weft_real_path(const char *path) {
    char *here = path[0] == '/' ? NULL : getcwd(NULL, 0);
    if (path[0] != '/' && here == NULL) return NULL;
    walk of = {.left = weft_text_format("%s/%s", here != NULL ? here : "", path)};
    of.at = of.left;
    free(here);
    bool ok = of.left != NULL;
    while (ok && *of.at != '\0')
        ok = step(&of);
    free(of.left);
    if (ok && of.real.length == 0) weft_text_add(&of.real, "/");
    if (ok && !of.real.failed) return of.real.data;
    weft_text_dispose(&of.real);
    return NULL;
}
