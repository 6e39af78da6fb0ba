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

/* What stands in quotes in a name as ZARR:"folder":/array:0, and what comes after it. NULL: nothing does. */
static const char *quoted(const char *name, size_t *length, const char **behind) {
    const char *begin = strchr(name, '"'), *end = strrchr(name, '"');
    if (begin == NULL || end == begin) return NULL;
    *length = (size_t)(end - begin - 1);
    *behind = end + 1;
    return begin + 1;
}

/* The dataset's own file, or a Zarr's folder; "" where it has none. To be freed with CPLFree. */
static char *file_of(GDALDatasetH dataset) {
    const char *behind;
    size_t length;
    char **files = GDALGetFileList(dataset);
    char *out = files != NULL && files[0] != NULL ? CPLStrdup(files[0]) : NULL;
    CSLDestroy(files);
    if (out != NULL) return out;
    const char *name = quoted(GDALGetDescription(dataset), &length, &behind);
    return CPLStrdup(name == NULL ? "" : CPLSPrintf("%.*s", (int)length, name));
}

/* The full name of the array that the dataset is a view of, "" where its name does not say it. To be freed with CPLFree. */
static char *array_name(GDALDatasetH dataset) {
    const char *name = NULL;
    size_t length;
    if (quoted(GDALGetDescription(dataset), &length, &name) != NULL && *name == ':')
        name++;
    else
        name = GDALGetMetadataItem(GDALGetRasterBand(dataset, 1), "NETCDF_VARNAME", NULL);
    if (name == NULL) return CPLStrdup("");
    while (name[0] == '/' && name[1] == '/')
        name++;
    length = strcspn(name, ":"); /* indexes of a Zarr's other dimensions are after it */
    return CPLStrdup(CPLSPrintf("%s%.*s", name[0] == '/' ? "" : "/", (int)length, name));
}

/* Of a group's arrays the only one that has planes, as GDAL takes it for a raster. NULL: there is none, or several. */
static GDALMDArrayH only_plane(GDALGroupH root) {
    GDALMDArrayH found = NULL;
    int count = 0;
    char **names = GDALGroupGetMDArrayNames(root, NULL);
    for (int i = 0; names != NULL && names[i] != NULL; i++) {
        GDALMDArrayH array = GDALGroupOpenMDArray(root, names[i], NULL);
        bool planes = array != NULL && GDALMDArrayGetDimensionCount(array) >= 2;
        count += planes;
        if (planes && found == NULL)
            found = array;
        else if (array != NULL)
            GDALMDArrayRelease(array);
    }
    CSLDestroy(names);
    if (count == 1 || found == NULL) return found;
    GDALMDArrayRelease(found);
    return NULL;
}

bool weft_array_view_open(weft_array_view *out, GDALDatasetH dataset) {
    char *file = file_of(dataset), *name = array_name(dataset);
    CPLPushErrorHandler(CPLQuietErrorHandler);
    *out = (weft_array_view){.file = GDALOpenEx(file, GDAL_OF_MULTIDIM_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL)};
    if (out->file != NULL) out->root = GDALDatasetGetRootGroup(out->file);
    if (out->root != NULL)
        out->array = name[0] != '\0' ? GDALGroupOpenMDArrayFromFullname(out->root, name, NULL) : only_plane(out->root);
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
