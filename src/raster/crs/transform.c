/* SPDX-License-Identifier: MIT
 *
 * PROJ may hold several operations between two CRSs and choose one a point. Told an area of interest it ranks them for
 * that area, the same ranking in every copy of the transform. */
#include "raster/crs/crs.h"

#include "raster/crs/crs_handle.h"
#include "raster/crs/grid.h"
#include "raster/gdal/gdal_setup.h"

#include <cpl_error.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define BATCH          1024 /* points in one call of PROJ */
#define EDGE_INTERVALS 20   /* an edge is densified to 21 points, as GDAL does */

struct weft_transform {
    OGRCoordinateTransformationH handle;
    bool stays;         /* PROJ's object is of use to the thread alone that made it */
    unsigned long made; /* by this thread */
};

/* Of this thread; none has had it before. PROJ's contexts end with their threads. */
static unsigned long own_number(void) {
    static atomic_ulong last;
    static _Thread_local unsigned long own;
    if (own == 0) own = atomic_fetch_add(&last, 1) + 1;
    return own;
}

/* Whether PROJ works the projection by means of others, to which it does not say that another thread has taken over: they
 * report what has no place to the thread that made them, which takes it for its own. In rotated longitudes and latitudes
 * all have one. */
static bool has_inner(const weft_crs *crs) {
    static const char *const outer[] = {"Goode", "PROJ imoll", "PROJ ob_tran"}; /* in the names of methods */
    const char *wkt = weft_crs_wkt(crs);
    bool found = false;
    for (size_t i = 0; i < sizeof outer / sizeof *outer; i++)
        found = found || strstr(wkt, outer[i]) != NULL;
    return found && strstr(wkt, "o_proj=longlat") == NULL;
}

static OGRCoordinateTransformationH make_handle(const weft_crs *from, const weft_crs *to, const weft_bounds *degrees,
                                                bool *stays) {
    OGRCoordinateTransformationOptionsH options = OCTNewCoordinateTransformationOptions();
    /* Clones: GDAL's objects cache on reading, and several threads may make transforms from one CRS. */
    OGRSpatialReferenceH source = OSRClone(weft_crs_handle(from)), target = OSRClone(weft_crs_handle(to));
    OGRCoordinateTransformationH handle = NULL;
    if (options != NULL && source != NULL && target != NULL) {
        if (degrees != NULL)
            OCTCoordinateTransformationOptionsSetAreaOfInterest(options, degrees->xmin, degrees->ymin, degrees->xmax,
                                                                degrees->ymax);
        *stays = has_inner(from) || has_inner(to);
        handle = OCTNewCoordinateTransformationEx(source, target, options);
    }
    OCTDestroyCoordinateTransformationOptions(options);
    OSRDestroySpatialReference(source);
    OSRDestroySpatialReference(target);
    return handle;
}

/* Brings bounds in degrees to what PROJ takes: -180 to 180, -90 to 90, west over east across the antimeridian. */
static bool fit_globe(weft_bounds *b) {
    double width = b->xmax - b->xmin;
    if (width >= 360) {
        b->xmin = -180;
        b->xmax = 180;
    } else {
        b->xmin -= 360 * floor((b->xmin + 180) / 360);
        b->xmax = b->xmin + width;
        if (b->xmax > 180) b->xmax -= 360;
    }
    b->ymin = fmax(b->ymin, -90);
    b->ymax = fmin(b->ymax, 90);
    return width > 0 && b->ymin < b->ymax;
}

static weft_status no_memory(weft_error *err) {
    weft_error_no_memory(err, "a coordinate transform");
    weft_error_hint_short_memory(err);
    return WEFT_ERR_MEMORY;
}

weft_status weft_transform_area(const weft_crs *crs, const weft_bounds *area, weft_bounds *out, bool *known,
                                weft_error *err) {
    weft_crs *degrees = NULL;
    *known = false;
    weft_status status = weft_crs_geographic(&degrees, crs, err);
    if (degrees == NULL) return status;
    weft_transform direct = {.made = own_number()};
    direct.handle = make_handle(crs, degrees, NULL, &direct.stays);
    if (direct.handle != NULL && weft_transform_bounds(&direct, area, 0, out, NULL) == WEFT_OK) *known = fit_globe(out);
    if (direct.handle != NULL) OCTDestroyCoordinateTransformation(direct.handle);
    weft_crs_free(degrees);
    return direct.handle == NULL && weft_raster_out_of_memory() ? no_memory(err) : WEFT_OK;
}

