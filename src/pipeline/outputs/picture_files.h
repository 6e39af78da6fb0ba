/* The layers' pictures between being drawn and having their names. The sheet is an output like any other; its layers'
 * pictures, of which there may be hundreds, lie beside it under their part files' names, closed, until it is committed.
 * One thread.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PICTURE_FILES_H
#define WEFT_PIPELINE_PICTURE_FILES_H

#include "pipeline/plan/plan.h"

/* The path of a layer's picture, for the caller to free; NULL: no memory. */
char *weft_picture_files_path(const weft_plan *plan, int layer);

/* Whether each is there, with its name or without. */
bool weft_picture_files_are_there(const weft_plan *plan);

/* Gives each picture its name; one that has it already, from a run that was stopped here, keeps it. Not for a plan
 * without pictures. Errors: WEFT_ERR_IO, WEFT_ERR_PERMISSION. */
weft_status weft_picture_files_commit(const weft_plan *plan, weft_error *err);

/* Removes the part files that are there. */
void weft_picture_files_drop(const weft_plan *plan);

#endif
