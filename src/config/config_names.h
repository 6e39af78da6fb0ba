/* The words that stand for choices in a configuration.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_CONFIG_NAMES_H
#define WEFT_CONFIG_CONFIG_NAMES_H

#include "config/config.h"

/* "first" */
const char *weft_overlap_rule_name(weft_overlap_rule rule);

#endif
