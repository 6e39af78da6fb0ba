/* SPDX-License-Identifier: MIT */
#include "raster/info/vrt_gaps.h"

#include <cpl_minixml.h>
#include <gdal.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_element(const CPLXMLNode *node, const char *name) {
    return node->eType == CXT_Element && strcmp(node->pszValue, name) == 0;
}

/* SimpleSource, ComplexSource and their like. */
static bool is_source(const CPLXMLNode *node) {
    static const char end[] = "Source";
    size_t length = node->eType == CXT_Element ? strlen(node->pszValue) : 0, wanted = sizeof end - 1;
    return length > wanted && strcmp(node->pszValue + length - wanted, end) == 0;
}

/* Of a side, the whole pixels between two places, as GDAL rounds them. */
static double pixels_between(const CPLXMLNode *rectangle, const char *offset, const char *size, int all) {
    double from = atof(CPLGetXMLValue(rectangle, offset, "0")), length = atof(CPLGetXMLValue(rectangle, size, "0"));
    double first = fmax(floor(from + 0.5), 0), end = fmin(floor(from + length + 0.5), all);
    return fmax(end - first, 0);
}

/* Pixels that the sources fill, those under several counted for each; below 0: it has no sources, or a function makes
 * something else of them. */
static double count_filled(const CPLXMLNode *band, int cols, int rows) {
    double filled = 0;
    bool any = false;
    if (strcmp(CPLGetXMLValue(band, "subClass", "VRTSourcedRasterBand"), "VRTSourcedRasterBand") != 0) return -1;
    for (const CPLXMLNode *node = band->psChild; node != NULL; node = node->psNext) {
        if (!is_source(node)) continue;
        const CPLXMLNode *rectangle = CPLGetXMLNode((CPLXMLNode *)node, "DstRect");
        any = true;
        filled += rectangle == NULL ? (double)cols * rows
                                    : pixels_between(rectangle, "xOff", "xSize", cols) *
                                          pixels_between(rectangle, "yOff", "ySize", rows);
    }
    return any ? filled : -1;
}

static const CPLXMLNode *find_band(const CPLXMLNode *root, int number) {
    const CPLXMLNode *found = NULL;
    for (const CPLXMLNode *top = root; top != NULL && found == NULL; top = top->psNext) {
        if (!is_element(top, "VRTDataset")) continue;
        int count = 0;
        for (const CPLXMLNode *node = top->psChild; node != NULL && found == NULL; node = node->psNext)
            if (is_element(node, "VRTRasterBand") && ++count == number) found = node;
    }
    return found;
}

int64_t weft_vrt_gaps_count(void *dataset, int band) {
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    if (driver == NULL || strcmp(GDALGetDriverShortName(driver), "VRT") != 0) return 0;
    char **metadata = GDALGetMetadata(dataset, "xml:VRT");
    CPLXMLNode *root = metadata != NULL && metadata[0] != NULL ? CPLParseXMLString(metadata[0]) : NULL;
    const CPLXMLNode *described = find_band(root, band);
    int cols = GDALGetRasterXSize(dataset), rows = GDALGetRasterYSize(dataset);
    double filled = described == NULL ? -1 : count_filled(described, cols, rows);
    CPLDestroyXMLNode(root);
    return filled < 0 ? 0 : (int64_t)fmax((double)cols * rows - filled, 0);
}
