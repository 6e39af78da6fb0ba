/* SPDX-License-Identifier: MIT
 *
 * Pixels are a formula of their place: a wave in steps, so that values come again and modes mean something, and noise.
 */
#include "integration/oracle_place.h"

#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "support/splitmix.h"

#include <cpl_string.h>
#include <gdal.h>
#include <gdal_utils.h>
#include <jansson.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if GDAL_VERSION_NUM >= 3070000
#define ORACLE_INT8 GDT_Int8
#else
#define ORACLE_INT8 GDT_Byte /* whose PIXELTYPE says that it is signed */
#endif

/* Values are low + step * (0 .. levels - 1). */
static const struct type {
    const char *name;
    GDALDataType gdal;
    int bits; /* of fraction that values are rounded to; 0: whole numbers */
    long double low, step;
    int levels;
    const char *nodata;
} types[ORACLE_BANDS / 2] = {
    {"byte", GDT_Byte, 0, 0, 21, 12, "255"},
    {"int8", ORACLE_INT8, 0, -120, 16, 15, "-128"},
    {"uint16", GDT_UInt16, 0, 3, 1000, 60, "65535"},
    {"int16", GDT_Int16, 0, -30000, 700, 80, "-32768"},
    {"uint32", GDT_UInt32, 0, 17, 40000003, 100, "4294967295"},
    {"int32", GDT_Int32, 0, -2000000000, 40000003, 100, "-2147483648"},
    {"int64", GDT_Int64, 0, -4611686018427387903.0L, 144115188075855875.0L, 60, "-9223372036854775808"},
    {"uint64", GDT_UInt64, 0, 1, 288230376151711749.0L, 60, "18446744073709551615"},
    {"float32", GDT_Float32, 24, 1, 0.001L, 50000, "-9999"},
    {"float64", GDT_Float64, 53, -20, 0.1L, 400, "nan"},
};

static const struct type *type_of(int band) {
    return &types[band / 2];
}

static bool has_nodata(int band) {
    return band % 2 == 1;
}

static bool is_int8(int band) {
    return strcmp(type_of(band)->name, "int8") == 0;
}

const char *oracle_band_name(int band) {
    static char name[64];
    (void)snprintf(name, sizeof name, "%s%s", type_of(band)->name, has_nodata(band) ? "_nodata" : "");
    return name;
}

static bool is_narrow(int band) {
    static const GDALDataType narrow[] = {GDT_Byte, ORACLE_INT8, GDT_UInt16, GDT_Int16, GDT_Float32};
    for (int i = 0; i < 5; i++)
        if (type_of(band)->gdal == narrow[i]) return true;
    return false;
}

int oracle_fraction_bits(reference_method method, int band) {
    if (method == REFERENCE_NEAREST || method >= REFERENCE_MODE) return type_of(band)->bits;
    return method != REFERENCE_SUM && is_narrow(band) ? 24 : 53;
}

/* --- pixels --- */

/* A hole of some size, a corner, and lone pixels. */
static bool is_hole(const oracle_place *place, int col, int row) {
    int from_col = place->source.cols / 3, from_row = place->source.rows / 2;
    if (col >= from_col && col < from_col + 5 && row >= from_row && row < from_row + 4) return true;
    return (col < 2 && row < 3) || splitmix((uint64_t)row * 7919u + (uint64_t)col + 1) % 211 == 0;
}

static long double pixel_at(const oracle_place *place, int band, int col, int row) {
    const struct type *type = type_of(band);
    uint64_t noise = splitmix((uint64_t)row * 1000003u + (uint64_t)col + 17);
    double wave = 0.5 + 0.25 * (sin(col * 0.31) + cos(row * 0.23));
    double share = 0.8 * wave + 0.2 * (double)(noise >> 11) / 9007199254740992.0;
    if (has_nodata(band) && is_hole(place, col, row)) return NAN;
    long double value = type->low + type->step * floorl((long double)share * type->levels);
    return type->bits == 24 ? (long double)(float)value : type->bits == 53 ? (long double)(double)value : value;
}

