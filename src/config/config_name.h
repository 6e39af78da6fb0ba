/* The names that a configuration may give: of experiments, datasets, columns, jobs. They become parts of file names,
 * headers and addresses, so they are kept to characters that need quotes nowhere.
 *
 * Any thread may call these functions.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_CONFIG_NAME_H
#define WEFT_CONFIG_CONFIG_NAME_H

#include <stdbool.h>

/* The rule in words, as a hint. */
#define WEFT_NAME_RULE "letters, digits, \".\", \"_\" and \"-\""

/* Whether a text is letters, digits, ".", "_" and "-", and neither empty nor "." nor "..". */
bool weft_config_is_name(const char *text);

/* Replaces each byte that a name cannot hold by "_". */
void weft_config_make_name(char *text);

/* The last part of a path, without its suffix ("a/b.tar.gz": "b.tar"; "a/.b": ".b"). On the heap, the caller's; NULL:
 * no memory. */
char *weft_config_file_stem(const char *path);

#endif
