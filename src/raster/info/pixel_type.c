/* SPDX-License-Identifier: MIT
 *
 * Newer types are told apart here alone, so that the rest of weft knows one list. */
#include "raster/info/pixel_type.h"

#include <cpl_string.h>
#include <gdal.h>
#include <string.h>

/* The list is asked, since GDAL from 3.7 on warns of any question for this item. */
static bool is_signed_byte(GDALRasterBandH band) {
    const char *type = CSLFetchNameValue(GDALGetMetadata(band, "IMAGE_STRUCTURE"), "PIXELTYPE");
    return type != NULL && strcmp(type, "SIGNEDBYTE") == 0;
}

static bool is_half(GDALRasterBandH band) {
#if GDAL_VERSION_NUM >= 3110000
    return GDALGetRasterDataType(band) == GDT_Float16;
#else
    (void)band;
    return false;
#endif
}

static bool type_of(GDALRasterBandH band, weft_data_type *out) {
    switch ((GDALDataType)weft_pixel_buffer_type(band)) {
    case GDT_Byte:
        *out = is_signed_byte(band) ? WEFT_INT8 : WEFT_UINT8;
        return true;
#if GDAL_VERSION_NUM >= 3070000
    case GDT_Int8:
        *out = WEFT_INT8;
        return true;
#endif
    case GDT_Int16:
        *out = WEFT_INT16;
        return true;
    case GDT_UInt16:
        *out = WEFT_UINT16;
        return true;
    case GDT_Int32:
        *out = WEFT_INT32;
        return true;
    case GDT_UInt32:
        *out = WEFT_UINT32;
        return true;
    case GDT_Int64:
        *out = WEFT_INT64;
        return true;
    case GDT_UInt64:
        *out = WEFT_UINT64;
        return true;
    case GDT_Float32:
        *out = WEFT_FLOAT32;
        return true;
    case GDT_Float64:
        *out = WEFT_FLOAT64;
        return true;
    default:
        return false;
    }
}

weft_status weft_pixel_type(void *band, const char *path, int number, weft_data_type *out, weft_error *err) {
    if (!type_of(band, out)) {
        weft_error_set(err, WEFT_ERR_DATA, "%s: band %d has %s pixels, which are no single number", path, number,
                       GDALGetDataTypeName(GDALGetRasterDataType(band)));
        weft_error_hint(err, "a VRT with a pixel function (real, imag, mod, phase) makes a band of them");
        return WEFT_ERR_DATA;
    }
#if GDAL_VERSION_NUM >= 3070000
    if (*out == WEFT_INT8 && GDALGetRasterDataType(band) == GDT_Byte) {
        weft_error_set(err, WEFT_ERR_DATA,
                       "%s: band %d is Byte with PIXELTYPE=SIGNEDBYTE, which means Int8 to GDAL before 3.7 alone: this "
                       "GDAL reads its negative values as 0",
                       path, number);
        weft_error_hint(err, "make the VRT again, or write dataType=\"Int8\" in it");
        return WEFT_ERR_DATA;
    }
#endif
    return WEFT_OK;
}

int weft_pixel_buffer_type(void *band) {
    return (int)(is_half(band) ? GDT_Float32 : GDALGetRasterDataType(band));
}

#define PIECE 256

/* Widens halves to Float32 where they lie, in the upper half of the buffer. A piece is copied out before its place is
 * written: value i ends at byte 4i + 4, and what is still to be read begins at 2 count + 2i + 2 or later. */
static void widen(void *values, int64_t count, GDALDataType half) {
    char *to = values;
    const char *from = to + 2 * count;
    for (int64_t at = 0; at < count; at += PIECE) {
        uint16_t piece[PIECE];
        int64_t n = count - at < PIECE ? count - at : PIECE;
        memcpy(piece, from + 2 * at, (size_t)n * sizeof *piece);
        GDALCopyWords(piece, half, 2, to + 4 * at, GDT_Float32, 4, (int)n);
    }
}

bool weft_pixel_read_block(void *band, int block_col, int block_row, int64_t count, void *values) {
    bool half = is_half(band);
    char *to = (char *)values + (half ? 2 * count : 0);
    if (GDALReadBlock(band, block_col, block_row, to) != CE_None) return false;
    if (half) widen(values, count, GDALGetRasterDataType(band));
    return true;
}
