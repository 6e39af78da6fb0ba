/* SPDX-License-Identifier: MIT */
#include "unit/pipeline/plan_rig.h"

#include "config/config_load.h"
#include "pipeline/formats/formats.h"
#include "pipeline/planner/planner.h"
#include "raster/gdal/gdal_setup.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <stdio.h>

int plan_rig_setup(void **state) {
    if (weft_raster_init(NULL) != WEFT_OK) return -1;
    return sandbox_setup(state);
}

plan_rig plan_rig_make(const char *export) {
    char text[1024];
    plan_rig rig = {0};
    weft_problems problems = {0};
    weft_error err = {0};
    const weft_config_request request = {.file = "r.yml", .now_ms = 1, .registries = &weft_all_registries};
    (void)snprintf(text, sizeof text,
                   "experiment: r\n"
                   "output_dir: out\n"
                   "threads: 2\n"
                   "grid: {crs: 'EPSG:31985', resolution: 500, extent: dem}\n"
                   "datasets: [{name: dem, path: '${SAMPLE}/dem.tif'}]\n"
                   "memory: {limit: 1GiB}\n"
                   "export: {%s}\n",
                   export);
    sandbox_write("r.yml", text);
    if (weft_config_load(&rig.config, &request, &problems, &err) != WEFT_OK)
        fail_msg("%s%s", err.message, problems.count > 0 ? problems.text.data : "");
    if (weft_plan_new(&rig.plan, rig.config, NULL, 2, NULL, &err) != WEFT_OK) fail_msg("%s", err.message);
    return rig;
}

void plan_rig_free(plan_rig *rig) {
    weft_plan_free(rig->plan);
    weft_config_free(rig->config);
    *rig = (plan_rig){0};
}
