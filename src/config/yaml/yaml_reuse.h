/* Between the files of this folder only: what YAML has for parts that are used more than once, beside anchors.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_YAML_REUSE_H
#define WEFT_CONFIG_YAML_REUSE_H

#include "config/yaml/yaml_tree.h"

/* Changes every mapping of the tree: keys that begin with "x-" are dropped, and "<<" gives its keys to the mapping that
 * it stands in. "<<" holds a mapping or a list of mappings. A key that the mapping has counts first, then the list's
 * first mapping that has it. Reports a "<<" that holds anything else. False: no memory.
 *
 * names: the root's key whose mapping has names that the user chose for keys, which may begin with "x-"; NULL: none */
bool weft_yaml_reuse(const weft_yaml_reporter *reporter, weft_yaml_node *root, const char *names);

#endif
