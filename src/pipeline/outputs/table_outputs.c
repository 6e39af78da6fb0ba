/* SPDX-License-Identifier: MIT
 *
 * What an output's format is, its table says (formats/format.h). */
#include "pipeline/outputs/table_outputs.h"

#include "core/files/plain_file.h"
#include "core/log.h"
#include "core/text.h"
#include "pipeline/formats/column_files.h"
#include "pipeline/formats/formats.h"
#include "pipeline/outputs/finished_run.h"
#include "pipeline/outputs/partition_output.h"
#include "pipeline/outputs/plan_outputs.h"
#include "stages/layouts/long_writer.h"
#include "stages/writers/stats_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATISTICS_SPOOL "statistics.spool"

/* The format, if it has files of columns and they are this run's: whoever has its part file open has those too. NULL:
 * there are none. */
static const weft_format *has_columns(const weft_table_outputs *outputs, int index) {
    const weft_format *format = outputs->plan->outputs[index].format;
    return format->column_file != NULL && outputs->files[index] != NULL ? format : NULL;
}

/* Whether a part file holds the bytes that were noted. WEFT_ERR_DATA: it does not. */
static weft_status verify(weft_output_file *file, const weft_run_output *at, weft_error *err) {
    char hash[WEFT_DIGEST_HEX_BYTES];
    if (at->bytes == 0 || at->hash[0] == '\0') return WEFT_OK;
    weft_status status = weft_output_file_keep_digest(file, weft_digest_hex_kind(at->hash), err);
    if (status == WEFT_OK) status = weft_output_file_digest(file, hash, err);
    if (status == WEFT_OK && strcmp(hash, at->hash) != 0)
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: its first %lld bytes are not those that were written",
                                weft_output_file_part_path(file), (long long)at->bytes);
    return status;
}

static weft_status open_file(weft_output_file **out, const char *path, bool in_folder, int64_t kept_bytes,
                             weft_error *err) {
    if (!in_folder) return weft_output_file_open_at(out, path, kept_bytes, err);
    char *folder = weft_text_format("%.*s", weft_partition_output_folder_length(path), path);
    if (folder == NULL) return weft_error_no_memory(err, "the outputs");
    weft_status status = weft_output_file_open_in_folder(out, folder, WEFT_PARTS_MANIFEST, kept_bytes, err);
    free(folder);
    return status;
}

/* in_folder: it is the manifest of a partitioned table. */
static weft_status open_output(weft_output_file **out, const weft_plan *plan, const char *path, bool in_folder,
                               weft_run_output *at, weft_error *err) {
    const weft_cancel *cancel = plan->retries.cancel;
    if (plan->config->to_stdout) return weft_output_file_open_stdout(out, cancel, err);
    weft_error reason = {0};
    if (at->whole && weft_output_file_part_bytes(path) < 0) return WEFT_OK;
    weft_status status = open_file(out, path, in_folder, at->bytes, &reason);
    if (status == WEFT_OK) weft_output_file_set_cancel(*out, cancel);
    if (status == WEFT_OK) status = verify(*out, at, &reason);
    if (status == WEFT_ERR_DATA && at->bytes > 0) {
        weft_output_file_close(*out);
        *out = NULL;
        weft_log(WEFT_LOG_WARNING, "%s; this output starts from the beginning", reason.message);
        weft_run_output_begin_anew(at);
        status = open_file(out, path, in_folder, 0, err);
        if (status == WEFT_OK) weft_output_file_set_cancel(*out, cancel);
        return status;
    }
    if (status != WEFT_OK && err != NULL) *err = reason;
    return status;
}

/* Whether an open spool holds the bytes that were noted. */
static weft_status compare_spool(int fd, const char *path, const weft_run_output *at, const weft_cancel *cancel,
                                 bool *same, weft_error *err) {
    char hash[WEFT_DIGEST_HEX_BYTES];
    weft_digest *digest = NULL;
    weft_status status = weft_digest_new(&digest, weft_digest_hex_kind(at->spool_hash), err);
    if (status == WEFT_OK) status = weft_digest_add_file(digest, fd, 0, at->spool_bytes, path, cancel, err);
    if (status == WEFT_OK) status = weft_digest_finish_hex(digest, hash, err);
    *same = status == WEFT_OK && strcmp(hash, at->spool_hash) == 0;
    weft_digest_free(digest);
    return status;
}

