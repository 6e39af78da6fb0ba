/* SPDX-License-Identifier: MIT
 *
 * libtiff holds the compressed block, GDAL a decoded one of all bands where they are interleaved by pixel; some codecs
 * have windows of their own; NetCDF and HDF5 cache chunks; GRIB and JPEG 2000 decode messages and tiles whole, whatever
 * block GDAL offers; a VRT opens the files under it, each with all of this. */
#include "raster/codec_memory.h"

#include "core/window.h"
#include "raster/codec_header.h"
#include "raster/gdal_setup.h"

#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIB INT64_C(1024)
#define MIB (1024 * KIB)

#define MOST_BYTES       1e12
#define PROBED_BLOCKS    64          /* whose compressed size is asked for */
#define DEFLATE_BYTES    (64 * KIB)  /* window and tables */
#define NETCDF_CACHE     (16 * MIB)  /* CHUNK_CACHE_SIZE of netcdf-c, a variable */
#define HDF5_CACHE       (1 * MIB)   /* H5Pset_chunk_cache's default, a dataset */
#define HDF5_BYTES       (3 * MIB)   /* of its library, once a dataset is read; measured */
#define FILE_BYTES       (192 * KIB) /* a file that a VRT opens, with its proxy and blocks; measured for GeoTIFF */
#define PROXY_BYTES      (64 * KIB)  /* of that, before anything is decoded */
#define VRT_PROBED       8           /* files under a VRT that are looked at */
#define VRT_DEPTH        2           /* of VRTs in VRTs */
#define WARP_MEMORY      (64 * MIB)  /* GDALWarpOptions::dfWarpMemoryLimit's default */
#define GPKG_PICTURES    (4 * MIB)   /* of SQLite, and the tiles of four places; measured */
#define GPKG_COVERAGE    (18 * MIB)  /* where the tiles are TIFFs in memory; measured */
#define WARPED_COPIES    1.0         /* of source pixels, while a block is warped */
#define RESAMPLED_COPIES 2.0         /* and while one is averaged */
#define GRIB_CACHE       (100 * MIB) /* GRIB_CACHEMAX's default: of decoded bands */
#define CODE_BLOCK       1024        /* of OpenJPEG, for each code block of a tile and its segments; measured */
#define OPENJPEG_HEAP    (13 * MIB)  /* what it leaves in the heap, of such a tile; measured */
#define PNG_INTERLACED   (100 * MIB) /* rows that GDAL decodes at once of an interlaced PNG, at most */

/* A dataset as far as its memory goes. */
typedef struct shape {
    GDALDatasetH dataset;
    int64_t cols, rows, block_cols, block_rows, bands;
    int64_t wanted;      /* bands that will be read */
    int64_t pixel_bytes; /* of the widest band */
    bool pixel_interleaved;
} shape;

/* Whole bytes; no more than any machine has, where a header claims that. */
static int64_t whole(double bytes) {
    return (int64_t)fmin(bytes, MOST_BYTES);
}

static double pixels_of(const shape *of) {
    return (double)of->cols * (double)of->rows;
}

/* Of one band's block, decoded. */
static int64_t widest_block(const shape *of) {
    return whole((double)of->block_cols * (double)of->block_rows * (double)of->pixel_bytes);
}

static shape describe(GDALDatasetH dataset) {
    int cols, rows;
    shape out = {.dataset = dataset,
                 .cols = GDALGetRasterXSize(dataset),
                 .rows = GDALGetRasterYSize(dataset),
                 .bands = GDALGetRasterCount(dataset),
                 .wanted = GDALGetRasterCount(dataset)};
    const char *interleave = GDALGetMetadataItem(dataset, "INTERLEAVE", "IMAGE_STRUCTURE");
    out.pixel_interleaved = out.bands > 1 && interleave != NULL && strcmp(interleave, "PIXEL") == 0;
    GDALGetBlockSize(GDALGetRasterBand(dataset, 1), &cols, &rows);
    out.block_cols = cols;
    out.block_rows = rows;
    for (int i = 1; i <= out.bands; i++)
        out.pixel_bytes = weft_larger(out.pixel_bytes,
                                      GDALGetDataTypeSizeBytes(GDALGetRasterDataType(GDALGetRasterBand(dataset, i))));
    return out;
}