static reference_source make_pixels(const oracle_place *place, int band, long double *max) {
    long double *values = malloc((size_t)place->source.cols * (size_t)place->source.rows * sizeof *values);
    assert_non_null(values);
    for (int i = 0; i < place->source.cols * place->source.rows; i++) {
        values[i] = pixel_at(place, band, i % place->source.cols, i / place->source.cols);
        *max = fmaxl(*max, fabsl(values[i]));
    }
    return (reference_source){.cols = place->source.cols, .rows = place->source.rows, .values = values};
}

/* --- files --- */

/* One band, missing where `nodata` is; int8 is written as GDAL 3.6 knows it, or, for gdalwarp, which does not, as Int16. */
static void write_pixels(GDALRasterBandH band, int number, const reference_source *from, const char *nodata) {
    const struct type *type = type_of(number);
    int count = from->cols * from->rows;
    bool is_wide = type->gdal == GDT_UInt64, is_real = type->bits > 0;
    bool as_byte = is_int8(number) && GDALGetRasterDataType(band) == GDT_Byte;
    union {
        int64_t whole;
        uint64_t wide;
        double real;
    } *line = malloc((size_t)count * sizeof *line);
    assert_non_null(line);
    for (int i = 0; i < count; i++) {
        long double value = isnan(from->values[i]) ? strtold(nodata, NULL) : from->values[i];
        if (is_real)
            line[i].real = (double)value;
        else if (is_wide)
            line[i].wide = (uint64_t)value;
        else
            line[i].whole = as_byte && value < 0 ? (int64_t)value + 256 : (int64_t)value;
    }
    assert_int_equal(GDALRasterIO(band, GF_Write, 0, 0, from->cols, from->rows, line, from->cols, from->rows,
                                  is_real   ? GDT_Float64
                                  : is_wide ? GDT_UInt64
                                            : GDT_Int64,
                                  0, 0),
                     CE_None);
    free(line);
}

static void set_nodata(GDALRasterBandH band, const char *text) {
    GDALDataType type = GDALGetRasterDataType(band);
    if (type == GDT_Int64)
        assert_int_equal(GDALSetRasterNoDataValueAsInt64(band, strtoll(text, NULL, 10)), CE_None);
    else if (type == GDT_UInt64)
        assert_int_equal(GDALSetRasterNoDataValueAsUInt64(band, strtoull(text, NULL, 10)), CE_None);
    else
        assert_int_equal(GDALSetRasterNoDataValue(band, strtod(text, NULL)), CE_None);
}

static void write_file(const oracle_place *place, const char *path, int number, GDALDataType type,
                       const reference_source *from, const char *nodata, const char *const *options) {
    double geotransform[6];
    memcpy(geotransform, place->source.geotransform, sizeof geotransform);
    OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
    assert_int_equal(OSRSetFromUserInput(crs, place->source.crs), OGRERR_NONE);
    GDALDatasetH file = GDALCreate(GDALGetDriverByName("GTiff"), path, place->source.cols, place->source.rows, 1, type,
                                   (CSLConstList)options);
    assert_non_null(file);
    assert_int_equal(GDALSetSpatialRef(file, crs), CE_None);
    assert_int_equal(GDALSetGeoTransform(file, geotransform), CE_None);
    if (has_nodata(number)) set_nodata(GDALGetRasterBand(file, 1), nodata);
    write_pixels(GDALGetRasterBand(file, 1), number, from, nodata);
    GDALClose(file);
    OSRDestroySpatialReference(crs);
}

/* The pixels of a band in a file that gdalwarp reads right: it takes signed bytes for unsigned ones before GDAL 3.7, and has
 * nodata as a double, so that since GDAL 3.13 (seen there) the holes of 2^64 - 1, which no double is, count as pixels. */
#define LARGEST_UINT64_OF_DOUBLE "18446744073709549568"

