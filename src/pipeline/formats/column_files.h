/* The files that a format makes a column each, between being made and having their names. The format's own file is an
 * output like any other; those of its columns, of which there may be hundreds, lie beside it under their part files'
 * names, closed, until it is committed. One thread.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_COLUMN_FILES_H
#define WEFT_PIPELINE_COLUMN_FILES_H

#include "pipeline/formats/format.h"

/* The path of a column's file, for the caller to free; NULL: no memory. */
char *weft_column_file_path(const weft_plan *plan, const weft_format *format, int column);

/* Whether each is there, with its name or without. */
bool weft_column_files_are_there(const weft_plan *plan, const weft_format *format);

/* Gives each file its name; one that has it already, from a run that was stopped here, keeps it. Errors: WEFT_ERR_IO,
 * WEFT_ERR_PERMISSION. */
weft_status weft_column_files_commit(const weft_plan *plan, const weft_format *format, weft_error *err);

/* Removes the part files that are there. */
void weft_column_files_drop(const weft_plan *plan, const weft_format *format);

#endif