/* The dataset's own file, as GDAL opens it; "" where it has none. To be freed with CPLFree. */
static char *file_of(const shape *of) {
    char **files = GDALGetFileList(of->dataset);
    char *out = CPLStrdup(files != NULL && files[0] != NULL ? files[0] : "");
    CSLDestroy(files);
    return out;
}

static int64_t file_bytes(const char *path) {
    VSILFILE *file = VSIFOpenL(path, "rb");
    int64_t bytes = file != NULL && VSIFSeekL(file, 0, SEEK_END) == 0 ? (int64_t)VSIFTellL(file) : 0;
    if (file != NULL) (void)VSIFCloseL(file);
    return bytes;
}

/* --- GeoTIFF --- */

/* The largest compressed block of those that are looked at, evenly spread; 0 where the driver does not say. */
static int64_t compressed_block(const shape *of) {
    GDALRasterBandH band = GDALGetRasterBand(of->dataset, 1);
    int64_t across = (of->cols + of->block_cols - 1) / of->block_cols;
    int64_t blocks = across * ((of->rows + of->block_rows - 1) / of->block_rows), most = 0;
    int64_t count = weft_smaller(blocks, PROBED_BLOCKS);
    for (int64_t i = 0; i < count; i++) {
        int64_t block = i * blocks / count;
        char name[64];
        (void)snprintf(name, sizeof name, "BLOCK_SIZE_%lld_%lld", (long long)(block % across),
                       (long long)(block / across));
        const char *bytes = GDALGetMetadataItem(band, name, "TIFF");
        if (bytes != NULL) most = weft_larger(most, strtoll(bytes, NULL, 10));
    }
    /* What was not looked at may be larger. */
    return count < blocks ? most + most / 2 : most;
}

static int64_t tiff_memory(const shape *of) {
    const char *codec = GDALGetMetadataItem(of->dataset, "COMPRESSION", "IMAGE_STRUCTURE");
    int64_t decoded = widest_block(of) * (of->pixel_interleaved ? of->bands : 1);
    int64_t bytes = of->pixel_interleaved ? decoded : 0;
    if (codec == NULL) return bytes + weft_smaller(decoded, MIB);
    int64_t compressed = compressed_block(of);
    bytes += compressed > 0 ? weft_smaller(compressed, decoded + decoded / 16) : decoded;
    if (strstr(codec, "ZSTD") != NULL) return bytes + weft_smaller(decoded, 8 * MIB) + 256 * KIB;
    if (strstr(codec, "LZMA") != NULL) return bytes + weft_smaller(weft_larger(decoded, MIB), 64 * MIB);
    if (strstr(codec, "LERC") != NULL || strstr(codec, "WEBP") != NULL) return bytes + decoded;
    if (strstr(codec, "JXL") != NULL) return bytes + 4 * decoded;
    return bytes + DEFLATE_BYTES;
}

/* --- NetCDF, HDF5, GRIB --- */

/* All that the variables hold, where it is less than the cache. */
static int64_t chunk_cache(const shape *of, int64_t cache) {
    return weft_larger(weft_smaller(whole(8 * pixels_of(of)), cache), 2 * widest_block(of));
}

static int64_t netcdf_memory(const shape *of) {
    char *path = file_of(of);
    bool classic = weft_codec_header_is_classic_netcdf(path);
    CPLFree(path);
    return classic ? 2 * widest_block(of) : chunk_cache(of, NETCDF_CACHE);
}

/* A band that is wanted is decoded whole, to doubles, which stay, with others as far as the cache goes; what it is
 * decoded from has 8 bytes a pixel, and 8 more where it is compressed with wavelets or as a PNG, which the size of the
 * file tells. */
static int64_t grib_memory(const shape *of) {
    int64_t band = whole(8 * pixels_of(of));
    char *path = file_of(of);
    bool compressed = (double)file_bytes(path) < 0.75 * (double)of->bands * pixels_of(of);
    CPLFree(path);
    return weft_smaller(of->wanted * band, weft_larger(GRIB_CACHE, band)) + (compressed ? 2 : 1) * band;
}

/* --- pictures --- */

/* Measured with OpenJPEG 2.5. A tile of a block's size: its samples in 32 bits, and some more. Of a larger tile a part
 * is decoded, in five copies, with all code blocks of the tile and their segments, which are copied as they grow. */
