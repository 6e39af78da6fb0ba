/* SPDX-License-Identifier: MIT
 *
 * A balanced tree that lies in a sorted array: the root of a stretch is its middle. Each node knows the last end below
 * it, so that stretches which end too early are left alone (Cormen et al., Introduction to Algorithms, interval
 * trees). */
#include "core/interval_index.h"

#include <math.h>
#include <stdlib.h>

typedef struct node {
    weft_interval interval;
    double last_end; /* of the stretch whose root it is */
} node;

struct weft_interval_index {
    int count;
    node nodes[];
};

typedef struct query {
    const weft_interval_index *index;
    double start, end;
    bool (*visit)(void *payload, int id);
    void *payload;
} query;

static int by_start(const void *a, const void *b) {
    const weft_interval *x = &((const node *)a)->interval, *y = &((const node *)b)->interval;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Nodes first .. end - 1. */
static double set_last_ends(node *nodes, int first, int end) {
    if (first >= end) return -INFINITY;
    int middle = first + (end - first) / 2;
    double left = set_last_ends(nodes, first, middle), right = set_last_ends(nodes, middle + 1, end);
    nodes[middle].last_end = fmax(nodes[middle].interval.end, fmax(left, right));
    return nodes[middle].last_end;
}

weft_status weft_interval_index_new(weft_interval_index **out, const weft_interval *intervals, int count,
                                    weft_error *err) {
    weft_interval_index *index = malloc(sizeof *index + (size_t)count * sizeof *index->nodes);
    *out = index;
    if (index == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for an index of %d intervals", count);
    index->count = count;
    for (int i = 0; i < count; i++)
        index->nodes[i].interval = intervals[i];
    qsort(index->nodes, (size_t)count, sizeof *index->nodes, by_start);
    set_last_ends(index->nodes, 0, count);
    return WEFT_OK;
}

void weft_interval_index_free(weft_interval_index *index) {
    free(index);
}

static bool find(const query *wanted, int first, int end) {
    if (first >= end) return true;
    int middle = first + (end - first) / 2;
    const node *at = &wanted->index->nodes[middle];
    if (at->last_end < wanted->start) return true;
    if (!find(wanted, first, middle)) return false;
    if (at->interval.start > wanted->end) return true;
    if (at->interval.end >= wanted->start && !wanted->visit(wanted->payload, at->interval.id)) return false;
    return find(wanted, middle + 1, end);
}

void weft_interval_index_find(const weft_interval_index *index, double start, double end,
                              bool (*visit)(void *payload, int id), void *payload) {
    find(&(query){index, start, end, visit, payload}, 0, index->count);
}
