/* SPDX-License-Identifier: MIT */
#include "raster/blocks/block_loader.h"

#include "core/threads/activity.h"
#include "raster/blocks/block_area.h"
#include "raster/files/file_stamps.h"

#include <string.h>

static weft_status read_failed(const weft_block_loader *loader, weft_block_key key, const char *reason,
                               const weft_retry *retry, weft_error *err) {
    int attempts = retry->failures + 1;
    weft_error_set(err, WEFT_ERR_IO, "%s: band %d block (%d, %d): cannot read (%s; %d %s)", loader->info->path,
                   key.band, key.block_col, key.block_row, reason, attempts, attempts == 1 ? "attempt" : "attempts");
    weft_error_hint(err, "repair the disk or the network that it is on, then run again");
    return WEFT_ERR_IO;
}

/* --- masks ---
 *
 * The mask is asked when no handle is held, since it needs one itself. Where one decode gives several bands, what it
 * says of a block is kept in the cache, as a block of band 0, for all of them. */

/* weft_block_load_fn: a byte a pixel, 1 where it counts. */
static weft_status load_counting(void *payload, weft_block_key key, void *values, uint8_t *valid, bool *any_missing,
                                 weft_error *err) {
    const weft_block_loader *loader = payload;
    const weft_source_info *info = loader->info;
    (void)valid;
    *any_missing = false;
    memset(values, 1, (size_t)(info->block_cols * info->block_rows));
    return loader->apply_mask(loader->mask, weft_block_window(info, key), info->block_cols, values, err);
}

/* Makes pixels missing that do not count. */
static void leave_out(const weft_source_info *info, weft_block_key key, const uint8_t *counting, uint8_t *valid,
                      bool *any_missing) {
    int64_t count = info->block_cols * info->block_rows;
    if (*any_missing) {
        for (int64_t i = 0; i < count; i++)
            valid[i] &= counting[i];
    } else {
        memcpy(valid, counting, (size_t)count);
        *any_missing = weft_block_any_missing(info, key, valid);
    }
}

static bool keeps_counting(const weft_block_loader *loader) {
    return loader->apply_mask != NULL && loader->info->bands_at_once > 1;
}

/* Of a block of one band. */
static weft_status mask_out(const weft_block_loader *loader, weft_block_key key, uint8_t *valid, bool *any_missing,
                            weft_error *err) {
    const weft_source_info *info = loader->info;
    weft_window part = weft_block_window(info, key);
    if (loader->apply_mask == NULL) return WEFT_OK;
    if (!*any_missing) memset(valid, 1, (size_t)(info->block_cols * info->block_rows));
    weft_status status = loader->apply_mask(loader->mask, part, info->block_cols, valid, err);
    *any_missing = *any_missing || weft_block_any_missing(info, key, valid);
    return status;
}

/* --- siblings --- */

/* A decoder that has just decoded a block. */
typedef struct warm_decoder {
    const weft_block_loader *loader;
    const uint8_t *counting; /* NULL: all pixels count */
    weft_block_decoder *decoder;
    bool failed; /* at a sibling band */
} warm_decoder;

static weft_status load_sibling(void *payload, weft_block_key key, void *values, uint8_t *valid, bool *any_missing,
                                weft_error *err) {
    warm_decoder *warm = payload;
    weft_block_failure why;
    weft_status status = weft_block_decoder_read(warm->decoder, key, values, valid, any_missing, &why, err);
    if (status == WEFT_OK && warm->counting != NULL)
        leave_out(warm->loader->info, key, warm->counting, valid, any_missing);
    warm->failed = status != WEFT_OK;
    return status;
}

/* The other bands that were decoded with a block, of pixels side by side or in one chunk, cost little while they are in
 * the decoder's hands: those that are asked for next, as far as the cache will keep them until then. A sibling that
 * fails is not kept: whoever needs it will see its error. False: one failed, and the decoder must go, since GDAL keeps
 * what it decoded with an error and would give it without one the next time. */
