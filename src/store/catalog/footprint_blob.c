/* SPDX-License-Identifier: MIT */
#include "store/catalog/footprint_blob.h"

#include "core/text.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define HEADER_BYTES 40 /* magic, version, flags, srs_id, four bounds */
#define WGS84        4326
#define POLYGON      3
#define MULTIPOLYGON 6

/* --- writing: little-endian, whatever the machine --- */

static unsigned char *put_u32(unsigned char *out, uint32_t value) {
    for (int i = 0; i < 4; i++)
        *out++ = (unsigned char)(value >> 8 * i);
    return out;
}

static unsigned char *put_double(unsigned char *out, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 8; i++)
        *out++ = (unsigned char)(bits >> 8 * i);
    return out;
}

size_t weft_footprint_blob_bytes(const weft_footprint *footprint) {
    size_t bytes = HEADER_BYTES + 9;
    for (int i = 0; i < footprint->ring_count; i++)
        bytes += 13 + 16 * ((size_t)footprint->rings[i].count + 1);
    return bytes;
}

static unsigned char *put_ring(unsigned char *out, const weft_footprint_ring *ring) {
    *out++ = 1;
    out = put_u32(out, POLYGON);
    out = put_u32(out, 1);
    out = put_u32(out, (uint32_t)ring->count + 1);
    for (int i = 0; i <= ring->count; i++) { /* the last point is the first */
        out = put_double(out, ring->points[i % ring->count].x);
        out = put_double(out, ring->points[i % ring->count].y);
    }
    return out;
}

void weft_footprint_blob_write(const weft_footprint *footprint, unsigned char *out) {
    double bounds[4] = {INFINITY, -INFINITY, INFINITY, -INFINITY}; /* in the order of the header */
    for (int i = 0; i < footprint->ring_count; i++) {
        weft_footprint_point low, high;
        weft_footprint_ring_span(&footprint->rings[i], &low, &high);
        bounds[0] = fmin(bounds[0], low.x), bounds[1] = fmax(bounds[1], high.x);
        bounds[2] = fmin(bounds[2], low.y), bounds[3] = fmax(bounds[3], high.y);
    }
    memcpy(out, "GP\0\3", 4); /* version 0; little-endian, with bounds in x and y */
    out = put_u32(out + 4, WGS84);
    for (int i = 0; i < 4; i++)
        out = put_double(out, bounds[i]);
    *out++ = 1;
    out = put_u32(out, MULTIPOLYGON);
    out = put_u32(out, (uint32_t)footprint->ring_count);
    for (int i = 0; i < footprint->ring_count; i++)
        out = put_ring(out, &footprint->rings[i]);
}

/* --- the functions of SQL --- */

/* Which bound: 0 to 3 as in the header. NaN where there is none. */
static double bound_of(sqlite3_value *value, int which) {
    const unsigned char *blob = sqlite3_value_blob(value);
    int bytes = sqlite3_value_bytes(value);
    if (blob == NULL || bytes < HEADER_BYTES || blob[0] != 'G' || blob[1] != 'P' || (blob[3] >> 1 & 7) == 0) return NAN;
    bool little = blob[3] & 1;
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++)
        bits |= (uint64_t)blob[8 + 8 * which + (little ? i : 7 - i)] << 8 * i;
    double bound;
    memcpy(&bound, &bits, sizeof bound);
    return bound;
}

static void get_bound(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    double bound = bound_of(values[0], *(const int *)sqlite3_user_data(context));
    if (isnan(bound))
        sqlite3_result_null(context);
    else
        sqlite3_result_double(context, bound);
}

static void is_empty(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    sqlite3_result_int(context, isnan(bound_of(values[0], 0)));
}

/* Bytes of a geometry that are still to be read; `left` is 0 once it is not what was expected. */
typedef struct wkb {
    const unsigned char *at;
    size_t left;
    bool little;
} wkb;

static uint64_t get_bits(wkb *from, int bytes) {
    uint64_t bits = 0;
    if (from->left < (size_t)bytes) {
        from->left = 0;
        return 0;
    }
    for (int i = 0; i < bytes; i++)
        bits |= (uint64_t)from->at[from->little ? i : bytes - 1 - i] << 8 * i;
    from->at += bytes;
    from->left -= (size_t)bytes;
    return bits;
}

