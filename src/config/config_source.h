/* Between the files of this folder only: from a file and overrides to one tree, checked as text and expanded.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_CONFIG_SOURCE_H
#define WEFT_CONFIG_CONFIG_SOURCE_H

#include "config/config.h"
#include "config/yaml/yaml_tree.h"

/* The absolute path of the folder that the file lies in, or of the working folder for what is a stream (/dev/stdin); on
 * the heap, the caller's. Errors: those of the system, WEFT_ERR_MEMORY. */
weft_status weft_config_source_folder(char **out, const char *file, weft_error *err);

/* Reads the file whole. Errors: WEFT_ERR_NO_INPUT, WEFT_ERR_PERMISSION, WEFT_ERR_DATA (a folder, too large),
 * WEFT_ERR_IO, WEFT_ERR_MEMORY. */
weft_status weft_config_source_read(char **out, size_t *length, const char *file, weft_error *err);

/* What is wrong before it is YAML: bytes that are not UTF-8, tabs that indent. False: something was reported. */
bool weft_config_source_check(const weft_yaml_reporter *reporter, const char *text, size_t length);

/* Puts one override into the tree. `origin` ("--set K=V") outlives the tree. Reports what is wrong with it. */
bool weft_config_source_override(const weft_yaml_reporter *reporter, weft_yaml_node *root,
                                 const weft_override *override, const char *origin);

/* Puts every value of `set`, a mapping whose keys may have dots, over what the tree has: a mapping in it is gone
 * through key by key, all else takes the place of what is there. Origins outlive the tree. Reports what is wrong with
 * it. False: something was reported, or no memory. */
bool weft_config_source_set(const weft_yaml_reporter *reporter, weft_yaml_node *root, const weft_yaml_node *set);

/* Replaces ${NAME}, ${NAME:-default} and $$ in every value: by one of the variables, or else from the environment.
 * Reports each name that is not set; such a value is left empty and broken. variables: may be NULL. False: no
 * memory. */
bool weft_config_source_expand(const weft_yaml_reporter *reporter, weft_yaml_node *node,
                               const weft_config_variables *variables);

#endif
