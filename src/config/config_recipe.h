/* Between the files of this folder only: what a configuration is made of, where it is more than a file and overrides.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_CONFIG_RECIPE_H
#define WEFT_CONFIG_CONFIG_RECIPE_H

#include "config/config.h"
#include "config/yaml/yaml_tree.h"

/* All borrowed. */
typedef struct weft_config_recipe {
    const char *file;                  /* relative paths start in its folder; messages name it */
    const weft_yaml_node *tree;        /* in place of what the file holds; NULL: the file is read */
    const weft_yaml_node *const *sets; /* mappings that are put over it, in order; NULLs are passed over */
    int set_count;
    const weft_override *overrides; /* then these */
    int override_count;
    const char *experiment; /* its name where none is given; NULL: one is made up */
    const weft_config_variables *variables;
    const weft_registries *registries;
} weft_config_recipe;

/* weft_config_load() of a recipe. */
weft_status weft_config_load_recipe(weft_config **out, const weft_config_recipe *recipe, int64_t now_ms,
                                    weft_problems *problems, weft_error *err);

#endif
