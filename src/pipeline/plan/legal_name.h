/* What a column may be called: letters, digits, ".", "_" and "-".
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_LEGAL_NAME_H
#define WEFT_PIPELINE_LEGAL_NAME_H

/* What a column may be called for a name that somebody wrote: "_" for each run of what it cannot hold, none at its
 * ends. Freed by the caller; NULL when nothing is left, or memory runs out. */
char *weft_plan_legal_name(const char *name);

#endif
