/* Methods that tell of the pixels under a footprint how many they are, how different, and how many of a class.
 *
 * Each is a function on gathered samples, so that any footprint will do.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/footprint/order_kernels.h"
#include "processors/resample/methods.h"

#include <math.h>

/* Coverage that lacks less is whole: so much is rounding. */
#define ROUNDING 1e-9

static double sum_areas(const weft_samples *samples) {
    double sum = 0;
    for (int64_t i = 0; i < samples->count; i++)
        sum += samples->items[i].area;
    return sum;
}

/* Values from the first one's on, so that a constant has no deviation at all; then their mean, then what deviates from
 * it: the squares of large numbers would leave nothing of small differences. */
static double stdev_of_samples(const weft_resampler *resampler, const weft_samples *samples) {
    double areas = sum_areas(samples), first = samples->items[0].value, sum = 0, squares = 0;
    (void)resampler;
    for (int64_t i = 0; i < samples->count; i++)
        sum += samples->items[i].area * (samples->items[i].value - first);
    double mean = sum / areas;
    for (int64_t i = 0; i < samples->count; i++) {
        double away = samples->items[i].value - first - mean;
        squares += samples->items[i].area * away * away;
    }
    return sqrt(squares / areas);
}

static double variety_of_samples(const weft_resampler *resampler, const weft_samples *samples) {
    (void)resampler;
    return (double)weft_samples_variety(samples->items, samples->count);
}

/* Samples are 1 where they are of the class, and 0 elsewhere. */
static double share_of_samples(const weft_resampler *resampler, const weft_samples *samples) {
    double of_class = 0;
    (void)resampler;
    for (int64_t i = 0; i < samples->count; i++)
        of_class += samples->items[i].value != 0 ? samples->items[i].area : 0;
    return of_class / sum_areas(samples);
}

static double coverage_of_samples(const weft_resampler *resampler, const weft_samples *samples) {
    double share = isnan(samples->footprint) ? 1 : sum_areas(samples) / samples->footprint;
    (void)resampler;
    return share > 1 - ROUNDING ? 1 : share;
}

/* As `sum` of ones would have it: a cell without a footprint has none. */
static double count_of_samples(const weft_resampler *resampler, const weft_samples *samples) {
    (void)resampler;
    return isnan(samples->footprint) ? NAN : sum_areas(samples);
}

#define SUMMARY .kernel = &weft_order_kernel, .unscales_pixels = true

const weft_method weft_method_stdev = {.choice = {.word = "stdev", .synonyms = "sd, std, stddev, standard deviation"},
                                       SUMMARY,
                                       .result = WEFT_RESULT_WEIGHED,
                                       .summarise = stdev_of_samples,
                                       .zone = WEFT_ZONE_STDEV};
const weft_method weft_method_variety = {.choice = {.word = "variety", .synonyms = "unique, nunique, distinct"},
                                         SUMMARY,
                                         .result = WEFT_RESULT_COUNT,
                                         .summarise = variety_of_samples,
                                         .tells_apart = true,
                                         .of_pixels = true,
                                         .zone = WEFT_ZONE_VARIETY};
const weft_method weft_method_share = {.choice = {.word = "share", .synonyms = "fraction, frac, proportion, percent"},
                                       SUMMARY,
                                       .result = WEFT_RESULT_REAL,
                                       .summarise = share_of_samples,
                                       .of_pixels = true,
                                       .of_classes = true,
                                       .zone = WEFT_ZONE_SHARE};
const weft_method weft_method_coverage = {.choice = {.word = "coverage", .synonyms = "valid share"},
                                          SUMMARY,
                                          .result = WEFT_RESULT_REAL,
                                          .adds = true,
                                          .summarise = coverage_of_samples,
                                          .of_pixels = true,
                                          .zone = WEFT_ZONE_COVERAGE};
const weft_method weft_method_count = {.choice = {.word = "count", .synonyms = "n, pixels"},
                                       SUMMARY,
                                       .result = WEFT_RESULT_REAL,
                                       .adds = true,
                                       .summarise = count_of_samples,
                                       .of_pixels = true,
                                       .zone = WEFT_ZONE_COUNT};
