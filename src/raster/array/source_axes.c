/* SPDX-License-Identifier: MIT
 *
 * GDAL takes the last dimension for columns and the one before for rows, whatever they are, and places the pixels by
 * the first and the last coordinate of each. A variable stored (lon, lat) comes out transposed, and one on a Gaussian
 * grid beside its place; GDAL warns at most. What the dimensions are is asked of the CF attributes of their coordinate
 * variables (CF conventions 1.10, chapter 4), then of GDAL, then of their names. */
#include "raster/array/source_axes.h"

#include "raster/array/array_view.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNEVEN    1e-3      /* of a step: less is not worth a word */
#define MAX_ROUND 0.1       /* of a step: rounding by more is no rounding */
#define MAX_STEPS (1 << 24) /* coordinates that are looked at */

typedef enum axis_role { ROLE_UNKNOWN, ROLE_X, ROLE_Y, ROLE_OTHER } axis_role;

typedef struct axis {
    const char *name; /* the dimension's */
    axis_role role;
    bool degrees; /* east of an x, north of a y */
    bool known;   /* to GDAL's netCDF driver, as an x or a y */
    size_t count;
    double *at;           /* its coordinates, or NULL; packed ones as they are stored, as they are rounded so */
    double scale, offset; /* of packed coordinates */
    bool single;          /* they are float32 */
} axis;

/* --- what a dimension is --- */

static bool is_one_of(const char *text, const char *const *words) {
    for (; *words != NULL; words++)
        if (EQUAL(text, *words)) return true;
    return false;
}

/* Also without "s" and with "_" or without, as CF allows. */
static const char *const east_units[] = {"degrees_east", "degree_east", "degree_E", "degrees_E",
                                         "degreeE",      "degreesE",    NULL};
static const char *const north_units[] = {"degrees_north", "degree_north", "degree_N", "degrees_N",
                                          "degreeN",       "degreesN",     NULL};
static const char *const x_names[] = {"longitude", "grid_longitude", "projection_x_coordinate",
                                      "projection_x_angular_coordinate", NULL};
static const char *const y_names[] = {"latitude", "grid_latitude", "projection_y_coordinate",
                                      "projection_y_angular_coordinate", NULL};
static const char *const x_dimensions[] = {"x",       "lon",  "longitude", "lons",    "longitudes", "long",
                                           "nav_lon", "rlon", "xc",        "easting", "eastings",   "west_east",
                                           "XDim",    "nlon", "nx",        NULL};
static const char *const y_dimensions[] = {"y",           "lat",  "latitude", "lats",     "latitudes",
                                           "nav_lat",     "rlat", "yc",       "northing", "northings",
                                           "south_north", "YDim", "nlat",     "ny",       NULL};
static const char *const other_dimensions[] = {"time",     "t",    "z",     "lev",   "level", "depth", "height",
                                               "altitude", "band", "bands", "month", "day",   "year",  NULL};

static axis_role role_of_name(const char *name) {
    if (is_one_of(name, x_dimensions)) return ROLE_X;
    if (is_one_of(name, y_dimensions)) return ROLE_Y;
    return is_one_of(name, other_dimensions) ? ROLE_OTHER : ROLE_UNKNOWN;
}

static axis_role role_of_letter(const char *letter) {
    if (EQUAL(letter, "X")) return ROLE_X;
    if (EQUAL(letter, "Y")) return ROLE_Y;
    return EQUAL(letter, "Z") || EQUAL(letter, "T") ? ROLE_OTHER : ROLE_UNKNOWN;
}

static axis_role role_of_type(const char *type) {
    if (type == NULL) return ROLE_UNKNOWN;
    if (EQUAL(type, GDAL_DIM_TYPE_HORIZONTAL_X)) return ROLE_X;
    if (EQUAL(type, GDAL_DIM_TYPE_HORIZONTAL_Y)) return ROLE_Y;
    return EQUAL(type, GDAL_DIM_TYPE_VERTICAL) || EQUAL(type, GDAL_DIM_TYPE_TEMPORAL) ? ROLE_OTHER : ROLE_UNKNOWN;
}

