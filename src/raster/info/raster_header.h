/* What a file says of itself as a raster, for a catalog: its header is read, no pixel.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_RASTER_HEADER_H
#define WEFT_RASTER_RASTER_HEADER_H

#include "core/files/catalog_records.h"
#include "raster/info/header_footprint.h"

/* CRSs and transforms that were needed before, of one thread. */
typedef struct weft_header_reader weft_header_reader;

/* After weft_raster_init(). pattern: fields of file names become properties (core/files/path_fields.h), {date} the time
 * of acquisition; NULL: none. It has no fault, and outlives the reader. Errors: WEFT_ERR_MEMORY, WEFT_ERR_DATA (PROJ
 * knows no WGS 84). */
weft_status weft_header_reader_new(weft_header_reader **out, const char *pattern, weft_error *err);
/* NULL is fine. */
void weft_header_reader_free(weft_header_reader *reader);

typedef enum weft_header_kind {
    WEFT_HEADER_RASTER,
    WEFT_HEADER_OTHER,  /* no raster at all */
    WEFT_HEADER_BROKEN, /* a raster that cannot be opened, or has no place: `problem` says why */
    WEFT_HEADER_GONE,   /* it is not there any more */
} weft_header_kind;

typedef struct weft_raster_header {
    weft_header_kind kind;
    char problem[512];
    weft_catalog_raster record; /* of a raster; its texts are the header's, but location and name */
    weft_header_footprint outline;
} weft_raster_header;

/* Reads the header of the file at `path`, which is absolute and outlives it, as its name, the part after the last
 * slash, does. Errors: WEFT_ERR_MEMORY.
 *
 * siblings  the files of its folder that may belong to it, itself among them, ending with NULL: GDAL looks at no others
 */
weft_status weft_raster_header_read(weft_raster_header *out, weft_header_reader *reader, const char *path,
                                    const char *const *siblings, weft_error *err);
void weft_raster_header_dispose(weft_raster_header *header);

/* Whether files of this name are looked at: not text, tables, archives, documents, indexes. */
bool weft_raster_header_may_be_raster(const char *name);
/* The length of the beginning of a companion's name that is the raster's: "dem.tif" of "dem.tif.aux.xml", and "dem" of
 * "dem.tfw", whose raster has any suffix (*any). 0: it is no companion. */
size_t weft_raster_header_companion_of(const char *name, bool *any);

#endif
