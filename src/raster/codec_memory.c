/* SPDX-License-Identifier: MIT
 *
 * libtiff holds the compressed block, GDAL a decoded one of all bands where they are interleaved by pixel; some codecs
 * have windows of their own; NetCDF and HDF5 cache chunks; GRIB and JPEG 2000 decode messages and tiles whole, whatever
 * block GDAL offers; a VRT opens the files under it, each with all of this. */
#include "raster/codec_memory.h"

#include "raster/codec_header.h"
#include "raster/gdal_setup.h"

#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIB INT64_C(1024)
#define MIB (1024 * KIB)

#define PROBED_BLOCKS    64          /* whose compressed size is asked for */
#define DEFLATE_BYTES    (64 * KIB)  /* window and tables */
#define NETCDF_CACHE     (16 * MIB)  /* CHUNK_CACHE_SIZE of netcdf-c, a variable */
#define HDF5_CACHE       (1 * MIB)   /* H5Pset_chunk_cache's default, a dataset */
#define HDF5_BYTES       (3 * MIB)   /* of its library, once a dataset is read; measured */
#define FILE_BYTES       (192 * KIB) /* a file that a VRT opens, with its proxy and blocks; measured for GeoTIFF */
#define PROXY_BYTES      (64 * KIB)  /* of that, before anything is decoded */
#define VRT_POOL_FILES   100         /* GDAL_MAX_DATASET_POOL_SIZE */
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
    int64_t pixel_bytes; /* of the widest band */
    bool pixel_interleaved;
} shape;

static int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

/* Of one band's block, decoded. */
static int64_t widest_block(const shape *of) {
    return of->block_cols * of->block_rows * of->pixel_bytes;
}

