/* A plan of a small table, of the bundled elevation on 500 m cells, in the sandbox. Trouble fails the running cmocka
 * test.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_UNIT_PIPELINE_PLAN_RIG_H
#define WEFT_TESTS_UNIT_PIPELINE_PLAN_RIG_H

#include "pipeline/plan/plan.h"

typedef struct plan_rig {
    weft_config *config;
    weft_plan *plan;
} plan_rig;

/* A group fixture: the sandbox, and GDAL. sandbox_teardown() ends it. */
int plan_rig_setup(void **state);

/* export: the section's keys: "formats: [csv]". The experiment is "r", outputs go to `out`. */
plan_rig plan_rig_make(const char *export);
void plan_rig_free(plan_rig *rig);

#endif
