/* SPDX-License-Identifier: MIT */
#include "processors/resample/methods.h"

#define METHOD(...) (&(const weft_method){__VA_ARGS__})

const weft_method *const weft_methods[] = {
    METHOD(.choice = {.word = "nearest", .aliases = "near", .synonyms = "nn, ngb, nearest neighbour, nearest neighbor"},
           .kernel = WEFT_KERNEL_NEAREST, .keeps_classes = true),
    METHOD(.choice = {.word = "bilinear", .synonyms = "linear"}, .kernel = WEFT_KERNEL_BILINEAR),
    METHOD(.choice = {.word = "cubic", .synonyms = "bicubic, cubic convolution"}, .kernel = WEFT_KERNEL_CUBIC),
    METHOD(.choice = {.word = "cubicspline", .synonyms = "spline, bspline"}, .kernel = WEFT_KERNEL_CUBICSPLINE),
    METHOD(.choice = {.word = "lanczos", .synonyms = "lanczos3"}, .kernel = WEFT_KERNEL_LANCZOS),
    METHOD(.choice = {.word = "average", .synonyms = "mean, avg"}, .kernel = WEFT_KERNEL_AVERAGE),
    METHOD(.choice = {.word = "sum", .synonyms = "total"}, .kernel = WEFT_KERNEL_SUM),
    METHOD(.choice = {.word = "rms", .synonyms = "root mean square, rmse"}, .kernel = WEFT_KERNEL_RMS),
    METHOD(.choice = {.word = "mode", .synonyms = "majority, modal"}, .kernel = WEFT_KERNEL_MODE,
           .keeps_classes = true),
    METHOD(.choice = {.word = "min", .synonyms = "minimum"}, .kernel = WEFT_KERNEL_MIN),
    METHOD(.choice = {.word = "max", .synonyms = "maximum"}, .kernel = WEFT_KERNEL_MAX),
    METHOD(.choice = {.word = "med", .synonyms = "median, q2, p50"}, .kernel = WEFT_KERNEL_MED),
    METHOD(.choice = {.word = "q1", .synonyms = "p25, first quartile"}, .kernel = WEFT_KERNEL_Q1),
    METHOD(.choice = {.word = "q3", .synonyms = "p75, third quartile"}, .kernel = WEFT_KERNEL_Q3),
};

enum { COUNT = sizeof weft_methods / sizeof *weft_methods };

const weft_choice *weft_method_choice(int number) {
    return number < COUNT ? &weft_methods[number]->choice : NULL;
}
