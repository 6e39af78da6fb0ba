/* SPDX-License-Identifier: MIT
 *
 * GDAL, PROJ and cairo, with the hundred libraries under them, are loaded when one of their functions is called for the
 * first time: commands that read no raster start without them. The program is linked to a function of the same name for
 * each that it calls (cmake/lazy_calls.cmake makes them); it jumps through a slot, which first leads here. The
 * libraries are those that weft-rasters.so, which holds no code, is linked to: so packages know what weft needs. */
#include <dlfcn.h>
#include <libgen.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODULE      "weft-rasters.so"
#define EXIT_DEFECT 70
#define EXIT_MEMORY 71

extern _Atomic(void *) weft_lazy_slots[];
extern const char weft_lazy_names[]; /* one behind the other, each with its NUL */

void *weft_lazy_find(uint64_t number);

static _Noreturn void fail(const char *why) {
    /* The dynamic linker words it: "failed to map segment from shared object", "cannot allocate memory". */
    int code = strstr(why, "map") != NULL || strstr(why, "memory") != NULL ? EXIT_MEMORY : EXIT_DEFECT;
    (void)fprintf(stderr, "weft: error: the libraries for rasters cannot be loaded: %s\n", why);
    (void)fflush(stdout);
    _exit(code);
}

/* Beside the program where it was built, in the folder for libraries where it was installed. */
static void *load(void) {
    static const char *const folders[] = {"", WEFT_MODULE_FOLDER "/"};
    char program[4096], path[8192];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    void *module = NULL;
    if (length <= 0) fail("/proc/self/exe does not say where the program is");
    program[length] = '\0';
    const char *folder = dirname(program);
    for (size_t i = 0; i < sizeof folders / sizeof *folders && module == NULL; i++) {
        (void)snprintf(path, sizeof path, "%s/%s" MODULE, folder, folders[i]);
        if (access(path, F_OK) != 0) continue;
        module = dlopen(path, RTLD_LAZY | RTLD_GLOBAL);
        if (module == NULL) fail(dlerror());
    }
    if (module == NULL) fail("there is no " MODULE " beside the program, nor in " WEFT_MODULE_FOLDER);
    return module;
}

/* The function of this number; its slot leads there from now on. Any thread: two that come at once find the same. */
void *weft_lazy_find(uint64_t number) {
    static _Atomic(void *) module;
    const char *name = weft_lazy_names;
    void *loaded = atomic_load(&module);
    if (loaded == NULL) {
        loaded = load();
        atomic_store(&module, loaded);
    }
    for (uint64_t i = 0; i < number; i++)
        name += strlen(name) + 1;
    void *function = dlsym(loaded, name);
    if (function == NULL) fail(dlerror());
    atomic_store(&weft_lazy_slots[number], function);
    return function;
}
