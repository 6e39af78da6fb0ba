/* SPDX-License-Identifier: MIT */
#include "cli/shard_session.h"

#include "core/log.h"
#include "core/text.h"
#include "pipeline/shards/part_folder.h"
#include "pipeline/shards/shard_config.h"
#include "pipeline/shards/shard_neighbours.h"

#include <stdio.h>

static void tell_folder(const weft_part_folder *folder) {
    char bytes[WEFT_SIZE_TEXT_BYTES];
    if (folder->path == NULL || folder->parts == 0) return;
    weft_text_size(folder->bytes, bytes);
    if (folder->was_there)
        weft_log(WEFT_LOG_INFO, "%s is whole: %d %s, %s", folder->path, folder->parts,
                 folder->parts == 1 ? "part" : "parts", bytes);
    else
        weft_log(WEFT_LOG_INFO, "%s: %d %s, %lld rows, %s", folder->path, folder->parts,
                 folder->parts == 1 ? "part" : "parts", (long long)folder->rows, bytes);
}

/* What was made of it is said by the run. */
static int make_shard(const weft_config *config, weft_config *own, const weft_run_request *request) {
    weft_part_folder folder = {0};
    weft_error err = {0};
    int exit_code = weft_run_session(own, request);
    if (exit_code != 0 || config->partition != WEFT_PARTITION_SHARDS) return exit_code;
    if (weft_part_folder_offer(&folder, config, own->shard.number, own->shard.count, &err) != WEFT_OK)
        exit_code = weft_fail(&err);
    else
        tell_folder(&folder);
    weft_part_folder_dispose(&folder);
    return exit_code;
}

int weft_shard_session(weft_config *config, const weft_run_request *request, int number, int count) {
    weft_config own;
    weft_error err = {0};
    weft_status status = weft_shard_config_name(config, &err);
    if (status == WEFT_OK) status = weft_shard_config_copy(&own, config, number, count, &err);
    if (status != WEFT_OK) return weft_run_session_none(&err, weft_fail(&err), request->json);
    weft_shard_warn_of_neighbours(config);
    int exit_code = make_shard(config, &own, request);
    weft_shard_config_dispose(&own);
    return exit_code;
}

static int make_folder(const weft_config *config, const weft_run_request *request, int count) {
    weft_part_folder folder = {0};
    weft_text members = {0};
    weft_error err = {0};
    int exit_code = 0;
    weft_log_set_experiment(config->experiment);
    if (weft_part_folder_make(&folder, config, count, &err) != WEFT_OK) {
        exit_code = weft_run_session_none(&err, weft_fail(&err), request->json);
    } else {
        tell_folder(&folder);
        weft_text_add_json_member(&members, "experiment", config->experiment);
        weft_text_add_json_member(&members, "folder", folder.path);
        weft_text_add(&members, ", \"state\": \"done\", \"exit_code\": 0, \"parts\": %d", folder.parts);
        if (request->json && !members.failed) printf("{%s}\n", members.data + 2);
    }
    weft_text_dispose(&members);
    weft_part_folder_dispose(&folder);
    return exit_code;
}

int weft_join_session(weft_config *config, const weft_run_request *request, int count, bool keep) {
    weft_shard_set shards = {0};
    weft_error err = {0};
    weft_status status = weft_shard_config_name(config, &err);
    if (status == WEFT_OK && config->partition == WEFT_PARTITION_SHARDS) return make_folder(config, request, count);
    if (status == WEFT_OK) status = weft_shard_set_read(&shards, config, count, &err);
    if (status != WEFT_OK) return weft_run_session_none(&err, weft_fail(&err), request->json);
    weft_run_request joining = *request;
    joining.shards = &shards;
    int exit_code = weft_run_session(config, &joining);
    if (exit_code == 0 && !keep) weft_shard_set_remove(&shards, config);
    weft_shard_set_dispose(&shards);
    return exit_code;
}
