/* SPDX-License-Identifier: MIT */
#include "pipeline/shards/shard_config.h"

#include "core/text.h"
#include "pipeline/outputs/finished_run.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

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

char *weft_parts_folder(const weft_config *config) {
    char stem[PATH_MAX];
    return weft_config_output_stem(config, stem, sizeof stem) < PATH_MAX ? weft_text_format("%s", stem) : NULL;
}

char *weft_parts_manifest(const weft_config *config) {
    char *folder = weft_parts_folder(config);
    char *path = folder == NULL ? NULL : weft_text_format("%s/" WEFT_PARTS_MANIFEST, folder);
    free(folder);
    return path;
}

weft_status weft_shard_config_copy(weft_config *out, const weft_config *whole, int number, int count, weft_error *err) {
    *out = *whole;
    out->output_dir = weft_shard_folder(whole, number, count);
    out->metrics_database = out->output_dir == NULL ? NULL : weft_text_format("%s/metrics.sqlite", out->output_dir);
    out->shard = (weft_config_shard){.number = number, .count = count};
    /* Layers are not held whole: most of them would be of rows that are other shards'. */
    out->enable_streaming = true;
    bool parts = whole->partition == WEFT_PARTITION_SHARDS;
    if (parts) {
        out->shard.manifest = weft_parts_manifest(whole);
    } else {
        out->shard.stats = whole->stats;
        out->stats = false;
    }
    if (out->metrics_database != NULL && (!parts || out->shard.manifest != NULL)) return WEFT_OK;
    weft_shard_config_dispose(out);
    return weft_error_no_memory(err, "the shard");
}

void weft_shard_config_dispose(weft_config *copy) {
    free(copy->output_dir);
    free(copy->metrics_database);
    free(copy->shard.manifest);
    copy->output_dir = copy->metrics_database = copy->shard.manifest = NULL;
}
