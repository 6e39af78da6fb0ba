/* SPDX-License-Identifier: MIT */
#include "raster/gdal/gdal_environment.h"
#include "raster/gdal/gdal_setup.h"
#include "support/cmocka_all.h"

#include <cpl_conv.h>
#include <stdlib.h>
#include <unistd.h>

static void test_what_changes_values_bytes_or_memory_is_left_out(void **state) {
    static const char *const names[] = {"GDAL_TIFF_ENDIANNESS",     "GDAL_TIFF_DEFLATE_SUBCODEC",
                                        "GTIFF_IGNORE_READ_ERRORS", "GTIFF_POINT_GEO_IGNORE",
                                        "GDAL_PAM_ENABLED",         "GDAL_CACHEMAX",
                                        "GDAL_NUM_THREADS",         "GDAL_NETCDF_BOTTOMUP",
                                        "GRIB_NORMALIZE_UNITS",     "COMPRESS_OVERVIEW",
                                        "OGR_CT_OP_SELECTION",      "VSI_CACHE",
                                        "VRT_SHARED_SOURCE",        "GDAL_SKIP",
                                        "JP2OPENJPEG_THREADS",      "OSR_DEFAULT_AXIS_MAPPING_STRATEGY"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!weft_gdal_option_is_left_out(names[i])) fail_msg("%s is kept", names[i]);
}

static void test_what_says_where_things_are_stays(void **state) {
    static const char *const names[] = {"PATH",
                                        "HOME",
                                        "GDAL_DATA",
                                        "PROJ_DATA",
                                        "PROJ_NETWORK",
                                        "GDAL_HTTP_PROXY",
                                        "AWS_REGION",
                                        "CPL_DEBUG",
                                        "CPL_TMPDIR",
                                        "GDAL_DRIVER_PATH",
                                        "GDAL_CONFIG_FILE",
                                        "CPL_VSIL_CURL_CHUNK_SIZE",
                                        "MY_GDAL_THING",
                                        "TMPDIR",
                                        "HDF5_USE_FILE_LOCKING",
                                        "_OVERVIEW",
                                        "GDAL"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (weft_gdal_option_is_left_out(names[i])) fail_msg("%s is left out", names[i]);
}

/* Set before GDAL is set up, in the environment and in a configuration file. */
static void test_gdal_does_not_see_what_is_left_out(void **state) {
    char file[] = "/tmp/weft_gdalrc_XXXXXX";
    const char text[] = "[configoptions]\nGTIFF_POINT_GEO_IGNORE=TRUE\nGDAL_NUM_THREADS=7\nCPL_TMPDIR=/elsewhere\n";
    (void)state;
    int fd = mkstemp(file);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    setenv("GDAL_CONFIG_FILE", file, 1);
    setenv("GDAL_TIFF_ENDIANNESS", "BIG", 1);
    setenv("GDAL_CACHEMAX", "1000", 1);
    setenv("GDAL_DISABLE_READDIR_ON_OPEN", "EMPTY_DIR", 1);
    setenv("GDAL_HTTP_MAX_RETRY", "3", 1);
    assert_int_equal(weft_raster_init(NULL), WEFT_OK);
    assert_null(CPLGetConfigOption("GDAL_TIFF_ENDIANNESS", NULL));
    assert_null(CPLGetConfigOption("GDAL_CACHEMAX", NULL));
    assert_null(CPLGetConfigOption("GTIFF_POINT_GEO_IGNORE", NULL));
    assert_string_equal(CPLGetConfigOption("GDAL_NUM_THREADS", NULL), "1");
    assert_string_equal(CPLGetConfigOption("CPL_TMPDIR", ""), "/elsewhere");
    assert_string_equal(CPLGetConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", ""), "TRUE");
    assert_string_equal(CPLGetConfigOption("GDAL_HTTP_MAX_RETRY", ""), "3");
    unlink(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_changes_values_bytes_or_memory_is_left_out),
        cmocka_unit_test(test_what_says_where_things_are_stays),
        cmocka_unit_test(test_gdal_does_not_see_what_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
