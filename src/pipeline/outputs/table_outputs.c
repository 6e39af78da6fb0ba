/* SPDX-License-Identifier: MIT
 *
 * The one place that knows which writer makes which format, and what a Parquet file says of its grid. */
#include "pipeline/outputs/table_outputs.h"

#include "core/files/plain_file.h"
#include "core/log.h"
#include "core/text.h"
#include "pipeline/outputs/picture_files.h"
#include "pipeline/outputs/plan_outputs.h"
#include "pipeline/plan/plan_json.h"
#include "stages/writers/csv_writer.h"
#include "stages/writers/gzip_writer.h"
#include "stages/writers/parquet_writer.h"
#include "stages/writers/sink_writer.h"
#include "stages/writers/stats_writer.h"
#include "store/sqlite_table.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARQUET_SPOOL    "row_groups.spool"
#define STATISTICS_SPOOL "statistics.spool"

/* Of pictures, and this run's: whoever has its part file open has the layers' pictures too. */
static bool is_sheet(const weft_table_outputs *outputs, int index) {
    return outputs->plan->outputs[index].format == WEFT_FORMAT_PNG && outputs->files[index] != NULL;
}

static bool has_part(const char *path) {
    char *part = weft_text_format("%s.part", path);
    bool has = part != NULL && access(part, F_OK) == 0;
    free(part);
    return has;
}

/* Whether a part file holds the bytes that were noted. WEFT_ERR_DATA: it does not. */
static weft_status verify(weft_output_file *file, const weft_run_output *at, weft_error *err) {
    char hash[WEFT_DIGEST_HEX_BYTES];
    if (at->bytes == 0 || at->hash[0] == '\0') return WEFT_OK;
    weft_status status = weft_output_file_keep_digest(file, err);
    if (status == WEFT_OK) status = weft_output_file_digest(file, hash, err);
    if (status == WEFT_OK && strcmp(hash, at->hash) != 0)
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: its first %lld bytes are not those that were written",
                                weft_output_file_part_path(file), (long long)at->bytes);
    return status;
}

