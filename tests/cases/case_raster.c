/* SPDX-License-Identifier: MIT
 *
 * A raster is made in memory and copied with its driver, so that drivers that can only copy (PNG, COG) serve too. */
#include "cases/case_raster.h"

#include "support/cmocka_all.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal.h>
#include <ogr_srs_api.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const known[] = {
    "crs",  "geotransform", "bounds", "type",   "nodata",  "scale",  "offset",  "values",   "bands",         "fill",
    "size", "names",        "unit",   "colors", "classes", "driver", "options", "metadata", "band_metadata", NULL};

#define SIGNED_BYTE "PIXELTYPE=SIGNEDBYTE" /* an option of both drivers */

/* The descriptions that a band takes, found once a raster. */
typedef struct raster_case {
    case_file *file;
    yaml_node_t *node;
    const char *name;
    GDALDataType type;
    bool signed_byte; /* Int8 before GDAL 3.7: a Byte whose PIXELTYPE says so */
    int cols, rows, bands;
} raster_case;

static void size_of_values(raster_case *self, yaml_node_t *values) {
    self->rows = case_count(self->file, values);
    self->cols = case_count(self->file, case_item(self->file, values, 0));
}

static void find_size(raster_case *self) {
    yaml_node_t *values = case_find(self->file, self->node, "values"),
                *bands = case_find(self->file, self->node, "bands"), *size = case_find(self->file, self->node, "size");
    self->bands = bands != NULL ? case_count(self->file, bands) : 1;
    if (bands != NULL) values = case_item(self->file, bands, 0);
    if (values != NULL) {
        size_of_values(self, values);
    } else if (size != NULL) {
        self->cols = (int)case_number(self->file, case_item(self->file, size, 0));
        self->rows = (int)case_number(self->file, case_item(self->file, size, 1));
    } else {
        fail_msg("%s: %s: values, bands, or size and fill is missing", self->file->path, self->name);
    }
}

/* A pixel on its way to GDAL. No double holds all integers of 64 bits. */
typedef union case_pixel {
    double real;
    int64_t whole;
    uint64_t natural;
} case_pixel;

static case_pixel read_pixel(const raster_case *self, yaml_node_t *node) {
    if (node == NULL) return (case_pixel){0};
    if (self->type == GDT_Int64) return (case_pixel){.whole = strtoll(case_scalar(self->file, node), NULL, 10)};
    if (self->type == GDT_UInt64) return (case_pixel){.natural = strtoull(case_scalar(self->file, node), NULL, 10)};
    double value = case_number(self->file, node);
    return (case_pixel){.real = self->signed_byte && value < 0 ? value + 256 : value};
}

static void fill_band(const raster_case *self, GDALRasterBandH band, yaml_node_t *values) {
    yaml_node_t *fill = case_find(self->file, self->node, "fill");
    GDALDataType type = self->type == GDT_Int64 || self->type == GDT_UInt64 ? self->type : GDT_Float64;
    case_pixel *line = malloc((size_t)self->cols * sizeof *line);
    assert_non_null(line);
    for (int row = 0; row < self->rows; row++) {
        yaml_node_t *list = values == NULL ? NULL : case_item(self->file, values, row);
        if (list != NULL && case_count(self->file, list) != self->cols)
            fail_msg("%s: %s: row %d has not %d values", self->file->path, self->name, row, self->cols);
        for (int col = 0; col < self->cols; col++)
            line[col] = read_pixel(self, list != NULL ? case_item(self->file, list, col) : fill);
        assert_int_equal(GDALRasterIO(band, GF_Write, 0, row, self->cols, 1, line, self->cols, 1, type, 0, 0), CE_None);
    }
    free(line);
}

static void set_nodata(const raster_case *self, GDALRasterBandH band, const char *text) {
    if (self->type == GDT_Int64)
        assert_int_equal(GDALSetRasterNoDataValueAsInt64(band, strtoll(text, NULL, 10)), CE_None);
    else if (self->type == GDT_UInt64)
        assert_int_equal(GDALSetRasterNoDataValueAsUInt64(band, strtoull(text, NULL, 10)), CE_None);
    else
        assert_int_equal(GDALSetRasterNoDataValue(band, strtod(text, NULL)), CE_None);
}

static void set_colors(const raster_case *self, GDALRasterBandH band, yaml_node_t *colors) {
    GDALColorTableH table = GDALCreateColorTable(GPI_RGB);
    for (int i = 0; i < case_count(self->file, colors); i++) {
        yaml_node_t *rgb = case_item(self->file, colors, i);
        short value[3];
        for (int k = 0; k < 3; k++)
            value[k] = (short)case_number(self->file, case_item(self->file, rgb, k));
        GDALColorEntry entry = {value[0], value[1], value[2], 255};
        GDALSetColorEntry(table, i, &entry);
    }
    assert_int_equal(GDALSetRasterColorTable(band, table), CE_None);
    GDALDestroyColorTable(table);
}

static void set_metadata(const raster_case *self, GDALMajorObjectH object, yaml_node_t *items) {
    for (yaml_node_pair_t *pair = items->data.mapping.pairs.start; pair < items->data.mapping.pairs.top; pair++) {
        yaml_node_t *key = yaml_document_get_node(&self->file->document, pair->key);
        yaml_node_t *value = yaml_document_get_node(&self->file->document, pair->value);
        GDALSetMetadataItem(object, case_scalar(self->file, key), case_scalar(self->file, value), NULL);
    }
}

