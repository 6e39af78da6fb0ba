/* SPDX-License-Identifier: MIT */
#include "raster/crs/crs_code.h"

#include "core/text.h"

#include <proj.h>
#include <stdbool.h>
#include <string.h>

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
