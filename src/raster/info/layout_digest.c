/* SPDX-License-Identifier: MIT
 *
 * Only of drivers for one image with a header. What the others say of a raster may come from anywhere: a time axis, a
 * table, another raster. */
#include "raster/info/layout_digest.h"

#include "core/text.h"
#include "raster/info/class_signs.h"
#include "raster/info/codec_memory.h"

#include <gdal.h>
#include <string.h>

static void add_metadata(weft_text *out, GDALMajorObjectH of, const char *domain) {
    char **items = GDALGetMetadata(of, domain);
    for (; items != NULL && *items != NULL; items++)
        weft_text_add(out, "%s;", *items);
}

static void add_nodata(weft_text *out, GDALRasterBandH band) {
    int has = 0;
    if (GDALGetRasterDataType(band) == GDT_Int64)
        weft_text_add(out, "%lld", (long long)GDALGetRasterNoDataValueAsInt64(band, &has));
    else if (GDALGetRasterDataType(band) == GDT_UInt64)
        weft_text_add(out, "%llu", (unsigned long long)GDALGetRasterNoDataValueAsUInt64(band, &has));
    else
        weft_text_add(out, "%.17g", GDALGetRasterNoDataValue(band, &has));
    weft_text_add(out, ",%d", has);
}

static void add_colours(weft_text *out, GDALRasterBandH band) {
    GDALColorTableH table = GDALGetRasterColorTable(band);
    for (int i = 0; table != NULL && i < GDALGetColorEntryCount(table); i++) {
        const GDALColorEntry *entry = GDALGetColorEntry(table, i);
        weft_text_add(out, "%d,%d,%d,%d;", entry->c1, entry->c2, entry->c3, entry->c4);
    }
}

static void add_band(weft_text *out, GDALDatasetH dataset, GDALRasterBandH band) {
    int cols, rows, has_scale = 0, has_offset = 0;
    double scale = GDALGetRasterScale(band, &has_scale), offset = GDALGetRasterOffset(band, &has_offset);
    const char *unit = GDALGetRasterUnitType(band), *description = GDALGetDescription(band);
    const char *classes = weft_class_signs_find(dataset, band);
    GDALGetBlockSize(band, &cols, &rows);
    weft_text_add(out, "\n%d %d %d %dx%d %.17g,%d %.17g,%d ", (int)GDALGetRasterDataType(band),
                  (int)GDALGetRasterColorInterpretation(band), GDALGetMaskFlags(band), cols, rows, scale, has_scale,
                  offset, has_offset);
    add_nodata(out, band);
    weft_text_add(out, " %s|%s|%s|", unit != NULL ? unit : "", description != NULL ? description : "",
                  classes != NULL ? classes : "");
    add_metadata(out, band, "IMAGE_STRUCTURE");
    add_colours(out, band);
}

static bool has_a_header(const char *driver) {
    static const char *const drivers[] = {"GTiff", "JP2OpenJPEG", "JPEG", "PNG", "WEBP",   "HFA",
                                          "ENVI",  "EHdr",        "DTED", "BMP", "SRTMHGT"};
    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
        if (strcmp(driver, drivers[i]) == 0) return true;
    return false;
}

int64_t weft_layout_digest(void *dataset, const char *crs_wkt) {
    weft_text text = {0};
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv */
    const char *driver = GDALGetDriverShortName(GDALGetDatasetDriver(dataset));
    if (!has_a_header(driver)) return 0;
    /* Of GeoTIFF the bands below say what a decoder takes, of the others also the size of an image or of a file. */
    if (strcmp(driver, "GTiff") != 0)
        weft_text_add(&text, "%s %llx\n", driver, (unsigned long long)weft_codec_memory(dataset, 1, 0).shape);
    weft_text_add(&text, "%s\n", crs_wkt);
    add_metadata(&text, dataset, "IMAGE_STRUCTURE");
    for (int i = 1; i <= GDALGetRasterCount(dataset); i++)
        add_band(&text, dataset, GDALGetRasterBand(dataset, i));
    for (size_t i = 0; i < text.length; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * UINT64_C(1099511628211);
    bool failed = text.failed;
    weft_text_dispose(&text);
    return failed ? 0 : (int64_t)(hash == 0 ? 1 : hash);
}
