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

void weft_plan_partition_dispose(weft_plan_partition *partition) {
    free(partition->by);
    free(partition->by_names);
    free(partition->by_types);
    free(partition->from);
    free(partition->names);
    free(partition->types);
    *partition = (weft_plan_partition){0};
}
