/* A GeoTIFF whose blocks weft decodes itself, past GDAL: its layout, and a descriptor that all threads read through.
 *
 * GDAL has opened the file before, or another of the same layout, and what it says is compared: size, blocks, types, and
 * where the first and the last block are. Whatever is unusual is left to GDAL: other layouts and codecs, mask bands, files of GDAL's own file systems.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_TIFF_FILE_H
#define WEFT_RASTER_TIFF_FILE_H

#include "raster/files/file_facts.h"
#include "raster/info/source_info.h"
#include "raster/tiff/tiff_codec.h"
#include "raster/tiff/tiff_layout.h"

typedef struct weft_tiff_file weft_tiff_file;

/* Looks at the file of an open dataset, a GDALDatasetH that belongs to the caller's thread. *out stays NULL where its
 * blocks are left to GDAL.
 *
 * info   of the source; outlives the file
 * facts  of the file when the source was opened: another one is left to GDAL, which has an error for it
 * open   counts descriptors while they are open; outlives the file
 * asks_again  set where the system could not read: another time it may
 * errors WEFT_ERR_MEMORY */
weft_status weft_tiff_file_new(weft_tiff_file **out, void *dataset, const weft_source_info *info,
                               const weft_file_facts *facts, _Atomic int *open, bool *asks_again, weft_error *err);
/* The same of a file that GDAL need not open, since a catalog says that it is like one that GDAL has opened in all but
 * place and size. *out stays NULL where its own directory does not say the same, its place among it: that may be in a
 * world file, too.
 *
 * info   of this file; outlives it. facts, open and errors: as above */
weft_status weft_tiff_file_new_like(weft_tiff_file **out, const weft_tiff_file *like, const weft_source_info *info,
                                    const weft_file_facts *facts, _Atomic int *open, weft_error *err);
/* When nobody holds a descriptor of it. NULL is fine. */
void weft_tiff_file_free(weft_tiff_file *file);

const weft_tiff_layout *weft_tiff_file_layout(const weft_tiff_file *file);
const weft_tiff_codec *weft_tiff_file_codec(const weft_tiff_file *file);
const weft_source_info *weft_tiff_file_info(const weft_tiff_file *file);

/* From now on all blocks are GDAL's: one of them was not as it should be, of a codec that may be left whole (tiff_codec.h).
 * Any thread. */
void weft_tiff_file_leave(weft_tiff_file *file);
bool weft_tiff_file_is_left(const weft_tiff_file *file);

/* An open descriptor, shared by all that hold it, and closed by the last. */
typedef struct weft_tiff_descriptor weft_tiff_descriptor;

/* Holds the file's descriptor, which is opened when nobody has it. Any thread. WEFT_TIFF_NO: the file is another one
 * than it was; WEFT_TIFF_FAILED: errno says why it cannot be opened. */
weft_tiff_answer weft_tiff_file_hold(weft_tiff_file *file, weft_tiff_descriptor **out);
void weft_tiff_file_release(weft_tiff_file *file, weft_tiff_descriptor *descriptor);
/* Whoever holds it goes on with it; who comes next gets a new one. After an error: it may be stale. */
void weft_tiff_file_forget(weft_tiff_file *file, const weft_tiff_descriptor *descriptor);
int weft_tiff_descriptor_number(const weft_tiff_descriptor *descriptor);

#endif
