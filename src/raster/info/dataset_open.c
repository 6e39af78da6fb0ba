/* SPDX-License-Identifier: MIT
 *
 * What GDAL says of a file that it cannot open is little; what the file system says comes first. */
#include "raster/info/dataset_open.h"

#include "raster/array/valid_range.h"
#include "raster/gdal/gdal_setup.h"
#include "raster/gdal/path_kind.h"
#include "raster/gdal/read_trouble.h"
#include "raster/gdal/signed_address.h"
#include "raster/info/source_info_read.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <errno.h>
#include <gdal.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Says what the file system knows, which is clearer than what a driver makes of it. */
static weft_status check_path(const char *path, weft_error *err) {
    struct stat info;
    if (!weft_is_plain_path(path)) return WEFT_OK;
    if (stat(path, &info) != 0) {
        if (errno == EACCES) return weft_error_set_errno(err, errno, "%s", path);
        return weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: there is no such file", path);
    }
    if (access(path, R_OK) != 0) return weft_error_set_errno(err, errno, "%s", path);
    return WEFT_OK;
}

/* Whether there is something to read in one of GDAL's own file systems. */
static bool opens(const char *path) {
    VSILFILE *file = VSIFOpenL(path, "rb");
    if (file == NULL) return false;
    (void)VSIFCloseL(file);
    return true;
}

static weft_status no_memory_to_open(const char *path, weft_error *err) {
    weft_error_set(err, WEFT_ERR_MEMORY, "%s: not enough memory to open it", path);
    weft_error_hint_short_memory(err);
    return WEFT_ERR_MEMORY;
}

/* address: what was opened; path: what it is called. */
static weft_status open_failed(const char *address, const char *path, weft_error *err) {
    struct stat info;
    char reason[256];
    if (weft_raster_out_of_memory()) return no_memory_to_open(path, err);
    if (weft_is_plain_path(path) && stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        weft_error_set(err, WEFT_ERR_DATA, "%s: a folder, not a raster", path);
        weft_error_hint(err, "name a file in it");
        return WEFT_ERR_DATA;
    }
    if (weft_is_plain_path(path) && stat(path, &info) == 0 && info.st_size == 0)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: the file is empty", path);
    if (weft_read_trouble_is_forbidden(address, reason)) {
        weft_error_set(err, WEFT_ERR_PERMISSION, "%s: the server does not give it (%s)", path, reason);
        weft_error_hint(err,
                        "GDAL's options name keys and accounts (AWS_.., GS_.., AZURE_..); datasets[].sign makes signed "
                        "addresses");
        return WEFT_ERR_PERMISSION;
    }
    if (strncmp(address, "/vsi", 4) == 0 && !opens(address))
        return weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: there is no such file", path);
    weft_status status =
        CPLGetLastErrorNo() == CPLE_OpenFailed && !weft_is_plain_path(path) ? WEFT_ERR_NO_INPUT : WEFT_ERR_DATA;
    weft_error_set(err, status, "%s: not a raster that GDAL can open (%s)", path,
                   weft_raster_last_reason("no driver knows it"));
    weft_error_hint(err, "gdalinfo says the same; gdalinfo --formats lists what can be read");
    return status;
}

static GDALDatasetH open_with(const char *path, const char *const *open_options) {
    return GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, open_options, NULL);
}

/* Opens it once more where GDAL would change pixels beyond the range that the variable says is valid: which are missing,
 * weft finds out itself. */
static GDALDatasetH leave_pixels(GDALDatasetH dataset, const char *path, weft_source_options options) {
    char **own = (char **)options.open_options;
    if (CSLFetchNameValue(own, WEFT_VALID_RANGE_OPTION) != NULL) return dataset;
    weft_valid_range range = weft_valid_range_read(dataset, WEFT_FLOAT64);
    if (isinf(range.low) && isinf(range.high)) return dataset; /* there is none, or none that weft can read */
    char **more = CSLSetNameValue(CSLDuplicate(own), WEFT_VALID_RANGE_OPTION, "NO");
    GDALClose(dataset);
    dataset = open_with(path, (const char *const *)more);
    CSLDestroy(more);
    return dataset;
}

