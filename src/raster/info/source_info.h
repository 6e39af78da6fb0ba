/* What a raster declares of itself and its bands, and what its user says instead.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_SOURCE_INFO_H
#define WEFT_RASTER_SOURCE_INFO_H

#include "core/data_type.h"
#include "core/moment.h"
#include "core/palette.h"
#include "core/retry.h"
#include "core/window.h"
#include "raster/crs/crs.h"
#include "raster/info/class_signs.h"
#include "raster/info/codec_memory.h"

typedef struct weft_handle_limit weft_handle_limit;

/* How a band says that a pixel is missing. NaN is missing in every float band besides. */
typedef enum weft_nodata_kind {
    WEFT_NODATA_NONE,
    WEFT_NODATA_VALUE, /* `nodata`; may be NaN */
    WEFT_NODATA_MASK,  /* a mask band */
    WEFT_NODATA_ALPHA, /* an alpha band: 0 is missing */
} weft_nodata_kind;

/* A pixel's value: `real` of floats, `integer` of integers with a sign, `unsigned_integer` of those without. */
typedef union weft_pixel {
    double real;
    int64_t integer;
    uint64_t unsigned_integer;
} weft_pixel;

/* From low to high, both of them too. */
typedef struct weft_pixel_range {
    weft_pixel low, high;
} weft_pixel_range;

typedef struct weft_band_info {
    int number; /* from 1 */
    weft_data_type type;
    weft_nodata_kind nodata_kind;
    double nodata;                   /* as declared, float32's rounded to it; of several, the first */
    bool nodata_occurs;              /* a pixel of this type can hold it; else none is missing by it */
    double nodata_unused;            /* one of the values that no pixel of this type can hold; NaN: all can be held */
    const weft_pixel_range *missing; /* with WEFT_NODATA_VALUE: the pixel values that are missing, NaN left out */
    int missing_count;
    bool mask_unused;        /* the file has a mask or an alpha band beside the nodata value, which counts */
    bool zero_fill;          /* the nodata value is a Zarr array's fill value, and 0, as it is where nobody chose one */
    int64_t gap_pixels;      /* of a VRT without a nodata value: those that no file fills, at least; they are 0 */
    bool has_date;           /* it lies along a time axis */
    weft_moment date;        /* in the axis' calendar */
    bool wanted;             /* may be read: weft_source_options.bands */
    double scale, offset;    /* value = raw * scale + offset; 1 and 0 where the file has none */
    const char *description; /* what the file calls the band, or NULL */
    const char *classes;     /* what says that its values are classes (class_signs.h), or NULL */
    weft_class_names class_names;
    const char *unit;     /* of the values, as the file says it ("m"), or NULL */
    weft_palette palette; /* of the raw pixels; none of bands that are not wanted, or with without_palettes */
} weft_band_info;

typedef struct weft_source_info {
    const char *path; /* absolute; owned by the source, as all here */
    const weft_crs *crs;
    bool crs_assumed;       /* the file has none: its axes are degrees east and north, taken as WGS 84's */
    double geotransform[6]; /* pixel (u, v) to CRS: x = g[0] + u g[1] + v g[2], y = g[3] + u g[4] + v g[5] */
    int64_t cols, rows;
    int overview; /* so many of its overviews, counted from 1, all of this describes; 0: the raster itself */
    int64_t block_cols, block_rows;
    bool wraps;        /* geographic and a turn wide to half a pixel: column cols is column 0 */
    int64_t wrap_cols; /* columns of a full turn, when it wraps (a repeated last column is left out) */
    bool pixel_interleaved;
    int bands_at_once;     /* one decode gives a block of so many: numbers 1 to n, n + 1 to 2 n, and so on */
    weft_codec_cost codec; /* what a handle that has read takes beside the block cache */
    int alpha_band;        /* number of the band that is an alpha mask; 0: none */
    int band_count;        /* bands that may be columns: alpha bands are left out */
    const weft_band_info *bands;
    /* Of its mask, if it has one: decoded blocks of it under one block of the source, the largest of them, and the
     * share of the source that it reaches. */
    bool masked;
    int64_t mask_bytes, mask_block_bytes;
    int64_t mask_decoder_bytes, mask_open_bytes; /* what one handle of it takes, and of that when it is open */
    double mask_cover;
    /* Attributes of an HDF file that GDAL does not go by, with their values (unread_attributes.h): what pixels mean, and
     * which are missing. NULL: none, or the options say it instead. */
    const char *unread_scaling, *unread_missing;
    const char *undated; /* why bands have no dates though there is a time axis, a constant; NULL: they have, or none */
    const char *warnings; /* of GDAL while the file was opened, on one line; NULL: none, or a mosaic's (mosaic.h) */
} weft_source_info;