/* An attribute's text, "" where there is none. */
static void read_attribute(GDALMDArrayH array, const char *name, char out[128]) {
    GDALAttributeH attribute = GDALMDArrayGetAttribute(array, name);
    const char *text = attribute == NULL ? NULL : GDALAttributeReadAsString(attribute);
    (void)CPLStrlcpy(out, text == NULL ? "" : text, 128);
    if (attribute != NULL) GDALAttributeRelease(attribute);
}

/* *known: whether GDAL's netCDF driver takes it for an x or a y, too: it does not know a rotated grid's coordinates by
 * their standard names. */
static axis_role role_of_variable(GDALMDArrayH variable, bool *degrees, bool *known) {
    char text[128], letter[128];
    const char *unit = GDALMDArrayGetUnit(variable);
    (void)CPLStrlcpy(text, unit == NULL ? "" : unit, sizeof text);
    if (text[0] == '\0') read_attribute(variable, "units", text);
    *degrees = is_one_of(text, east_units) || is_one_of(text, north_units);
    read_attribute(variable, "axis", letter);
    *known = *degrees || EQUAL(letter, "X") || EQUAL(letter, "Y");
    if (is_one_of(text, east_units)) return ROLE_X;
    if (is_one_of(text, north_units)) return ROLE_Y;
    if (strstr(text, " since ") != NULL) return ROLE_OTHER;
    read_attribute(variable, "standard_name", text);
    *known = *known || EQUAL(text, "projection_x_coordinate") || EQUAL(text, "projection_y_coordinate");
    if (is_one_of(text, x_names)) return ROLE_X;
    if (is_one_of(text, y_names)) return ROLE_Y;
    return role_of_letter(letter);
}

/* --- coordinates --- */

static void read_coordinates(axis *out, GDALMDArrayH variable) {
    const GUInt64 start = 0;
    const size_t count = out->count;
    if (GDALMDArrayGetDimensionCount(variable) != 1 || count < 3 || count > MAX_STEPS) return;
    GDALExtendedDataTypeH type = GDALMDArrayGetDataType(variable);
    out->single = GDALExtendedDataTypeGetNumericDataType(type) == GDT_Float32;
    GDALExtendedDataTypeRelease(type);
    GDALExtendedDataTypeH real = GDALExtendedDataTypeCreate(GDT_Float64);
    out->at = malloc(count * sizeof *out->at);
    if (out->at != NULL && !GDALMDArrayRead(variable, &start, &count, NULL, NULL, real, out->at, NULL, 0)) {
        free(out->at);
        out->at = NULL;
    }
    GDALExtendedDataTypeRelease(real);
    int has = 0;
    double scale = GDALMDArrayGetScale(variable, &has);
    if (has) out->scale = scale;
    double offset = GDALMDArrayGetOffset(variable, &has);
    if (has) out->offset = offset;
}

static void read_axis(axis *out, GDALDimensionH dimension) {
    *out =
        (axis){.name = GDALDimensionGetName(dimension), .count = (size_t)GDALDimensionGetSize(dimension), .scale = 1};
    GDALMDArrayH variable = GDALDimensionGetIndexingVariable(dimension);
    if (variable != NULL) {
        out->role = role_of_variable(variable, &out->degrees, &out->known);
        read_coordinates(out, variable);
        GDALMDArrayRelease(variable);
    }
    if (out->role == ROLE_UNKNOWN) out->role = role_of_type(GDALDimensionGetType(dimension));
    if (out->role == ROLE_UNKNOWN) out->role = role_of_name(out->name);
}

/* How far a coordinate may be from its place by rounding alone: half a unit of the last decimal that is written, or of
 * a float32, at the coordinate itself and at the two ends that the places are reckoned from. */
static double rounding(const axis *of) {
    double largest = fmax(fabs(of->at[0]), fabs(of->at[of->count - 1]));
    double unit = largest * (of->single ? ldexp(1, -23) : ldexp(1, -44));
    for (double decimal = 1; decimal > unit; decimal /= 10) {
        bool fits = true;
        for (size_t i = 0; i < of->count && fits; i++)
            fits = fabs(of->at[i] - rint(of->at[i] / decimal) * decimal) <= unit;
        if (fits) return decimal;
    }
    return unit;
}