static bool has_other_file(int band) {
    return is_int8(band) || type_of(band)->gdal == GDT_UInt64;
}

static void write_band(const oracle_place *place, int band, const reference_source *from) {
    static const char *const is_signed[] = {"PIXELTYPE=SIGNEDBYTE", NULL};
    char path[128];
    (void)snprintf(path, sizeof path, "%s.tif", oracle_band_name(band));
    write_file(place, path, band, type_of(band)->gdal, from, type_of(band)->nodata,
               is_int8(band) && ORACLE_INT8 == GDT_Byte ? is_signed : NULL);
    if (!has_other_file(band)) return;
    (void)snprintf(path, sizeof path, "%s_for_gdalwarp.tif", oracle_band_name(band));
    if (is_int8(band))
        write_file(place, path, band, GDT_Int16, from, type_of(band)->nodata, NULL);
    else
        write_file(place, path, band, GDT_UInt64, from, LARGEST_UINT64_OF_DOUBLE, NULL);
}

static void write_vrt(const oracle_place *place) {
    const double *g = place->source.geotransform;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    (void)fprintf(out, "<VRTDataset rasterXSize=\"%d\" rasterYSize=\"%d\">\n<SRS>%s</SRS>\n", place->source.cols,
                  place->source.rows, place->source.crs);
    (void)fprintf(out, "<GeoTransform>%.17g, %.17g, %.17g, %.17g, %.17g, %.17g</GeoTransform>\n", g[0], g[1], g[2],
                  g[3], g[4], g[5]);
    for (int band = 0; band < ORACLE_BANDS; band++) {
        const struct type *type = type_of(band);
        (void)fprintf(out, "<VRTRasterBand dataType=\"%s\" band=\"%d\">\n", GDALGetDataTypeName(type->gdal), band + 1);
        if (is_int8(band) && ORACLE_INT8 == GDT_Byte)
            (void)fputs("<Metadata domain=\"IMAGE_STRUCTURE\"><MDI key=\"PIXELTYPE\">SIGNEDBYTE</MDI></Metadata>\n",
                        out);
        if (has_nodata(band)) (void)fprintf(out, "<NoDataValue>%s</NoDataValue>\n", type->nodata);
        (void)fprintf(out,
                      "<SimpleSource><SourceFilename relativeToVRT=\"1\">%s.tif</SourceFilename>"
                      "<SourceBand>1</SourceBand></SimpleSource>\n</VRTRasterBand>\n",
                      oracle_band_name(band));
    }
    (void)fputs("</VRTDataset>\n", out);
    (void)fclose(out);
    sandbox_write("all.vrt", text);
    free(text);
}

static void write_config(const oracle_place *place) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    double right = place->grid.corner[0] + place->grid.cols * place->grid.resolution[0];
    double bottom = place->grid.corner[1] - place->grid.rows * place->grid.resolution[1];
    (void)fprintf(out,
                  "experiment: oracle\noutput_dir: out\n"
                  "grid: {crs: '%s', resolution: [%.17g, %.17g], align: false, bounds: [%.17g, %.17g, %.17g, %.17g]}\n"
                  "resampling: {transform_tolerance: 0}\nmemory: {limit: 1GiB}\ndatasets:\n",
                  place->grid.crs, place->grid.resolution[0], place->grid.resolution[1], place->grid.corner[0], bottom,
                  right, place->grid.corner[1]);
    for (reference_method method = 0; method < REFERENCE_METHODS; method++)
        (void)fprintf(out, "  - {name: %s, path: all.vrt, method: %s}\n", reference_method_name(method),
                      reference_method_name(method));
    (void)fclose(out);
    sandbox_write("config.yml", text);
    free(text);
}

/* --- positions, by PROJ --- */

static OGRSpatialReferenceH parse_crs(const char *text) {
    OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
    assert_int_equal(OSRSetFromUserInput(crs, text), OGRERR_NONE);
    OSRSetAxisMappingStrategy(crs, OAMS_TRADITIONAL_GIS_ORDER);
    return crs;
}

