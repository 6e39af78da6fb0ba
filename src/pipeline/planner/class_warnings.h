/* Numbers of classes that are averaged, and whether a column keeps classes as they are.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_CLASS_WARNINGS_H
#define WEFT_PIPELINE_CLASS_WARNINGS_H

#include "pipeline/plan/plan.h"

/* Whether each cell of the dataset's columns is the value of one of its pixels, chosen by place or by how often it
 * occurs: the methods nearest and mode. */
bool weft_keeps_classes(const weft_plan_dataset *dataset);

/* Warns, once a dataset, of columns whose files say that their values are classes, while the method or the mosaic's
 * rule calculates with them. The plan has its layers. Errors: WEFT_ERR_MEMORY. */
weft_status weft_class_warn(weft_plan *plan, weft_error *err);

#endif