static double get_double(wkb *from) {
    uint64_t bits = get_bits(from, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Byte order and type; 0 at the end. */
static uint32_t get_type(wkb *from) {
    if (from->left < 5) return 0;
    from->little = *from->at == 1;
    from->at++;
    from->left--;
    return (uint32_t)get_bits(from, 4);
}

/* The rings of a polygon, whose type has been read. */
static void add_polygon(weft_text *out, wkb *from) {
    uint64_t rings = get_bits(from, 4);
    weft_text_add(out, "[");
    for (uint64_t i = 0; i < rings && from->left > 0; i++) {
        uint64_t points = get_bits(from, 4);
        weft_text_add(out, i == 0 ? "[" : ", [");
        for (uint64_t k = 0; k < points && from->left > 0; k++) {
            double x = get_double(from), y = get_double(from);
            weft_text_add(out, "%s[%.9g, %.9g]", k == 0 ? "" : ", ", x, y);
        }
        weft_text_add(out, "]");
    }
    weft_text_add(out, "]");
}

/* What of a geometry lies after its header. False: it is none. */
static bool get_wkb(sqlite3_value *value, wkb *out) {
    static const size_t envelope_bytes[] = {0, 32, 48, 48, 64};
    const unsigned char *blob = sqlite3_value_blob(value);
    size_t bytes = (size_t)sqlite3_value_bytes(value);
    if (blob == NULL || bytes < 8 || blob[0] != 'G' || blob[1] != 'P' || (blob[3] >> 1 & 7) > 4) return false;
    size_t header = 8 + envelope_bytes[blob[3] >> 1 & 7];
    *out = (wkb){blob + header, header <= bytes ? bytes - header : 0, true};
    return header <= bytes;
}

/* Whether the bounds of a polygon, whose type has been read, meet a box. */
static bool part_meets(wkb *from, const double box[4]) {
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    uint64_t rings = get_bits(from, 4);
    for (uint64_t i = 0; i < rings && from->left > 0; i++) {
        uint64_t points = get_bits(from, 4);
        for (uint64_t k = 0; k < 2 * points && from->left > 0; k++) {
            double value = get_double(from);
            low[k % 2] = fmin(low[k % 2], value);
            high[k % 2] = fmax(high[k % 2], value);
        }
    }
    return low[0] <= box[2] && high[0] >= box[0] && low[1] <= box[3] && high[1] >= box[1];
}

/* Parts on both sides of 180 degrees have bounds of their own, where the R*Tree has only those of all. What is no
 * polygon passes. */
static void meets(sqlite3_context *context, int count, sqlite3_value **values) {
    double box[4];
    wkb from;
    bool any = false;
    (void)count;
    for (int i = 0; i < 4; i++)
        box[i] = sqlite3_value_double(values[i + 1]);
    uint32_t type = get_wkb(values[0], &from) ? get_type(&from) : 0;
    if (type == POLYGON) any = part_meets(&from, box);
    uint64_t parts = type == MULTIPOLYGON ? get_bits(&from, 4) : 0;
    for (uint64_t i = 0; i < parts && !any && get_type(&from) == POLYGON; i++)
        any = part_meets(&from, box);
    sqlite3_result_int(context, any || (type != POLYGON && type != MULTIPOLYGON));
}

static void get_geojson(sqlite3_context *context, int count, sqlite3_value **values) {
    wkb from;
    (void)count;
    if (!get_wkb(values[0], &from)) return;
    weft_text out = {0};
    uint32_t type = get_type(&from);
    if (type == POLYGON) {
        weft_text_add(&out, "{\"type\": \"Polygon\", \"coordinates\": ");
        add_polygon(&out, &from);
    } else if (type == MULTIPOLYGON) {
        uint64_t parts = get_bits(&from, 4);
        weft_text_add(&out, "{\"type\": \"MultiPolygon\", \"coordinates\": [");
        for (uint64_t i = 0; i < parts && get_type(&from) == POLYGON; i++) {
            weft_text_add(&out, i == 0 ? "" : ", ");
            add_polygon(&out, &from);
        }
        weft_text_add(&out, "]");
    }
    weft_text_add(&out, "}");
    if ((type == POLYGON || type == MULTIPOLYGON) && !out.failed)
        sqlite3_result_text(context, out.data, (int)out.length, SQLITE_TRANSIENT);
    weft_text_dispose(&out);
}

int weft_footprint_blob_add_functions(sqlite3 *database) {
    static const struct {
        const char *name;
        int which;
    } bounds[] = {{"ST_MinX", 0}, {"ST_MaxX", 1}, {"ST_MinY", 2}, {"ST_MaxY", 3}};
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int code = SQLITE_OK;
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds && code == SQLITE_OK; i++)
        code = sqlite3_create_function_v2(database, bounds[i].name, 1, flags, (void *)&bounds[i].which, get_bound, NULL,
                                          NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(database, "ST_IsEmpty", 1, flags, NULL, is_empty, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(database, "weft_geojson", 1, flags, NULL, get_geojson, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(database, "weft_meets", 5, flags, NULL, meets, NULL, NULL, NULL);
    return code;
}
