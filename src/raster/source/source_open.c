/* SPDX-License-Identifier: MIT
 *
 * A file is opened at once, or when it is first read; once more for each further thread, if it is still the same. */
#include "core/text.h"
#include "core/window.h"
#include "raster/gdal/gdal_setup.h"
#include "raster/gdal/path_kind.h"
#include "raster/info/dataset_open.h"
#include "raster/info/source_info_read.h"
#include "raster/source/source.h"
#include "raster/source/source_parts.h"

#include <gdal.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Whether a file is another one by now, or is being written to. A companion that only describes may have changed: what
 * it says is compared by whoever opens the raster. */
static weft_status compare_stamps(const weft_source *source, bool *described, weft_error *err) {
    return weft_file_stamps_compare(&source->stamps, false, described, err);
}

/* Whether stamps tell one file from another: those of a network's file systems have no inode. */
static bool is_stamped(const weft_source *source) {
    return source->stamps.count > 0 && source->stamps.items[0].facts.inode != 0;
}

/* Opens the file once more, and only if it is the one that was planned with: compared before and after, so that it was
 * not replaced in between. */
weft_status weft_source_open_same(const weft_source *source, void **out, weft_error *err) {
    weft_error reason = {0};
    bool described_before, described_after;
    *out = NULL;
    weft_status status = compare_stamps(source, &described_before, err);
    if (status != WEFT_OK) return status;
    status = weft_dataset_open(out, source->info.path, source->options, NULL, &reason);
    weft_status stamps = compare_stamps(source, &described_after, err);
    if (stamps != WEFT_OK) {
        if (status == WEFT_OK) GDALClose(*out);
        return stamps;
    }
    if (status == WEFT_ERR_MEMORY && err != NULL) *err = reason;
    if (status == WEFT_ERR_MEMORY) return status;
    if (status != WEFT_OK)
        return weft_error_set(err, WEFT_ERR_IO, "%s: cannot be opened again (%s)", source->info.path, reason.message);
    bool with_crs = described_before || described_after || !is_stamped(source);
    status = weft_source_info_compare(&source->info, *out, source->options, with_crs, err);
    if (status != WEFT_OK) GDALClose(*out);
    return status;
}

/* --- opened when it is first read --- */

/* Held while it is found out whether a source has stamps, and while it gets them. */
static pthread_mutex_t stamping = PTHREAD_MUTEX_INITIALIZER;

static bool has_stamps(const weft_source *source) {
    pthread_mutex_lock(&stamping);
    bool has = source->stamps.count > 0;
    pthread_mutex_unlock(&stamping);
    return has;
}

/* Whoever comes first gives the source its stamps. */
static void keep_stamps(weft_source *source, weft_file_stamps *stamps) {
    weft_file_stamps others = *stamps;
    pthread_mutex_lock(&stamping);
    if (source->stamps.count == 0) {
        source->stamps = *stamps;
        others = (weft_file_stamps){0};
    }
    pthread_mutex_unlock(&stamping);
    weft_file_stamps_dispose(&others);
}

static weft_status is_another(const char *path, const char *what, weft_error *err) {
    weft_error_set(err, WEFT_ERR_DATA, "%s: it is not what the catalog says: %s differs", path, what);
    weft_error_hint(err, "weft catalog scan brings the catalog up to date");
    return WEFT_ERR_DATA;
}

static weft_status check_expected(const weft_source *source, const weft_file_stamps *stamps, weft_error *err) {
    const weft_file_facts *now = stamps->count == 0 ? NULL : &stamps->items[0].facts; /* NULL: no path is found in it */
    if (now == NULL || now->bytes < 0) {
        weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: the catalog has it, and it is gone", source->info.path);
        weft_error_hint(err, "weft catalog scan, or prune, brings the catalog up to date");
        return WEFT_ERR_NO_INPUT;
    }
    if (now->bytes != source->expected_bytes) return is_another(source->info.path, "its size in bytes", err);
    bool same = weft_floor_divide(now->modified_ns, 1000000) == source->expected_ms;
    return same ? WEFT_OK : is_another(source->info.path, "its time of modification", err);
}

/* A file that is as the scan saw it has the CRS that it saw; of a companion that describes, only the raster tells. */
static bool may_have_another_crs(const weft_file_stamps *stamps) {
    for (int i = 0; i < stamps->count; i++)
        if (stamps->items[i].describes && stamps->items[i].facts.bytes >= 0) return true;
    return stamps->items[0].facts.inode == 0;
}