static weft_status look_at_spool(const char *path, weft_run_output *at, const weft_cancel *cancel, weft_error *err) {
    struct stat info = {0};
    bool same = false;
    int fd;
    weft_status status = weft_plain_file_open(&fd, path, O_RDONLY, 0, err);
    if (status != WEFT_OK && status != WEFT_ERR_NO_INPUT) return status;
    status = WEFT_OK;
    if (fd >= 0 && fstat(fd, &info) == 0 && info.st_size >= at->spool_bytes)
        status = compare_spool(fd, path, at, cancel, &same, err);
    if (fd >= 0) (void)close(fd);
    if (status != WEFT_OK || same) return status;
    if (info.st_size < at->spool_bytes)
        weft_log(WEFT_LOG_WARNING, "%s: %lld bytes are there, %lld were noted; the output %s starts from the beginning",
                 path, (long long)info.st_size, (long long)at->spool_bytes, at->format);
    else
        weft_log(WEFT_LOG_WARNING,
                 "%s: its first %lld bytes are not those that were written; the output %s starts from the beginning",
                 path, (long long)at->spool_bytes, at->format);
    weft_run_output_begin_anew(at);
    return WEFT_OK;
}

/* An output whose spool is gone, too short or changed cannot be ended: it begins anew. */
static weft_status check_spool(const char *scratch_folder, const char *name, weft_run_output *at,
                               const weft_cancel *cancel, weft_error *err) {
    if (at->whole || at->spool_bytes == 0) return WEFT_OK;
    char *path = weft_text_format("%s/%s", scratch_folder, name);
    if (path == NULL) return weft_error_no_memory(err, "an output's scratch");
    weft_status status = look_at_spool(path, at, cancel, err);
    free(path);
    return status;
}

static weft_status check_output_spool(const weft_plan *plan, const weft_format *format, const char *scratch_folder,
                                      weft_run_output *at, weft_error *err) {
    bool partitioned = weft_partition_output_is(plan, format);
    if (!partitioned && format->spool == NULL) return WEFT_OK;
    char *name = partitioned ? weft_partition_output_spool(format) : weft_text_format("%s", format->spool);
    if (name == NULL) return weft_error_no_memory(err, "an output's scratch");
    weft_status status = check_spool(scratch_folder, name, at, plan->retries.cancel, err);
    free(name);
    return status;
}

static weft_status check_spools(const weft_plan *plan, const char *scratch_folder, weft_run_output *at,
                                weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->output_count && status == WEFT_OK; i++)
        status = check_output_spool(plan, plan->outputs[i].format, scratch_folder, &at[i], err);
    if (status == WEFT_OK && plan->config->stats)
        status = check_spool(scratch_folder, STATISTICS_SPOOL, &at[plan->output_count], plan->retries.cancel, err);
    return status;
}

weft_status weft_table_outputs_open(weft_table_outputs *outputs, const weft_plan *plan, const char *scratch_folder,
                                    weft_run_output *at, weft_error *err) {
    for (int i = 0; i < plan->output_count && outputs->joined && !plan->config->checksums; i++)
        if (!at[i].whole) weft_run_output_begin_anew(&at[i]);
    weft_status status = check_spools(plan, scratch_folder, at, err);
    outputs->plan = plan;
    for (int i = 0; i < plan->output_count && status == WEFT_OK; i++) {
        status = open_output(&outputs->files[i], plan, plan->outputs[i].path,
                             weft_partition_output_is(plan, plan->outputs[i].format), &at[i], err);
        if (status == WEFT_OK || outputs->files[i] != NULL) outputs->count++;
    }
    weft_run_output *metadata = &at[plan->output_count + plan->config->stats];
    if (status == WEFT_OK && metadata->whole)
        status = open_output(&outputs->metadata, plan, metadata->path, false, metadata, err);
    return status;
}

/* Of the cells that the outputs hold. */
/* Of the cells of the first output. */
static weft_status start_stats(weft_table_outputs *outputs, const weft_table_spec *spec, const char *scratch_folder,
                               weft_error *err) {
    char *path = weft_text_format("%s/" STATISTICS_SPOOL, scratch_folder);
    if (path == NULL) return weft_error_no_memory(err, "the columns' statistics");
    const weft_plan_output *first = &outputs->plan->outputs[0];
    weft_table_spec *own = weft_keep_new(&outputs->keep, 1, sizeof *own);
    weft_stats_options options = {.spec = own, .spool_path = path, .keep_spool = true};
    weft_status status = WEFT_OK;
    if (own == NULL) {
        status = weft_error_no_memory(err, "the columns' statistics");
    } else {
        *own = *spec;
        own->first_cell = first->first_cell / first->cell_rows;
        own->end_cell = first->end_cell / first->cell_rows;
        status = weft_stats_writer_new(&outputs->stats, &options, err);
    }
    free(path);
    if (status == WEFT_OK) outputs->writers[outputs->writer_count++] = outputs->stats;
    return status;
}

/* Puts what turns chunks into rows of dates before the writer. */
static weft_status start_long(weft_table_outputs *outputs, const weft_table_spec *spec, int index, weft_error *err) {
    weft_long_table *table = weft_keep_new(&outputs->keep, 1, sizeof *table);
    weft_table_writer *inner = outputs->writers[index];
    outputs->writers[index] = NULL;
    if (table == NULL) {
        weft_table_writer_free(inner);
        return weft_error_no_memory(err, "the outputs");
    }
    *table = weft_plan_outputs_long(outputs->plan);
    return weft_long_writer_new(&outputs->writers[index], inner, spec, table, err);
}

