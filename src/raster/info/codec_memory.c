/* SPDX-License-Identifier: MIT
 *
 * The margins are wide on purpose: they decide how many may decode at once, and a decoder that turns out to need more
 * is measured. What they must know is what is decoded at once, which is not always the block that GDAL offers: a chunk
 * of several bands, a tile, a message, an image, the files under a VRT. */
#include "raster/info/codec_memory.h"

#include "core/memory/units.h"
#include "core/window.h"
#include "raster/array/array_view.h"
#include "raster/gdal/gdal_setup.h"
#include "raster/gdal/overview_band.h"
#include "raster/gdal/path_kind.h"
#include "raster/gdal/read_ahead.h"
#include "raster/info/codec_header.h"

#include <cpl_conv.h>
#include <cpl_minixml.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define OPEN_FILE   (40 * WEFT_KIB)  /* an open file that has decoded nothing */
#define CHUNK_CACHE (16 * WEFT_MIB)  /* netcdf-c's, a variable; 64 MiB at most where chunks are larger */
#define MAX_CHUNKS  (64 * WEFT_MIB)  /* (nc4_adjust_var_cache) */
#define WARP_MEMORY (64 * WEFT_MIB)  /* GDALWarpOptions::dfWarpMemoryLimit's default */
#define GRIB_CACHE  (100 * WEFT_MIB) /* GRIB_CACHEMAX's default: of decoded bands */
#define INTERLACED  (100 * WEFT_MIB) /* rows that GDAL decodes at once of an interlaced PNG, at most */
#define VRT_PROBED  8                /* files under a VRT that are looked at */
#define VRT_DEPTH   2                /* of VRTs in VRTs */
#define VRT_POOL    100              /* GDAL_MAX_DATASET_POOL_SIZE's default: files that are open under all VRTs */
#define VRT_FILE    (192 * WEFT_KIB) /* of each at least, with its place in the pool */
#define VRT_VALUE   16               /* bytes of a pixel on its way through a pixel function, at most */
#define MAX_BYTES   1e12             /* no machine has more, whatever a header claims */

/* A dataset as far as its memory goes. Sizes are doubles: of a tile service they may be more than 63 bits count. */
typedef struct raster_shape {
    GDALDatasetH dataset;
    const char *driver, *codec; /* codec: "" where the driver names none */
    double cols, rows, bands;
    double wanted; /* bands that will be read */
    double block;  /* pixels of one band's */
    double value;  /* bytes of the widest band's */
    bool interleaved;
} raster_shape;

static raster_shape describe(GDALDatasetH dataset, double wanted) {
    int cols, rows, count = GDALGetRasterCount(dataset);
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    raster_shape out = {.dataset = dataset,
                        .driver = driver == NULL ? "" : GDALGetDriverShortName(driver),
                        .cols = GDALGetRasterXSize(dataset),
                        .rows = GDALGetRasterYSize(dataset),
                        .bands = count,
                        .wanted = wanted};
    const char *interleave = GDALGetMetadataItem(dataset, "INTERLEAVE", "IMAGE_STRUCTURE");
    const char *codec = GDALGetMetadataItem(dataset, "COMPRESSION", "IMAGE_STRUCTURE");
    out.codec = codec == NULL ? "" : codec;
    out.interleaved = count > 1 && interleave != NULL && strcmp(interleave, "PIXEL") == 0;
    GDALGetBlockSize(GDALGetRasterBand(dataset, 1), &cols, &rows);
    out.block = (double)cols * rows;
    for (int i = 1; i <= count; i++)
        out.value = fmax(out.value, GDALGetDataTypeSizeBytes(GDALGetRasterDataType(GDALGetRasterBand(dataset, i))));
    return out;
}

/* Of a block with all the bands that are decoded with it. */
static double block_bytes(const raster_shape *of) {
    return of->block * of->value * (of->interleaved ? of->bands : 1);
}

static double image_bytes(const raster_shape *of) {
    return of->cols * of->rows * of->value * of->bands;
}

