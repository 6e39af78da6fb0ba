/* SPDX-License-Identifier: MIT */
#include "config/config_names.h"

#include "config/config_keys.h"

const char *weft_overlap_rule_name(weft_overlap_rule rule) {
    return weft_config_overlap_rules[rule].word;
}