/* Formats that --resume continues have a digest always: it trusts no bytes that it does not know. To hash what is only
 * copied would take longer than to copy it once more. */
static weft_status start(weft_table_outputs *outputs, const weft_format_place *place, int index, weft_error *err) {
    const weft_format *format = place->plan->outputs[index].format;
    const weft_config *config = place->plan->config;
    weft_status status = WEFT_OK;
    weft_digest_kind kind = config->checksums ? WEFT_DIGEST_SHA256 : WEFT_DIGEST_CRC32;
    if ((config->checksums || (format->resumes && !outputs->joined)) && !config->to_stdout)
        status = weft_output_file_keep_digest(place->file, kind, err);
    if (status != WEFT_OK) return status;
    return weft_partition_output_is(place->plan, format)
               ? weft_partition_output_open(&outputs->writers[index], format, place, err)
               : format->open(&outputs->writers[index], place, err);
}

weft_status weft_table_outputs_start(weft_table_outputs *outputs, const weft_plan *plan, const weft_run_table *table,
                                     const char *scratch_folder, weft_error *err) {
    int64_t shares[WEFT_PLAN_MAX_OUTPUTS];
    weft_status status = weft_plan_outputs_share(plan, shares, err);
    for (int i = 0; i < outputs->count && status == WEFT_OK; i++) {
        weft_table_spec *own = weft_keep_new(&outputs->keep, 1, sizeof *own);
        if (own == NULL) return weft_error_no_memory(err, "the outputs");
        *own = plan->outputs[i].format->table ? table->table : table->chunks;
        own->first_cell = plan->outputs[i].first_cell;
        own->end_cell = plan->outputs[i].end_cell;
        own->piece = plan->config->shard.count > 0 && plan->config->partition != WEFT_PARTITION_SHARDS;
        const weft_format_place place = {.plan = plan,
                                         .table = own,
                                         .file = outputs->files[i],
                                         .scratch_folder = scratch_folder,
                                         .memory_bytes = shares[i] - weft_plan_output_long_bytes(plan, i),
                                         .writers = outputs->writers,
                                         .keep = &outputs->keep};
        status = start(outputs, &place, i, err);
        if (status == WEFT_OK && weft_plan_output_is_long(plan, i))
            status = start_long(outputs, &table->chunks, i, err);
        if (status == WEFT_OK) outputs->writer_count++;
    }
    if (status == WEFT_OK && plan->config->stats) status = start_stats(outputs, &table->chunks, scratch_folder, err);
    return status;
}

/* The columns' files go before the output, whose name then says that they have theirs. */
static weft_status commit_output(weft_table_outputs *outputs, int index, weft_error *err) {
    weft_status status = WEFT_OK;
    if (has_columns(outputs, index) != NULL) {
        outputs->keep_columns = true;
        status = weft_column_files_commit(outputs->plan, has_columns(outputs, index), err);
    }
    return status == WEFT_OK ? weft_output_file_commit(outputs->files[index], err) : status;
}

weft_status weft_table_outputs_commit(weft_table_outputs *outputs, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < outputs->count && status == WEFT_OK; i++)
        if (outputs->files[i] != NULL) status = commit_output(outputs, i, err);
    if (status == WEFT_OK && outputs->metadata != NULL) status = weft_output_file_commit(outputs->metadata, err);
    return status;
}

void weft_table_outputs_keep_parts(weft_table_outputs *outputs, const weft_run_output *at) {
    for (int i = 0; i < outputs->count; i++) {
        if (outputs->files[i] != NULL) weft_output_file_keep(outputs->files[i], at[i].bytes > 0);
        if (has_columns(outputs, i) != NULL) outputs->keep_columns = at[i].bytes > 0;
    }
    if (outputs->metadata != NULL) weft_output_file_keep(outputs->metadata, true);
}

void weft_table_outputs_free_writers(weft_table_outputs *outputs) {
    for (int i = 0; i < outputs->writer_count; i++) {
        weft_table_writer_free(outputs->writers[i]);
        outputs->writers[i] = NULL;
    }
    outputs->writer_count = 0;
    outputs->stats = NULL;
}

void weft_table_outputs_dispose(weft_table_outputs *outputs) {
    weft_table_outputs_free_writers(outputs);
    for (int i = 0; i < outputs->count; i++) {
        const weft_format *format = has_columns(outputs, i);
        if (format != NULL && !outputs->keep_columns) weft_column_files_drop(outputs->plan, format);
        weft_output_file_close(outputs->files[i]);
    }
    weft_output_file_close(outputs->metadata);
    weft_keep_dispose(&outputs->keep);
    *outputs = (weft_table_outputs){0};
}
