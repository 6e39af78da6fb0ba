/* SPDX-License-Identifier: MIT
 *
 * Whether anything is missing is found out once, when a block is decoded, so that kernels need not look again. */
#include "raster/blocks/block_decoder.h"

#include "raster/blocks/block_area.h"
#include "raster/gdal/gdal_setup.h"
#include "raster/gdal/overview_band.h"
#include "raster/gdal/read_ahead.h"
#include "raster/info/missing_values.h"
#include "raster/info/pixel_type.h"

#include <cpl_error.h>
#include <gdal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALPHA_PIECE 512 /* pixels */

struct weft_block_decoder {
    weft_block_origin *origin;
    GDALDatasetH dataset;   /* NULL: none is open */
    weft_tiff_reader *tiff; /* NULL: GDAL decodes */
};

void weft_block_origin_dispose(weft_block_origin *origin) {
    weft_tiff_file_free(atomic_load(&origin->tiff));
    atomic_store(&origin->tiff, NULL);
}

bool weft_block_origin_reads_tiff(const weft_block_origin *origin) {
    const weft_tiff_file *file = atomic_load(&origin->tiff);
    return file != NULL && !weft_tiff_file_is_left(file);
}

/* Whoever comes first gives the origin its file. */
static void keep_tiff(weft_block_origin *origin, weft_tiff_file *file) {
    weft_tiff_file *none = NULL;
    if (file != NULL && !atomic_compare_exchange_strong(&origin->tiff, &none, file)) weft_tiff_file_free(file);
}

weft_status weft_block_origin_take_layout(weft_block_origin *origin, const weft_block_origin *like, weft_error *err) {
    weft_tiff_file *file = NULL;
    const weft_file_stamps *stamps = origin->stamps;
    if (origin->only_gdal || stamps->count != 1 || !weft_block_origin_reads_tiff(like)) return WEFT_OK;
    weft_status status = weft_tiff_file_new_like(&file, atomic_load(&like->tiff), origin->info, &stamps->items[0].facts,
                                                 &origin->open_files, err);
    keep_tiff(origin, file);
    return status;
}

static void close_dataset(weft_block_decoder *decoder) {
    if (decoder->dataset == NULL) return;
    GDALClose(decoder->dataset);
    decoder->dataset = NULL;
    atomic_fetch_sub(&decoder->origin->open_files, 1);
}

weft_status weft_block_decoder_new(weft_block_decoder **out, weft_block_origin *origin, void *dataset,
                                   weft_error *err) {
    weft_block_decoder *decoder = calloc(1, sizeof *decoder);
    *out = decoder;
    if (decoder == NULL) {
        if (dataset != NULL) GDALClose(dataset);
        return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to decode it", origin->info->path);
    }
    decoder->origin = origin;
    decoder->dataset = dataset;
    if (dataset != NULL) atomic_fetch_add(&origin->open_files, 1);
    return WEFT_OK;
}

void weft_block_decoder_free(weft_block_decoder *decoder) {
    if (decoder == NULL) return;
    weft_tiff_reader_free(decoder->tiff);
    close_dataset(decoder);
    free(decoder);
}

/* --- errors --- */

static weft_status out_of_memory(const weft_block_decoder *decoder, weft_block_key key, weft_error *err) {
    weft_error_set(err, WEFT_ERR_MEMORY, "%s: band %d block (%d, %d): cannot decode (out of memory)",
                   decoder->origin->info->path, key.band, key.block_col, key.block_row);
    weft_error_hint_short_memory(err);
    return WEFT_ERR_MEMORY;
}

/* Whether it is a matter of reading is found out by the caller. */
static weft_status decode_failed(const weft_block_decoder *decoder, weft_block_key key, weft_error *err) {
    weft_status status = weft_raster_out_of_memory() ? WEFT_ERR_MEMORY : WEFT_ERR_DATA;
    weft_error_set(err, status, "%s: band %d block (%d, %d): cannot decode (%s)", decoder->origin->info->path, key.band,
                   key.block_col, key.block_row, weft_raster_last_reason("GDAL gives no reason"));
    if (status == WEFT_ERR_MEMORY)
        weft_error_hint_short_memory(err);
    else
        weft_error_hint(err,
                        "gdalinfo -checksum shows the same; datasets[].on_error: missing leaves such blocks empty");
    return status;
}

