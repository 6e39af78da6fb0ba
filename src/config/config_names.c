/* SPDX-License-Identifier: MIT */
#include "config/config_names.h"

#include "config/config_keys.h"

const char *weft_method_name(weft_method method) {
    for (const weft_config_choice *choice = weft_config_methods; choice->word != NULL; choice++)
        if (choice->value == (int)method) return choice->word;
    return "?";
}

const char *weft_overlap_rule_name(weft_overlap_rule rule) {
    for (const weft_config_choice *choice = weft_config_overlap_rules; choice->word != NULL; choice++)
        if (choice->value == (int)rule) return choice->word;
    return "?";
}

const char *weft_format_name(weft_format format) {
    for (const weft_config_choice *choice = weft_config_formats; choice->word != NULL; choice++)
        if (choice->value == (int)format) return choice->word;
    return "?";
}
