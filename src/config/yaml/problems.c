/* SPDX-License-Identifier: MIT */
#include "config/yaml/problems.h"

void weft_problems_dispose(weft_problems *problems) {
    weft_text_dispose(&problems->text);
    problems->count = problems->of_options = 0;
}
