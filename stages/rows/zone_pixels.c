/* SPDX-License-Identifier: MIT */
#include "stages/rows/zone_pixels.h"

#include "processors/resample/pixel_plane.h"

#include <math.h>

bool weft_zone_keeps_integers(const weft_resampler *resampler) {
    return (resampler->source_type == WEFT_INT64 || resampler->source_type == WEFT_UINT64) &&
           resampler->value_scale == 1 && resampler->value_offset == 0;
}

static void lay_out(weft_zone_pixels *self, uint8_t **raw, uint8_t **valid) {
    double *at = self->memory.data;
    self->scratch = at; /* two pieces: sums of areas have a column more a row */
    self->areas = at + 2 * WEFT_ZONE_PIECE;
    self->values = at + 3 * WEFT_ZONE_PIECE;
    self->orders = (uint64_t *)(void *)(at + 4 * WEFT_ZONE_PIECE);
    *raw = (uint8_t *)(at + 5 * WEFT_ZONE_PIECE);
    *valid = *raw + 8 * WEFT_ZONE_PIECE;
}

static void put_in_order(weft_zone_pixels *self, const weft_resampler *resampler) {
    const int64_t *integers = self->patch.values;
    if (!weft_zone_keeps_integers(resampler))
        for (int64_t i = 0; i < self->count; i++)
            self->orders[i] = weft_order_of_real(self->values[i] + 0.0); /* -0 is 0 */
    else if (resampler->source_type == WEFT_UINT64)
        memcpy(self->orders, self->patch.values, (size_t)self->count * sizeof *self->orders);
    else
        for (int64_t i = 0; i < self->count; i++)
            self->orders[i] = weft_order_of_integer(integers[i]);
}

weft_status weft_zone_pixels_read(weft_zone_pixels *self, weft_source *source, int band,
                                  const weft_resampler *resampler, weft_window piece, const weft_zone_side *sides,
                                  int64_t side_count, bool *any, weft_error *err) {
    double scale = resampler->value_scale, offset = resampler->value_offset;
    uint8_t *raw, *valid;
    bool all_valid = true;
    lay_out(self, &raw, &valid);
    self->count = piece.cols * piece.rows;
    *any = false;
    weft_zone_cover(sides, side_count, piece, self->scratch, self->areas);
    for (int64_t i = 0; i < self->count && !*any; i++)
        *any = self->areas[i] > 0;
    if (!*any) return WEFT_OK;
    weft_status status = weft_source_read(source, band, piece, raw, valid, &all_valid, err);
    if (status != WEFT_OK) return status;
    self->patch = (weft_patch){piece, resampler->source_type, raw, all_valid ? NULL : valid};
    weft_pixel_plane_fill(&self->patch, false, self->values);
    for (int64_t i = 0; i < self->count && (scale != 1 || offset != 0); i++)
        self->values[i] = self->values[i] * scale + offset;
    for (int64_t i = 0; i < self->count; i++)
        self->areas[i] = isnan(self->values[i]) ? 0 : self->areas[i];
    put_in_order(self, resampler);
    return WEFT_OK;
}