/* --- what both have in common --- */

static bool has_mask(const weft_band_info *band) {
    return band->nodata_kind == WEFT_NODATA_MASK || band->nodata_kind == WEFT_NODATA_ALPHA;
}

/* NaN is missing behind a mask too. */
static void combine(uint8_t *valid, const void *values, const weft_band_info *band, int64_t count) {
    if (band->type == WEFT_FLOAT32) {
        const float *at = values;
        for (int64_t i = 0; i < count; i++)
            valid[i] = valid[i] && at[i] == at[i];
    } else if (band->type == WEFT_FLOAT64) {
        const double *at = values;
        for (int64_t i = 0; i < count; i++)
            valid[i] = valid[i] && at[i] == at[i];
    }
}

/* valid  what a mask says, 0 where it masks; else it is filled here */
static bool find_missing(const weft_source_info *info, weft_block_key key, const weft_band_info *band,
                         const void *values, uint8_t *valid) {
    int64_t count = info->block_cols * info->block_rows;
    if (!has_mask(band)) return weft_missing_values_mark(band, values, count, valid);
    for (int64_t i = 0; i < count; i++)
        valid[i] = valid[i] != 0;
    combine(valid, values, band, count);
    return weft_block_any_missing(info, key, valid);
}

/* --- GDAL --- */

/* A band whose blocks are of another size than the first one's is read by the place of this one. */
static bool read_pixels(const weft_source_info *info, GDALDatasetH dataset, weft_block_key key,
                        const weft_band_info *band, void *values) {
    GDALRasterBandH handle = weft_overview_band(dataset, key.band, info->overview);
    int cols, rows, size = (int)weft_data_type_size(band->type);
    GDALGetBlockSize(handle, &cols, &rows);
    if (cols == info->block_cols && rows == info->block_rows)
        return weft_pixel_read_block(handle, key.block_col, key.block_row, info->block_cols * info->block_rows, values);
    weft_window part = weft_block_window(info, key);
    memset(values, 0, (size_t)(info->block_cols * info->block_rows * size));
    return GDALRasterIOEx(handle, GF_Read, (int)part.col, (int)part.row, (int)part.cols, (int)part.rows, values,
                          (int)part.cols, (int)part.rows, (GDALDataType)weft_pixel_buffer_type(handle), size,
                          info->block_cols * size, NULL) == CE_None;
}

/* Whether alpha is 0 can be told from it as a byte: larger numbers become 255, but fractions and less than 0 become 0. */
static bool fits_byte(GDALRasterBandH alpha) {
    GDALDataType type = GDALGetRasterDataType(alpha);
    return type == GDT_Byte || type == GDT_UInt16 || type == GDT_UInt32;
}

/* Alpha of other types, a piece of a row at a time. NaN is no alpha. */
static bool read_alpha(GDALRasterBandH alpha, weft_window part, int64_t stride, uint8_t *valid) {
    double piece[ALPHA_PIECE];
    for (int64_t row = 0; row < part.rows; row++)
        for (int64_t col = 0; col < part.cols; col += ALPHA_PIECE) {
            int64_t count = weft_smaller(part.cols - col, ALPHA_PIECE);
            if (GDALRasterIO(alpha, GF_Read, (int)(part.col + col), (int)(part.row + row), (int)count, 1, piece,
                             (int)count, 1, GDT_Float64, 0, 0) != CE_None)
                return false;
            for (int64_t i = 0; i < count; i++)
                valid[row * stride + col + i] = piece[i] < 0 || piece[i] > 0;
        }
    return true;
}