static shape describe(GDALDatasetH dataset) {
    int cols, rows;
    shape out = {.dataset = dataset,
                 .cols = GDALGetRasterXSize(dataset),
                 .rows = GDALGetRasterYSize(dataset),
                 .bands = GDALGetRasterCount(dataset)};
    const char *interleave = GDALGetMetadataItem(dataset, "INTERLEAVE", "IMAGE_STRUCTURE");
    out.pixel_interleaved = out.bands > 1 && interleave != NULL && strcmp(interleave, "PIXEL") == 0;
    GDALGetBlockSize(GDALGetRasterBand(dataset, 1), &cols, &rows);
    out.block_cols = cols;
    out.block_rows = rows;
    for (int i = 1; i <= out.bands; i++)
        out.pixel_bytes =
            larger(out.pixel_bytes, GDALGetDataTypeSizeBytes(GDALGetRasterDataType(GDALGetRasterBand(dataset, i))));
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

static int64_t tiff_memory(const shape *of) {
    const char *codec = GDALGetMetadataItem(of->dataset, "COMPRESSION", "IMAGE_STRUCTURE");
    int64_t decoded = widest_block(of) * (of->pixel_interleaved ? of->bands : 1);
    int64_t bytes = of->pixel_interleaved ? decoded : 0;
    if (codec == NULL) return bytes + smaller(decoded, MIB);
    int64_t compressed = compressed_block(of);
    bytes += compressed > 0 ? smaller(compressed, decoded + decoded / 16) : decoded;
    if (strstr(codec, "ZSTD") != NULL) return bytes + smaller(decoded, 8 * MIB) + 256 * KIB;
    if (strstr(codec, "LZMA") != NULL) return bytes + smaller(larger(decoded, MIB), 64 * MIB);
    if (strstr(codec, "LERC") != NULL || strstr(codec, "WEBP") != NULL) return bytes + decoded;
    if (strstr(codec, "JXL") != NULL) return bytes + 4 * decoded;
    return bytes + DEFLATE_BYTES;
}

/* --- NetCDF, HDF5, GRIB --- */

/* All that the variables hold, where it is less than the cache. */
static int64_t chunk_cache(const shape *of, int64_t cache) {
    int64_t variable = of->cols * of->rows * 8;
    return larger(smaller(variable, cache), 2 * widest_block(of));
}

static int64_t netcdf_memory(const shape *of) {
    char *path = file_of(of);
    bool classic = weft_codec_header_is_classic_netcdf(path);
    CPLFree(path);
    return classic ? 2 * widest_block(of) : chunk_cache(of, NETCDF_CACHE);
}

/* A band is decoded whole, to doubles, which stay, with others as far as the cache goes; what it is decoded from has 8
 * bytes a pixel, and 8 more where it is compressed with wavelets or as a PNG, which the size of the file tells. */
static int64_t grib_memory(const shape *of) {
    int64_t band = of->cols * of->rows * 8;
    char *path = file_of(of);
    bool compressed = file_bytes(path) < of->cols * of->rows * of->bands * 3 / 4;
    CPLFree(path);
    return smaller(of->bands * band, larger(GRIB_CACHE, band)) + (compressed ? 2 : 1) * band;
}

/* --- pictures --- */

/* Measured with OpenJPEG 2.5. A tile of a block's size: its samples in 32 bits, and some more. Of a larger tile a part
 * is decoded, in five copies, with all code blocks of the tile and their segments, which are copied as they grow. */
static int64_t jp2_memory(const shape *of) {
    int64_t samples = of->block_cols * of->block_rows * of->bands;
    weft_jp2_header header;
    char *path = file_of(of);
    int64_t bytes = samples * 9 / 2 + widest_block(of);
    if (weft_codec_header_jp2(&header, path) && header.tile_cols * header.tile_rows > of->block_cols * of->block_rows) {
        int64_t pixels = header.tile_cols * header.tile_rows;
        double share = (double)pixels / ((double)header.cols * (double)header.rows);
        /* A third more of them in the lower resolutions. */
        int64_t code_blocks = pixels * of->bands / header.code_block_pixels * 4 / 3;
        bytes =
            samples * 20 + OPENJPEG_HEAP + code_blocks * CODE_BLOCK + (int64_t)(2.5 * share * (double)file_bytes(path));
    }
    CPLFree(path);
    return bytes;
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
    int64_t image = of->cols * of->rows * of->bands * of->pixel_bytes;
    return (interlaced ? smaller(image, PNG_INTERLACED) : 0) + 2 * widest_block(of) * of->bands;
}

/* --- VRT --- */

static int64_t memory_of(GDALDatasetH dataset, int depth);

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
        out->file = larger(out->file, memory_of(dataset, depth + 1));
        out->block = larger(out->block, widest_block(&of) * (of.pixel_interleaved ? of.bands : 1));
        double pixels = (double)of.cols * (double)of.rows;
        if (pixels > out->pixels) out->pixels = pixels;
    }
    GDALClose(dataset);
}

/* Adds a name that begins where the VRT lies; of HDF5:"file":part that is the file's. */
static char **add_beside(char **names, const char *name, const char *vrt) {
    const char *quote = strstr(name, ":\""), *end = quote == NULL ? NULL : strchr(quote + 2, '"');
    if (end == NULL) return CSLAddString(names, CPLProjectRelativeFilename(CPLGetPath(vrt), name));
    char *file = CPLStrdup(quote + 2);
    file[end - quote - 2] = '\0';
    const char *place = CPLProjectRelativeFilename(CPLGetPath(vrt), file);
    const char *full = CPLSPrintf("%.*s:\"%s%s", (int)(quote - name), name, place, end);
    CPLFree(file);
    return CSLAddString(names, full);
}

/* The names of the sources in a VRT's text, as GDAL opens them; a file that several bands have comes as often. To be
 * freed with CSLDestroy. */
static char **sources_in(const char *xml, const char *vrt) {
    static const char *const tags[] = {"<SourceFilename", "<SourceDataset"};
    char **out = NULL;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        for (const char *at = strstr(xml, tags[i]); at != NULL; at = strstr(at, tags[i])) {
            const char *name = strchr(at, '>'), *end = name == NULL ? NULL : strchr(name, '<');
            if (end == NULL) break;
            const char *relative = strstr(at, "relativeToVRT=\"1\"");
            char *text = CPLMalloc((size_t)(end - name));
            memcpy(text, name + 1, (size_t)(end - name - 1));
            text[end - name - 1] = '\0';
            char *plain = CPLUnescapeString(text, NULL, CPLES_XML);
            out = relative != NULL && relative < name ? add_beside(out, plain, vrt) : CSLAddString(out, plain);
            CPLFree(plain);
            CPLFree(text);
            at = end;
        }
    }
    return out;
}

