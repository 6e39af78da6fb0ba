/* SPDX-License-Identifier: MIT
 *
 * One loop a type, made from one text. */
#include "processors/table/column_stats.h"

#include "processors/text/number_text.h"

#include <math.h>

_Static_assert(WEFT_DATE_TEXT_BYTES <= WEFT_NUMBER_TEXT_BYTES, "dates fit where numbers do");

static bool is_unsigned(weft_data_type type) {
    return type == WEFT_UINT64;
}

static bool is_missing(const weft_values *values, int64_t at, double value) {
    return values->valid != NULL ? values->valid[at] == 0 : isnan(value);
}

static void count_value(weft_stats_part *part, double value) {
    if (part->count++ == 0) part->shift = isfinite(value) ? value : 0;
    double difference = value - part->shift;
    part->sum += difference;
    part->squares += difference * difference;
}

/* `member` of the union is what holds the type's values. */
#define DEFINE_ADD(NAME, TYPE, MEMBER)                                                                                 \
    static void NAME(weft_stats_part *part, const weft_values *values, int64_t count, const bool *kept) {              \
        const TYPE *from = values->values;                                                                             \
        for (int64_t i = 0; i < count; i++) {                                                                          \
            if ((kept != NULL && !kept[i]) || is_missing(values, i, (double)from[i])) continue;                        \
            if (part->count == 0 || from[i] < part->min.MEMBER) part->min.MEMBER = from[i];                            \
            if (part->count == 0 || from[i] > part->max.MEMBER) part->max.MEMBER = from[i];                            \
            count_value(part, (double)from[i]);                                                                        \
        }                                                                                                              \
    }

DEFINE_ADD(add_int8, int8_t, integer)
DEFINE_ADD(add_uint8, uint8_t, integer)
DEFINE_ADD(add_int16, int16_t, integer)
DEFINE_ADD(add_uint16, uint16_t, integer)
DEFINE_ADD(add_int32, int32_t, integer)
DEFINE_ADD(add_uint32, uint32_t, integer)
DEFINE_ADD(add_int64, int64_t, integer)
DEFINE_ADD(add_uint64, uint64_t, unsigned_integer)
DEFINE_ADD(add_float32, float, real)
DEFINE_ADD(add_float64, double, real)

void weft_stats_part_add(weft_stats_part *part, const weft_values *values, int64_t count, const bool *kept) {
    static void (*const adders[])(weft_stats_part *, const weft_values *, int64_t, const bool *) = {
        [WEFT_INT8] = add_int8,       [WEFT_UINT8] = add_uint8,   [WEFT_INT16] = add_int16,
        [WEFT_UINT16] = add_uint16,   [WEFT_INT32] = add_int32,   [WEFT_UINT32] = add_uint32,
        [WEFT_INT64] = add_int64,     [WEFT_UINT64] = add_uint64, [WEFT_FLOAT32] = add_float32,
        [WEFT_FLOAT64] = add_float64,
    };
    if (weft_data_type_is_text(values->type)) {
        for (int64_t i = 0; i < count; i++)
            part->count += (kept == NULL || kept[i]) && values->valid[i] != 0;
        return;
    }
    adders[values->type == WEFT_DATE ? WEFT_INT32 : values->type](part, values, count, kept);
}

static bool is_less(weft_stats_value a, weft_stats_value b, weft_data_type type) {
    if (weft_data_type_is_float(type)) return a.real < b.real;
    return is_unsigned(type) ? a.unsigned_integer < b.unsigned_integer : a.integer < b.integer;
}

void weft_column_stats_add(weft_column_stats *stats, weft_data_type type, const weft_stats_part *part) {
    if (part->count == 0) return;
    double n = (double)part->count, total = (double)stats->count + n;
    double mean = part->shift + part->sum / n, squares = part->squares - part->sum * (part->sum / n);
    double difference = mean - stats->mean;
    if (stats->count == 0 || is_less(part->min, stats->min, type)) stats->min = part->min;
    if (stats->count == 0 || is_less(stats->max, part->max, type)) stats->max = part->max;
    if (squares < 0) squares = 0;
    if (stats->count == 0) {
        stats->mean = mean;
        stats->squares = squares;
    } else {
        stats->squares += squares + difference * difference * ((double)stats->count * n / total);
        stats->mean += difference * (n / total);
    }
    stats->count += part->count;
}

double weft_column_stats_sd(const weft_column_stats *stats) {
    return stats->count > 1 ? sqrt(stats->squares / (double)(stats->count - 1)) : NAN;
}

void weft_stats_value_text(weft_stats_value value, weft_data_type type, char *out) {
    size_t length;
    if (weft_data_type_is_text(type))
        length = 0;
    else if (type == WEFT_DATE)
        length = weft_date_text((int32_t)value.integer, out);
    else if (type == WEFT_FLOAT32)
        length = weft_number_text_float((float)value.real, out);
    else if (type == WEFT_FLOAT64)
        length = weft_number_text_double(value.real, out);
    else
        length = is_unsigned(type) ? weft_number_text_uint(value.unsigned_integer, out)
                                   : weft_number_text_int(value.integer, out);
    out[length] = '\0';
}