/* Opens the file for the first time, if it is the one that the catalog saw. */
static weft_status open_expected(weft_source *source, void **out, weft_error *err) {
    const weft_source_options *options = &source->options;
    const weft_cancel *cancel = options->retries == NULL ? NULL : options->retries->cancel;
    const char *path = source->info.path;
    weft_file_stamps stamps = {0};
    bool described;
    *out = NULL;
    weft_status status = weft_file_refuse_special(path, err);
    if (status == WEFT_OK) status = weft_file_stamps_begin(&stamps, path, cancel, err);
    if (status == WEFT_OK) status = check_expected(source, &stamps, err);
    if (status == WEFT_OK) status = weft_dataset_open(out, path, *options, NULL, err);
    if (status == WEFT_OK) status = weft_file_stamps_take(&stamps, *out, options->one_of_many, err);
    if (status == WEFT_OK) status = weft_file_stamps_compare(&stamps, false, &described, err);
    if (status == WEFT_OK)
        status = weft_source_info_compare(&source->info, *out, *options, may_have_another_crs(&stamps), err);
    if (status == WEFT_OK) {
        keep_stamps(source, &stamps);
        return WEFT_OK;
    }
    if (*out != NULL) GDALClose(*out);
    *out = NULL;
    weft_file_stamps_dispose(&stamps);
    return status;
}

/* The first time, without GDAL: where the file is the one that the catalog saw, and weft decodes the blocks of its layout
 * itself. What it declares besides is known from the scan then, but for what companions say. */
static weft_status begin_like(weft_source *source, bool *opens, weft_error *err) {
    weft_file_stamps stamps = {0};
    weft_block_origin *origin = &source->loader.origin;
    *opens = true;
    if (source->like == NULL || !weft_block_origin_reads_tiff(&source->like->loader.origin)) return WEFT_OK;
    const weft_cancel *cancel = source->options.retries == NULL ? NULL : source->options.retries->cancel;
    weft_status status = weft_file_stamps_begin(&stamps, source->info.path, cancel, err);
    if (status == WEFT_OK) status = check_expected(source, &stamps, err);
    if (status != WEFT_OK || stamps.count != 1) {
        weft_file_stamps_dispose(&stamps);
        return status;
    }
    keep_stamps(source, &stamps);
    status = weft_block_origin_take_layout(origin, &source->like->loader.origin, err);
    *opens = !weft_block_origin_reads_tiff(origin);
    return status;
}

/* Whether a file that GDAL need not open is still the one of the plan. *described: its stamps do not say; open it, and
 * compare what GDAL says of it. */
static weft_status check_unopened(const weft_source *source, bool *described, weft_error *err) {
    weft_status status = compare_stamps(source, described, err);
    *described = *described || !is_stamped(source);
    return status;
}

/* One more decoder of the same file, for one more thread. */
static weft_status make_decoder(void *payload, void **out, weft_error *err) {
    weft_source *source = payload;
    void *dataset = NULL;
    weft_block_decoder *decoder = NULL;
    weft_status status = WEFT_OK;
    bool first = source->is_expected && !has_stamps(source), opens = true;
    if (first)
        status = begin_like(source, &opens, err);
    else if (weft_block_origin_reads_tiff(&source->loader.origin))
        status = check_unopened(source, &opens, err);
    if (status == WEFT_OK && opens)
        status = first ? open_expected(source, &dataset, err) : weft_source_open_same(source, &dataset, err);
    if (status == WEFT_OK) status = weft_block_decoder_new(&decoder, &source->loader.origin, dataset, err);
    *out = decoder;
    return status;
}

static void free_decoder(void *decoder) {
    weft_block_decoder_free(decoder);
}

static weft_status open_same(void *payload, void **dataset, weft_error *err) {
    return weft_source_open_same(payload, dataset, err);
}

/* One attempt. *again: a file was replaced meanwhile, and is another one at the next. */
static weft_status try_first(weft_source *source, void **dataset, const char *path, weft_source_options options,
                             bool *again, weft_error *err) {
    bool described = false;
    const weft_cancel *cancel = options.retries == NULL ? NULL : options.retries->cancel;
    *again = false;
    weft_status status = weft_file_stamps_begin(&source->stamps, path, cancel, err);
    source->stamps.overviews = options.overview > 0;
    if (status == WEFT_OK) status = weft_dataset_open(dataset, path, options, &source->info, err);
    if (status != WEFT_OK) return status;
    status = weft_file_stamps_take(&source->stamps, *dataset, options.one_of_many, err);
    if (status == WEFT_OK) status = weft_file_stamps_compare(&source->stamps, false, &described, err);
    if (described) status = weft_error_set(err, WEFT_ERR_DATA, "%s: its companions change while it is opened", path);
    if (status == WEFT_OK) return WEFT_OK;
    *again = status == WEFT_ERR_DATA;
    GDALClose(*dataset);
    weft_source_info_dispose(&source->info);
    weft_file_stamps_dispose(&source->stamps);
    return status;
}