/* Replaces points of the grid's CRS by points of the source's. */
static void project(const oracle_place *place, int n, double *x, double *y) {
    OGRSpatialReferenceH from = parse_crs(place->grid.crs), to = parse_crs(place->source.crs);
    OGRCoordinateTransformationH transform = OCTNewCoordinateTransformation(from, to);
    int *ok = calloc((size_t)n, sizeof *ok);
    assert_non_null(transform);
    assert_non_null(ok);
    CPLPushErrorHandler(CPLQuietErrorHandler); /* where the projection ends */
    (void)OCTTransformEx(transform, n, x, y, NULL, ok);
    CPLPopErrorHandler();
    for (int i = 0; i < n; i++)
        if (!ok[i] || !isfinite(x[i]) || !isfinite(y[i])) x[i] = y[i] = NAN;
    free(ok);
    OCTDestroyCoordinateTransformation(transform);
    OSRDestroySpatialReference(from);
    OSRDestroySpatialReference(to);
}

static bool is_geographic(const char *text) {
    OGRSpatialReferenceH crs = parse_crs(text);
    bool out = OSRIsGeographic(crs) != 0;
    OSRDestroySpatialReference(crs);
    return out;
}

/* Columns of a full turn; 0 where the source is not one. A column more is the first one again. */
static int wrap_cols(const oracle_place *place) {
    double turn = 360 / place->source.geotransform[1];
    int cols = place->source.cols;
    if (!is_geographic(place->source.crs) || turn != round(turn)) return 0;
    return cols == (int)turn || cols == (int)turn + 1 ? (int)turn : 0;
}

/* Replaces n points of the grid, in cells, by points of the source, in pixels. */
static void locate(const oracle_place *place, int n, double *u, double *v) {
    double inverse[6];
    const double *g = place->source.geotransform;
    int wrap = wrap_cols(place);
    double middle = g[0] + 0.5 * place->source.cols * g[1];
    bool shifts = is_geographic(place->source.crs) && wrap == 0;
    for (int i = 0; i < n; i++) {
        u[i] = place->grid.corner[0] + u[i] * place->grid.resolution[0];
        v[i] = place->grid.corner[1] - v[i] * place->grid.resolution[1];
    }
    if (strcmp(place->source.crs, place->grid.crs) != 0) project(place, n, u, v);
    assert_true(GDALInvGeoTransform((double *)g, inverse));
    for (int i = 0; i < n; i++) {
        double x = u[i] + (shifts ? 360 * round((middle - u[i]) / 360) : 0), y = v[i];
        u[i] = inverse[0] + inverse[1] * x + inverse[2] * y;
        v[i] = inverse[3] + inverse[4] * x + inverse[5] * y;
        if (wrap > 0 && !isnan(u[i])) u[i] -= wrap * floor(u[i] / wrap);
    }
}

/* The points (col + offset, row + offset) of cols x rows cells. */
static void locate_all(const oracle_place *place, double offset, int cols, int rows, double *u, double *v) {
    for (int i = 0; i < cols * rows; i++) {
        u[i] = i % cols + offset;
        v[i] = i / cols + offset;
    }
    locate(place, cols * rows, u, v);
}

static void find_cells(oracle_run *run) {
    const oracle_place *place = run->place;
    int cols = place->grid.cols, rows = place->grid.rows, corners = (cols + 1) * (rows + 1);
    double *u = malloc((size_t)corners * 4 * sizeof *u), *v = u + corners, *cu = v + corners, *cv = cu + corners;
    run->cells = cols * rows;
    run->at = malloc((size_t)run->cells * sizeof *run->at);
    run->cover = calloc((size_t)run->cells, sizeof *run->cover);
    assert_true(u != NULL && run->at != NULL && run->cover != NULL);
    locate_all(place, 0.5, cols, rows, u, v);
    locate_all(place, 0, cols + 1, rows + 1, cu, cv);
    for (int i = 0; i < run->cells; i++) {
        int first = i / cols * (cols + 1) + i % cols;
        int corner[] = {first, first + 1, first + cols + 2, first + cols + 1};
        run->at[i].u = u[i];
        run->at[i].v = v[i];
        for (int j = 0; j < 4; j++) {
            run->at[i].corner_u[j] = cu[corner[j]];
            run->at[i].corner_v[j] = cv[corner[j]];
        }
        reference_cover_make(&run->bands[0], &run->at[i], &run->cover[i]);
    }
    free(u);
}