/* A few of the files, evenly spread. */
static under_vrt look_under_vrt(const shape *of, const char *xml, int depth) {
    under_vrt out = {0};
    char **files = GDALGetFileList(of->dataset), **sources = sources_in(xml, files == NULL ? "" : files[0]);
    int count = CSLCount(sources);
    /* The list begins with the VRT itself. */
    out.files = larger(smaller(CSLCount(files) - 1, VRT_POOL_FILES), 1);
    CPLPushErrorHandler(CPLQuietErrorHandler);
    for (int i = 0; i < smaller(VRT_PROBED, count) && depth < VRT_DEPTH; i++)
        look_under(&out, sources[(int64_t)i * count / smaller(VRT_PROBED, count)], depth);
    CPLPopErrorHandler();
    CSLDestroy(sources);
    CSLDestroy(files);
    return out;
}

/* What is read under one block where it is warped or resampled, with what is valid, as far as the warper is let. */
static int64_t resampled_memory(const shape *of, const under_vrt *under, double copies) {
    double scale = under->pixels / ((double)of->cols * (double)of->rows);
    double bytes = (double)of->bands * (double)widest_block(of) * (1 + copies * (scale > 1 ? scale : 1));
    return bytes < (double)WARP_MEMORY ? (int64_t)bytes : WARP_MEMORY;
}

/* Sources are read into the block that was asked for, but for those whose values are changed on the way. */
static bool changes_values(const char *xml) {
    return strstr(xml, "<ComplexSource") != NULL || strstr(xml, "<KernelFilteredSource") != NULL ||
           strstr(xml, "<PixelFunction") != NULL;
}

/* The files under it are opened at first use, as many as GDAL's pool of datasets holds, and read through GDAL's cache,
 * which holds a block at least, however large. */
static int64_t vrt_memory(const shape *of, int depth) {
    char **metadata = GDALGetMetadata(of->dataset, "xml:VRT");
    const char *xml = metadata != NULL && metadata[0] != NULL ? metadata[0] : "";
    under_vrt under = look_under_vrt(of, xml, depth);
    int64_t bytes = under.files * larger(under.file + PROXY_BYTES, FILE_BYTES);
    bytes += larger(under.block, WEFT_RASTER_GDAL_CACHE);
    if (strstr(xml, "VRTWarpedDataset") != NULL) return bytes + resampled_memory(of, &under, WARPED_COPIES);
    if (strstr(xml, "resampling=") != NULL) bytes += resampled_memory(of, &under, RESAMPLED_COPIES);
    return bytes + (changes_values(xml) ? 2 * widest_block(of) : 0);
}

/* --- all --- */

static int64_t memory_of(GDALDatasetH dataset, int depth) {
    const shape of = describe(dataset);
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    const char *name = driver == NULL ? "" : GDALGetDriverShortName(driver);
    if (strcmp(name, "GTiff") == 0 || strcmp(name, "COG") == 0) return tiff_memory(&of);
    if (strcmp(name, "VRT") == 0) return vrt_memory(&of, depth);
    if (strcmp(name, "netCDF") == 0) return netcdf_memory(&of);
    if (strncmp(name, "HDF5", 4) == 0) return chunk_cache(&of, HDF5_CACHE) + HDF5_BYTES;
    if (strcmp(name, "GRIB") == 0) return grib_memory(&of);
    if (strcmp(name, "GPKG") == 0) return 2 * widest_block(&of) + (of.pixel_bytes > 1 ? GPKG_COVERAGE : GPKG_PICTURES);
    if (strncmp(name, "JP2", 3) == 0) return jp2_memory(&of);
    if (strcmp(name, "JPEG") == 0) return jpeg_memory(&of);
    if (strcmp(name, "PNG") == 0) return png_memory(&of);
    /* Unknown: the block compressed, and decoded once more. */
    return 2 * widest_block(&of);
}

int64_t weft_codec_memory(void *dataset) {
    return memory_of(dataset, 0);
}
