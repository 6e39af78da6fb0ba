/* Between the files of this folder only: decodes the blocks of a source, one at a time. A source has a pool of these,
 * and each thread takes one.
 *
 * A decoder holds a GDAL handle, or the memory with which weft decodes a GeoTIFF itself (tiff_reader.h), but never the
 * memory of both: the bytes that are reserved for a decoder (weft_codec_cost.bytes) are enough for either. Before the
 * first block is decoded, the layout of a GeoTIFF is read; from then on a handle is opened only for blocks that weft
 * leaves to GDAL. Of a file that is like another one it is never opened.
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
    bool only_gdal;               /* open options may change what GDAL reads, or an overview is read: GDAL decodes */
    weft_tiff_file *_Atomic tiff; /* NULL: the layout is not known yet, or weft cannot decode this file: */
    _Atomic bool has_no_tiff;     /* it is not a GeoTIFF of a layout that weft decodes */
    _Atomic int open_files;       /* handles and descriptors that are open now */
} weft_block_origin;

/* Call it after all decoders were freed. */
void weft_block_origin_dispose(weft_block_origin *origin);
/* Whether weft decodes the file itself, so that a new decoder needs no GDAL handle. */
bool weft_block_origin_reads_tiff(const weft_block_origin *origin);
/* Takes the layout of another origin's file, for a file that GDAL has not opened but that a catalog says to be like it.
 * Then weft decodes it itself. Does nothing where the file turns out to be different. Call it once the stamps are set.
 * Any thread. Errors: WEFT_ERR_MEMORY. */
weft_status weft_block_origin_take_layout(weft_block_origin *origin, const weft_block_origin *like, weft_error *err);

typedef struct weft_block_decoder weft_block_decoder;

/* dataset  a GDALDatasetH, which the decoder owns from now on, also where this fails; NULL: it opens one when it needs
 *          one
 * errors   WEFT_ERR_MEMORY */
weft_status weft_block_decoder_new(weft_block_decoder **out, weft_block_origin *origin, void *dataset, weft_error *err);
void weft_block_decoder_free(weft_block_decoder *decoder);

/* Finds out whether weft decodes the file itself, before the first block is read. Errors: WEFT_ERR_MEMORY. */
weft_status weft_block_decoder_look(weft_block_decoder *decoder, weft_error *err);

/* Why a block could not be decoded. */
typedef struct weft_block_failure {
    weft_read_trouble trouble; /* NONE also where the failure is not one of reading */
    char reason[256];          /* of a trouble other than NONE */
    bool of_block;             /* the block is at fault, not the file nor memory: others may decode */
} weft_block_failure;

/* Reads the bytes of a block and of `count` on its right in one request, where they lie on a network: into GDAL's cache
 * of downloads, where the next reads find them. Errors are ignored: the next reads will report them. */
void weft_block_decoder_read_ahead(weft_block_decoder *decoder, weft_block_key key, int count);

/* Decodes a block of a band: its values, and which of them are missing by value, NaN, mask band or alpha
 * (weft_block_load_fn). After a failure the caller frees the decoder: its handle may be stale, and GDAL keeps what it
 * decoded with an error.
 *
 * errors  WEFT_ERR_DATA, WEFT_ERR_IO, WEFT_ERR_NO_INPUT, WEFT_ERR_MEMORY. A block that cannot be read is reported as
 *         one
 *         that cannot be decoded; *why says what kept it from being read */
weft_status weft_block_decoder_read(weft_block_decoder *decoder, weft_block_key key, void *values, uint8_t *valid,
                                    bool *any_missing, weft_block_failure *why, weft_error *err);

#endif