static bool offer_siblings(const weft_block_loader *loader, weft_block_decoder *decoder, weft_block_key key,
                           const uint8_t *counting) {
    const weft_source_info *info = loader->info;
    int64_t count = info->block_cols * info->block_rows;
    warm_decoder warm = {loader, counting, decoder, false};
    int64_t room = loader->sibling_bytes == 0 ? INT64_MAX : loader->sibling_bytes;
    int first = (int)(weft_source_info_band(info, key.band) - info->bands);
    for (int i = 1; i < info->band_count && room > 0 && !warm.failed; i++) {
        const weft_band_info *band = &info->bands[(first + i) % info->band_count];
        weft_block_key sibling = {key.source_id, band->number, key.block_col, key.block_row};
        if (!band->wanted || (band->number - 1) / info->bands_at_once != (key.band - 1) / info->bands_at_once) continue;
        int64_t bytes = count * (int64_t)weft_data_type_size(band->type);
        weft_block_cache_offer(loader->cache, sibling, bytes, count, load_sibling, &warm);
        room -= bytes + count;
    }
    return !warm.failed;
}

/* --- decoders --- */

static weft_status acquire(const weft_block_loader *loader, void **out, weft_error *err) {
    weft_status status = loader->limit == NULL ? WEFT_OK : weft_handle_limit_enter(loader->limit, &loader->owner, err);
    if (status != WEFT_OK) return status;
    status = weft_object_pool_acquire(loader->owner.handles, out, err);
    if (status != WEFT_OK && loader->limit != NULL) weft_handle_limit_leave(loader->limit, &loader->owner, true);
    return status;
}

static void give_back(const weft_block_loader *loader, void *decoder) {
    weft_object_pool_release(loader->owner.handles, decoder);
    if (loader->limit != NULL) weft_handle_limit_leave(loader->limit, &loader->owner, false);
}

static void discard(const weft_block_loader *loader, void *decoder) {
    weft_object_pool_discard(loader->owner.handles, decoder);
    if (loader->limit != NULL) weft_handle_limit_leave(loader->limit, &loader->owner, true);
}

/* How the attempts at one block went. */
typedef struct block_attempts {
    const uint8_t *counting; /* which pixels of the block count; NULL: all do, or that is found out later */
    int ahead;               /* blocks on the right whose bytes are to come with it */
    weft_retry retry;
    bool again; /* another one may help */
    bool bad;   /* the last failed because of the block, not for want of memory or of a handle */
} block_attempts;

/* One attempt, by one decoder, which is freed when it fails: its handle may be stale. */
static weft_status load_once(weft_block_loader *loader, weft_block_key key, void *values, uint8_t *valid,
                             bool *any_missing, block_attempts *attempts, weft_error *err) {
    void *decoder = NULL;
    weft_block_failure why;
    weft_retry *retry = &attempts->retry;
    attempts->again = attempts->bad = false;
    weft_status status = acquire(loader, &decoder, err);
    if (status != WEFT_OK) return status;
    weft_block_decoder_read_ahead(decoder, key, attempts->ahead);
    status = weft_block_decoder_read(decoder, key, values, valid, any_missing, &why, err);
    attempts->ahead = 0;
    if (status == WEFT_OK) {
        if (loader->info->bands_at_once <= 1 || offer_siblings(loader, decoder, key, attempts->counting))
            give_back(loader, decoder);
        else
            discard(loader, decoder);
        return WEFT_OK;
    }
    discard(loader, decoder);
    if (!why.of_block) return status;
    /* Of a file that was replaced no other attempt gives what was planned. */
    bool described;
    weft_status stamps = weft_file_stamps_compare(loader->origin.stamps, false, &described, err);
    if (stamps == WEFT_ERR_DATA || stamps == WEFT_ERR_NO_INPUT) return stamps;
    if (why.trouble != WEFT_TROUBLE_NONE) status = read_failed(loader, key, why.reason, retry, err);
    attempts->bad = true;
    if (why.trouble == WEFT_TROUBLE_PASSING) attempts->again = weft_retry_wait(retry);
    /* Trouble may have passed before it was looked for; what does not decode twice is broken. */
    if (why.trouble == WEFT_TROUBLE_NONE) attempts->again = retry->failures == 0 && weft_retry_at_once(retry);
    return status;
}

