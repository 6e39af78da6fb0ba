/* SPDX-License-Identifier: MIT
 *
 * Tiles pass by GDAL's block cache: each is compressed and written as it comes. */
#include "raster/stack/stack_file.h"

#include "core/text.h"
#include "core/threads/thread_reserve.h"
#include "raster/crs/crs_handle.h"
#include "raster/gdal/gdal_setup.h"
#include "raster/info/color_table.h"
#include "raster/stack/stack_check.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <gdal.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPARE_THREADS 8 /* that the run, or its neighbours in the container, may start meanwhile */
#define TILE_CELLS    ((int64_t)WEFT_STACK_TILE * WEFT_STACK_TILE)
/* A classic TIFF ends at 4 GiB. Half of that uncompressed is safe whatever becomes of it. */
#define CLASSIC_BYTES (INT64_C(1) << 31)

struct weft_stack_file {
    char *path;
    const weft_stack_spec *spec;
    GDALDatasetH dataset;
    weft_thread_reserve *reserve; /* for threads that GDAL may yet start; or NULL */
    uint64_t last_sum;            /* of the last tile */
};

static int64_t tiles_along(int64_t cells) {
    return (cells + WEFT_STACK_TILE - 1) / WEFT_STACK_TILE;
}

static double tile_count(int64_t cols, int64_t rows, int band_count) {
    return (double)tiles_along(cols) * (double)tiles_along(rows) * band_count;
}

int64_t weft_stack_file_unmanaged(int64_t cols, int64_t rows, int band_count, weft_data_type type, int threads) {
    /* Offset and length of each tile, twice while they grow; a thread has two tiles under way, each with its copy and
     * its compressed bytes, and a compressor. Measured: 1.1 MiB a thread with tiles of 256 KiB. */
    int64_t tile = TILE_CELLS * (int64_t)weft_data_type_size(type);
    double table = 40 * tile_count(cols, rows, band_count);
    return (table < 1e15 ? (int64_t)table : INT64_C(1000000000000000)) + threads * (4 * tile + (INT64_C(1) << 19)) +
           (INT64_C(3) << 20);
}

/* --- creating --- */

static GDALDataType gdal_type(weft_data_type type) {
    static const GDALDataType types[] = {
        [WEFT_UINT8] = GDT_Byte,    [WEFT_INT16] = GDT_Int16,     [WEFT_UINT16] = GDT_UInt16,
        [WEFT_INT32] = GDT_Int32,   [WEFT_UINT32] = GDT_UInt32,   [WEFT_INT64] = GDT_Int64,
        [WEFT_UINT64] = GDT_UInt64, [WEFT_FLOAT32] = GDT_Float32, [WEFT_FLOAT64] = GDT_Float64,
    };
    return types[type];
}

/* Where one of GDAL's threads cannot be started, its tiles are never compressed, and GDAL waits for them for ever, deaf to
 * signals. So it gets threads only where there is room for some more. GDAL 3.6 starts all of them when the file is created;
 * a version that starts one with each tile finds their places kept until these tiles come. */
static int threads_for(const weft_stack_spec *spec) {
    if (spec->threads < 2) return 1;
    weft_thread_reserve *room = weft_thread_reserve_new(spec->threads + SPARE_THREADS);
    bool fits = room != NULL;
    weft_thread_reserve_free(room);
    return fits ? spec->threads : 1;
}

static char **creation_options(const weft_stack_spec *spec, int threads) {
    double bytes = tile_count(spec->grid->cols, spec->grid->rows, spec->band_count) * (double)TILE_CELLS *
                   (double)weft_data_type_size(spec->type);
    char number[16], **options = NULL;
    (void)snprintf(number, sizeof number, "%d", WEFT_STACK_TILE);
    options = CSLSetNameValue(options, "TILED", "YES");
    options = CSLSetNameValue(options, "BLOCKXSIZE", number);
    options = CSLSetNameValue(options, "BLOCKYSIZE", number);
    options = CSLSetNameValue(options, "INTERLEAVE", "BAND");
    options = CSLSetNameValue(options, "COMPRESS", "DEFLATE");
    options = CSLSetNameValue(options, "ZLEVEL", spec->rough ? "1" : "6");
    options = CSLSetNameValue(options, "PREDICTOR", weft_data_type_is_float(spec->type) ? "3" : "2");
    options = CSLSetNameValue(options, "BIGTIFF", bytes > (double)CLASSIC_BYTES ? "YES" : "NO");
    (void)snprintf(number, sizeof number, "%d", threads);
    return CSLSetNameValue(options, "NUM_THREADS", number);
}

