/* SPDX-License-Identifier: MIT
 *
 * Each library's folder says which version it runs with; zlib, zstd and jansson are asked here. */
#include "pipeline/outputs/versions.h"

#include "config/config.h"
#include "config/config_schema.h"
#include "core/files/digest.h"
#include "pipeline/plan/plan_json.h"
#include "processors/text/gzip_compressor.h"
#include "raster/gdal/gdal_setup.h"
#include "store/queries/metrics_query.h"

#include <zlib.h>
#include <zstd.h>

static const weft_version *gather(const char *gdal, const char *proj) {
    static weft_version versions[11];
    const weft_version now[] = {{"weft", WEFT_VERSION},
                                {"GDAL", gdal},
                                {"PROJ", proj},
                                {"SQLite", weft_metrics_sqlite_version()},
                                {"zlib", zlibVersion()},
                                {"libdeflate", weft_gzip_library_version()},
                                {"zstd", ZSTD_versionString()},
                                {"OpenSSL", weft_digest_library_version()},
                                {"libyaml", weft_config_yaml_version()},
                                {"jansson", JANSSON_VERSION}};
    for (size_t i = 0; i < sizeof now / sizeof *now; i++)
        versions[i] = now[i];
    return versions;
}

const weft_version *weft_versions(void) {
    return gather(weft_raster_gdal_version(), weft_raster_proj_version());
}

json_t *weft_versions_json(void) {
    json_t *out = json_object();
    for (const weft_version *version = weft_versions(); version->name != NULL; version++)
        weft_plan_json_put(&out, version->name, json_string(version->version));
    return out;
}

const weft_version *weft_versions_unloaded(void) {
    return gather(WEFT_GDAL_VERSION " (built with)", WEFT_PROJ_VERSION " (built with)");
}