/* The dataset's own file, as GDAL opens it; "" where it has none. To be freed with CPLFree. */
static char *file_of(const raster_shape *of) {
    char **files = GDALGetFileList(of->dataset);
    char *out = CPLStrdup(files != NULL && files[0] != NULL ? files[0] : "");
    CSLDestroy(files);
    return out;
}

static double file_bytes(const char *path) {
    VSILFILE *file = VSIFOpenL(path, "rb");
    double bytes = file != NULL && VSIFSeekL(file, 0, SEEK_END) == 0 ? (double)VSIFTellL(file) : 0;
    if (file != NULL) (void)VSIFCloseL(file);
    return bytes;
}

/* --- GeoTIFF --- */

/* A block as it is in the file, as LERC has it where another codec lies around that, decoded, and decoded where its
 * bands are taken apart. Noise without loss does not get smaller: each may be as large as the block. */
static double lerc_copies(const raster_shape *of) {
    return 2 + (strcmp(of->codec, "LERC") != 0) + of->interleaved;
}

/* The block compressed, and decoded where its bands are taken apart; libraries that decode it in steps of their own
 * have further copies. */
static double tiff_memory(const raster_shape *of) {
    static const char *const plain[] = {"", "DEFLATE", "LZW", "PACKBITS", "JPEG", "YCbCr JPEG", "CCITT"};
    double bytes = block_bytes(of);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (i == 0 ? of->codec[0] == '\0' : strncmp(of->codec, plain[i], strlen(plain[i])) == 0)
            return (of->interleaved ? 2 : 1) * bytes + 64 * WEFT_KIB;
    if (strncmp(of->codec, "LERC", 4) == 0) return 1.25 * lerc_copies(of) * bytes + WEFT_MIB;
    if (strcmp(of->codec, "ZSTD") == 0 || strcmp(of->codec, "LZMA") == 0) return 3 * bytes + WEFT_MIB;
    return 5 * bytes + WEFT_MIB;
}

/* --- chunks of NetCDF, HDF5 and Zarr --- */

/* Bytes of one chunk. *together: bands that lie in it, which are those of its inner dimensions, as far as it is as long
 * as they are, and a part of the next one that goes into its length a whole number of times. */
static double array_chunk(GDALMDArrayH array, double value, double *together) {
    size_t count = 0, dimensions = 0;
    GUInt64 *sides = GDALMDArrayGetBlockSize(array, &count);
    GDALDimensionH *along = GDALMDArrayGetDimensions(array, &dimensions);
    double pixels = 1;
    bool whole = count == dimensions;
    *together = 1;
    for (size_t i = count; i-- > 0;) {
        GUInt64 side = sides[i] > 0 ? sides[i] : 1, length = whole ? GDALDimensionGetSize(along[i]) : 0;
        pixels *= (double)side;
        if (i + 2 >= count || !whole) continue;
        if (length % side == 0) *together *= (double)side;
        whole = length == side;
    }
    GDALReleaseDimensions(along, dimensions);
    CPLFree(sides);
    return pixels * value;
}

/* Bytes of one chunk, which may hold several bands, or a block of each where the file does not say. */
static double chunk_bytes(const raster_shape *of, double *together) {
    weft_array_view view;
    double bytes = 0;
    *together = 1;
    if (weft_array_view_open(&view, of->dataset)) {
        bytes = array_chunk(view.array, of->value, together);
        weft_array_view_close(&view);
    }
    return fmax(bytes, block_bytes(of));
}

/* What of decoded chunks the library keeps at least: Zarr the last one, HDF5 none over a MiB. */
static double chunk_cache(const raster_shape *of) {
    return strcmp(of->driver, "Zarr") == 0 ? MAX_BYTES : strcmp(of->driver, "netCDF") == 0 ? MAX_CHUNKS : WEFT_MIB;
}

/* Chunks that the library keeps, no more than there are, and one that is being decoded. */
static double chunked_memory(const raster_shape *of, double *together) {
    double chunk = chunk_bytes(of, together);
    if (chunk > chunk_cache(of)) *together = 1;
    double kept = chunk > CHUNK_CACHE ? fmax(fmin(10 * chunk, MAX_CHUNKS), chunk) : CHUNK_CACHE;
    return fmin(kept, of->cols * of->rows * of->value * of->wanted) + 3 * chunk + 3 * WEFT_MIB;
}

