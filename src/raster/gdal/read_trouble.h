/* Between the files of this folder only: why a read through GDAL failed.
 *
 * GDAL tells few read errors from files that do not decode: a driver that gets less than it asked for says that its
 * strip is broken, and why it got less is lost (GDAL 3.6 clears errno after a short read). So the bytes are read once
 * more here, past GDAL: what the system refuses is trouble with the medium, what it gives is trouble with the content.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_READ_TROUBLE_H
#define WEFT_RASTER_READ_TROUBLE_H

#include "core/retry.h"
#include "raster/gdal/block_key.h"

#define WEFT_WARNING_BYTES 512

/* What GDAL's error handler said while a file was opened or read. A call that succeeds is not enough: where the place
 * of a strip cannot be read GDAL gives zeros, where a tag cannot be read it goes without. */
typedef struct weft_read_watch {
    bool failed;        /* something did */
    bool network, file; /* of it: a request, or a file's reading or a request */
    char reason[256];   /* the first message, or a request's */
    const char *warned; /* the file that is opened, whose warnings are kept; NULL: none are. Set after the beginning */
    int warning_count;  /* of those kept: the first two that are not the same */
    /* Their texts on one line, without the file's name; cut off where they are long. */
    char warnings[WEFT_WARNING_BYTES];
} weft_read_watch;

/* Begin before the calls, end after them, on the same thread. False: there is no memory to call GDAL with
 * (weft_raster_clear_errors()), and nothing to end. */
bool weft_read_watch_begin(weft_read_watch *watch);
/* Begins again, and keeps what was said before. */
void weft_read_watch_resume(weft_read_watch *watch);
void weft_read_watch_end(weft_read_watch *watch);

typedef enum weft_read_trouble {
    WEFT_TROUBLE_NONE,    /* all bytes can be read: either it passed already, or they do not decode */
    WEFT_TROUBLE_PASSING, /* the medium or the network; may pass */
    WEFT_TROUBLE_LASTING, /* the same, but another attempt would be as good as this one */
} weft_read_trouble;

/* What is wrong with a file that GDAL could not open: reads it through, up to a bound. reason: what the system says;
 * unchanged with WEFT_TROUBLE_NONE. Any thread. */
weft_read_trouble weft_read_trouble_of_file(const char *path, const weft_read_watch *watch, char reason[256]);

/* What is wrong with a block: reads its bytes where the driver says where they are, else the dataset's files. `dataset`
 * is a GDALDatasetH that belongs to the caller's thread. overview: whose block it is, from 1, or 0. reason: as above; with
 * WEFT_TROUBLE_NONE that the file ends before the block does, if so. */
weft_read_trouble weft_read_trouble_of_block(void *dataset, weft_block_key key, int overview,
                                             const weft_read_watch *watch, char reason[256]);

/* Where a GeoTIFF keeps the block, in bytes of the file. False where the driver does not say, or says what no file can
 * hold, and for blocks that the file leaves out. `dataset` as above. */
bool weft_block_find_bytes(void *dataset, weft_block_key key, int64_t *from, int64_t *length);

/* Whether a network's server says that it is forbidden (401, 403); reason: its answer. Any thread. */
bool weft_read_trouble_is_forbidden(const char *path, char reason[256]);

#endif
