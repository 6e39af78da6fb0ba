/* A CRS is a GDAL object with the traditional axis order, described once so that readers need no lock.
 *
 * SPDX-License-Identifier: MIT */
#include "raster/crs/crs.h"

#include "core/text.h"
#include "raster/crs/crs_handle.h"
#include "raster/gdal/gdal_setup.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <math.h>
#include <proj.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEGREES 360 /* a turn */

struct weft_crs {
    OGRSpatialReferenceH handle;
    char *wkt, *name;
    bool geographic;
    double turn;
};

OGRSpatialReferenceH weft_crs_handle(const weft_crs *crs) {
    return crs->handle;
}

static weft_status no_memory(weft_error *err) {
    weft_error_no_memory(err, "a CRS");
    weft_error_hint_short_memory(err);
    return WEFT_ERR_MEMORY;
}

static char *copy_text(const char *text) {
    size_t length = strlen(text) + 1;
    char *copy = malloc(length);
    if (copy != NULL) memcpy(copy, text, length);
    return copy;
}

static char *describe_name(OGRSpatialReferenceH handle) {
    const char *authority = OSRGetAuthorityName(handle, NULL), *code = OSRGetAuthorityCode(handle, NULL);
    char text[256];
    if (authority == NULL || code == NULL) {
        const char *name = OSRGetName(handle);
        return copy_text(name != NULL ? name : "unnamed CRS");
    }
    (void)snprintf(text, sizeof text, "%s:%s", authority, code);
    return copy_text(text);
}

static char *describe_wkt(OGRSpatialReferenceH handle) {
    static const char *const options[] = {"FORMAT=WKT2_2019", "MULTILINE=NO", NULL};
    char *wkt = NULL;
    (void)OSRExportToWktEx(handle, &wkt, options);
    char *copy = copy_text(wkt != NULL ? wkt : "");
    CPLFree(wkt);
    return copy;
}

/* A unit is written with 12 to 16 digits: what is as near as that to whole units is whole. */
static double describe_turn(OGRSpatialReferenceH handle) {
    double turn = 2 * M_PI / OSRGetAngularUnits(handle, NULL);
    if (!OSRIsGeographic(handle)) return 0;
    if (!isfinite(turn) || turn <= 0) return DEGREES;
    return fabs(turn - round(turn)) < 1e-6 ? round(turn) : turn;
}

weft_status weft_crs_wrap(weft_crs **out, OGRSpatialReferenceH handle, weft_error *err) {
    weft_crs *crs = calloc(1, sizeof *crs);
    *out = NULL;
    if (crs == NULL) {
        OSRDestroySpatialReference(handle);
        return no_memory(err);
    }
    /* Places are horizontal: a vertical part would only hide that two CRSs are the same, or ask PROJ for a geoid. */
    if (OSRIsCompound(handle)) (void)OSRStripVertical(handle);
    if (OSRGetAxesCount(handle) > 2) (void)OSRDemoteTo2D(handle, NULL);
    OSRSetAxisMappingStrategy(handle, OAMS_TRADITIONAL_GIS_ORDER);
    *crs = (weft_crs){handle, describe_wkt(handle), describe_name(handle), OSRIsGeographic(handle) != 0,
                      describe_turn(handle)};
    if (crs->wkt == NULL || crs->name == NULL) {
        weft_crs_free(crs);
        return no_memory(err);
    }
    *out = crs;
    return WEFT_OK;
}