/* --- what is decoded whole --- */

/* A band that is wanted is decoded whole, to doubles, which stay, with others as far as the cache goes; what it is
 * decoded from has 8 bytes a pixel, and 8 more where it is compressed with wavelets or as a PNG, which the size of the
 * file tells. */
static double grib_memory(const raster_shape *of) {
    double band = 8 * of->cols * of->rows;
    char *path = file_of(of);
    bool compressed = file_bytes(path) < 0.75 * of->bands * of->cols * of->rows;
    CPLFree(path);
    return fmin(of->wanted * band, fmax(GRIB_CACHE, band)) + (compressed ? 2 : 1) * band + 2 * WEFT_MIB;
}

/* A tile of a block's size: its samples in 32 bits, and copies of them. Of a larger tile a part is decoded at a time,
 * in five copies, with the code blocks of all of it (1 KiB for each and those of lower resolutions, which are no
 * smaller than 32 x 32), and its compressed bytes. OpenJPEG 2.5.0 to 2.5.4 took 2 MiB less than these, and more than that
 * less of noise and of larger tiles; 8 MiB are for what was not measured. */
static double jp2_memory(const raster_shape *of) {
    double samples = of->block * of->bands, tile_cols, tile_rows;
    char *path = file_of(of);
    double bytes = 8 * samples + 2 * of->block * of->value;
    if (weft_codec_header_jp2_tile(path, of->cols, of->rows, &tile_cols, &tile_rows) &&
        tile_cols * tile_rows > of->block) {
        double tile = tile_cols * tile_rows;
        bytes = 20 * samples + 8 * WEFT_MIB + 4.0 / 3 * tile * of->bands +
                3 * tile / (of->cols * of->rows) * file_bytes(path);
    }
    CPLFree(path);
    return bytes;
}

static double jpeg_memory(const raster_shape *of) {
    char *path = file_of(of);
    double bytes = (double)weft_codec_header_jpeg_coefficients(path);
    CPLFree(path);
    return bytes + 2 * of->block * of->value * of->bands;
}

static double png_memory(const raster_shape *of) {
    char *path = file_of(of);
    bool interlaced = weft_codec_header_is_interlaced_png(path);
    CPLFree(path);
    return (interlaced ? fmin(image_bytes(of), INTERLACED) : 0) + 2 * of->block * of->value * of->bands;
}

/* --- VRT --- */

static double handle_bytes(const raster_shape *of, int depth, double *together);

/* What a VRT's text says, and what some of the files under it take. */
typedef struct under_vrt {
    int files, looked_at, stride;
    bool warped, resampled, changed;
    const char *folder;     /* that of the VRT */
    bool calculated;        /* by a pixel function, from all files at once */
    double file, files_sum; /* what the one that takes most takes, opened and read, and all that are looked at */
    double block,
        blocks_sum; /* the largest that GDAL's cache must hold, with the other bands of the same pixels; sum */
    double pixels;  /* of the largest */
} under_vrt;

static void look_at(under_vrt *under, const char *path, int depth) {
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALDatasetH dataset = GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL);
    CPLPopErrorHandler();
    if (dataset == NULL) return;
    if (GDALGetRasterCount(dataset) > 0) {
        raster_shape of = describe(dataset, GDALGetRasterCount(dataset));
        double together, file = fmax(handle_bytes(&of, depth + 1, &together), VRT_FILE), block = block_bytes(&of);
        under->file = fmax(under->file, file);
        under->files_sum += file;
        under->block = fmax(under->block, block);
        under->blocks_sum += block;
        under->pixels = fmax(under->pixels, of.cols * of.rows);
    }
    GDALClose(dataset);
}