static weft_status open_output(weft_output_file **out, const weft_plan *plan, const char *path, weft_run_output *at,
                               weft_error *err) {
    const weft_cancel *cancel = plan->retries.cancel;
    if (plan->config->to_stdout) return weft_output_file_open_stdout(out, cancel, err);
    weft_error reason = {0};
    if (at->whole && !has_part(path)) return WEFT_OK;
    weft_status status = weft_output_file_open_at(out, path, at->bytes, &reason);
    if (status == WEFT_OK) weft_output_file_heed(*out, cancel);
    if (status == WEFT_OK) status = verify(*out, at, &reason);
    if (status == WEFT_ERR_DATA) {
        weft_output_file_close(*out);
        *out = NULL;
        weft_log(WEFT_LOG_WARNING, "%s; this output starts anew", reason.message);
        weft_run_output_begin_anew(at);
        status = weft_output_file_open(out, path, err);
        if (status == WEFT_OK) weft_output_file_heed(*out, cancel);
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
    weft_status status = weft_digest_new(&digest, err);
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
        weft_log(WEFT_LOG_WARNING, "%s: %lld bytes are there, %lld were noted; the output %s starts anew", path,
                 (long long)info.st_size, (long long)at->spool_bytes, at->format);
    else
        weft_log(WEFT_LOG_WARNING,
                 "%s: its first %lld bytes are not those that were written; the output %s starts anew", path,
                 (long long)at->spool_bytes, at->format);
    weft_run_output_begin_anew(at);
    return WEFT_OK;
}

/* An output whose spool is gone, too short or changed cannot be ended: it begins anew. */
static weft_status check_spool(const char *scratch_folder, const char *name, weft_run_output *at,
                               const weft_cancel *cancel, weft_error *err) {
    if (at->whole || at->spool_bytes == 0) return WEFT_OK;
    char *path = weft_text_format("%s/%s", scratch_folder, name);
    if (path == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for an output's scratch");
    weft_status status = look_at_spool(path, at, cancel, err);
    free(path);
    return status;
}

static weft_status check_spools(const weft_plan *plan, const char *scratch_folder, weft_run_output *at,
                                weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->output_count && status == WEFT_OK; i++)
        if (plan->outputs[i].format == WEFT_FORMAT_PARQUET)
            status = check_spool(scratch_folder, PARQUET_SPOOL, &at[i], plan->retries.cancel, err);
    if (status == WEFT_OK && plan->config->stats)
        status = check_spool(scratch_folder, STATISTICS_SPOOL, &at[plan->output_count], plan->retries.cancel, err);
    return status;
}

weft_status weft_table_outputs_open(weft_table_outputs *outputs, const weft_plan *plan, const char *scratch_folder,
                                    weft_run_output *at, weft_error *err) {
    weft_status status = check_spools(plan, scratch_folder, at, err);
    outputs->plan = plan;
    for (int i = 0; i < plan->output_count && status == WEFT_OK; i++) {
        status = open_output(&outputs->files[i], plan, plan->outputs[i].path, &at[i], err);
        if (status == WEFT_OK || outputs->files[i] != NULL) outputs->count++;
    }
    weft_run_output *metadata = &at[plan->output_count + plan->config->stats];
    if (status == WEFT_OK && metadata->whole)
        status = open_output(&outputs->metadata, plan, metadata->path, metadata, err);
    return status;
}

/* --- what Parquet and SQLite say of their grid --- */

static char *grid_text(const weft_grid *grid) {
    weft_bounds b = weft_grid_bounds(grid);
    json_t *json = json_pack("{s:[f, f], s:[f, f], s:I, s:I, s:[f, f, f, f]}", "origin", grid->origin_x, grid->origin_y,
                             "resolution", grid->res_x, grid->res_y, "cols", (json_int_t)grid->cols, "rows",
                             (json_int_t)grid->rows, "bounds", b.xmin, b.ymin, b.xmax, b.ymax);
    weft_text text = {0};
    weft_plan_json_print(json, 0, &text);
    json_decref(json);
    if (!text.failed) return text.data;
    weft_text_dispose(&text);
    return NULL;
}

static weft_status describe(weft_table_outputs *outputs, const weft_plan *plan, weft_error *err) {
    static const char *const kept[] = {
        [WEFT_ROWS_ALL] = "all", [WEFT_ROWS_ANY] = "any", [WEFT_ROWS_COMPLETE] = "complete"};
    if (outputs->grid_text != NULL) return WEFT_OK;
    outputs->grid_text = grid_text(&plan->grid);
    if (outputs->grid_text == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the table's metadata");
    outputs->pairs[0] = (weft_parquet_pair){"weft.version", WEFT_VERSION};
    outputs->pairs[1] = (weft_parquet_pair){"weft.crs", weft_crs_wkt(plan->grid.crs)};
    outputs->pairs[2] = (weft_parquet_pair){"weft.grid", outputs->grid_text};
    outputs->pairs[3] = (weft_parquet_pair){"weft.rows", kept[plan->config->rows]};
    return WEFT_OK;
}

static weft_status start_parquet(weft_table_outputs *outputs, int index, const weft_plan *plan,
                                 const weft_table_spec *spec, const char *scratch_folder, weft_error *err) {
    static const weft_page_codec codecs[] = {[WEFT_PARQUET_CODEC_ZSTD] = WEFT_PAGE_ZSTD,
                                             [WEFT_PARQUET_CODEC_GZIP] = WEFT_PAGE_GZIP,
                                             [WEFT_PARQUET_CODEC_NONE] = WEFT_PAGE_PLAIN};
    weft_output_shares shares;
    weft_status status = describe(outputs, plan, err);
    if (status == WEFT_OK) status = weft_plan_outputs_share(plan, &shares, err);
    if (status != WEFT_OK) return status;
    outputs->spool_path = weft_text_format("%s/" PARQUET_SPOOL, scratch_folder);
    if (outputs->spool_path == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the Parquet writer");
    weft_parquet_options options = {.spec = spec,
                                    .output = outputs->files[index],
                                    .codec = codecs[plan->config->parquet_codec],
                                    .memory_bytes = shares.parquet_bytes,
                                    .spool_path = outputs->spool_path,
                                    .pairs = outputs->pairs,
                                    .pair_count = (int)(sizeof outputs->pairs / sizeof *outputs->pairs)};
    return weft_parquet_writer_new(&outputs->writers[index], &options, err);
}

static weft_status start_gzip(weft_table_outputs *outputs, int index, const weft_plan *plan,
                              const weft_table_spec *spec, weft_error *err) {
    weft_output_shares shares;
    weft_status status = weft_plan_outputs_share(plan, &shares, err);
    if (status != WEFT_OK) return status;
    return weft_gzip_writer_new(&outputs->writers[index], spec, outputs->files[index], (int)plan->config->gzip_level,
                                shares.gzip_bytes, err);
}

static weft_status start_sqlite(weft_table_outputs *outputs, int index, const weft_plan *plan,
                                const weft_table_spec *spec, weft_error *err) {
    enum { PAIRS = sizeof outputs->pairs / sizeof *outputs->pairs };
    weft_sqlite_pair pairs[PAIRS];
    weft_row_sink sink;
    weft_status status = describe(outputs, plan, err);
    if (status != WEFT_OK) return status;
    for (int i = 0; i < PAIRS; i++)
        pairs[i] = (weft_sqlite_pair){outputs->pairs[i].key, outputs->pairs[i].value};
    weft_sqlite_table_options options = {.path = weft_output_file_part_path(outputs->files[index]),
                                         .index = plan->config->index_columns,
                                         .names = spec->names,
                                         .types = spec->types,
                                         .column_count = plan->layer_count,
                                         .pairs = pairs,
                                         .pair_count = PAIRS,
                                         .cancel = plan->retries.cancel};
    status = weft_sqlite_table_open(&sink, &options, err);
    if (status != WEFT_OK) return status;
    return weft_sink_writer_new(&outputs->writers[index], spec, outputs->files[index], sink, err);
}

static weft_status start(weft_table_outputs *outputs, int index, const weft_plan *plan, const weft_table_spec *spec,
                         const char *scratch_folder, weft_error *err) {
    switch (plan->outputs[index].format) {
    case WEFT_FORMAT_CSV:
        return weft_csv_writer_new(&outputs->writers[index], spec, outputs->files[index], plan->memory.slice_bytes,
                                   err);
    case WEFT_FORMAT_CSV_GZ:
        return start_gzip(outputs, index, plan, spec, err);
    case WEFT_FORMAT_PARQUET:
        return start_parquet(outputs, index, plan, spec, scratch_folder, err);
    case WEFT_FORMAT_SQLITE:
        return start_sqlite(outputs, index, plan, spec, err);
    default:
        return weft_raster_outputs_start(&outputs->rasters, plan, plan->outputs[index].format,
                                         &(weft_raster_place){spec, outputs->files[index], scratch_folder},
                                         &outputs->writers[index], err);
    }
}

static weft_status start_stats(weft_table_outputs *outputs, const weft_table_spec *spec, const char *scratch_folder,
                               weft_error *err) {
    char *path = weft_text_format("%s/" STATISTICS_SPOOL, scratch_folder);
    if (path == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the columns' statistics");
    weft_stats_options options = {.spec = spec, .spool_path = path, .keep_spool = true};
    weft_status status = weft_stats_writer_new(&outputs->stats, &options, err);
    free(path);
    if (status == WEFT_OK) outputs->writers[outputs->writer_count++] = outputs->stats;
    return status;
}

/* Formats that --resume goes on with are hashed always: it trusts no bytes that it does not know. */
static bool goes_on(weft_format format) {
    return format == WEFT_FORMAT_CSV || format == WEFT_FORMAT_CSV_GZ || format == WEFT_FORMAT_PARQUET;
}

weft_status weft_table_outputs_start(weft_table_outputs *outputs, const weft_plan *plan, const weft_table_spec *spec,
                                     const char *scratch_folder, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < outputs->count && status == WEFT_OK; i++) {
        if ((plan->config->checksums || goes_on(plan->outputs[i].format)) && !plan->config->to_stdout)
            status = weft_output_file_keep_digest(outputs->files[i], err);
        if (status == WEFT_OK) status = start(outputs, i, plan, spec, scratch_folder, err);
        if (status == WEFT_OK) outputs->writer_count++;
    }
    if (status == WEFT_OK && plan->config->stats) status = start_stats(outputs, spec, scratch_folder, err);
    return status;
}

/* The layers' pictures go before their sheet, whose name then says that they have theirs. */
static weft_status commit_output(weft_table_outputs *outputs, int index, weft_error *err) {
    weft_status status = WEFT_OK;
    if (is_sheet(outputs, index)) {
        outputs->keep_pictures = true;
        status = weft_picture_files_commit(outputs->plan, err);
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
        if (is_sheet(outputs, i)) outputs->keep_pictures = at[i].bytes > 0;
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
        if (is_sheet(outputs, i) && !outputs->keep_pictures) weft_picture_files_drop(outputs->plan);
        weft_output_file_close(outputs->files[i]);
    }
    weft_output_file_close(outputs->metadata);
    free(outputs->grid_text);
    free(outputs->spool_path);
    weft_raster_outputs_dispose(&outputs->rasters);
    *outputs = (weft_table_outputs){0};
}
