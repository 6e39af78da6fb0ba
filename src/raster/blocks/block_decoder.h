/* Between the files of this folder only: what decodes the blocks of a source, one at a time: the object of which each
 * thread takes one from the source's pool.
 *
 * It holds a GDAL handle, or the memory with which weft decodes a GeoTIFF itself (tiff_reader.h), never what both take:
 * what is booked for a decoder (weft_codec_cost.bytes) is enough for either. A GeoTIFF is looked at before its first
 * block is decoded; from then on handles are opened for blocks only that are left to GDAL.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_BLOCK_DECODER_H
#define WEFT_RASTER_BLOCK_DECODER_H

#include "raster/files/file_stamps.h"
#include "raster/gdal/block_key.h"
#include "raster/gdal/read_trouble.h"
#include "raster/info/source_info.h"
#include "raster/tiff/tiff_reader.h"

/* What all decoders of a source share. */
typedef struct weft_block_origin {
    const weft_source_info *info;
    const weft_file_stamps *stamps;
    /* Opens one more GDALDatasetH, if it is still the file that was planned with. */
    weft_status (*open)(void *payload, void **dataset, weft_error *err);
    void *payload;                /* of open() */
    bool only_gdal;               /* the driver's options change what it reads: nothing is decoded past it */
    weft_tiff_file *_Atomic tiff; /* NULL: not looked at yet, or */
    _Atomic bool is_others;       /* it is no GeoTIFF that weft decodes */
    _Atomic int open_files;       /* handles and descriptors that are open now */
} weft_block_origin;

/* When all decoders are freed. */
void weft_block_origin_dispose(weft_block_origin *origin);
/* Whether a new decoder needs no handle to begin with. */
bool weft_block_origin_reads_tiff(const weft_block_origin *origin);

typedef struct weft_block_decoder weft_block_decoder;

/* dataset  a GDALDatasetH, which it takes over, also where it fails; NULL: it opens one when it needs it.
 * Errors: WEFT_ERR_MEMORY. */
weft_status weft_block_decoder_new(weft_block_decoder **out, weft_block_origin *origin, void *dataset, weft_error *err);
void weft_block_decoder_free(weft_block_decoder *decoder);

/* Why a block could not be decoded. */
typedef struct weft_block_failure {
    weft_read_trouble trouble; /* NONE also where it has not to do with reading */
    char reason[256];          /* of other troubles */
    bool of_block;             /* it lies in the block, not in the file or in memory: another block may well decode */
} weft_block_failure;

/* Decodes a block of a band: its values, and what of them is missing by value, NaN, mask band or alpha (weft_block_load_fn).
 * After a failure the decoder is to be freed: its handle may be stale, and GDAL keeps what it decoded with an error.
 *
 * errors  WEFT_ERR_DATA, WEFT_ERR_IO, WEFT_ERR_NO_INPUT, WEFT_ERR_MEMORY. Of a block that cannot be read the error is that
 *         it does not decode, and *why says more */
weft_status weft_block_decoder_read(weft_block_decoder *decoder, weft_block_key key, void *values, uint8_t *valid,
                                    bool *any_missing, weft_block_failure *why, weft_error *err);

#endif
