/* SPDX-License-Identifier: MIT */
#include "pipeline/shards/shard_config.h"

#include "core/text.h"

#include <stdlib.h>
#include <string.h>

static weft_status no_memory(weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the shard");
}

weft_status weft_shard_config_name(weft_config *config, weft_error *err) {
    if (config->to_stdout) {
        weft_error_set(err, WEFT_ERR_DATA, "%s: export.name: -: shards write files, which are joined", config->file);
        weft_error_hint(err, "--set export.name='\"{experiment}\"' names them");
        return WEFT_ERR_DATA;
    }
    /* What is generated is STEM_STAMP. */
    char *stamp = config->experiment_given ? NULL : strrchr(config->experiment, '_');
    if (stamp != NULL && stamp != config->experiment) *stamp = '\0';
    config->experiment_given = true;
    return WEFT_OK;
}

char *weft_shards_folder(const weft_config *config) {
    return weft_text_format("%s/.weft/shards/%s", config->output_dir, config->experiment);
}

char *weft_shard_folder(const weft_config *config, int number, int count) {
    return weft_text_format("%s/.weft/shards/%s/%d-of-%d", config->output_dir, config->experiment, number, count);
}

weft_status weft_shard_config_make(weft_config *config, int number, int count, weft_error *err) {
    weft_status status = weft_shard_config_name(config, err);
    if (status != WEFT_OK) return status;
    char *folder = weft_shard_folder(config, number, count);
    char *metrics = folder == NULL ? NULL : weft_text_format("%s/metrics.sqlite", folder);
    if (metrics == NULL) {
        free(folder);
        return no_memory(err);
    }
    free(config->output_dir);
    free(config->metrics_database);
    config->output_dir = folder;
    config->metrics_database = metrics;
    config->shard = (weft_config_shard){number, count, config->stats};
    config->stats = false;
    /* Layers are not held whole: most of them would be of rows that are other shards'. */
    config->enable_streaming = true;
    return WEFT_OK;
}