static GDALDatasetH open_once(const char *path, weft_source_options options) {
    static const char key[] = "GDAL_DISABLE_READDIR_ON_OPEN";
    bool sets = options.one_of_many && CPLGetConfigOption(key, NULL) == NULL;
    if (sets) CPLSetThreadLocalConfigOption(key, "TRUE");
    GDALDatasetH dataset = open_with(path, (const char *const *)options.open_options);
    if (dataset != NULL) dataset = leave_pixels(dataset, path, options);
    if (sets) CPLSetThreadLocalConfigOption(key, NULL);
    return dataset;
}

/* --- attempts --- */

static weft_status keep_warnings(weft_source_info *info, const weft_read_watch *watch, weft_error *err) {
    if (watch->warning_count == 0) return WEFT_OK;
    info->warnings = strdup(watch->warnings);
    return info->warnings == NULL ? no_memory_to_open(info->path, err) : WEFT_OK;
}

/* Opens `address` and, when `describe` is given, describes it as `path`: one attempt. */
static weft_status try_open(void **out, const char *address, const char *path, weft_source_options options,
                            weft_source_info *describe, weft_read_watch *watch, weft_error *err) {
    weft_status status = WEFT_OK;
    *out = NULL;
    if (!weft_read_watch_begin(watch)) return no_memory_to_open(path, err);
    if (describe != NULL) watch->warned = path;
    *out = open_once(address, options);
    if (*out == NULL)
        status = open_failed(address, path, err);
    else if (describe != NULL)
        status = weft_source_info_read(describe, *out, path, options, err);
    if (status == WEFT_OK && describe != NULL) status = keep_warnings(describe, watch, err);
    /* A driver without memory may leave out what it could not read: a CRS, a nodata value. */
    if (weft_raster_out_of_memory()) status = no_memory_to_open(path, err);
    weft_read_watch_end(watch);
    return status;
}

/* After an attempt that failed, or that GDAL had something to say about: whether to make another. Trouble that does not
 * show may have passed before it was looked for, so there is one more try; then the file is what it is. */
static bool try_again(const char *address, const char *path, const weft_read_watch *watch, weft_retry *retry,
                      weft_status *status, weft_error *err) {
    char reason[256];
    if (*status == WEFT_ERR_MEMORY || (*status == WEFT_OK && !watch->failed)) return false;
    switch (weft_read_trouble_of_file(address, watch, reason)) {
    case WEFT_TROUBLE_PASSING:
        if (weft_retry_wait(retry)) return true;
        break;
    case WEFT_TROUBLE_LASTING:
        break;
    case WEFT_TROUBLE_NONE:
        return retry->failures == 0 && weft_retry_at_once(retry);
    }
    *status = weft_error_set(err, WEFT_ERR_IO, "%s: cannot be read (%s)", path, reason);
    weft_error_hint(err, "repair the disk or the network that it is on, then run again");
    return false;
}

weft_status weft_dataset_open(void **out, const char *path, weft_source_options options, weft_source_info *describe,
                              weft_error *err) {
    weft_retry retry = {.account = options.retries};
    weft_status status = check_path(path, err);
    *out = NULL;
    for (bool again = status == WEFT_OK; again;) {
        weft_read_watch watch;
        char *signed_one = NULL;
        status = options.sign == NULL ? WEFT_OK : weft_signed_address(&signed_one, options.sign, path, err);
        if (status != WEFT_OK) break;
        const char *address = signed_one != NULL ? signed_one : path;
        status = try_open(out, address, path, options, describe, &watch, err);
        again = try_again(address, path, &watch, &retry, &status, err);
        free(signed_one);
        if (status == WEFT_OK && !again) break;
        if (describe != NULL) weft_source_info_dispose(describe);
        if (*out != NULL) GDALClose(*out);
        *out = NULL;
    }
    weft_retry_end(&retry, status == WEFT_OK);
    return status;
}
