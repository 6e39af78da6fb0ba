/* SPDX-License-Identifier: MIT
 *
 * Two rows at a time, so that the sums are loaded and stored half as often. One set of loops a type. */
#include "processors/resample/source_rows.h"

#include "core/multiversion.h"

#include <math.h>
#include <string.h>

/* Adds one row or two to the sums. */
typedef void (*add_fn)(const void *first, const void *second, const uint8_t *valid, const double *weights, int64_t n,
                       double *restrict sums);

#define PLAIN(x)   ((double)(x))
#define SQUARED(x) ((double)(x) * (double)(x))

#define DEFINE_ADD(name, type, value)                                                                                  \
    WEFT_MULTIVERSION static void one_##name(const void *first, const void *second, const uint8_t *valid,              \
                                             const double *weights, int64_t n, double *restrict sums) {                \
        const type *a = first;                                                                                         \
        double weight = weights[0];                                                                                    \
        (void)second;                                                                                                  \
        (void)valid;                                                                                                   \
        for (int64_t i = 0; i < n; i++)                                                                                \
            sums[i] += weight * value(a[i]);                                                                           \
    }                                                                                                                  \
    WEFT_MULTIVERSION static void two_##name(const void *first, const void *second, const uint8_t *valid,              \
                                             const double *weights, int64_t n, double *restrict sums) {                \
        const type *a = first, *b = second;                                                                            \
        double weight_a = weights[0], weight_b = weights[1];                                                           \
        (void)valid;                                                                                                   \
        for (int64_t i = 0; i < n; i++)                                                                                \
            sums[i] = sums[i] + weight_a * value(a[i]) + weight_b * value(b[i]);                                       \
    }                                                                                                                  \
    WEFT_MULTIVERSION static void masked_##name(const void *first, const void *second, const uint8_t *valid,           \
                                                const double *weights, int64_t n, double *restrict sums) {             \
        const type *a = first;                                                                                         \
        double weight = weights[0];                                                                                    \
        (void)second;                                                                                                  \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            double product = weight * value(a[i]);                                                                     \
            sums[i] += valid[i] != 0 ? product : NAN;                                                                  \
        }                                                                                                              \
    }
#define DEFINE_BOTH(name, type)                                                                                        \
    DEFINE_ADD(name, type, PLAIN)                                                                                      \
    DEFINE_ADD(name##_squared, type, SQUARED)
DEFINE_BOTH(int8, int8_t)
DEFINE_BOTH(uint8, uint8_t)
DEFINE_BOTH(int16, int16_t)
DEFINE_BOTH(uint16, uint16_t)
DEFINE_BOTH(int32, int32_t)
DEFINE_BOTH(uint32, uint32_t)
DEFINE_BOTH(int64, int64_t)
DEFINE_BOTH(uint64, uint64_t)
DEFINE_BOTH(float32, float)
DEFINE_BOTH(float64, double)

typedef struct adders {
    add_fn one, two, masked;
} adders;

#define ADDERS(type, name)                                                                                             \
    [type] = {{one_##name, two_##name, masked_##name},                                                                 \
              {one_##name##_squared, two_##name##_squared, masked_##name##_squared}}

static const adders of_type[][2] = {
    ADDERS(WEFT_INT8, int8),       ADDERS(WEFT_UINT8, uint8),   ADDERS(WEFT_INT16, int16),
    ADDERS(WEFT_UINT16, uint16),   ADDERS(WEFT_INT32, int32),   ADDERS(WEFT_UINT32, uint32),
    ADDERS(WEFT_INT64, int64),     ADDERS(WEFT_UINT64, uint64), ADDERS(WEFT_FLOAT32, float32),
    ADDERS(WEFT_FLOAT64, float64),
};

void weft_source_rows_weigh(const weft_patch *patch, int64_t first, int64_t count, const double *weights, bool square,
                            double *out) {
    int64_t cols = patch->window.cols, size = (int64_t)weft_data_type_size(patch->type);
    int64_t start = (first - patch->window.row) * cols;
    const char *pixels = (const char *)patch->values + start * size;
    const adders *add = &of_type[patch->type][square ? 1 : 0];
    memset(out, 0, (size_t)cols * sizeof *out);
    if (patch->valid != NULL) {
        for (int64_t j = 0; j < count; j++)
            add->masked(pixels + j * cols * size, NULL, patch->valid + start + j * cols, weights + j, cols, out);
        return;
    }
    for (int64_t j = 0; j + 1 < count; j += 2)
        add->two(pixels + j * cols * size, pixels + (j + 1) * cols * size, NULL, weights + j, cols, out);
    if (count % 2 != 0) add->one(pixels + (count - 1) * cols * size, NULL, NULL, weights + count - 1, cols, out);
}
