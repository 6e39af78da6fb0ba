/* SPDX-License-Identifier: MIT
 *
 * By the beginnings of names, not by a list of all options: each version of GDAL adds some. */
#define _GNU_SOURCE /* environ */
#include "raster/gdal/gdal_environment.h"

#include "core/log.h"
#include "core/text.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What GDAL's options begin with; a name without _ at its end is a whole one. */
static const char *const ours[] = {
    "GDAL_",
    "GTIFF_",
    "TIFF_",
    "GEOTIFF_",
    "COG_",
    "VRT_",
    "OGR_",
    "OSR_",
    "VSI_",
    "JPEG_",
    "JPEGMEM",
    "JP2",
    "OPJ_",
    "USE_RRD",
    "USE_SPILL",
    "PNG_",
    "WEBP_",
    "ZARR_",
    "HFA_",
    "MRF_",
    "BAG_",
    "GRIB_",
    "HDF4_",
    "NETCDF_",
    "NITF_",
    "DTED_",
    "SRTMHGT_",
    "ECW_",
    "RAW_",
    "BSB_",
    "PDF_",
    "ENVI_",
    "ISIS3_",
    "PDS4_",
    "RMF_",
    "SAR_",
    "FITS_",
    "SENTINEL2_",
    "CENTER_LONG",
    "CONVERT_YCBCR_TO_RGB",
    "ESRI_XML_PAM",
    "FORCE_BLOCKSIZE",
    "BLOCKXSIZE",
    "BLOCKYSIZE",
    "DISABLE_OPEN_REAL_NETCDF_FILES",
    "CHECK_WITH_INVERT_PROJ",
    "CHECK_DISK_FREE_SPACE",
    "SINGLE_THREAD",
    "PROJ_USE_PROJ4_INIT_RULES",
};

/* Of them, what says where something is, how it is reached, or how much GDAL refuses. */
static const char *const kept[] = {
    "GDAL_DATA",
    "GDAL_CONFIG_FILE",
    "GDAL_DRIVER_PATH",
    "GDAL_PYTHON_DRIVER_PATH",
    "GDAL_CACHE_DIRECTORY",
    "GDAL_DEFAULT_WMS_CACHE_PATH",
    "GDAL_PAM_PROXY_DIR",
    "GRIB_RESOURCE_DIR",
    "GDAL_HTTP_",
    "GDAL_HTTPS_PROXY",
    "GDAL_PROXY",
    "GDAL_PROXY_AUTH",
    "GDAL_CURL_CA_BUNDLE",
    "GDAL_GSSAPI_DELEGATION",
    "GDAL_DAAS_",
    "GDAL_MAX_CONNECTIONS",
    "GDAL_INGESTED_BYTES_AT_OPEN",
    "GDAL_VRT_ENABLE_PYTHON",
    "GDAL_VRT_PYTHON_",
    "GDAL_VRT_RAWRASTERBAND_ALLOWED_SOURCE",
    "GDAL_MAX_BAND_COUNT",
    "GDAL_JPEG_MAX_ALLOWED_SCAN_NUMBER",
    "GDAL_ALLOW_LARGE_LIBJPEG_MEM_ALLOC",
    "GDAL_ENABLE_DEPRECATED_DRIVER_",
    "ZARR_ALLOW_BIG_TILE_SIZE",
    /* Folders are not listed then, which is slow on object stores; see weft_gdal_environment_clean(). */
    "GDAL_DISABLE_READDIR_ON_OPEN",
};

static bool matches(const char *name, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(list[i]);
        bool whole = list[i][length - 1] != '_' && strcmp(list[i], "JP2") != 0;
        if (whole ? strcmp(name, list[i]) == 0 : strncmp(name, list[i], length) == 0) return true;
    }
    return false;
}

static bool ends_with(const char *name, const char *end) {
    size_t length = strlen(name), ending = strlen(end);
    return length > ending && strcmp(name + length - ending, end) == 0;
}

bool weft_gdal_option_is_left_out(const char *name) {
    /* COMPRESS_OVERVIEW, PREDICTOR_OVERVIEW and their like. */
    bool known = matches(name, ours, sizeof ours / sizeof *ours) || ends_with(name, "_OVERVIEW");
    return known && !matches(name, kept, sizeof kept / sizeof *kept);
}

/* The first one's name, on the heap; NULL when none is left, or no memory. */
static char *find_left_out(void) {
    for (char **at = environ; at != NULL && *at != NULL; at++) {
        char *name = weft_text_format("%.*s", (int)strcspn(*at, "="), *at);
        if (name == NULL || weft_gdal_option_is_left_out(name)) return name;
        free(name);
    }
    return NULL;
}

/* EMPTY_DIR would hide companions that are there (masks, nodata values). TRUE looks for them by their names. */
static void look_for_companions(void) {
    const char *value = getenv("GDAL_DISABLE_READDIR_ON_OPEN");
    if (value != NULL && CPLTestBool(value)) (void)setenv("GDAL_DISABLE_READDIR_ON_OPEN", "TRUE", 1);
}

void weft_gdal_environment_clean(void) {
    weft_text names = {0};
    for (char *name; (name = find_left_out()) != NULL;) {
        weft_text_add(&names, "%s%s", names.length > 0 ? ", " : "", name);
        bool gone = unsetenv(name) == 0;
        free(name);
        if (!gone) break;
    }
    if (names.length > 0 && !names.failed)
        weft_log(WEFT_LOG_INFO, "variables that are not used, since outputs depend on the configuration alone: %s",
                 names.data);
    weft_text_dispose(&names);
    look_for_companions();
}

void weft_gdal_options_clean(void) {
    char **options = CPLGetConfigOptions();
    for (int i = 0; i < CSLCount(options); i++) {
        char *name = NULL;
        (void)CPLParseNameValue(options[i], &name);
        if (name != NULL && weft_gdal_option_is_left_out(name)) CPLSetConfigOption(name, NULL);
        CPLFree(name);
    }
    CSLDestroy(options);
}