weft_status weft_transform_new(weft_transform **out, const weft_crs *from, const weft_crs *to, const weft_crs *area_crs,
                               const weft_bounds *area, weft_error *err) {
    weft_transform *transform = calloc(1, sizeof *transform);
    weft_bounds degrees;
    bool known = false;
    *out = NULL;
    if (transform == NULL) return no_memory(err);
    weft_status status = area != NULL ? weft_transform_area(area_crs, area, &degrees, &known, err) : WEFT_OK;
    if (status != WEFT_OK) {
        free(transform);
        return status;
    }
    transform->made = own_number();
    if (weft_raster_clear_errors())
        transform->handle = make_handle(from, to, known ? &degrees : NULL, &transform->stays);
    if (transform->handle == NULL) {
        free(transform);
        if (weft_raster_out_of_memory()) return no_memory(err);
        return weft_error_set(err, WEFT_ERR_DATA, "there is no transform from %s to %s (%s)", weft_crs_name(from),
                              weft_crs_name(to), weft_raster_last_reason("PROJ finds none"));
    }
    *out = transform;
    return WEFT_OK;
}

/* A CRS that is projected from the degrees of WGS 84 needs no other datum: PROJ is not asked for one, which takes it long. */
weft_status weft_transform_to_degrees(weft_transform **out, const weft_crs *from, weft_error *err) {
    weft_crs *degrees = NULL, *own = NULL;
    weft_status status = weft_crs_parse(&degrees, "OGC:CRS84", err);
    if (status == WEFT_OK) status = weft_crs_geographic(&own, from, err);
    if (status == WEFT_OK) {
        bool is_same = own != NULL && weft_crs_equal(own, degrees);
        status = weft_transform_new(out, from, is_same ? own : degrees, NULL, NULL, err);
    }
    weft_crs_free(own);
    weft_crs_free(degrees);
    return status;
}

static weft_transform *made_from(const weft_transform *transform,
                                 OGRCoordinateTransformationH (*make)(OGRCoordinateTransformationH)) {
    weft_transform *made = calloc(1, sizeof *made);
    if (made == NULL) return NULL;
    made->stays = transform->stays;
    made->made = own_number();
    if (weft_raster_clear_errors()) made->handle = make(transform->handle);
    if (made->handle != NULL) return made;
    free(made);
    return NULL;
}

weft_transform *weft_transform_clone(const weft_transform *transform) {
    return made_from(transform, OCTClone);
}

weft_transform *weft_transform_inverse(const weft_transform *transform) {
    return made_from(transform, OCTGetInverse);
}

void weft_transform_free(weft_transform *transform) {
    if (transform == NULL) return;
    OCTDestroyCoordinateTransformation(transform->handle);
    free(transform);
}

/* Puts a clone that this thread makes in place of another thread's. */
static void take_over(weft_transform *transform) {
    OGRCoordinateTransformationH own = OCTClone(transform->handle);
    if (own == NULL) return;
    OCTDestroyCoordinateTransformation(transform->handle);
    transform->handle = own;
    transform->made = own_number();
}

void weft_transform_points(weft_transform *transform, int64_t n, double *x, double *y) {
    int ok[BATCH];
    if (transform->stays && transform->made != own_number()) take_over(transform);
    for (int64_t first = 0; first < n; first += BATCH) {
        int count = (int)(n - first < BATCH ? n - first : BATCH);
        memset(ok, 0, sizeof ok);
        (void)OCTTransformEx(transform->handle, count, x + first, y + first, NULL, ok);
        for (int i = 0; i < count; i++) {
            if (ok[i] && isfinite(x[first + i]) && isfinite(y[first + i])) continue;
            x[first + i] = NAN;
            y[first + i] = NAN;
        }
    }
}

weft_status weft_transform_bounds(weft_transform *transform, const weft_bounds *in, double turn, weft_bounds *out,
                                  weft_error *err) {
    double x[4 * EDGE_INTERVALS], y[4 * EDGE_INTERVALS];
    for (int i = 0; i < EDGE_INTERVALS; i++) {
        double share = (double)i / EDGE_INTERVALS;
        double across = in->xmin + share * (in->xmax - in->xmin), down = in->ymax - share * (in->ymax - in->ymin);
        x[i] = across, y[i] = in->ymax;
        x[EDGE_INTERVALS + i] = in->xmax, y[EDGE_INTERVALS + i] = down;
        x[2 * EDGE_INTERVALS + i] = in->xmin + in->xmax - across, y[2 * EDGE_INTERVALS + i] = in->ymin;
        x[3 * EDGE_INTERVALS + i] = in->xmin, y[3 * EDGE_INTERVALS + i] = in->ymin + in->ymax - down;
    }
    weft_transform_points(transform, 4 * EDGE_INTERVALS, x, y);
    *out = (weft_bounds){INFINITY, INFINITY, -INFINITY, -INFINITY};
    double before = NAN;
    for (int i = 0; i < 4 * EDGE_INTERVALS; i++) {
        if (isnan(x[i])) continue;
        if (turn > 0 && !isnan(before)) x[i] -= turn * round((x[i] - before) / turn);
        before = x[i];
        *out =
            (weft_bounds){fmin(out->xmin, x[i]), fmin(out->ymin, y[i]), fmax(out->xmax, x[i]), fmax(out->ymax, y[i])};
    }
    if (out->xmin <= out->xmax) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "bounds %.10g, %.10g, %.10g, %.10g lie where the projection is undefined",
                   in->xmin, in->ymin, in->xmax, in->ymax);
    return WEFT_ERR_DATA;
}
