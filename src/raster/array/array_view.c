/* SPDX-License-Identifier: MIT
 *
 * GDAL opens a file either as planes or as arrays, so the file is opened once more. */
#include "raster/array/array_view.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <string.h>

bool weft_array_view_is_likely(GDALDatasetH dataset) {
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    const char *name = driver == NULL ? "" : GDALGetDriverShortName(driver);
    return strcmp(name, "netCDF") == 0 || strncmp(name, "HDF5", 4) == 0 || strcmp(name, "Zarr") == 0;
}

/* The dataset's own file; "" where it has none. To be freed with CPLFree. */
static char *file_of(GDALDatasetH dataset) {
    char **files = GDALGetFileList(dataset);
    char *out = CPLStrdup(files != NULL && files[0] != NULL ? files[0] : "");
    CSLDestroy(files);
    return out;
}

/* The full name of the array that the dataset is a view of. To be freed with CPLFree. */
static char *array_name(GDALDatasetH dataset) {
    const char *name = GDALGetDescription(dataset), *last = strrchr(name, ':'), *begin = strchr(name, ':');
    if (begin != NULL && strchr(name, '"') != NULL && last > strrchr(name, '"'))
        name = last + 1;
    else
        name = GDALGetMetadataItem(GDALGetRasterBand(dataset, 1), "NETCDF_VARNAME", NULL);
    while (name != NULL && name[0] == '/' && name[1] == '/')
        name++;
    return CPLStrdup(name == NULL ? "" : name[0] == '/' ? name : CPLSPrintf("/%s", name));
}

bool weft_array_view_open(weft_array_view *out, GDALDatasetH dataset) {
    char *file = file_of(dataset), *name = array_name(dataset);
    CPLPushErrorHandler(CPLQuietErrorHandler);
    *out = (weft_array_view){.file = GDALOpenEx(file, GDAL_OF_MULTIDIM_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL)};
    if (out->file != NULL) out->root = GDALDatasetGetRootGroup(out->file);
    if (out->root != NULL) out->array = GDALGroupOpenMDArrayFromFullname(out->root, name, NULL);
    bool found = out->array != NULL;
    if (!found) weft_array_view_close(out);
    CPLPopErrorHandler();
    CPLErrorReset();
    CPLFree(file);
    CPLFree(name);
    return found;
}

void weft_array_view_close(weft_array_view *view) {
    if (view->array != NULL) GDALMDArrayRelease(view->array);
    if (view->root != NULL) GDALGroupRelease(view->root);
    if (view->file != NULL) GDALClose(view->file);
    *view = (weft_array_view){0};
}
