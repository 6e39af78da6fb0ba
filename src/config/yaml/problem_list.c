/* SPDX-License-Identifier: MIT
 *
 * An array, sorted once at the end. */
#include "config/yaml/problem_list.h"

#include "core/grown_array.h"

#include <stdlib.h>
#include <string.h>

void weft_problem_list_add(weft_problem_list *list, weft_place place, bool overridden, char *text) {
    weft_problem *items = weft_grown_array(list->items, list->count, &list->capacity, sizeof *items);
    if (items != NULL) list->items = items;
    if (text == NULL || items == NULL) {
        list->failed = true;
        free(text);
        return;
    }
    list->items[list->count] = (weft_problem){place, overridden, list->count, text};
    list->count++;
}

static int compare(const void *left, const void *right) {
    const weft_problem *a = left, *b = right;
    if (a->overridden != b->overridden) return a->overridden ? 1 : -1;
    if (!a->overridden && a->place.line != b->place.line) return a->place.line < b->place.line ? -1 : 1;
    if (!a->overridden && a->place.column != b->place.column) return a->place.column < b->place.column ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

void weft_problem_list_move(weft_problem_list *list, weft_problems *out) {
    if (list->count > 0) qsort(list->items, (size_t)list->count, sizeof *list->items, compare);
    for (int i = 0; i < list->count; i++) {
        /* What an anchor marks is read wherever it is used. */
        bool told = i > 0 && strcmp(list->items[i].text, list->items[i - 1].text) == 0;
        if (told) continue;
        weft_text_add(&out->text, "%s", list->items[i].text);
        if (out->text.failed) continue;
        out->count++;
        out->of_options += list->items[i].overridden;
    }
    for (int i = 0; i < list->count; i++)
        free(list->items[i].text);
    free(list->items);
    *list = (weft_problem_list){0};
}
