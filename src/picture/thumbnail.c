/* SPDX-License-Identifier: MIT
 *
 * Cairo decodes whatever size a file claims; so its header is looked at first. */
#include "picture/thumbnail.h"

#include "picture/layer_picture.h"

#include <cairo.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static cairo_status_t read_bytes(void *closure, unsigned char *bytes, unsigned length) {
    return fread(bytes, 1, length, closure) == length ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_READ_ERROR;
}

static cairo_status_t keep_bytes(void *closure, const unsigned char *bytes, unsigned length) {
    weft_text *out = closure;
    weft_text_add_bytes(out, (const char *)bytes, length);
    return out->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

static uint32_t big_endian(const unsigned char *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | (uint32_t)at[3];
}

/* Width and height stand after the signature and the name of the first chunk (PNG 1.2, 11.2.2). */
static bool is_small_png(FILE *file) {
    unsigned char head[24];
    if (fread(head, 1, sizeof head, file) != sizeof head || memcmp(head, "\x89PNG\r\n\x1a\n", 8) != 0) return false;
    uint32_t width = big_endian(head + 16), height = big_endian(head + 20);
    rewind(file);
    return width > 0 && height > 0 && width <= WEFT_PICTURE_SIDE && height <= WEFT_PICTURE_SIDE;
}

static cairo_surface_t *scaled(cairo_surface_t *picture, int side, int *width, int *height) {
    double wide = cairo_image_surface_get_width(picture), high = cairo_image_surface_get_height(picture);
    double scale = fmin(1, side / fmax(wide, high));
    *width = (int)fmax(1, floor(wide * scale));
    *height = (int)fmax(1, floor(high * scale));
    cairo_surface_t *out = cairo_image_surface_create(CAIRO_FORMAT_RGB24, *width, *height);
    cairo_t *cairo = cairo_create(out);
    cairo_scale(cairo, *width / wide, *height / high);
    cairo_set_source_surface(cairo, picture, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_GOOD);
    cairo_paint(cairo);
    cairo_destroy(cairo);
    return out;
}

weft_status weft_thumbnail_png(weft_text *out, const char *path, int side, int *width, int *height, weft_error *err) {
    cairo_surface_t *picture = NULL, *copy = NULL;
    weft_status status = WEFT_OK;
    FILE *file = fopen(path, "rb");
    if (file == NULL) return weft_error_set_errno(err, errno, "%s", path);
    if (!is_small_png(file)) {
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: no PNG of at most %d pixels a side", path, WEFT_PICTURE_SIDE);
        goto done;
    }
    picture = cairo_image_surface_create_from_png_stream(read_bytes, file);
    cairo_status_t drawn = cairo_surface_status(picture);
    if (drawn != CAIRO_STATUS_SUCCESS) {
        status = weft_error_set(err, drawn == CAIRO_STATUS_NO_MEMORY ? WEFT_ERR_MEMORY : WEFT_ERR_DATA,
                                "%s: cannot be read (%s)", path, cairo_status_to_string(drawn));
        goto done;
    }
    copy = scaled(picture, side, width, height);
    drawn = cairo_surface_write_to_png_stream(copy, keep_bytes, out);
    if (drawn != CAIRO_STATUS_SUCCESS)
        status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: cannot draw (%s)", path, cairo_status_to_string(drawn));
done:
    if (copy != NULL) cairo_surface_destroy(copy);
    if (picture != NULL) cairo_surface_destroy(picture);
    (void)fclose(file);
    return status;
}