static weft_status all_missing(const weft_block_loader *loader, weft_block_key key, void *values, uint8_t *valid,
                               bool *any_missing) {
    const weft_source_info *info = loader->info;
    size_t count = (size_t)(info->block_cols * info->block_rows);
    memset(values, 0, count * weft_data_type_size(weft_source_info_band(info, key.band)->type));
    memset(valid, 0, count);
    *any_missing = true;
    return WEFT_OK;
}

/* Blocks on the right that the reader will ask for, up to the first that the cache has. */
static int count_ahead(const weft_block_request *request, weft_block_key key) {
    int count = 0;
    if (!request->loader->is_remote) return 0;
    while (count < request->ahead) {
        weft_block_key next = {key.source_id, key.band, key.block_col + count + 1, key.block_row};
        if (weft_block_cache_has(request->loader->cache, next)) break;
        count++;
    }
    return count;
}

/* The block of one band, whatever the mask says. */
static weft_status load_block(const weft_block_request *request, weft_block_key key, void *values, uint8_t *valid,
                              bool *any_missing, const uint8_t *counting, weft_error *err) {
    weft_block_loader *loader = request->loader;
    block_attempts attempts = {
        .counting = counting, .ahead = count_ahead(request, key), .retry.account = loader->retries};
    weft_retry *retry = &attempts.retry;
    weft_status status;
    weft_activity_inner decoding = weft_activity_enter_inner(WEFT_OPERATION_DECODE_BLOCK);
    weft_activity_note_inner(decoding, loader->info->path, weft_block_window(loader->info, key));
    do
        status = load_once(loader, key, values, valid, any_missing, &attempts, err);
    while (status != WEFT_OK && attempts.again);
    weft_activity_leave_inner(decoding);
    weft_retry_end(retry, status == WEFT_OK);
    /* Who is to stop has not failed. */
    if (status == WEFT_ERR_IO && weft_retry_check(retry, NULL) != WEFT_OK) return weft_retry_check(retry, err);
    if (status == WEFT_OK || !attempts.bad || loader->bad == NULL) return status;
    weft_bad_blocks_add(loader->bad, key);
    return all_missing(loader, key, values, valid, any_missing);
}

weft_status weft_block_loader_load(void *payload, weft_block_key key, void *values, uint8_t *valid, bool *any_missing,
                                   weft_error *err) {
    const weft_block_request *request = payload;
    weft_block_loader *loader = request->loader;
    weft_block_key of_mask = {key.source_id, 0, key.block_col, key.block_row};
    weft_block counting;
    if (loader->all_masked || weft_bad_blocks_has(loader->bad, key))
        return all_missing(loader, key, values, valid, any_missing);
    if (!keeps_counting(loader)) {
        weft_status status = load_block(request, key, values, valid, any_missing, NULL, err);
        return status == WEFT_OK ? mask_out(loader, key, valid, any_missing, err) : status;
    }
    int64_t count = loader->info->block_cols * loader->info->block_rows;
    weft_status status =
        weft_block_cache_acquire(loader->cache, of_mask, count, 0, load_counting, loader, &counting, err);
    if (status != WEFT_OK) return status;
    status = load_block(request, key, values, valid, any_missing, counting.values, err);
    if (status == WEFT_OK) leave_out(loader->info, key, counting.values, valid, any_missing);
    weft_block_cache_release(loader->cache, of_mask);
    return status;
}
