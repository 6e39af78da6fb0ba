/* SPDX-License-Identifier: MIT
 *
 * GDAL, PROJ and cairo, with the hundred libraries under them, are loaded when one of their functions is called for the
 * first time: commands that read no raster start without them. So is libmicrohttpd, for those that serve. The program
 * is linked to a function of the same name for each that it calls (cmake/lazy_calls.cmake makes them); it jumps through
 * a slot, which first leads here. The libraries are those that two modules, which hold no code, are linked to: so
 * packages know what weft needs. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <dlfcn.h>
#include <libgen.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXIT_DEFECT 70
#define EXIT_MEMORY 71
#define ROOM        (16 << 20)

extern _Atomic(void *) weft_lazy_slots[];
extern const char weft_lazy_names[]; /* one after the other, each with its module's digit before it and its NUL */

#define MODULE_COUNT 2

static const struct {
    const char *file, *what;
} modules[MODULE_COUNT] = {{"weft-rasters.so", "the libraries for rasters"},
                           {"weft-server.so", "the library for servers"}};

void *weft_lazy_find(uint64_t number);

static _Noreturn void fail(int module, const char *why) {
    /* The dynamic linker words it: "failed to map segment from shared object", "cannot allocate memory". */
    int code = strstr(why, "map") != NULL || strstr(why, "memory") != NULL ? EXIT_MEMORY : EXIT_DEFECT;
    (void)fprintf(stderr, "weft: error: %s cannot be loaded: %s\n", modules[module].what, why);
    (void)fflush(stdout);
    _exit(code);
}

/* What is being loaded, or -1. A library that finds no memory while it is loaded may end the process by itself, with a code
 * of its own (OpenBLAS, under GDAL). */
static _Atomic int being_loaded = -1;

static void explain_exit(void) {
    int module = atomic_load(&being_loaded);
    if (module >= 0) fail(module, "one of them ended the process: not enough memory for it");
}

/* Libraries load others, and crash where there is no room for those. */
static void expect_room(int module) {
    void *room = mmap(NULL, ROOM, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) fail(module, "not enough memory is left");
    (void)munmap(room, ROOM);
}

/* Beside the program where it was built, in the folder for libraries where it was installed. */
static void *load(int number) {
    static const char *const folders[] = {"", WEFT_MODULE_FOLDER "/"};
    char program[4096], path[8192];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    void *module = NULL;
    (void)atexit(explain_exit);
    if (length <= 0) fail(number, "/proc/self/exe does not say where the program is");
    program[length] = '\0';
    const char *folder = dirname(program);
    for (size_t i = 0; i < sizeof folders / sizeof *folders && module == NULL; i++) {
        (void)snprintf(path, sizeof path, "%s/%s%s", folder, folders[i], modules[number].file);
        if (access(path, F_OK) != 0) continue;
        atomic_store(&being_loaded, number);
        module = dlopen(path, RTLD_LAZY | RTLD_GLOBAL);
        atomic_store(&being_loaded, -1);
        if (module == NULL) fail(number, dlerror());
        expect_room(number);
    }
    if (module == NULL) {
        (void)snprintf(path, sizeof path, "there is no %s beside the program, nor in " WEFT_MODULE_FOLDER,
                       modules[number].file);
        fail(number, path);
    }
    return module;
}

/* The function of this number; its slot leads there from now on. Any thread: two that come at once find the same. */
void *weft_lazy_find(uint64_t number) {
    static _Atomic(void *) found[MODULE_COUNT];
    const char *name = weft_lazy_names;
    for (uint64_t i = 0; i < number; i++)
        name += strlen(name) + 1;
    int module = *name++ - '0';
    void *loaded = atomic_load(&found[module]);
    if (loaded == NULL) {
        loaded = load(module);
        atomic_store(&found[module], loaded);
    }
    void *function = dlsym(loaded, name);
    if (function == NULL) fail(module, dlerror());
    atomic_store(&weft_lazy_slots[number], function);
    return function;
}
