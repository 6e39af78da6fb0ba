/* Which names are GDAL's, and where in them a relative path begins.
 *
 * SPDX-License-Identifier: MIT */
#include "config/gdal_name.h"

#include "support/cmocka_all.h"

#include <stdlib.h>

static void test_what_a_name_of_gdal_s_looks_like(void **state) {
    (void)state;
    static const char *const names[] = {"/vsizip/a.zip/b.tif", "NETCDF:\"f.nc\":t", "https://example.org/a.tif",
                                        "<VRTDataset/>",       "PG:dbname=x",       "GTIFF_DIR:2:a.tif"};
    static const char *const files[] = {"a.tif", "/a.tif", "day/12:30.tif", "C:/a.tif", "12:30.tif", ":a", "", "/vs"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!weft_gdal_name_is(names[i])) fail_msg("%s is a file", names[i]);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (weft_gdal_name_is(files[i])) fail_msg("%s is none", files[i]);
}

static void test_a_relative_path_begins_at_the_folder(void **state) {
    (void)state;
    static const char *const names[][2] = {
        {"/vsizip/a.zip/b.tif", "/vsizip//home/me/a.zip/b.tif"},
        {"/vsigzip/./a.gz", "/vsigzip//home/me/a.gz"},
        {"/vsigzip/../a.gz", "/vsigzip//home/me/../a.gz"},
        {"/vsitar/vsigzip/a.tar.gz/b", "/vsitar/vsigzip/a.tar.gz/b"},
        {"/vsitar/vsizip/a.zip/b.tar/c", "/vsitar/vsizip/a.zip/b.tar/c"},
        {"/vsizip/vsicurl/https://example.org/a.zip/b", "/vsizip/vsicurl/https://example.org/a.zip/b"},
        {"/vsizip/{a.zip}/b", "/vsizip/{a.zip}/b"},
        {"/vsizip//abs/a.zip/b.tif", "/vsizip//abs/a.zip/b.tif"},
        {"/vsicurl/https://example.org/a.tif", "/vsicurl/https://example.org/a.tif"},
        {"/vsis3/bucket/a.tif", "/vsis3/bucket/a.tif"},
        {"/vsimem/a.tif", "/vsimem/a.tif"},
        {"NETCDF:\"f.nc\":t", "NETCDF:\"/home/me/f.nc\":t"},
        {"NETCDF:\"/abs/f.nc\":t", "NETCDF:\"/abs/f.nc\":t"},
        {"NETCDF:\"https://example.org/f.nc\":t", "NETCDF:\"https://example.org/f.nc\":t"},
        {"NETCDF:f.nc:t", "NETCDF:/home/me/f.nc:t"},
        {"netcdf:f.nc:t", "netcdf:/home/me/f.nc:t"},
        {"HDF5:\"d/f.h5\"://group/t", "HDF5:\"/home/me/d/f.h5\"://group/t"},
        {"ZARR:\"f.zarr\":/t", "ZARR:\"/home/me/f.zarr\":/t"},
        {"ZARR:\"/vsicurl/https://example.org/f.zarr\"", "ZARR:\"/vsicurl/https://example.org/f.zarr\""},
        {"PG:dbname=x", "PG:dbname=x"},
        {"GTIFF_DIR:2:a.tif", "GTIFF_DIR:2:a.tif"},
        {"https://example.org/a.tif", "https://example.org/a.tif"},
        {"<VRTDataset/>", "<VRTDataset/>"},
        {"NETCDF:", "NETCDF:"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *found = weft_gdal_name_from("/home/me", names[i][0]);
        assert_string_equal(found, names[i][1]);
        free(found);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_name_of_gdal_s_looks_like),
        cmocka_unit_test(test_a_relative_path_begins_at_the_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