/* A name that begins where the VRT lies, made whole; of HDF5:"file":part that is the file's. To be freed. */
static char *name_beside(const char *name, const char *folder) {
    const char *quote = strstr(name, ":\""), *end = quote == NULL ? NULL : strchr(quote + 2, '"');
    if (end == NULL) return CPLStrdup(CPLProjectRelativeFilename(folder, name));
    char *file = CPLStrdup(CPLSPrintf("%.*s", (int)(end - quote - 2), quote + 2));
    const char *place = CPLProjectRelativeFilename(folder, file);
    char *full = CPLStrdup(CPLSPrintf("%.*s:\"%s%s", (int)(quote - name), name, place, end));
    CPLFree(file);
    return full;
}

static bool is_element(const CPLXMLNode *node, const char *name) {
    return node->eType == CXT_Element && strcmp(node->pszValue, name) == 0;
}

static bool is_source_name(const CPLXMLNode *node) {
    return is_element(node, "SourceFilename") || is_element(node, "SourceDataset");
}

static void note_element(under_vrt *under, const CPLXMLNode *node) {
    under->files += is_source_name(node);
    under->warped = under->warped || is_element(node, "GDALWarpOptions");
    under->resampled = under->resampled || CPLGetXMLValue((CPLXMLNode *)node, "resampling", NULL) != NULL;
    under->calculated = under->calculated || is_element(node, "PixelFunctionType");
    under->changed = under->changed || is_element(node, "ComplexSource") || is_element(node, "KernelFilteredSource") ||
                     is_element(node, "PixelFunctionType");
}

/* Every element, depth first; `at` counts the source names on the way. depth < 0: they are only counted. */
static void walk(under_vrt *under, const CPLXMLNode *node, int *at, int depth) {
    for (; node != NULL; node = node->psNext) {
        if (node->eType != CXT_Element) continue;
        if (depth < 0) note_element(under, node);
        if (depth >= 0 && is_source_name(node) && (*at)++ % under->stride == 0 && under->looked_at < VRT_PROBED) {
            const char *name = CPLGetXMLValue((CPLXMLNode *)node, "", "");
            bool relative = atoi(CPLGetXMLValue((CPLXMLNode *)node, "relativeToVRT", "0")) != 0;
            char *path = relative ? name_beside(name, under->folder) : CPLStrdup(name);
            under->looked_at++;
            look_at(under, path, depth);
            CPLFree(path);
        }
        walk(under, node->psChild, at, depth);
    }
}

/* The files under it are opened at first use, and read through GDAL's cache, which holds a block at least, however
 * large. Values that are changed on the way, warped or resampled have copies besides.
 *
 * cached  if not NULL: what GDAL's cache is to hold. A pixel function asks for a block of each file in turn, and a
 * VRT's own blocks are small: a large block that the next file's pushes out is decoded anew for each of them. Four of
 *         each file, which meet in a corner */
static double vrt_memory(const raster_shape *of, int depth, double *cached) {
    char **metadata = GDALGetMetadata(of->dataset, "xml:VRT");
    CPLXMLNode *root = metadata != NULL && metadata[0] != NULL ? CPLParseXMLString(metadata[0]) : NULL;
    char *path = file_of(of), *folder = CPLStrdup(CPLGetPath(path));
    under_vrt under = {.folder = folder};
    int at = 0;
    walk(&under, root, &at, -1);
    under.stride = (under.files + VRT_PROBED - 1) / VRT_PROBED;
    if (depth < VRT_DEPTH) walk(&under, root, &at, depth);
    CPLDestroyXMLNode(root);
    CPLFree(path);
    CPLFree(folder);
    double files = fmin(fmax(under.files, 1), VRT_POOL), block = of->block * of->value * of->bands;
    bool all = under.looked_at == under.files;
    double bytes = (all ? under.files_sum : files * fmax(under.file, VRT_FILE)) + under.block + WEFT_MIB;
    double blocks = all ? under.blocks_sum : files * under.block;
    if (cached != NULL) *cached = fmax(WEFT_RASTER_GDAL_CACHE, under.calculated ? 4 * blocks : 0);
    double reduced = fmax(under.pixels / (of->cols * of->rows), 1);
    if (under.warped || under.resampled) bytes += fmin(block * (1 + 2 * reduced), WARP_MEMORY);
    if (under.changed) bytes += (files + 2) * VRT_VALUE * of->block;
    return bytes;
}