/* The band of this number; NULL: there is none that may be a column. */
static inline const weft_band_info *weft_source_info_band(const weft_source_info *info, int number) {
    for (int i = 0; i < info->band_count; i++)
        if (info->bands[i].number == number) return &info->bands[i];
    return NULL;
}

/* Which pixels another raster says not to count (masked_source.h). Outlives the sources. */
typedef struct weft_mask_rule {
    /* The mask's path for a source's, on the heap; NULL: that one has none, and with *all_masked no pixel counts. */
    weft_status (*path_of)(void *payload, const char *path, char **out, bool *all_masked, weft_error *err);
    int band;
    /* For a mask of this type: *table, by the bits of its pixels of 8 or 16 bits, is 1 where source pixels do not
     * count; NULL: test() is asked. Called while sources are opened, by one thread. */
    weft_status (*prepare)(void *payload, weft_data_type type, const uint8_t **table, weft_error *err);
    /* 1 in `out` where source pixels do not count, 0 elsewhere; of `count` pixels of the mask, whose type prepare() has
     * been called with. What is said of NaN means nothing: the mask is missing there. Any thread. */
    void (*test)(void *payload, weft_data_type type, const void *pixels, int64_t count, uint8_t *out);
    void *payload;
    bool keeps_missing; /* pixels count where the mask is missing, or does not reach */
} weft_mask_rule;

/* Sets `valid` to 0 for pixels that a dataset's mask excludes. pixels: in source pixels; rows of `valid` are `stride`
 * apart. Any thread. */
typedef weft_status (*weft_mask_apply_fn)(void *payload, weft_window pixels, int64_t stride, uint8_t *valid,
                                          weft_error *err);

/* What it points to outlives the source, which looks again when it opens the file once more. */
typedef struct weft_source_options {
    /* What is missing, instead of what the file declares (value, mask and alpha): `nodata_count` ranges, single values
     * among them; none of them: nothing but NaN is. */
    bool has_nodata;
    const weft_value_range *nodata;
    int nodata_count;
    const weft_crs *crs;          /* instead of the file's; NULL: the file's */
    const double *geotransform;   /* six numbers instead of the file's; NULL: the file's */
    const double *scale, *offset; /* instead of each band's; NULL: the file's */
    char *const *open_options;    /* of GDAL's driver, ending with NULL; NULL: none */
    /* The bands that will be read, so that no others are decoded beside them; NULL: all. Looked at while opening. */
    const int *bands;
    int band_count;
    const weft_moment *dates; /* of bands with dates, those from dates[0] to dates[1]; NULL: all */
    /* One of many files in its folder: companions (.aux.xml, .msk, world files) are looked for by their names, instead
     * of listing the folder once a file. */
    bool one_of_many;
    bool without_palettes;      /* they are not kept: of 16 bits, one takes 256 KiB */
    const weft_mask_rule *mask; /* NULL: all pixels count */
    int overview; /* read instead of the raster, counted from 1; all of its bands have it. 0: none. Not of a mosaic */
    /* A command that makes the address to open, whenever it is opened (signed_address.h); NULL: none. */
    const char *sign;
    bool bad_blocks_missing; /* blocks that cannot be read or decoded are missing, and counted, instead of an error */
    /* What was tried again, of opening and reading; outlives the source. NULL: not counted. */
    weft_retry_account *retries;
    /* Asked before each decode, outlives the source; NULL: handles are as many as threads. */
    weft_handle_limit *handles;
} weft_source_options;

#endif
