/* A small copy of a picture.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PICTURE_THUMBNAIL_H
#define WEFT_PICTURE_THUMBNAIL_H

#include "core/text.h"

/* Adds the PNG at `path`, made smaller so that neither side is over `side` pixels, to `out` as PNG: its bytes, which
 * are no text. width, height: of the copy. The picture, at most WEFT_PICTURE_SIDE a side, is held meanwhile, by cairo.
 * Errors: WEFT_ERR_NO_INPUT, WEFT_ERR_PERMISSION, WEFT_ERR_IO, WEFT_ERR_DATA (no PNG, or a larger one),
 * WEFT_ERR_MEMORY.
 */
weft_status weft_thumbnail_png(weft_text *out, const char *path, int side, int *width, int *height, weft_error *err);

#endif
