/* SPDX-License-Identifier: MIT */
#include "processors/resample/methods.h"

#include <stddef.h>

#define ADDRESS(name) &weft_method_##name,
static const weft_method *const methods[] = {WEFT_METHODS(ADDRESS)};

enum { COUNT = sizeof methods / sizeof *methods };

const weft_method *weft_method_at(int number) {
    return number < COUNT ? methods[number] : NULL;
}

const weft_choice *weft_method_choice(int number) {
    return number < COUNT ? &methods[number]->choice : NULL;
}