/* --- scale: pixels a cell, the median over 21 x 21 cells of those that fall into the source --- */

#define SAMPLES (21 * 21)

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count) {
    assert_true(count > 0);
    qsort(values, (size_t)count, sizeof *values, ascending);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

/* Changes over a cell by the middles of its sides. */
static void find_scale(const oracle_place *place, double scale[2]) {
    static const double across[] = {0.5, 0, 1, 0.5, 0.5}, down[] = {0.5, 0.5, 0.5, 0, 1};
    double all_u[5 * SAMPLES], all_v[5 * SAMPLES], changes_u[SAMPLES], changes_v[SAMPLES];
    int count = 0, wrap = wrap_cols(place);
    for (int i = 0; i < 5 * SAMPLES; i++) {
        all_u[i] = floor((i / 5 % 21 + 0.5) * place->grid.cols / 21) + across[i % 5];
        all_v[i] = floor((i / 5 / 21 + 0.5) * place->grid.rows / 21) + down[i % 5];
    }
    locate(place, 5 * SAMPLES, all_u, all_v);
    for (int i = 0; i < SAMPLES; i++) {
        const double *u = all_u + 5 * i, *v = all_v + 5 * i;
        double du[] = {u[2] - u[1], u[4] - u[3]};
        if (!(u[0] >= 0 && u[0] < place->source.cols && v[0] >= 0 && v[0] < place->source.rows)) continue;
        for (int j = 0; j < 2 && wrap > 0; j++)
            du[j] -= wrap * round(du[j] / wrap);
        changes_u[count] = hypot(du[0], du[1]);
        changes_v[count] = hypot(v[2] - v[1], v[4] - v[3]);
        if (!isnan(changes_u[count]) && !isnan(changes_v[count])) count++;
    }
    scale[0] = median(changes_u, count);
    scale[1] = median(changes_v, count);
}

/* --- weft --- */

static const char *result_type(reference_method method, int band) {
    int bits = oracle_fraction_bits(method, band);
    if (bits > 0) return bits == 24 ? "Float32" : "Float64";
    return is_int8(band) ? "Int8" : GDALGetDataTypeName(type_of(band)->gdal);
}

/* The scale, which is the definition's but for rounding, and that results are of the design's types. */
static void read_plan(oracle_run *run) {
    double expected_scale[2];
    find_scale(run->place, expected_scale);
    char *text = sandbox_succeed("\"$WEFT\" plan --json config.yml");
    json_error_t error;
    json_t *root = json_loads(text, 0, &error), *layers = json_object_get(root, "layers");
    if (root == NULL) fail_msg("%s: %s", error.text, text);
    assert_int_equal(json_array_size(layers), ORACLE_BANDS * REFERENCE_METHODS);
    for (size_t i = 0; i < json_array_size(layers); i++) {
        json_t *layer = json_array_get(layers, i), *scale = json_object_get(layer, "scale");
        const char *expected = result_type((reference_method)(i / ORACLE_BANDS), (int)(i % ORACLE_BANDS));
        assert_string_equal(json_string_value(json_object_get(layer, "type")), expected);
        for (size_t axis = 0; axis < 2; axis++)
            run->scale[axis] = json_number_value(json_array_get(scale, axis));
    }
    for (size_t axis = 0; axis < 2; axis++)
        assert_true(fabs(run->scale[axis] - expected_scale[axis]) < 1e-7 * expected_scale[axis]);
    json_decref(root);
    free(text);
}

oracle_run oracle_run_weft(const oracle_place *place) {
    oracle_run run = {.place = place, .grid_in_degrees = is_geographic(place->grid.crs)};
    GDALAllRegister();
    for (int band = 0; band < ORACLE_BANDS; band++) {
        run.bands[band] = make_pixels(place, band, &run.max[band]);
        run.bands[band].wrap_cols = wrap_cols(place);
        write_band(place, band, &run.bands[band]);
    }
    write_vrt(place);
    write_config(place);
    find_cells(&run);
    read_plan(&run);
    free(sandbox_succeed("\"$WEFT\" run --progress none config.yml"));
    run.table = table_read("out/merged_data_oracle.csv");
    assert_int_equal(run.table.rows, run.cells);
    assert_int_equal(run.table.columns, 2 + ORACLE_BANDS * REFERENCE_METHODS);
    return run;
}

void oracle_run_dispose(oracle_run *run) {
    for (int band = 0; band < ORACLE_BANDS; band++)
        free((void *)run->bands[band].values);
    for (int i = 0; i < run->cells; i++)
        reference_cover_dispose(&run->cover[i]);
    free(run->cover);
    free(run->at);
    table_free(&run->table);
}

long double oracle_value(const oracle_run *run, reference_method method, int band, int cell) {
    int column = 2 + (int)method * ORACLE_BANDS + band;
    long double read = run->table.exact[(size_t)cell * (size_t)run->table.columns + (size_t)column];
    int bits = oracle_fraction_bits(method, band);
    return bits == 24 ? (long double)(float)read : bits == 53 ? (long double)(double)read : read;
}

/* --- gdalwarp --- */

double *oracle_gdalwarp(const oracle_run *run, reference_method method, int band) {
    const oracle_place *place = run->place;
    char text[1024], path[128];
    double right = place->grid.corner[0] + place->grid.cols * place->grid.resolution[0];
    double bottom = place->grid.corner[1] - place->grid.rows * place->grid.resolution[1];
    (void)snprintf(text, sizeof text,
                   "-q -of MEM -ovr NONE -et 0 -r %s -t_srs %s -te %.17g %.17g %.17g %.17g -ts %d %d -wo XSCALE=%.17g "
                   "-wo YSCALE=%.17g -ot Float64 -dstnodata nan",
                   method == REFERENCE_NEAREST ? "near" : reference_method_name(method), place->grid.crs,
                   place->grid.corner[0], bottom, right, place->grid.corner[1], place->grid.cols, place->grid.rows,
                   1 / run->scale[0], 1 / run->scale[1]);
    (void)snprintf(path, sizeof path, "%s%s.tif", oracle_band_name(band), has_other_file(band) ? "_for_gdalwarp" : "");
    char **arguments = CSLTokenizeString2(text, " ", 0);
    GDALWarpAppOptions *options = GDALWarpAppOptionsNew(arguments, NULL);
    GDALDatasetH source = GDALOpen(path, GA_ReadOnly), warped = NULL;
    double *values = malloc((size_t)run->cells * sizeof *values);
    assert_true(options != NULL && source != NULL && values != NULL);
    CPLPushErrorHandler(CPLQuietErrorHandler); /* it warns that 64-bit nodata values are approximate */
    warped = GDALWarp("", NULL, 1, &source, options, NULL);
    CPLPopErrorHandler();
    assert_non_null(warped);
    assert_int_equal(GDALRasterIO(GDALGetRasterBand(warped, 1), GF_Read, 0, 0, place->grid.cols, place->grid.rows,
                                  values, place->grid.cols, place->grid.rows, GDT_Float64, 0, 0),
                     CE_None);
    GDALClose(warped);
    GDALClose(source);
    GDALWarpAppOptionsFree(options);
    CSLDestroy(arguments);
    return values;
}
