/* SPDX-License-Identifier: MIT */
#include "pipeline/plan/plan_table.h"

#include <stdlib.h>

void weft_plan_table_dispose(weft_plan_table *table) {
    free(table->names);
    free(table->types);
    free(table->dates);
    free(table->from);
    free(table->carried);
    *table = (weft_plan_table){0};
}
