/* SPDX-License-Identifier: MIT
 *
 * A running sum in steps of 16 bytes. Within a step it is made by adding the step to itself, moved by one pixel, then by
 * two, by four and so on (Hillis and Steele 1986); then the last pixel so far is added to all. Vectors are the
 * compiler's own, of which every machine has 16 bytes or does without. */
#include "raster/tiff/tiff_predictor.h"

#include "core/multiversion.h"

#include <string.h>

#define STEP 16 /* bytes */

typedef uint8_t bytes16 __attribute__((vector_size(STEP)));
typedef uint16_t shorts16 __attribute__((vector_size(STEP)));
typedef uint32_t words16 __attribute__((vector_size(STEP)));
typedef uint64_t longs16 __attribute__((vector_size(STEP)));

#if defined(__clang__)
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (bytes16){__VA_ARGS__})
#endif

/* `n` bytes towards the end, zeros before. */
#define MOVE_1(v) SHUFFLE(zero, v, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
#define MOVE_2(v) SHUFFLE(zero, v, 0, 1, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29)
#define MOVE_4(v) SHUFFLE(zero, v, 0, 1, 2, 3, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27)
#define MOVE_8(v) SHUFFLE(zero, v, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
/* The last `n` bytes, all over. */
#define LAST_1(v) SHUFFLE(v, v, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15)
#define LAST_2(v) SHUFFLE(v, v, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15)
#define LAST_4(v) SHUFFLE(v, v, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15)
#define LAST_8(v) SHUFFLE(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)

/* sum_NAME: values of `type`, pixels of `pixel` bytes, 1, 2, 4 or 8; `values` of them from `from` to `to`, which may be
 * the same place. The sum so far is added one step late, so that steps wait for an addition only. */
#define DEFINE_SUM(name, type, vector, pixel)                                                                          \
    WEFT_INLINE void sum_##name(const uint8_t *from, uint8_t *to, int64_t values) {                                    \
        const bytes16 zero = {0};                                                                                      \
        const int64_t bytes = values * (int64_t)sizeof(type);                                                          \
        vector before = {0};                                                                                           \
        int64_t at = 0;                                                                                                \
        for (; at + STEP <= bytes; at += STEP) {                                                                       \
            vector v;                                                                                                  \
            memcpy(&v, from + at, STEP);                                                                               \
            if ((pixel) <= 1) v += (vector)MOVE_1((bytes16)v);                                                         \
            if ((pixel) <= 2) v += (vector)MOVE_2((bytes16)v);                                                         \
            if ((pixel) <= 4) v += (vector)MOVE_4((bytes16)v);                                                         \
            v += (vector)MOVE_8((bytes16)v);                                                                           \
            vector sum = v + before;                                                                                   \
            before += (pixel) == 1   ? (vector)LAST_1((bytes16)v)                                                      \
                      : (pixel) == 2 ? (vector)LAST_2((bytes16)v)                                                      \
                      : (pixel) == 4 ? (vector)LAST_4((bytes16)v)                                                      \
                                     : (vector)LAST_8((bytes16)v);                                                     \
            memcpy(to + at, &sum, STEP);                                                                               \
        }                                                                                                              \
        for (; at < bytes; at += (int64_t)sizeof(type)) {                                                              \
            type value, earlier = 0;                                                                                   \
            memcpy(&value, from + at, sizeof value);                                                                   \
            if (at >= (pixel)) memcpy(&earlier, to + at - (pixel), sizeof earlier);                                    \
            value = (type)(value + earlier);                                                                           \
            memcpy(to + at, &value, sizeof value);                                                                     \
        }                                                                                                              \
    }

DEFINE_SUM(bytes_1, uint8_t, bytes16, 1)
DEFINE_SUM(bytes_2, uint8_t, bytes16, 2)
DEFINE_SUM(bytes_4, uint8_t, bytes16, 4)
DEFINE_SUM(bytes_8, uint8_t, bytes16, 8)
DEFINE_SUM(shorts_2, uint16_t, shorts16, 2)
DEFINE_SUM(shorts_4, uint16_t, shorts16, 4)
DEFINE_SUM(shorts_8, uint16_t, shorts16, 8)
DEFINE_SUM(words_4, uint32_t, words16, 4)
DEFINE_SUM(words_8, uint32_t, words16, 8)
DEFINE_SUM(longs_8, uint64_t, longs16, 8)

/* sum_any_NAME: pixels of any other number of bytes. Of 16 bytes and more whole steps are added to what is done. */
#define DEFINE_SUM_ANY(name, type, vector)                                                                             \
    WEFT_INLINE void sum_any_##name(const uint8_t *from, uint8_t *to, int64_t values, int samples) {                   \
        const int64_t bytes = values * (int64_t)sizeof(type), pixel = samples * (int64_t)sizeof(type);                 \
        int64_t at = pixel < bytes ? pixel : bytes;                                                                    \
        if (from != to) memcpy(to, from, (size_t)at);                                                                  \
        for (; pixel >= STEP && at + STEP <= bytes; at += STEP) {                                                      \
            vector v, earlier;                                                                                         \
            memcpy(&v, from + at, STEP);                                                                               \
            memcpy(&earlier, to + at - pixel, STEP);                                                                   \
            v += earlier;                                                                                              \
            memcpy(to + at, &v, STEP);                                                                                 \
        }                                                                                                              \
        for (; at < bytes; at += (int64_t)sizeof(type)) {                                                              \
            type value, earlier;                                                                                       \
            memcpy(&value, from + at, sizeof value);                                                                   \
            memcpy(&earlier, to + at - pixel, sizeof earlier);                                                         \
            value = (type)(value + earlier);                                                                           \
            memcpy(to + at, &value, sizeof value);                                                                     \
        }                                                                                                              \
    }