/* The farthest that a coordinate is from where an even axis of the same ends has it, in steps. */
static double steps_off(const axis *of) {
    if (of->at == NULL) return 0;
    double step = (of->at[of->count - 1] - of->at[0]) / (double)(of->count - 1), worst = 0;
    for (size_t i = 0; i < of->count; i++)
        worst = fmax(worst, fabs(of->at[i] - of->at[0] - (double)i * step));
    return isfinite(step) && step != 0 ? worst / fabs(step) : INFINITY;
}

/* Whether coordinates are farther off than by rounding. */
static bool is_uneven(const axis *of) {
    double off = steps_off(of);
    if (off <= UNEVEN || off == INFINITY) return off == INFINITY;
    double step = fabs(of->at[of->count - 1] - of->at[0]) / (double)(of->count - 1);
    return off > UNEVEN + fmin(MAX_ROUND, rounding(of) / step);
}

/* --- refusals --- */

/* All dimensions but x and y in their order, then y, then x; "" where the file does not say which these are. */
static void order_axes(const axis *axes, size_t count, char out[128]) {
    size_t x = count, y = count;
    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (axes[i].role == ROLE_X) x = i;
        if (axes[i].role == ROLE_Y) y = i;
    }
    if (x == count || y == count || count > 8) return;
    for (size_t i = 0; i < count; i++)
        if (i != x && i != y) (void)snprintf(out + strlen(out), 128 - strlen(out), "%zu,", i);
    (void)snprintf(out + strlen(out), 128 - strlen(out), "%zu,%zu", y, x);
}

static weft_status refuse_order(const weft_array_view *view, const axis *axes, size_t count, const char *path,
                                weft_error *err) {
    char order[128];
    const axis *rows = &axes[count - 2], *cols = &axes[count - 1];
    weft_error_set(
        err, WEFT_ERR_DATA,
        "%s: the columns are along %s and the rows along %s, which are not x (lon) and y (lat): the variable "
        "is stored transposed",
        path, cols->name, rows->name);
    order_axes(axes, count, order);
    if (order[0] != '\0')
        weft_error_hint(err, "gdalmdimtranslate -array \"name=%s,transpose=[%s]\" '%s' OUT.nc puts y and x last",
                        GDALMDArrayGetName(view->array), order, GDALGetDescription(view->file));
    else
        weft_error_hint(err,
                        "datasets[].geotransform says how the pixels lie, or gdalmdimtranslate -array makes planes "
                        "of x and y");
    return WEFT_ERR_DATA;
}

static double coordinate(const axis *of, size_t i) {
    return of->at[i] * of->scale + of->offset;
}

static double step_of(const axis *of) {
    return (coordinate(of, of->count - 1) - coordinate(of, 0)) / (double)(of->count - 1);
}

/* Adds a hint that ends in the geotransform that evenly spaced coordinates have. GDAL's netCDF driver turns rows that run
 * north around, and all rows of an axis that it does not know; other drivers show rows as they lie. */
static void hint_geotransform(const axis *rows, const axis *cols, bool netcdf, const char *before, const char *behind,
                              weft_error *err) {
    double dx = step_of(cols), dy = step_of(rows);
    bool turned = netcdf && (dy > 0 || !rows->known);
    double top = turned ? coordinate(rows, rows->count - 1) + dy / 2 : coordinate(rows, 0) - dy / 2;
    weft_error_hint(err, "%sdatasets[].geotransform: [%.10g, %.10g, 0, %.10g, 0, %.10g] %s", before,
                    coordinate(cols, 0) - dx / 2, dx, top, turned ? -dy : dy, behind);
}

static weft_status refuse_uneven(const axis *rows, const axis *cols, bool netcdf, const char *path, weft_error *err) {
    const axis *worst = steps_off(cols) > steps_off(rows) ? cols : rows;
    weft_error_set(err, WEFT_ERR_DATA, "%s: its coordinates %s are not evenly spaced: they are up to %.3g pixels off",
                   path, worst->name, steps_off(worst));
    if (cols->at != NULL && rows->at != NULL)
        hint_geotransform(rows, cols, netcdf, "cdo remapbil,GRID IN OUT makes an even grid; ", "takes them as even",
                          err);
    return WEFT_ERR_DATA;
}

