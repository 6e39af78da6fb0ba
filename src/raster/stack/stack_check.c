/* SPDX-License-Identifier: MIT
 *
 * What is read is read from the file, through a handle that did not write it. */
#include "raster/stack/stack_check.h"

#include "raster/crs/crs_handle.h"
#include "raster/gdal/gdal_setup.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_vsi.h>
#include <errno.h>
#include <fcntl.h>
#include <gdal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define NEXT_TO_NOTHING (UINT64_C(1) << 20) /* bytes free: the disk is why */

/* Cells of the last tile that lie on the grid. */
static int last_cells(int64_t cells) {
    return (int)((cells - 1) % WEFT_STACK_TILE + 1);
}

static int last_tile(int64_t cells) {
    return (int)((cells - 1) / WEFT_STACK_TILE);
}

uint64_t weft_stack_last_sum(const weft_stack_spec *spec, const void *cells) {
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    size_t size = weft_data_type_size(spec->type), length = (size_t)last_cells(spec->grid->cols) * size;
    for (int row = 0; row < last_cells(spec->grid->rows); row++) {
        const uint8_t *bytes = (const uint8_t *)cells + (size_t)row * WEFT_STACK_TILE * size;
        for (size_t i = 0; i < length; i++)
            sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    return sum;
}

weft_status weft_stack_io_error(weft_error *err, const char *path, const char *what) {
    struct statvfs disk;
    weft_error_set(err, WEFT_ERR_IO, "%s: %s (%s)", path, what, weft_raster_last_reason("GDAL does not say why"));
    if (statvfs(path, &disk) == 0 && (uint64_t)disk.f_bavail * disk.f_frsize < NEXT_TO_NOTHING)
        weft_error_hint(err, "%llu bytes are free there", (unsigned long long)disk.f_bavail * disk.f_frsize);
    return WEFT_ERR_IO;
}

weft_status weft_stack_sync(const char *path, weft_error *err) {
    int fd = open(path, O_RDWR | O_CLOEXEC);
    int failure = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0) close(fd);
    if (failure == 0) return WEFT_OK;
    weft_error_set_errno(err, failure, "%s: cannot sync", path);
    if (err != NULL) err->status = WEFT_ERR_IO;
    return WEFT_ERR_IO;
}

void weft_stack_alone(bool alone) {
    CPLSetThreadLocalConfigOption("GDAL_PAM_ENABLED", alone ? "NO" : NULL);
}

static bool says_crs(const char *path, const weft_crs *crs) {
    static const char *const same[] = {"IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES",
                                       "CRITERION=EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS", NULL};
    GDALDatasetH dataset = GDALOpen(path, GA_ReadOnly);
    OGRSpatialReferenceH said = dataset == NULL ? NULL : GDALGetSpatialRef(dataset);
    bool kept = said != NULL && OSRIsSameEx(said, weft_crs_handle(crs), same);
    if (dataset != NULL) GDALClose(dataset);
    return kept;
}

/* It is tried out, on a raster of one cell in memory. */
bool weft_stack_keeps_crs(const weft_crs *crs) {
    char path[64];
    (void)snprintf(path, sizeof path, "/vsimem/weft_crs_%p.tif", (const void *)crs);
    weft_stack_alone(true);
    GDALDatasetH dataset = GDALCreate(GDALGetDriverByName("GTiff"), path, 1, 1, 1, GDT_Byte, NULL);
    bool kept = dataset != NULL && GDALSetSpatialRef(dataset, weft_crs_handle(crs)) == CE_None;
    if (dataset != NULL) GDALClose(dataset);
    kept = kept && says_crs(path, crs);
    (void)VSIUnlink(path);
    weft_stack_alone(false);
    return kept;
}

static bool is_placed(GDALDatasetH dataset, const weft_grid *grid) {
    double has[6], wants[6] = {grid->origin_x, grid->res_x, 0, grid->origin_y, 0, -grid->res_y};
    if (GDALGetGeoTransform(dataset, has) != CE_None) return false;
    for (int i = 0; i < 6; i++)
        if (has[i] < wants[i] || has[i] > wants[i]) return false;
    return true;
}

static bool is_as_meant(GDALDatasetH dataset, const weft_stack_spec *spec) {
    return GDALGetRasterXSize(dataset) == spec->grid->cols && GDALGetRasterYSize(dataset) == spec->grid->rows &&
           GDALGetRasterCount(dataset) == spec->band_count && is_placed(dataset, spec->grid) &&
           GDALGetDataTypeSizeBytes(GDALGetRasterDataType(GDALGetRasterBand(dataset, 1))) ==
               (int)weft_data_type_size(spec->type);
}

static weft_status check_last_tile(GDALDatasetH dataset, const char *path, const weft_stack_spec *spec, uint64_t sum,
                                   weft_error *err) {
    int col = last_tile(spec->grid->cols), row = last_tile(spec->grid->rows);
    void *cells = malloc((size_t)WEFT_STACK_TILE * WEFT_STACK_TILE * weft_data_type_size(spec->type));
    if (cells == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to look at a tile", path);
    bool same = GDALReadBlock(GDALGetRasterBand(dataset, spec->band_count), col, row, cells) == CE_None &&
                weft_stack_last_sum(spec, cells) == sum;
    free(cells);
    if (same) return WEFT_OK;
    return weft_error_set(err, WEFT_ERR_IO, "%s: band %d, tile (%d, %d) does not read back as it was written", path,
                          spec->band_count, col, row);
}

weft_status weft_stack_check(const char *path, const weft_stack_spec *spec, const uint64_t *last_sum, weft_error *err) {
    static const char *const drivers[] = {"GTiff", NULL};
    weft_status status = WEFT_OK;
    CPLErrorReset();
    GDALDatasetH dataset = GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, drivers, NULL, NULL);
    if (dataset == NULL) return weft_stack_io_error(err, path, "what was written cannot be opened");
    if (!is_as_meant(dataset, spec))
        status = weft_error_set(err, WEFT_ERR_IO, "%s: what was written has another size, type or place", path);
    if (status == WEFT_OK && last_sum != NULL) status = check_last_tile(dataset, path, spec, *last_sum, err);
    GDALClose(dataset);
    return status;
}
