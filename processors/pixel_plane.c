/* SPDX-License-Identifier: MIT
 *
 * One loop a type, without branches, so that the compiler converts several pixels at once. */
#include "processors/pixel_plane.h"

#define CONVERT(type)                                                                                                  \
    do {                                                                                                               \
        const type *from = patch->values;                                                                              \
        for (int64_t i = 0; i < count; i++)                                                                            \
            values[i] = (double)from[i];                                                                               \
    } while (0)

static void convert(const weft_patch *patch, int64_t count, double *values) {
    switch (patch->type) {
    case WEFT_INT8:
        CONVERT(int8_t);
        break;
    case WEFT_UINT8:
        CONVERT(uint8_t);
        break;
    case WEFT_INT16:
        CONVERT(int16_t);
        break;
    case WEFT_UINT16:
        CONVERT(uint16_t);
        break;
    case WEFT_INT32:
        CONVERT(int32_t);
        break;
    case WEFT_UINT32:
        CONVERT(uint32_t);
        break;
    case WEFT_INT64:
        CONVERT(int64_t);
        break;
    case WEFT_UINT64:
        CONVERT(uint64_t);
        break;
    case WEFT_FLOAT32:
        CONVERT(float);
        break;
    case WEFT_FLOAT64:
        CONVERT(double);
        break;
    }
}

void weft_pixel_plane_fill(const weft_patch *patch, bool square, double *values) {
    int64_t count = patch->window.cols * patch->window.rows;
    convert(patch, count, values);
    for (int64_t i = 0; square && i < count; i++)
        values[i] *= values[i];
    for (int64_t i = 0; patch->valid != NULL && i < count; i++)
        values[i] = patch->valid[i] != 0 ? values[i] : NAN;
}
