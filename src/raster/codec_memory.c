/* SPDX-License-Identifier: MIT
 *
 * libtiff holds the compressed block, GDAL a decoded one of all bands where they are interleaved by pixel; some codecs
 * have windows of their own; NetCDF and HDF5 cache chunks; a VRT opens the files under it, each with all of this. */
#include "raster/codec_memory.h"

#include "raster/gdal_setup.h"

#include <cpl_string.h>
#include <gdal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIB INT64_C(1024)
#define MIB (1024 * KIB)

#define PROBED_BLOCKS  64          /* whose compressed size is asked for */
#define DEFLATE_BYTES  (64 * KIB)  /* window and tables */
#define NETCDF_CACHE   (16 * MIB)  /* CHUNK_CACHE_SIZE of netcdf-c, a variable */
#define HDF5_CACHE     (1 * MIB)   /* H5Pset_chunk_cache's default, a dataset */
#define FILE_BYTES     (192 * KIB) /* a file that a VRT opens, with its proxy and blocks; measured for GeoTIFF */
#define VRT_POOL_FILES 100         /* GDAL_MAX_DATASET_POOL_SIZE */

static int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

/* Of one band's block, decoded. */
static int64_t widest_block(const weft_source_info *info) {
    int64_t widest = 0;
    for (int i = 0; i < info->band_count; i++)
        widest = larger(widest, (int64_t)weft_data_type_size(info->bands[i].type));
    return info->block_cols * info->block_rows * widest;
}

/* The largest compressed block of those that are looked at, evenly spread; 0 where the driver does not say. */
static int64_t compressed_block(GDALDatasetH dataset, const weft_source_info *info) {
    GDALRasterBandH band = GDALGetRasterBand(dataset, info->bands[0].number);
    int64_t across = (info->cols + info->block_cols - 1) / info->block_cols;
    int64_t blocks = across * ((info->rows + info->block_rows - 1) / info->block_rows), most = 0;
    int64_t count = smaller(blocks, PROBED_BLOCKS);
    for (int64_t i = 0; i < count; i++) {
        int64_t block = i * blocks / count;
        char name[64];
        (void)snprintf(name, sizeof name, "BLOCK_SIZE_%lld_%lld", (long long)(block % across),
                       (long long)(block / across));
        const char *bytes = GDALGetMetadataItem(band, name, "TIFF");
        if (bytes != NULL) most = larger(most, strtoll(bytes, NULL, 10));
    }
    /* What was not looked at may be larger. */
    return count < blocks ? most + most / 2 : most;
}

static int64_t tiff_memory(GDALDatasetH dataset, const weft_source_info *info) {
    const char *codec = GDALGetMetadataItem(dataset, "COMPRESSION", "IMAGE_STRUCTURE");
    int bands = GDALGetRasterCount(dataset);
    int64_t decoded = widest_block(info) * (info->pixel_interleaved ? bands : 1);
    int64_t bytes = info->pixel_interleaved ? decoded : 0;
    if (codec == NULL) return bytes + smaller(decoded, MIB);
    int64_t compressed = compressed_block(dataset, info);
    bytes += compressed > 0 ? smaller(compressed, decoded + decoded / 16) : decoded;
    if (strstr(codec, "ZSTD") != NULL) return bytes + smaller(decoded, 8 * MIB) + 256 * KIB;
    if (strstr(codec, "LZMA") != NULL) return bytes + smaller(larger(decoded, MIB), 64 * MIB);
    if (strstr(codec, "LERC") != NULL || strstr(codec, "WEBP") != NULL) return bytes + decoded;
    if (strstr(codec, "JXL") != NULL) return bytes + 4 * decoded;
    return bytes + DEFLATE_BYTES;
}

/* All that the variables hold, where it is less than the cache. */
static int64_t chunk_cache(const weft_source_info *info, int64_t cache) {
    int64_t variable = info->cols * info->rows * 8;
    return larger(smaller(variable, cache), 2 * widest_block(info));
}

/* The files under it are opened at first use, as many as GDAL's pool of datasets holds. */
static int64_t vrt_memory(GDALDatasetH dataset, const weft_source_info *info) {
    char **files = GDALGetFileList(dataset);
    int64_t under = smaller(CSLCount(files) - 1, VRT_POOL_FILES);
    CSLDestroy(files);
    /* A file's blocks are not known before it is opened: taken to be like those of most. */
    return larger(under, 1) * FILE_BYTES + 2 * widest_block(info) + WEFT_RASTER_GDAL_CACHE;
}

int64_t weft_codec_memory(void *dataset, const weft_source_info *info) {
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    const char *name = driver == NULL ? "" : GDALGetDriverShortName(driver);
    if (strcmp(name, "GTiff") == 0 || strcmp(name, "COG") == 0) return tiff_memory(dataset, info);
    if (strcmp(name, "VRT") == 0) return vrt_memory(dataset, info);
    if (strcmp(name, "netCDF") == 0) return chunk_cache(info, NETCDF_CACHE);
    if (strncmp(name, "HDF5", 4) == 0) return chunk_cache(info, HDF5_CACHE);
    /* Unknown: the block compressed, and decoded once more; wavelets want it in 32 bits a sample. */
    bool wavelets = strncmp(name, "JP2", 3) == 0;
    return wavelets ? 4 * info->block_cols * info->block_rows * 4 : 2 * widest_block(info);
}
