/* SPDX-License-Identifier: MIT
 *
 * Signs are what people and programs write for readers: names, flags' meanings (CF conventions), a palette. */
#include "raster/info/class_signs.h"

#include <cpl_string.h>
#include <gdal.h>
#include <stdbool.h>
#include <stddef.h>

/* A table that names its rows. Tables of histograms and of colour ramps have numbers alone. */
static bool has_named_rows(GDALRasterBandH band) {
    GDALRasterAttributeTableH table = GDALGetDefaultRAT(band);
    if (table == NULL || GDALRATGetRowCount(table) == 0) return false;
    for (int i = 0; i < GDALRATGetColumnCount(table); i++)
        if (GDALRATGetUsageOfCol(table, i) == GFU_Name || GDALRATGetTypeOfCol(table, i) == GFT_String) return true;
    return false;
}

/* flag_values, flag_masks and flag_meanings of the CF conventions; of a file that holds one variable, they may be the
 * file's. */
static bool has_flags(GDALMajorObjectH object) {
    static const char *const keys[] = {"flag_values", "flag_masks", "flag_meanings"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (GDALGetMetadataItem(object, keys[i], NULL) != NULL) return true;
    return false;
}

static bool is_thematic(GDALRasterBandH band) {
    const char *type = GDALGetMetadataItem(band, "LAYER_TYPE", NULL);
    return type != NULL && EQUAL(type, "thematic");
}

/* Without the black that files fill their tables up with. */
static int used_entries(GDALColorTableH table) {
    int count = GDALGetColorEntryCount(table);
    for (; count > 0; count--) {
        const GDALColorEntry *color = GDALGetColorEntry(table, count - 1);
        if (color->c1 != 0 || color->c2 != 0 || color->c3 != 0) break;
    }
    return count;
}

/* Greys from dark to light, or back, are brightnesses, of which a mean can be taken. */
static bool is_grey_ramp(GDALColorTableH table) {
    int direction = 0, before = 0;
    for (int i = 0; i < used_entries(table); i++) {
        const GDALColorEntry *color = GDALGetColorEntry(table, i);
        int step = i == 0 ? 0 : (color->c1 > before) - (color->c1 < before);
        if (color->c1 != color->c2 || color->c1 != color->c3 || step * direction < 0) return false;
        if (step != 0) direction = step;
        before = color->c1;
    }
    return direction != 0;
}

static bool has_palette(GDALRasterBandH band) {
    GDALColorTableH table = GDALGetRasterColorTable(band);
    return table != NULL && GDALGetColorEntryCount(table) > 0 && !is_grey_ramp(table);
}

const char *weft_class_signs_find(void *dataset, void *band) {
    char **names = GDALGetRasterCategoryNames(band);
    if (names != NULL && CSLCount(names) > 0) return "it names them";
    if (has_named_rows(band)) return "its attribute table names them";
    if (has_flags(band) || has_flags(dataset)) return "it says what its flags mean";
    if (is_thematic(band)) return "it calls itself thematic";
    return has_palette(band) ? "it has a palette" : NULL;
}

/* FNV-1a (Fowler, Noll, Vo), which is added up over names: their order does not count. */
static uint64_t digest(uint64_t start, const char *name) {
    uint64_t hash = start;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return hash;
}

weft_class_names weft_class_names_read(void *band) {
    static const uint64_t start = UINT64_C(0xcbf29ce484222325);
    char **names = GDALGetRasterCategoryNames(band);
    weft_class_names out = {0, 0};
    for (int i = 0; names != NULL && names[i] != NULL; i++) {
        if (names[i][0] == '\0') continue;
        out.set += digest(start, names[i]);
        out.placed += digest(start + (uint64_t)i + 1, names[i]);
    }
    return out;
}