/* --- all --- */

/* together: how many bands one decode gives, where it is a chunk's. GeoPackage: SQLite, and the tiles of four places,
 * or TIFFs in memory. A driver that is not known has the block compressed and decoded, and one of those that decode an
 * image at once all of it. */
static double handle_bytes(const raster_shape *of, int depth, double *together) {
    const char *name = of->driver;
    *together = 1;
    if (strcmp(name, "VRT") == 0) return vrt_memory(of, depth, NULL);
    if (strcmp(name, "GTiff") == 0 || strcmp(name, "COG") == 0) return tiff_memory(of);
    if (strcmp(name, "netCDF") == 0 || strncmp(name, "HDF5", 4) == 0 || strcmp(name, "Zarr") == 0)
        return chunked_memory(of, together);
    if (strcmp(name, "GRIB") == 0) return grib_memory(of);
    if (strcmp(name, "GPKG") == 0) return 8 * block_bytes(of) + (of->value > 1 ? 16.0 : 4.0) * WEFT_MIB;
    if (strncmp(name, "JP2", 3) == 0) return jp2_memory(of);
    if (strcmp(name, "JPEG") == 0) return jpeg_memory(of);
    if (strcmp(name, "PNG") == 0) return png_memory(of);
    if (strcmp(name, "WEBP") == 0 || strcmp(name, "JPEGXL") == 0 || strcmp(name, "HEIF") == 0 ||
        strcmp(name, "AVIF") == 0)
        return 4 * image_bytes(of);
    return 4 * block_bytes(of);
}

/* FNV-1a. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t count) {
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* An overview has blocks and codec of its own; in memory each may be open beside the raster. */
static void describe_overview(raster_shape *of, int overview) {
    int cols, rows;
    const char *codec = weft_overview_structure(of->dataset, overview, "COMPRESSION");
    const char *interleave = weft_overview_structure(of->dataset, overview, "INTERLEAVE");
    GDALRasterBandH band = weft_overview_band(of->dataset, 1, overview);
    if (band == NULL) return;
    if (codec != NULL) of->codec = codec;
    of->interleaved = of->bands > 1 && interleave != NULL && strcmp(interleave, "PIXEL") == 0;
    GDALGetBlockSize(band, &cols, &rows);
    of->block = fmax(of->block, (double)cols * rows);
}

weft_codec_cost weft_codec_memory(void *dataset, int wanted, int overview) {
    raster_shape of = describe(dataset, wanted);
    if (overview > 0) describe_overview(&of, overview);
    bool is_vrt = strcmp(of.driver, "VRT") == 0;
    double cached = 0, together = 1;
    double taken = is_vrt ? vrt_memory(&of, 0, &cached) : handle_bytes(&of, 0, &together);
    if (strcmp(of.driver, "GTiff") == 0 && weft_is_download_cached(GDALGetDescription(dataset)))
        taken += WEFT_READ_AHEAD_COPIES * fmin(WEFT_READ_AHEAD_BYTES, image_bytes(&of));
    double bytes = fmin(OPEN_FILE + taken, MAX_BYTES), block = block_bytes(&of);
    weft_codec_cost out = {
        .bytes = (int64_t)bytes, .open_bytes = (int64_t)OPEN_FILE, .bands_at_once = (int)fmin(together, of.bands)};
    if (is_vrt)
        out.cached_bytes = (int64_t)fmin(cached, MAX_BYTES);
    else if (of.interleaved)
        out.cached_bytes = (int64_t)fmin(image_bytes(&of), (double)WEFT_RASTER_GDAL_CACHE);
    out.shape = mix(UINT64_C(0xcbf29ce484222325), of.driver, strlen(of.driver));
    out.shape = mix(mix(out.shape, of.codec, strlen(of.codec)), &block, sizeof block);
    out.shape = mix(out.shape, &out.bytes, sizeof out.bytes);
    return out;
}
