/* Numbers of classes that are averaged.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_CLASS_WARNINGS_H
#define WEFT_PIPELINE_CLASS_WARNINGS_H

#include "pipeline/plan/plan.h"

/* Warns, once a dataset, of columns whose files say that their values are classes, while the method or the mosaic's
 * rule calculates with them. The plan has its layers. Errors: WEFT_ERR_MEMORY. */
weft_status weft_class_warn(weft_plan *plan, weft_error *err);

#endif