static CPLErr set_nodata(const weft_stack_spec *spec, GDALRasterBandH band) {
    if (weft_data_type_is_float(spec->type)) return GDALSetRasterNoDataValue(band, (double)NAN);
    if (spec->type == WEFT_UINT64) return GDALSetRasterNoDataValueAsUInt64(band, spec->nodata);
    if (spec->type == WEFT_INT64) return GDALSetRasterNoDataValueAsInt64(band, (int64_t)spec->nodata);
    return GDALSetRasterNoDataValue(band, (double)(int64_t)spec->nodata);
}

static bool describe_band(const weft_stack_spec *spec, GDALRasterBandH band, int index) {
    GDALSetDescription(band, spec->names[index]);
    const char *unit = spec->units == NULL ? NULL : spec->units[index];
    return (unit == NULL || GDALSetRasterUnitType(band, unit) == CE_None) && set_nodata(spec, band) == CE_None;
}

static bool describe(const weft_stack_spec *spec, GDALDatasetH dataset) {
    const weft_grid *grid = spec->grid;
    double geotransform[6] = {grid->origin_x, grid->res_x, 0, grid->origin_y, 0, -grid->res_y};
    bool ok = GDALSetGeoTransform(dataset, geotransform) == CE_None &&
              GDALSetSpatialRef(dataset, weft_crs_handle(grid->crs)) == CE_None;
    for (int i = 0; i < spec->band_count && ok; i++)
        ok = describe_band(spec, GDALGetRasterBand(dataset, i + 1), i);
    if (spec->palette != NULL) ok = ok && weft_color_table_set(GDALGetRasterBand(dataset, 1), spec->palette);
    return ok;
}

weft_status weft_stack_file_create(weft_stack_file **out, const char *path, const weft_stack_spec *spec,
                                   weft_error *err) {
    weft_stack_file *file = calloc(1, sizeof *file);
    *out = NULL;
    if (file == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for a raster", path);
    file->path = weft_text_format("%s", path);
    file->spec = spec;
    if (file->path == NULL) {
        weft_stack_file_close(file);
        return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for a raster", path);
    }
    int threads = threads_for(spec);
    char **options = creation_options(spec, threads);
    CPLErrorReset();
    weft_stack_alone(true);
    file->dataset = GDALCreate(GDALGetDriverByName("GTiff"), path, (int)spec->grid->cols, (int)spec->grid->rows,
                               spec->band_count, gdal_type(spec->type), options);
    CSLDestroy(options);
    bool made = file->dataset != NULL && describe(spec, file->dataset);
    weft_stack_alone(false);
    if (made && threads > 1) file->reserve = weft_thread_reserve_new(threads);
    if (!made) {
        weft_stack_file_close(file);
        return weft_stack_io_error(err, path, "cannot create the raster");
    }
    *out = file;
    return WEFT_OK;
}

/* --- writing --- */

weft_status weft_stack_file_write(weft_stack_file *file, int band, int64_t tile_col, int64_t tile_row, void *cells,
                                  weft_error *err) {
    const weft_grid *grid = file->spec->grid;
    bool last = band + 1 == file->spec->band_count && tile_col + 1 == tiles_along(grid->cols) &&
                tile_row + 1 == tiles_along(grid->rows);
    if (last) file->last_sum = weft_stack_last_sum(file->spec, cells);
    GDALRasterBandH handle = GDALGetRasterBand(file->dataset, band + 1);
    if (file->reserve != NULL) weft_thread_reserve_let_go(file->reserve);
    CPLErrorReset();
    if (GDALWriteBlock(handle, (int)tile_col, (int)tile_row, cells) != CE_None || CPLGetLastErrorType() >= CE_Failure)
        return weft_stack_io_error(err, file->path, "cannot write");
    return WEFT_OK;
}

weft_status weft_stack_file_finish(weft_stack_file *file, weft_error *err) {
    CPLErrorReset();
    weft_stack_alone(true);
    GDALFlushCache(file->dataset);
    bool ok = CPLGetLastErrorType() < CE_Failure;
    GDALClose(file->dataset);
    weft_stack_alone(false);
    file->dataset = NULL;
    if (!ok || CPLGetLastErrorType() >= CE_Failure) return weft_stack_io_error(err, file->path, "cannot write");
    weft_status status = weft_stack_sync(file->path, err);
    return status == WEFT_OK ? weft_stack_check(file->path, file->spec, &file->last_sum, err) : status;
}

void weft_stack_file_close(weft_stack_file *file) {
    if (file == NULL) return;
    weft_stack_alone(true);
    if (file->dataset != NULL) GDALClose(file->dataset);
    weft_stack_alone(false);
    weft_thread_reserve_free(file->reserve);
    free(file->path);
    free(file);
}
