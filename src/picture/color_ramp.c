/* SPDX-License-Identifier: MIT
 *
 * Viridis, by Nathaniel Smith and Stefan van der Walt (CC0 1.0): every eighth of its 256 colours, straight lines
 * between them. https://github.com/BIDS/colormap */
#include "picture/color_ramp.h"

#include <stdbool.h>

#define ANCHORS 33
#define STEPS   1024 /* colours that a picture is painted with */

static const uint32_t anchors[ANCHORS] = {
    0x440154, 0x470d60, 0x48186a, 0x482374, 0x472d7b, 0x453781, 0x424086, 0x3e4989, 0x3b528b, 0x375b8d, 0x33638d,
    0x2f6b8e, 0x2c728e, 0x297a8e, 0x26828e, 0x23898e, 0x21918c, 0x1f988b, 0x1fa088, 0x22a785, 0x28ae80, 0x32b67a,
    0x3fbc73, 0x4ec36b, 0x5ec962, 0x70cf57, 0x84d44b, 0x98d83e, 0xaddc30, 0xc2df23, 0xd8e219, 0xece51b, 0xfde725,
};

static uint32_t mix(uint32_t from, uint32_t to, int shift, double share) {
    double a = (double)(from >> shift & 0xff), b = (double)(to >> shift & 0xff);
    return (uint32_t)(a + (b - a) * share + 0.5) << shift;
}

uint32_t weft_color_ramp(double share) {
    if (!(share > 0)) return UINT32_C(0xff000000) | anchors[0];
    if (share >= 1) return UINT32_C(0xff000000) | anchors[ANCHORS - 1];
    double place = share * (ANCHORS - 1);
    int at = (int)place;
    double rest = place - at;
    uint32_t from = anchors[at], to = anchors[at + 1];
    return UINT32_C(0xff000000) | mix(from, to, 16, rest) | mix(from, to, 8, rest) | mix(from, to, 0, rest);
}

void weft_color_ramp_paint(const float *values, int64_t count, double low, double high, uint32_t *out) {
    uint32_t colors[STEPS + 1];
    double scale = high > low ? 1 / (high - low) : 0;
    for (int i = 0; i <= STEPS; i++)
        colors[i] = weft_color_ramp((double)i / STEPS);
    for (int64_t i = 0; i < count; i++) {
        double value = (double)values[i], share = scale > 0 ? (value - low) * scale : 0.5;
        share = share < 0 ? 0 : share > 1 ? 1 : share;
        out[i] = value == value ? colors[(int)(share * STEPS + 0.5)] : 0;
    }
}

void weft_palette_paint(const float *values, int64_t count, const weft_palette *palette, uint32_t *out) {
    for (int64_t i = 0; i < count; i++) {
        float value = values[i];
        bool has_color = value >= 0 && value < (float)palette->count;
        out[i] = value != value ? 0 : has_color ? palette->colors[(int)value] : UINT32_C(0xff000000);
    }
}