/* Opens the file for the first time, and keeps how all its files look. */
static weft_status open_first(weft_source *source, void **dataset, const char *path, weft_source_options options,
                              weft_error *err) {
    weft_retry retry = {.account = options.retries};
    bool again = false;
    weft_status status = weft_file_refuse_special(path, err);
    if (status != WEFT_OK) return status;
    do
        status = try_first(source, dataset, path, options, &again, err);
    while (status != WEFT_OK && again && weft_retry_wait(&retry));
    weft_retry_end(&retry, status == WEFT_OK);
    return status;
}

/* When info and options are there. */
static weft_status make_loader(weft_source *source, weft_block_cache *cache, weft_error *err) {
    weft_status status = WEFT_OK;
    source->cache = cache;
    source->loader = (weft_block_loader){.info = &source->info,
                                         .owner = {.codec = &source->info.codec},
                                         .cache = cache,
                                         .is_remote = weft_is_network_path(source->info.path),
                                         .retries = source->options.retries};
    weft_block_origin *origin = &source->loader.origin;
    origin->info = &source->info;
    origin->stamps = &source->stamps;
    origin->open = open_same;
    origin->payload = source;
    origin->only_gdal =
        source->options.open_options != NULL || source->options.sign != NULL || source->options.overview > 0;
    source->loader.owner.open_files = &origin->open_files;
    if (cache != NULL) source->loader.source_id = weft_block_cache_new_source_id(cache);
    if (source->options.bad_blocks_missing) status = weft_bad_blocks_new(&source->loader.bad, &source->info, err);
    if (status == WEFT_OK)
        status = weft_object_pool_new(&source->loader.owner.handles, make_decoder, free_decoder, source, err);
    source->loader.limit = status == WEFT_OK ? source->options.handles : NULL;
    return status;
}

weft_status weft_source_open(weft_source **out, const char *path, weft_source_options options, weft_block_cache *cache,
                             weft_error *err) {
    void *dataset;
    weft_block_decoder *decoder;
    *out = NULL;
    weft_status status = weft_raster_init(err);
    if (status != WEFT_OK) return status;
    weft_source *source = calloc(1, sizeof *source);
    if (source == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for a source", path);
    status = open_first(source, &dataset, path, options, err);
    if (status != WEFT_OK) {
        weft_source_close(source);
        return status;
    }
    source->options = options;
    source->options.bands = NULL;
    status = make_loader(source, cache, err);
    if (status == WEFT_OK)
        status = weft_block_decoder_new(&decoder, &source->loader.origin, dataset, err);
    else
        GDALClose(dataset);
    if (status != WEFT_OK) {
        weft_source_close(source);
        return status;
    }
    weft_object_pool_adopt(source->loader.owner.handles, decoder);
    if (options.handles != NULL) weft_handle_limit_opened(options.handles, &source->loader.owner);
    *out = source;
    return WEFT_OK;
}

weft_status weft_source_open_later(weft_source **out, const weft_source *like, const char *path,
                                   const weft_expected_raster *expected, weft_error *err) {
    weft_source *source = calloc(1, sizeof *source);
    *out = NULL;
    if (source == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for a source", path);
    source->info = like->info;
    source->crs_shared = source->bands_shared = true;
    source->info.warnings = NULL;
    source->info.path = strdup(path);
    source->info.cols = expected->cols;
    source->info.rows = expected->rows;
    source->info.wraps = false;
    source->info.wrap_cols = 0;
    memcpy(source->info.geotransform, expected->geotransform, sizeof expected->geotransform);
    weft_source_info_find_wrap(&source->info);
    source->is_expected = true;
    source->expected_bytes = expected->bytes;
    source->expected_ms = expected->modified_ms;
    source->like = like;
    source->options = like->options;
    weft_status status = source->info.path == NULL
                             ? weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for a source", path)
                             : make_loader(source, like->cache, err);
    if (status == WEFT_OK)
        *out = source;
    else
        weft_source_close(source);
    return status;
}

/* Whether weft decodes the blocks is found out now, for those of the same layout that are opened later. */
static weft_status look(weft_source *source, weft_error *err) {
    void *decoder;
    weft_status status = weft_object_pool_acquire(source->loader.owner.handles, &decoder, err);
    if (status != WEFT_OK) return status;
    status = weft_block_decoder_look(decoder, err);
    weft_object_pool_release(source->loader.owner.handles, decoder);
    return status;
}

weft_status weft_source_expect(weft_source *source, const weft_expected_raster *expected, weft_error *err) {
    const weft_source_info *info = &source->info;
    source->is_expected = true;
    source->expected_bytes = expected->bytes;
    source->expected_ms = expected->modified_ms;
    if (info->cols != expected->cols || info->rows != expected->rows)
        return is_another(info->path, "its size in pixels", err);
    for (int i = 0; i < 6; i++)
        if (info->geotransform[i] != expected->geotransform[i]) return is_another(info->path, "its place", err);
    weft_status status = source->stamps.count == 0 ? WEFT_OK : check_expected(source, &source->stamps, err);
    return status == WEFT_OK && source->cache != NULL ? look(source, err) : status;
}