/* Fills `valid` from a mask or alpha band; what lies beyond the raster is missing. */
static bool read_mask(const weft_source_info *info, GDALDatasetH dataset, weft_block_key key,
                      const weft_band_info *band, uint8_t *valid) {
    weft_window part = weft_block_window(info, key);
    GDALRasterBandH mask = band->nodata_kind == WEFT_NODATA_ALPHA
                               ? weft_overview_band(dataset, info->alpha_band, info->overview)
                               : GDALGetMaskBand(weft_overview_band(dataset, key.band, info->overview));
    memset(valid, 0, (size_t)(info->block_cols * info->block_rows));
    if (!fits_byte(mask)) return read_alpha(mask, part, info->block_cols, valid);
    return GDALRasterIOEx(mask, GF_Read, (int)part.col, (int)part.row, (int)part.cols, (int)part.rows, valid,
                          (int)part.cols, (int)part.rows, GDT_Byte, 1, info->block_cols, NULL) == CE_None;
}

static weft_status open_dataset(weft_block_decoder *decoder, weft_error *err) {
    if (decoder->dataset != NULL) return WEFT_OK;
    weft_status status = decoder->origin->open(decoder->origin->payload, &decoder->dataset, err);
    if (status == WEFT_OK) atomic_fetch_add(&decoder->origin->open_files, 1);
    return status;
}

/* Whatever GDAL says meanwhile is a failure: it calls a block read whose place it could not read. */
static weft_status read_by_gdal(weft_block_decoder *decoder, weft_block_key key, const weft_band_info *band,
                                void *values, uint8_t *valid, weft_block_failure *why, weft_error *err) {
    const weft_source_info *info = decoder->origin->info;
    weft_read_watch watch;
    weft_status status = open_dataset(decoder, err);
    if (status != WEFT_OK) return status;
    if (!weft_read_watch_begin(&watch)) return decode_failed(decoder, key, err);
    if (!read_pixels(info, decoder->dataset, key, band, values) ||
        (has_mask(band) && !read_mask(info, decoder->dataset, key, band, valid)))
        status = decode_failed(decoder, key, err);
    weft_read_watch_end(&watch);
    if (status == WEFT_OK && watch.failed) status = decode_failed(decoder, key, err);
    if (status == WEFT_OK) return WEFT_OK;
    why->trouble = weft_read_trouble_of_block(decoder->dataset, key, info->overview, &watch, why->reason);
    why->of_block = status != WEFT_ERR_MEMORY;
    if (status == WEFT_ERR_DATA && why->trouble == WEFT_TROUBLE_NONE && why->reason[0] != '\0')
        weft_error_hint(err,
                        "%s: is it a copy that was broken off? datasets[].on_error: missing leaves such blocks empty",
                        why->reason);
    return status;
}

/* --- weft itself --- */

/* Finds out whether weft can decode the blocks of a file that GDAL has opened. Two threads may do this at once; then the
 * result of the first is kept. GDAL is asked for the places of blocks. If libtiff cannot read a place, it reports that
 * once, and from then on gives zeros for that block without an error: the handle is closed. */
weft_status weft_block_decoder_look(weft_block_decoder *decoder, weft_error *err) {
    weft_block_origin *origin = decoder->origin;
    weft_tiff_file *file = NULL;
    bool asks_again = false;
    if (origin->only_gdal || atomic_load(&origin->has_no_tiff) || atomic_load(&origin->tiff) != NULL) return WEFT_OK;
    if (decoder->dataset == NULL || origin->stamps->count == 0) return WEFT_OK;
    weft_read_watch watch;
    if (!weft_read_watch_begin(&watch)) return WEFT_OK; /* no memory, as GDAL will find out */
    weft_status status = weft_tiff_file_new(&file, decoder->dataset, origin->info, &origin->stamps->items[0].facts,
                                            &origin->open_files, &asks_again, err);
    weft_read_watch_end(&watch);
    if (watch.failed) close_dataset(decoder);
    asks_again = asks_again || watch.failed;
    if (status == WEFT_OK && file == NULL) atomic_store(&origin->has_no_tiff, !asks_again);
    keep_tiff(origin, file);
    return status;
}

static weft_status say_replaced(const weft_block_decoder *decoder, weft_error *err) {
    bool described;
    weft_status status = weft_file_stamps_compare(decoder->origin->stamps, false, &described, err);
    const char *path = decoder->origin->info->path;
    return status != WEFT_OK
               ? status
               : weft_error_set(err, WEFT_ERR_DATA, "%s: it was replaced by another file for a moment", path);
}

