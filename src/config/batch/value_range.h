/* Between the files of this folder only: the values of {from: .., to: .., step: ..}, numbers or dates.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_VALUE_RANGE_H
#define WEFT_CONFIG_VALUE_RANGE_H

#include "config/config_keys.h"

/* Reads a range. Numbers are whole, or decimal: then all values have as many decimals as the one of from, to and step
 * that has most; as wide as `from` where that begins with a 0 ("01"). Dates are YYYY-MM-DD, their step "2 days", "1
 * week", "1 month", "1 year" (a month from its 31st is the last day of the next), their format strftime's.
 *
 * values  `*count` texts on the heap; NULL: what is wrong was reported, or no memory
 * most    more values than these are reported */
char **weft_value_range_read(weft_config_reader *reader, const char *name, const weft_yaml_node *node, int max,
                             int *count);

#endif