static int64_t jp2_memory(const shape *of) {
    double block = (double)of->block_cols * (double)of->block_rows, samples = block * (double)of->bands;
    weft_jp2_header header;
    char *path = file_of(of);
    double bytes = 4.5 * samples + (double)widest_block(of);
    /* What is not of this size is another image's, in a file of several. */
    bool known = weft_codec_header_jp2(&header, path) && header.cols == of->cols && header.rows == of->rows;
    double tile = known ? (double)header.tile_cols * (double)header.tile_rows : 0;
    if (tile > block) {
        /* A third more of them in the lower resolutions. */
        double code_blocks = tile * (double)of->bands / (double)header.code_block_pixels * 4 / 3;
        bytes = 20 * samples + OPENJPEG_HEAP + code_blocks * CODE_BLOCK +
                2.5 * tile / pixels_of(of) * (double)file_bytes(path);
    }
    CPLFree(path);
    return whole(bytes);
}

static int64_t jpeg_memory(const shape *of) {
    char *path = file_of(of);
    int64_t bytes = weft_codec_header_jpeg_coefficients(path);
    CPLFree(path);
    return bytes + 2 * widest_block(of) * of->bands;
}

static int64_t png_memory(const shape *of) {
    char *path = file_of(of);
    bool interlaced = weft_codec_header_is_interlaced_png(path);
    CPLFree(path);
    int64_t image = whole(pixels_of(of) * (double)(of->bands * of->pixel_bytes));
    return (interlaced ? weft_smaller(image, PNG_INTERLACED) : 0) + 2 * widest_block(of) * of->bands;
}

/* --- VRT --- */

static weft_codec_cost cost_of(const shape *of, int depth);

/* Of the files under a VRT. */
typedef struct under_vrt {
    int64_t files;
    int64_t file;  /* of the one that takes most, opened and read */
    int64_t block; /* the largest that GDAL's cache must hold, with the other bands of the same pixels */
    double pixels; /* of the largest */
} under_vrt;

static void look_under(under_vrt *out, const char *path, int depth) {
    GDALDatasetH dataset = GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL);
    if (dataset == NULL) return;
    if (GDALGetRasterCount(dataset) > 0) {
        shape of = describe(dataset);
        weft_codec_cost cost = cost_of(&of, depth + 1);
        /* A VRT in a VRT: its files are in the pool too, each time that it is. */
        out->file = weft_larger(out->file, cost.handle_bytes + cost.pool_files * cost.pool_file_bytes);
        out->block = weft_larger(out->block, widest_block(&of) * (of.pixel_interleaved ? of.bands : 1));
        if (pixels_of(&of) > out->pixels) out->pixels = pixels_of(&of);
    }
    GDALClose(dataset);
}

/* A name that begins where the VRT lies, made whole; of HDF5:"file":part that is the file's. To be freed. */
static char *name_beside(const char *name, const char *vrt) {
    const char *quote = strstr(name, ":\""), *end = quote == NULL ? NULL : strchr(quote + 2, '"');
    if (end == NULL) return CPLStrdup(CPLProjectRelativeFilename(CPLGetPath(vrt), name));
    char *file = CPLStrdup(quote + 2);
    file[end - quote - 2] = '\0';
    const char *place = CPLProjectRelativeFilename(CPLGetPath(vrt), file);
    char *full = CPLStrdup(CPLSPrintf("%.*s:\"%s%s", (int)(quote - name), name, place, end));
    CPLFree(file);
    return full;
}

/* The next source in a VRT's text from `at` on, or NULL. There may be many thousands. */
static const char *next_source(const char *at) {
    while ((at = strstr(at, "<Source")) != NULL) {
        at += strlen("<Source");
        if (strncmp(at, "Filename", strlen("Filename")) == 0 || strncmp(at, "Dataset", strlen("Dataset")) == 0) break;
    }
    return at;
}

/* The name of the source whose element goes on at `at`, as GDAL opens it; "" where the text is none. To be freed. */
static char *source_name(const char *at, const char *vrt) {
    const char *name = strchr(at, '>'), *end = name == NULL ? NULL : strchr(name, '<');
    if (end == NULL) return CPLStrdup("");
    const char *relative = strstr(at, "relativeToVRT=\"1\"");
    char *text = CPLMalloc((size_t)(end - name));
    memcpy(text, name + 1, (size_t)(end - name - 1));
    text[end - name - 1] = '\0';
    char *plain = CPLUnescapeString(text, NULL, CPLES_XML);
    CPLFree(text);
    if (relative == NULL || relative > name) return plain;
    char *full = name_beside(plain, vrt);
    CPLFree(plain);
    return full;
}

