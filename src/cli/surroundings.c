/* SPDX-License-Identifier: MIT */
#include "cli/surroundings.h"

#include "core/files/disk_space.h"
#include "core/text.h"
#include "monitors/usable_cpus.h"
#include "pipeline/memory/memory_limit.h"
#include "raster/gdal/gdal_setup.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIN_LIMIT (INT64_C(128) << 20) /* under it even small jobs have to be cut small */
#define MIN_DISK  (INT64_C(1) << 30)
#define MIN_FILES 256 /* weft keeps a few files open a worker, and what it writes */

/* A place for one more. The last place is taken again where there are too many. */
static weft_error *add_trouble(weft_surroundings *out, bool ends_runs) {
    if (out->trouble_count < WEFT_MAX_TROUBLES) out->trouble_count++;
    weft_trouble *trouble = &out->troubles[out->trouble_count - 1];
    *trouble = (weft_trouble){.ends_runs = ends_runs};
    return &trouble->error;
}

static void look_at_drivers(weft_surroundings *out) {
    /* What weft writes with; without one of them GDAL is no whole GDAL. */
    static const char *const needed[] = {"GTiff", "COG", "VRT", "MEM"};
    static const char *const asked[] = {"GTiff", "COG",         "VRT",  "netCDF", "HDF5", "Zarr",   "GRIB",
                                        "HFA",   "JP2OpenJPEG", "JPEG", "PNG",    "WEBP", "AAIGrid"};
    out->raster_drivers = weft_raster_driver_count();
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        size_t used = strlen(out->drivers);
        if (weft_raster_has_driver(asked[i]))
            (void)snprintf(out->drivers + used, sizeof out->drivers - used, "%s%s", used > 0 ? ", " : "", asked[i]);
    }
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (weft_raster_has_driver(needed[i])) continue;
        weft_error *err = add_trouble(out, true);
        weft_error_set(err, WEFT_ERR_NO_INPUT, "GDAL has no driver %s", needed[i]);
        weft_error_hint(err, "GDAL_SKIP or a build of GDAL with few drivers leaves it out");
    }
}

static void look_at_proj(weft_surroundings *out) {
    weft_error err = {0};
    char gdals[32];
    weft_proj_database_read(&out->proj);
    if (weft_proj_database_check(&err) != WEFT_OK) *add_trouble(out, true) = err;
    weft_raster_gdal_proj_version(gdals, sizeof gdals);
    if (strcmp(gdals, weft_raster_proj_version()) != 0) {
        weft_error *two = add_trouble(out, false);
        weft_error_set(two, WEFT_ERR_NO_INPUT, "two PROJs are loaded: GDAL runs with %s, weft with %s", gdals,
                       weft_raster_proj_version());
        weft_error_hint(two, "LD_LIBRARY_PATH names another installation, or GDAL was built with another PROJ");
    }
    if (out->proj.grids == 0 && !out->proj.network && out->proj.path[0] != '\0') {
        weft_error *none = add_trouble(out, false);
        weft_error_set(none, WEFT_ERR_NO_INPUT,
                       "PROJ has no datum shift grids: between some datums positions are off by metres");
        weft_error_hint(none,
                        "install them (Debian: proj-data; all: projsync --all), or export PROJ_NETWORK=ON; weft plan "
                        "says where one is missing");
    }
}

static void look_at_memory(weft_surroundings *out) {
    weft_error err = {0};
    const weft_size automatic = {.kind = WEFT_SIZE_AUTO};
    out->memory_origin = weft_memory_limit_origin("");
    if (weft_memory_limit(&out->memory_limit_bytes, automatic, "", &err) != WEFT_OK) {
        out->memory_limit_bytes = 0;
        *add_trouble(out, true) = err;
    } else if (out->memory_limit_bytes < MIN_LIMIT) {
        char limit[WEFT_SIZE_TEXT_BYTES];
        weft_text_size(out->memory_limit_bytes, limit);
        weft_error *low = add_trouble(out, false);
        weft_error_set(low, WEFT_ERR_MEMORY, "memory.limit: auto is %s, 75 %% of %s", limit, out->memory_origin);
        weft_error_hint(low, "weft plan says what a job needs at least");
    }
}

static int64_t limit_of(int what) {
    struct rlimit limit;
    return getrlimit(what, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ? -1 : (int64_t)limit.rlim_cur;
}

static void look_at_limits(weft_surroundings *out) {
    out->max_open_files = limit_of(RLIMIT_NOFILE);
    out->largest_file_bytes = limit_of(RLIMIT_FSIZE);
    if (out->max_open_files >= 0 && out->max_open_files < MIN_FILES) {
        weft_error *few = add_trouble(out, false);
        weft_error_set(few, WEFT_ERR_IO, "ulimit -n lets this process have %lld files open",
                       (long long)out->max_open_files);
        weft_error_hint(few, "ulimit -n 1024; mosaics keep more files open where they may");
    }
    if (out->largest_file_bytes >= 0) {
        char size[WEFT_SIZE_TEXT_BYTES];
        weft_text_size(out->largest_file_bytes, size);
        weft_error *short_files = add_trouble(out, false);
        weft_error_set(short_files, WEFT_ERR_IO, "ulimit -f lets this process write files of %s at most", size);
        weft_error_hint(short_files, "ulimit -f unlimited");
    }
}

static void look_at_folder(weft_surroundings *out) {
    struct stat info;
    weft_disk_space space;
    out->disk_free_bytes = weft_disk_space_at(out->folder, &space) ? space.free_bytes : -1;
    if (stat(out->folder, &info) != 0 && errno != ENOENT) {
        weft_error_set_errno(add_trouble(out, true), errno, "%s", out->folder);
    } else if (access(out->folder, F_OK) == 0 && access(out->folder, W_OK | X_OK) != 0) {
        weft_error *err = add_trouble(out, false);
        weft_error_set_errno(err, errno, "%s cannot be written to", out->folder);
        weft_error_hint(err, "outputs can go elsewhere: --set output_dir=FOLDER");
    }
    if (out->disk_free_bytes >= 0 && out->disk_free_bytes < MIN_DISK) {
        char bytes[WEFT_SIZE_TEXT_BYTES];
        weft_text_size(out->disk_free_bytes, bytes);
        weft_error_set(add_trouble(out, false), WEFT_ERR_IO, "%s: only %s are free", out->folder, bytes);
    }
}

void weft_surroundings_read(weft_surroundings *out, const char *folder) {
    weft_error ignored = {0};
    *out = (weft_surroundings){.folder = folder};
    (void)weft_raster_init(&ignored); /* what is wrong with PROJ is told by look_at_proj */
    look_at_proj(out);
    look_at_drivers(out);
    look_at_memory(out);
    out->cpus = weft_usable_cpus("");
    out->machine_cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
    look_at_folder(out);
    look_at_limits(out);
}