weft_status weft_crs_parse(weft_crs **out, const char *definition, weft_error *err) {
    OGRSpatialReferenceH handle = OSRNewSpatialReference(NULL);
    *out = NULL;
    if (handle == NULL) return no_memory(err);
    if (!weft_raster_clear_errors() || OSRSetFromUserInput(handle, definition) != OGRERR_NONE) {
        if (weft_raster_out_of_memory()) {
            OSRDestroySpatialReference(handle);
            return no_memory(err);
        }
        weft_error_set(err, WEFT_ERR_DATA, "\"%.200s\" is not a CRS that PROJ knows (%s)", definition,
                       weft_raster_last_reason("not recognised"));
        weft_error_hint(err, "an EPSG code (EPSG:31985), WKT, PROJJSON or a PROJ string; projinfo CODE looks one up");
        OSRDestroySpatialReference(handle);
        return WEFT_ERR_DATA;
    }
    if (!OSRIsGeographic(handle) && !OSRIsProjected(handle) && !OSRIsLocal(handle) && !OSRIsDerivedGeographic(handle)) {
        weft_error_set(err, WEFT_ERR_DATA, "\"%.200s\" is neither a projected nor a geographic CRS", definition);
        OSRDestroySpatialReference(handle);
        return WEFT_ERR_DATA;
    }
    return weft_crs_wrap(out, handle, err);
}

weft_status weft_crs_copy(weft_crs **out, const weft_crs *crs, weft_error *err) {
    OGRSpatialReferenceH handle = OSRClone(crs->handle);
    *out = NULL;
    if (handle == NULL) return no_memory(err);
    return weft_crs_wrap(out, handle, err);
}

weft_status weft_crs_geographic(weft_crs **out, const weft_crs *crs, weft_error *err) {
    *out = NULL;
    if (!weft_raster_clear_errors()) return no_memory(err);
    OGRSpatialReferenceH handle = OSRCloneGeogCS(crs->handle);
    if (handle == NULL) return weft_raster_out_of_memory() ? no_memory(err) : WEFT_OK;
    if (describe_turn(handle) != DEGREES)
        (void)OSRSetAngularUnits(handle, SRS_UA_DEGREE, strtod(SRS_UA_DEGREE_CONV, NULL));
    return weft_crs_wrap(out, handle, err);
}

void weft_crs_free(weft_crs *crs) {
    if (crs == NULL) return;
    OSRDestroySpatialReference(crs->handle);
    free(crs->wkt);
    free(crs->name);
    free(crs);
}

const char *weft_crs_wkt(const weft_crs *crs) {
    return crs->wkt;
}

const char *weft_crs_name(const weft_crs *crs) {
    return crs->name;
}

char *weft_crs_projjson(const weft_crs *crs) {
    static const char *const options[] = {"MULTILINE=NO", NULL};
    char *text = NULL;
    if (OSRExportToPROJJSON(crs->handle, &text, options) == OGRERR_NONE) return text;
    CPLFree(text);
    return NULL;
}

void weft_crs_projjson_free(char *text) {
    CPLFree(text);
}

bool weft_crs_is_geographic(const weft_crs *crs) {
    return crs->geographic;
}

double weft_crs_turn(const weft_crs *crs) {
    return crs->turn;
}

bool weft_crs_equal(const weft_crs *a, const weft_crs *b) {
    static const char *const options[] = {"IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES",
                                          "CRITERION=EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS", NULL};
    if (a == b || strcmp(a->wkt, b->wkt) == 0) return true;
    return OSRIsSameEx(a->handle, b->handle, options) != 0;
}

static bool has_code(PJ_CONTEXT *context, const char *authority, const char *code) {
    PJ *crs = proj_create_from_database(context, authority, code, PJ_CATEGORY_CRS, 0, NULL);
    bool has = crs != NULL;
    proj_destroy(crs);
    return has;
}

char *weft_crs_code_owner(const char *code) {
    PJ_CONTEXT *context = proj_context_create();
    if (context == NULL) return NULL;
    proj_log_level(context, PJ_LOG_NONE);
    PROJ_STRING_LIST all = proj_get_authorities_from_database(context);
    const char *owner = has_code(context, "EPSG", code) ? "EPSG" : NULL;
    for (int i = 0; owner == NULL && all != NULL && all[i] != NULL; i++)
        if (has_code(context, all[i], code)) owner = all[i];
    char *out = owner != NULL ? weft_text_format("%s:%s", owner, code) : NULL;
    proj_string_list_destroy(all);
    proj_context_destroy(context);
    return out;
}
