/* SPDX-License-Identifier: MIT */
#include "pipeline/ranks/rank_link.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODULE "weft_mpi.so"

/* Beside the program as it is built, and as it is installed. */
static const char *const places[] = {"/" MODULE, "/../" WEFT_MODULES "/" MODULE};

static bool find_module(char *out, size_t capacity) {
    const char *named = getenv("WEFT_MPI_MODULE");
    char folder[PATH_MAX];
    if (named != NULL) return snprintf(out, capacity, "%s", named) > 0 && access(out, R_OK) == 0;
    ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
    if (length <= 0) return false;
    folder[length] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash == NULL) return false;
    *slash = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (snprintf(out, capacity, "%s%s", folder, places[i]) < (int)capacity && access(out, R_OK) == 0) return true;
    return false;
}

weft_status weft_rank_link_load(weft_rank_link *out, weft_error *err) {
    char path[2 * PATH_MAX];
    weft_rank_link_open_fn open_link = NULL;
    if (!find_module(path, sizeof path)) {
        weft_error_set(err, WEFT_ERR_USAGE, "--mpi: this weft was built without MPI: there is no " MODULE);
        weft_error_hint(err, "apt-get install libopenmpi-dev before it is built; or --shard auto, which needs no MPI");
        return WEFT_ERR_USAGE;
    }
    /* Open MPI's own plugins look for its names in the process. */
    void *module = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    void *symbol = module == NULL ? NULL : dlsym(module, WEFT_RANK_LINK_OPEN);
    if (symbol == NULL) return weft_error_set(err, WEFT_ERR_USAGE, "--mpi: %s: %s", path, dlerror());
    memcpy(&open_link, &symbol, sizeof open_link);
    const char *reason = open_link(out);
    return reason == NULL ? WEFT_OK : weft_error_set(err, WEFT_ERR_USAGE, "--mpi: %s", reason);
}
