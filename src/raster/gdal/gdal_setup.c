/* SPDX-License-Identifier: MIT
 *
 * Decoded blocks live in weft's cache; GDAL's own holds next to nothing, or memory would be spent twice. */
#include "raster/gdal/gdal_setup.h"

#include "core/memory/allocator.h"
#include "core/window.h"
#include "raster/gdal/gdal_environment.h"
#include "raster/gdal/library_end.h"
#include "raster/gdal/proj_database.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <ogr_srs_api.h>
#include <proj.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* A codec that runs out of memory says so, and the driver above it then says that it could not read. */
static _Thread_local bool out_of_memory;

/* After a fatal error GDAL aborts: it only has them when memory that it cannot do without is refused. */
void weft_raster_listen(int severity, int number, const char *message) {
    if (number == CPLE_OutOfMemory) out_of_memory = true;
    if (severity == CE_Fatal) weft_library_end(message);
}

static void CPL_STDCALL listen_to_gdal(CPLErr severity, CPLErrorNum number, const char *message) {
    weft_raster_listen((int)severity, (int)number, message);
}

static void set_up(void) {
    weft_library_end_setup();
    CPLSetErrorHandler(listen_to_gdal);
    weft_gdal_environment_clean();
    GDALAllRegister();
    weft_gdal_options_clean();
    /* Decoding is spread over weft's own threads. */
    CPLSetConfigOption("GDAL_NUM_THREADS", "1");
    /* The sources under a VRT are else shared by all handles that one thread opened, and two workers would meet there.
     */
    CPLSetConfigOption("VRT_SHARED_SOURCE", "NO");
    GDALSetCacheMax64(WEFT_RASTER_GDAL_CACHE);
}

void weft_raster_set_cache(int64_t bytes) {
    GDALSetCacheMax64(weft_larger(bytes, WEFT_RASTER_GDAL_CACHE));
}

void weft_raster_load(void) {
    /* Not pthread_once(): std::bad_alloc out of GDAL would pass its frames, for which glibc loads libgcc_s, and where
     * memory has ended it aborts instead of coming to weft_library_end(). */
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static bool done;
    pthread_mutex_lock(&lock);
    if (!done) set_up();
    done = true;
    pthread_mutex_unlock(&lock);
}

weft_status weft_raster_init(weft_error *err) {
    weft_raster_load();
    return weft_proj_database_check(err);
}

bool weft_raster_clear_errors(void) {
    static _Thread_local bool known_to_gdal;
    out_of_memory = !known_to_gdal && weft_allocator_is_exhausted();
    if (out_of_memory) return false;
    CPLErrorReset();
    known_to_gdal = true;
    return true;
}

bool weft_raster_out_of_memory(void) {
    return out_of_memory || weft_allocator_is_exhausted();
}

const char *weft_raster_gdal_version(void) {
    return GDALVersionInfo("RELEASE_NAME");
}

int weft_raster_driver_count(void) {
    int count = 0;
    for (int i = 0; i < GDALGetDriverCount(); i++)
        count += GDALGetMetadataItem(GDALGetDriver(i), GDAL_DCAP_RASTER, NULL) != NULL;
    return count;
}

bool weft_raster_has_driver(const char *name) {
    return GDALGetDriverByName(name) != NULL;
}

const char *weft_raster_driver_of(const char *path) {
    GDALDriverH driver = GDALIdentifyDriverEx(path, GDAL_OF_RASTER, NULL, NULL);
    return driver != NULL ? GDALGetDriverShortName(driver) : NULL;
}

void weft_raster_gdal_proj_version(char *out, size_t size) {
    int major = 0, minor = 0, patch = 0;
    OSRGetPROJVersion(&major, &minor, &patch);
    (void)snprintf(out, size, "%d.%d.%d", major, minor, patch);
}

const char *weft_raster_proj_version(void) {
    return proj_info().version;
}

const char *weft_raster_last_reason(const char *otherwise) {
    static _Thread_local char reason[512];
    (void)snprintf(reason, sizeof reason, "%s", CPLGetLastErrorMsg());
    size_t length = strlen(reason);
    while (length > 0 && strchr(". \r\n", reason[length - 1]) != NULL)
        reason[--length] = '\0';
    for (size_t i = 0; i < length; i++)
        if (reason[i] == '\n' || reason[i] == '\r') reason[i] = ' ';
    if (length > 0) return reason;
    return weft_raster_out_of_memory() ? "out of memory" : otherwise;
}