/* GDAL's HDF5 driver takes no coordinates; its netCDF driver none that it does not know, and none where each pixel has
 * a longitude and a latitude besides. */
static weft_status refuse_unplaced(const axis *rows, const axis *cols, bool netcdf, const char *path, weft_error *err) {
    weft_error_set(err, WEFT_ERR_DATA, "%s: GDAL does not place it by its coordinates %s and %s", path, cols->name,
                   rows->name);
    hint_geotransform(rows, cols, netcdf, "", "is where they have it", err);
    return WEFT_ERR_DATA;
}

/* --- checks --- */

static weft_status check_axes(const weft_array_view *view, const axis *axes, size_t count, GDALDatasetH dataset,
                              const char *path, bool *longitudes, weft_error *err) {
    const axis *rows = &axes[count - 2], *cols = &axes[count - 1];
    bool netcdf = strcmp(GDALGetDriverShortName(GDALGetDatasetDriver(dataset)), "netCDF") == 0;
    double g[6];
    /* A driver that has put the dimensions into order by itself shows others as columns and rows. */
    if (cols->count != (size_t)GDALGetRasterXSize(dataset) || rows->count != (size_t)GDALGetRasterYSize(dataset))
        return WEFT_OK;
    bool turned = cols->role == ROLE_Y || cols->role == ROLE_OTHER || rows->role == ROLE_X || rows->role == ROLE_OTHER;
    if (turned) return refuse_order(view, axes, count, path, err);
    *longitudes = cols->role == ROLE_X && rows->role == ROLE_Y && cols->degrees && rows->degrees;
    if (is_uneven(cols) || is_uneven(rows)) return refuse_uneven(rows, cols, netcdf, path, err);
    bool unplaced = cols->at != NULL && rows->at != NULL && GDALGetGeoTransform(dataset, g) != CE_None;
    if (!unplaced) return WEFT_OK;
    /* GDAL bears less than what rounding may account for. */
    bool rounded = steps_off(cols) > UNEVEN || steps_off(rows) > UNEVEN;
    return rounded ? refuse_uneven(rows, cols, netcdf, path, err) : refuse_unplaced(rows, cols, netcdf, path, err);
}

static weft_status check_array(const weft_array_view *view, GDALDatasetH dataset, const char *path, bool *longitudes,
                               weft_error *err) {
    size_t count = 0;
    weft_status status = WEFT_OK;
    GDALDimensionH *dimensions = GDALMDArrayGetDimensions(view->array, &count);
    axis *axes = calloc(count + 1, sizeof *axes);
    if (axes == NULL) status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for its axes", path);
    for (size_t i = 0; i < count && axes != NULL; i++)
        read_axis(&axes[i], dimensions[i]);
    if (axes != NULL && count >= 2) status = check_axes(view, axes, count, dataset, path, longitudes, err);
    for (size_t i = 0; i < count && axes != NULL; i++)
        free(axes[i].at);
    free(axes);
    GDALReleaseDimensions(dimensions, count);
    return status;
}

weft_status weft_source_axes_check(void *dataset, const char *path, bool *longitudes, weft_error *err) {
    weft_array_view view;
    double g[6];
    *longitudes = false;
    if (!weft_array_view_is_likely(dataset) || GDALGetRasterCount(dataset) == 0) return WEFT_OK;
    /* Of a swath the coordinates of rows and columns are numbers of them, unless a grid mapping makes them more. */
    bool numbered = GDALGetMetadata(dataset, "GEOLOCATION") != NULL &&
                    GDALGetMetadataItem(GDALGetRasterBand(dataset, 1), "grid_mapping", NULL) == NULL &&
                    GDALGetGeoTransform(dataset, g) != CE_None;
    if (numbered || !weft_array_view_open(&view, dataset)) return WEFT_OK;
    CPLPushErrorHandler(CPLQuietErrorHandler);
    weft_status status = check_array(&view, dataset, path, longitudes, err);
    CPLPopErrorHandler();
    CPLErrorReset();
    weft_array_view_close(&view);
    return status;
}