/* A few of the files, evenly spread. */
static under_vrt look_under_vrt(const shape *of, const char *xml, int depth) {
    under_vrt out = {0};
    char **files = GDALGetFileList(of->dataset);
    int64_t count = 0, number = 0, looked_at = 0;
    /* The list begins with the VRT itself. */
    out.files = weft_larger(weft_smaller(CSLCount(files) - 1, WEFT_GDAL_POOL_FILES), 1);
    for (const char *at = next_source(xml); at != NULL; at = next_source(at))
        count++;
    int64_t wanted = depth < VRT_DEPTH ? weft_smaller(VRT_PROBED, count) : 0;
    for (const char *at = next_source(xml); looked_at < wanted; at = next_source(at)) {
        if (number++ != looked_at * count / wanted) continue;
        char *name = source_name(at, files == NULL ? "" : files[0]);
        look_under(&out, name, depth);
        CPLFree(name);
        looked_at++;
    }
    CSLDestroy(files);
    return out;
}

/* What is read under one block where it is warped or resampled, with what is valid, as far as the warper is let. */
static int64_t resampled_memory(const shape *of, const under_vrt *under, double copies) {
    double scale = under->pixels / pixels_of(of);
    double bytes = (double)of->bands * (double)widest_block(of) * (1 + copies * (scale > 1 ? scale : 1));
    return bytes < (double)WARP_MEMORY ? (int64_t)bytes : WARP_MEMORY;
}

/* Sources are read into the block that was asked for, but for those whose values are changed on the way. */
static bool changes_values(const char *xml) {
    return strstr(xml, "<ComplexSource") != NULL || strstr(xml, "<KernelFilteredSource") != NULL ||
           strstr(xml, "<PixelFunction") != NULL;
}

/* The files under it are opened at first use, and read through GDAL's cache, which holds a block at least, however
 * large. */
static weft_codec_cost vrt_cost(const shape *of, int depth) {
    char **metadata = GDALGetMetadata(of->dataset, "xml:VRT");
    const char *xml = metadata != NULL && metadata[0] != NULL ? metadata[0] : "";
    under_vrt under = look_under_vrt(of, xml, depth);
    weft_codec_cost out = {.handle_bytes = weft_larger(under.block, WEFT_RASTER_GDAL_CACHE),
                           .pool_files = under.files,
                           .pool_file_bytes = weft_larger(under.file + PROXY_BYTES, FILE_BYTES)};
    bool warped = strstr(xml, "VRTWarpedDataset") != NULL;
    if (warped)
        out.handle_bytes += resampled_memory(of, &under, WARPED_COPIES);
    else if (strstr(xml, "resampling=") != NULL)
        out.handle_bytes += resampled_memory(of, &under, RESAMPLED_COPIES);
    if (!warped && changes_values(xml)) out.handle_bytes += 2 * widest_block(of);
    return out;
}

/* --- all --- */

static int64_t handle_bytes(const shape *of, const char *name) {
    if (strcmp(name, "GTiff") == 0 || strcmp(name, "COG") == 0) return tiff_memory(of);
    if (strcmp(name, "netCDF") == 0) return netcdf_memory(of);
    if (strncmp(name, "HDF5", 4) == 0) return chunk_cache(of, HDF5_CACHE) + HDF5_BYTES;
    if (strcmp(name, "GRIB") == 0) return grib_memory(of);
    if (strcmp(name, "GPKG") == 0) return 2 * widest_block(of) + (of->pixel_bytes > 1 ? GPKG_COVERAGE : GPKG_PICTURES);
    if (strncmp(name, "JP2", 3) == 0) return jp2_memory(of);
    if (strcmp(name, "JPEG") == 0) return jpeg_memory(of);
    if (strcmp(name, "PNG") == 0) return png_memory(of);
    /* Unknown: the block compressed, and decoded once more. */
    return 2 * widest_block(of);
}

static weft_codec_cost cost_of(const shape *of, int depth) {
    GDALDriverH driver = GDALGetDatasetDriver(of->dataset);
    const char *name = driver == NULL ? "" : GDALGetDriverShortName(driver);
    if (strcmp(name, "VRT") == 0) return vrt_cost(of, depth);
    return (weft_codec_cost){.handle_bytes = handle_bytes(of, name)};
}

weft_codec_cost weft_codec_memory(void *dataset, int wanted) {
    shape of = describe(dataset);
    of.wanted = wanted;
    return cost_of(&of, 0);
}
