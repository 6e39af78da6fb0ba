/* SPDX-License-Identifier: MIT */
#include "raster/info/color_table.h"

#include <gdal.h>
#include <stdlib.h>

#define MAX_COLORS 65536 /* of 16 bits; no driver has more */

static uint32_t part(short value) {
    return value < 0 ? 0 : value > 255 ? 255 : (uint32_t)value;
}

bool weft_color_table_read(weft_palette *out, void *band) {
    GDALColorTableH table = GDALGetRasterColorTable(band);
    if (table == NULL || GDALGetPaletteInterpretation(table) != GPI_RGB) return true;
    int count = GDALGetColorEntryCount(table);
    if (count > MAX_COLORS) count = MAX_COLORS;
    if (count <= 0) return true;
    uint32_t *colors = malloc((size_t)count * sizeof *colors);
    if (colors == NULL) return false;
    for (int i = 0; i < count; i++) {
        const GDALColorEntry *color = GDALGetColorEntry(table, i);
        colors[i] = UINT32_C(0xff000000) | part(color->c1) << 16 | part(color->c2) << 8 | part(color->c3);
    }
    *out = (weft_palette){colors, count};
    return true;
}

bool weft_color_table_set(void *band, const weft_palette *palette) {
    GDALColorTableH table = GDALCreateColorTable(GPI_RGB);
    for (int i = 0; i < palette->count; i++) {
        uint32_t color = palette->colors[i];
        GDALColorEntry entry = {(short)(color >> 16 & 0xff), (short)(color >> 8 & 0xff), (short)(color & 0xff), 255};
        GDALSetColorEntry(table, i, &entry);
    }
    bool ok = GDALSetRasterColorTable(band, table) == CE_None;
    GDALDestroyColorTable(table);
    return ok;
}
