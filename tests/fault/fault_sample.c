/* SPDX-License-Identifier: MIT */
#include "fault/fault_sample.h"

#include "support/cmocka_all.h"

#include <stdbool.h>
#include <stdlib.h>

#define SPARED 3 /* so that all tests take less than five minutes; those of the label long leave nothing out */

int64_t fault_stride(int64_t usual) {
    const char *asked = getenv("WEFT_TEST_STRIDE");
    int64_t stride = asked != NULL ? atoll(asked) : 0;
    return stride > 0 ? stride : SPARED * usual;
}

int64_t fault_stride_of_runs(int64_t usual) {
#ifdef WEFT_SANITIZED
    usual *= 3;
#endif
    return fault_stride(usual);
}

static uint32_t seed(void) {
    const char *asked = getenv("WEFT_TEST_SEED");
    return asked != NULL ? (uint32_t)atoll(asked) : 0;
}

/* Numbers that look random and are the same each time. */
static uint32_t mix(uint32_t a, uint32_t b) {
    uint64_t x = ((uint64_t)a << 32 | b) * 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9u;
    return (uint32_t)(x >> 32);
}

/* Marks the candidates of one place, whose `count` calls are at `members`. */
static void choose(bool *chosen, const int64_t *members, int64_t count, uint32_t place) {
    int64_t parts = 1;
    while (count >> parts > 0)
        parts++;
    for (int64_t i = 0; i < parts; i++) {
        int64_t from = i * count / parts, to = (i + 1) * count / parts;
        if (to > from) chosen[members[from + mix(place + seed(), (uint32_t)i) % (to - from)]] = true;
    }
}

static void choose_all(bool *chosen, const uint32_t *places, int64_t count) {
    int64_t *members = malloc((size_t)count * sizeof *members);
    bool *seen = calloc((size_t)count, 1);
    assert_true(members != NULL && seen != NULL);
    for (int64_t i = 0; i < count; i++) {
        int64_t found = 0;
        for (int64_t j = i; j < count && !seen[i]; j++) {
            if (places[j] == places[i]) members[found++] = j;
        }
        for (int64_t j = 0; j < found; j++)
            seen[members[j]] = true;
        if (found > 0) choose(chosen, members, found, places[i]);
    }
    free(members);
    free(seen);
}

fault_sample fault_sample_new(const uint32_t *places, int64_t count, int64_t stride, int64_t first) {
    fault_sample out = {0, malloc((size_t)count * sizeof *out.calls)};
    bool *chosen = calloc((size_t)count, 1);
    int64_t candidates = 0;
    assert_true(count > 0 && stride > 0 && out.calls != NULL && chosen != NULL);
    if (stride > 1) choose_all(chosen, places, count);
    for (int64_t i = 0; i < count; i++)
        if (stride == 1 || (chosen[i] && (candidates++ + first + seed()) % stride == 0) || i == count - 1)
            out.calls[out.count++] = i + 1;
    free(chosen);
    return out;
}

void fault_sample_dispose(fault_sample *sample) {
    free(sample->calls);
    *sample = (fault_sample){0};
}