DEFINE_SUM_ANY(bytes, uint8_t, bytes16)
DEFINE_SUM_ANY(shorts, uint16_t, shorts16)
DEFINE_SUM_ANY(words, uint32_t, words16)
DEFINE_SUM_ANY(longs, uint64_t, longs16)

WEFT_MULTIVERSION static void sum_bytes(const uint8_t *from, uint8_t *to, int64_t values, int samples) {
    switch (samples) {
    case 1:
        sum_bytes_1(from, to, values);
        break;
    case 2:
        sum_bytes_2(from, to, values);
        break;
    case 4:
        sum_bytes_4(from, to, values);
        break;
    case 8:
        sum_bytes_8(from, to, values);
        break;
    default:
        sum_any_bytes(from, to, values, samples);
    }
}

WEFT_MULTIVERSION static void sum_shorts(const uint8_t *from, uint8_t *to, int64_t values, int samples) {
    switch (samples) {
    case 1:
        sum_shorts_2(from, to, values);
        break;
    case 2:
        sum_shorts_4(from, to, values);
        break;
    case 4:
        sum_shorts_8(from, to, values);
        break;
    default:
        sum_any_shorts(from, to, values, samples);
    }
}

WEFT_MULTIVERSION static void sum_words(const uint8_t *from, uint8_t *to, int64_t values, int samples) {
    if (samples == 1)
        sum_words_4(from, to, values);
    else if (samples == 2)
        sum_words_8(from, to, values);
    else
        sum_any_words(from, to, values, samples);
}

WEFT_MULTIVERSION static void sum_longs(const uint8_t *from, uint8_t *to, int64_t values, int samples) {
    if (samples == 1)
        sum_longs_8(from, to, values);
    else
        sum_any_longs(from, to, values, samples);
}

void weft_tiff_undo_differences(void *pixels, int64_t rows, int64_t values, int value_bytes, int samples) {
    uint8_t *row = pixels;
    for (int64_t i = 0; i < rows; i++, row += values * value_bytes) {
        if (value_bytes == 1)
            sum_bytes(row, row, values, samples);
        else if (value_bytes == 2)
            sum_shorts(row, row, values, samples);
        else if (value_bytes == 4)
            sum_words(row, row, values, samples);
        else
            sum_longs(row, row, values, samples);
    }
}

/* --- floating point --- */

WEFT_MULTIVERSION static void join_4(const uint8_t *restrict from, int64_t values, uint8_t *restrict to) {
    for (int64_t i = 0; i < values; i++) {
        to[4 * i + 3] = from[i];
        to[4 * i + 2] = from[values + i];
        to[4 * i + 1] = from[2 * values + i];
        to[4 * i] = from[3 * values + i];
    }
}

WEFT_MULTIVERSION static void join_8(const uint8_t *restrict from, int64_t values, uint8_t *restrict to) {
    for (int64_t i = 0; i < values; i++) {
        to[8 * i + 7] = from[i];
        to[8 * i + 6] = from[values + i];
        to[8 * i + 5] = from[2 * values + i];
        to[8 * i + 4] = from[3 * values + i];
        to[8 * i + 3] = from[4 * values + i];
        to[8 * i + 2] = from[5 * values + i];
        to[8 * i + 1] = from[6 * values + i];
        to[8 * i] = from[7 * values + i];
    }
}

void weft_tiff_undo_float_differences(void *pixels, int64_t rows, int64_t values, int value_bytes, int samples,
                                      uint8_t *row_bytes) {
    uint8_t *row = pixels;
    for (int64_t i = 0; i < rows; i++, row += values * value_bytes) {
        sum_bytes(row, row_bytes, values * value_bytes, samples);
        if (value_bytes == 4)
            join_4(row_bytes, values, row);
        else
            join_8(row_bytes, values, row);
    }
}

/* --- bands --- */

#define DEFINE_TAKE(name, type)                                                                                        \
    WEFT_INLINE void take_##name(const type *restrict from, int64_t count, int64_t samples, type *restrict to) {       \
        for (int64_t i = 0; i < count; i++)                                                                            \
            to[i] = from[i * samples];                                                                                 \
    }                                                                                                                  \
    WEFT_MULTIVERSION static void take_any_##name(const type *restrict from, int64_t count, int samples,               \
                                                  type *restrict to) {                                                 \
        if (samples == 2)                                                                                              \
            take_##name(from, count, 2, to);                                                                           \
        else if (samples == 3)                                                                                         \
            take_##name(from, count, 3, to);                                                                           \
        else if (samples == 4)                                                                                         \
            take_##name(from, count, 4, to);                                                                           \
        else                                                                                                           \
            take_##name(from, count, samples, to);                                                                     \
    }

DEFINE_TAKE(bytes, uint8_t)
DEFINE_TAKE(shorts, uint16_t)
DEFINE_TAKE(words, uint32_t)
DEFINE_TAKE(longs, uint64_t)

void weft_tiff_take_band(const void *pixels, int64_t count, int value_bytes, int samples, int sample, void *out) {
    if (value_bytes == 1)
        take_any_bytes((const uint8_t *)pixels + sample, count, samples, out);
    else if (value_bytes == 2)
        take_any_shorts((const uint16_t *)pixels + sample, count, samples, out);
    else if (value_bytes == 4)
        take_any_words((const uint32_t *)pixels + sample, count, samples, out);
    else
        take_any_longs((const uint64_t *)pixels + sample, count, samples, out);
}