/* The values, and of alpha what it says. */
static weft_tiff_outcome read_both(weft_tiff_reader *reader, const weft_source_info *info, weft_block_key key,
                                   const weft_band_info *band, void *values, uint8_t *valid, int *reason) {
    weft_tiff_outcome outcome = weft_tiff_reader_read(reader, key.band, key.block_col, key.block_row, values, reason);
    if (outcome != WEFT_TIFF_DECODED || !has_mask(band)) return outcome;
    return weft_tiff_reader_read(reader, info->alpha_band, key.block_col, key.block_row, valid, reason);
}

/* Takes a reader, and closes the GDAL handle, which is no longer needed. False: there is no memory. */
static bool make_reader(weft_block_decoder *decoder, weft_tiff_file *file) {
    if (decoder->tiff != NULL) return true;
    close_dataset(decoder);
    decoder->tiff = weft_tiff_reader_new(file);
    return decoder->tiff != NULL;
}

static void free_reader(weft_block_decoder *decoder) {
    weft_tiff_reader_free(decoder->tiff);
    decoder->tiff = NULL;
}

/* *done: whether weft decoded the block, or has an error for it; if not, GDAL is to decode it. A block that the file does
 * not hold takes no memory of GDAL's, so that the reader may keep its own. */
static weft_status read_tiff(weft_block_decoder *decoder, weft_block_key key, const weft_band_info *band, void *values,
                             uint8_t *valid, bool *done, weft_block_failure *why, weft_error *err) {
    weft_tiff_file *file = atomic_load(&decoder->origin->tiff);
    int reason = 0;
    *done = false;
    if (file == NULL || weft_tiff_file_is_left(file)) {
        free_reader(decoder);
        return WEFT_OK;
    }
    *done = true;
    if (!make_reader(decoder, file)) return out_of_memory(decoder, key, err);
    switch (read_both(decoder->tiff, decoder->origin->info, key, band, values, valid, &reason)) {
    case WEFT_TIFF_DECODED:
        return WEFT_OK;
    case WEFT_TIFF_NO_MEMORY:
        return out_of_memory(decoder, key, err);
    case WEFT_TIFF_REPLACED:
        return say_replaced(decoder, err);
    case WEFT_TIFF_UNREAD:
        why->trouble = weft_errno_may_pass(reason) ? WEFT_TROUBLE_PASSING : WEFT_TROUBLE_LASTING;
        why->of_block = true;
        if (strerror_r(reason, why->reason, sizeof why->reason) != 0)
            (void)snprintf(why->reason, sizeof why->reason, "error %d", reason);
        return WEFT_ERR_IO;
    case WEFT_TIFF_UNFIT:
        if (!weft_tiff_file_codec(file)->by_block) weft_tiff_file_leave(file);
        free_reader(decoder);
        break;
    case WEFT_TIFF_UNOPENED:
        free_reader(decoder);
        break;
    case WEFT_TIFF_SPARSE:
        break;
    }
    *done = false;
    return WEFT_OK;
}

void weft_block_decoder_read_ahead(weft_block_decoder *decoder, weft_block_key key, int count) {
    if (count == 0 || decoder->dataset == NULL || decoder->origin->info->overview > 0) return;
    if (!weft_read_ahead(decoder->dataset, key, count, atomic_load(&decoder->origin->open_files)))
        close_dataset(decoder);
}

weft_status weft_block_decoder_read(weft_block_decoder *decoder, weft_block_key key, void *values, uint8_t *valid,
                                    bool *any_missing, weft_block_failure *why, weft_error *err) {
    const weft_source_info *info = decoder->origin->info;
    const weft_band_info *band = weft_source_info_band(info, key.band);
    bool done = false;
    *why = (weft_block_failure){.trouble = WEFT_TROUBLE_NONE};
    weft_status status = weft_block_decoder_look(decoder, err);
    if (status == WEFT_OK) status = read_tiff(decoder, key, band, values, valid, &done, why, err);
    if (status == WEFT_OK && !done) status = read_by_gdal(decoder, key, band, values, valid, why, err);
    if (status == WEFT_OK) *any_missing = find_missing(info, key, band, values, valid);
    return status;
}
