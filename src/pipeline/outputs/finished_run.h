/* What metadata.json keeps of a finished run, so that nothing else has to stay of it: what it was, that `--resume` can
 * say that it is finished, and `weft runs` can list it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_FINISHED_RUN_H
#define WEFT_PIPELINE_FINISHED_RUN_H

#include "config/config.h"
#include "store/run_state.h"

#include <jansson.h>

/* The name of the manifest in the folder of a table that is several files: the parts of shards, or one for each value
 * of columns. Readers of such folders skip names that begin with _. */
#define WEFT_PARTS_MANIFEST "_manifest.json"

/* Identity, plan and inputs of a run, for its metadata; NULL: no memory. */
json_t *weft_finished_run_json(const weft_run_facts *facts);

/* Reads the metadata at `path` as the facts of a finished run; its outputs are in the same folder, the metadata is the
 * last. Errors: WEFT_ERR_NO_INPUT (no such file), WEFT_ERR_DATA (not metadata of weft, or of a weft that kept no such
 * facts), WEFT_ERR_IO, WEFT_ERR_PERMISSION, WEFT_ERR_MEMORY; `out` is empty then. */
weft_status weft_finished_run_read(weft_run_facts *out, const char *path, weft_error *err);

/* Where the metadata of a run of this configuration goes, on the heap; NULL: no memory. */
char *weft_finished_run_path(const weft_config *config);

/* Whether a run of this configuration under that name has finished, by the metadata where its own would be. config: a
 * weft_config. */
bool weft_finished_run_has_name(void *config, const char *name);

#endif