static void describe_band(const raster_case *self, GDALRasterBandH band, int i) {
    yaml_node_t *names = case_find(self->file, self->node, "names"),
                *colors = case_find(self->file, self->node, "colors"),
                *classes = case_find(self->file, self->node, "classes"),
                *scale = case_find(self->file, self->node, "scale"),
                *offset = case_find(self->file, self->node, "offset"),
                *metadata = case_find(self->file, self->node, "band_metadata");
    const char *nodata = case_text(self->file, self->node, "nodata", NULL);
    if (nodata != NULL) set_nodata(self, band, nodata);
    if (scale != NULL) GDALSetRasterScale(band, case_number(self->file, scale));
    if (offset != NULL) GDALSetRasterOffset(band, case_number(self->file, offset));
    if (names != NULL) GDALSetDescription(band, case_scalar(self->file, case_item(self->file, names, i)));
    if (colors != NULL) set_colors(self, band, colors);
    if (metadata != NULL) set_metadata(self, band, metadata);
    GDALSetRasterUnitType(band, case_text(self->file, self->node, "unit", ""));
    char **list = NULL;
    for (int k = 0; classes != NULL && k < case_count(self->file, classes); k++)
        list = CSLAddString(list, case_scalar(self->file, case_item(self->file, classes, k)));
    if (list != NULL) assert_int_equal(GDALSetRasterCategoryNames(band, list), CE_None);
    CSLDestroy(list);
}

/* From `geotransform`, or from `bounds` (xmin, ymin, xmax, ymax). Without either the raster has no place. */
static void set_place(const raster_case *self, GDALDatasetH raster) {
    yaml_node_t *list = case_find(self->file, self->node, "geotransform"),
                *bounds = case_find(self->file, self->node, "bounds");
    const char *crs = case_text(self->file, self->node, "crs", NULL);
    double g[6], b[4];
    for (int i = 0; list != NULL && i < 6; i++)
        g[i] = case_number(self->file, case_item(self->file, list, i));
    for (int i = 0; bounds != NULL && i < 4; i++)
        b[i] = case_number(self->file, case_item(self->file, bounds, i));
    if (list != NULL) {
        GDALSetGeoTransform(raster, g);
    } else if (bounds != NULL) {
        double from_bounds[6] = {b[0], (b[2] - b[0]) / self->cols, 0, b[3], 0, (b[1] - b[3]) / self->rows};
        GDALSetGeoTransform(raster, from_bounds);
    }
    if (crs == NULL) return;
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    if (OSRSetFromUserInput(srs, crs) != OGRERR_NONE)
        fail_msg("%s: %s: no CRS \"%s\"", self->file->path, self->name, crs);
    OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    GDALSetSpatialRef(raster, srs);
    OSRDestroySpatialReference(srs);
}

static char **creation_options(const raster_case *self) {
    yaml_node_t *options = case_find(self->file, self->node, "options");
    char **list = NULL;
    for (int i = 0; options != NULL && i < case_count(self->file, options); i++)
        list = CSLAddString(list, case_scalar(self->file, case_item(self->file, options, i)));
    if (self->signed_byte) list = CSLAddString(list, SIGNED_BYTE);
    return list;
}

/* Makes the folders of a name such as tiles/a.tif. */
static void make_folders(const char *name) {
    char path[1024];
    (void)snprintf(path, sizeof path, "%s", name);
    for (char *at = path; (at = strchr(at, '/')) != NULL; at++) {
        *at = '\0';
        (void)mkdir(path, 0777);
        *at = '/';
    }
}

static void find_type(raster_case *self) {
    const char *type = case_text(self->file, self->node, "type", "Float32");
    self->type = GDALGetDataTypeByName(type);
    self->signed_byte = self->type == GDT_Unknown && strcmp(type, "Int8") == 0;
    if (self->signed_byte) self->type = GDT_Byte;
    if (self->type == GDT_Unknown) fail_msg("%s: %s: GDAL has no type %s", self->file->path, self->name, type);
}

static void write_raster(raster_case *self) {
    const char *driver = case_text(self->file, self->node, "driver", "GTiff");
    yaml_node_t *bands = case_find(self->file, self->node, "bands"),
                *values = case_find(self->file, self->node, "values"),
                *metadata = case_find(self->file, self->node, "metadata");
    case_check_keys(self->file, self->node, known);
    find_type(self);
    if (GDALGetDriverByName(driver) == NULL) fail_msg("%s: GDAL has no driver %s", self->name, driver);
    find_size(self);
    static const char *const is_signed[] = {SIGNED_BYTE, NULL};
    GDALDatasetH raster = GDALCreate(GDALGetDriverByName("MEM"), "", self->cols, self->rows, self->bands, self->type,
                                     self->signed_byte ? (CSLConstList)is_signed : NULL);
    assert_non_null(raster);
    set_place(self, raster);
    if (metadata != NULL) set_metadata(self, raster, metadata);
    for (int i = 0; i < self->bands; i++) {
        GDALRasterBandH band = GDALGetRasterBand(raster, i + 1);
        describe_band(self, band, i);
        fill_band(self, band, bands != NULL ? case_item(self->file, bands, i) : values);
    }
    char **options = creation_options(self);
    make_folders(self->name);
    GDALDatasetH copy = GDALCreateCopy(GDALGetDriverByName(driver), self->name, raster, FALSE, options, NULL, NULL);
    if (copy == NULL) fail_msg("%s: %s: %s", self->file->path, self->name, CPLGetLastErrorMsg());
    CSLDestroy(options);
    GDALClose(copy);
    GDALClose(raster);
}

void case_rasters_write(case_file *self, yaml_node_t *rasters) {
    for (yaml_node_pair_t *pair = rasters->data.mapping.pairs.start; pair < rasters->data.mapping.pairs.top; pair++) {
        raster_case raster = {.file = self,
                              .node = yaml_document_get_node(&self->document, pair->value),
                              .name = case_scalar(self, yaml_document_get_node(&self->document, pair->key))};
        write_raster(&raster);
    }
}
