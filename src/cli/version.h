/* What this weft is and what it is built on.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_VERSION_H
#define WEFT_CLI_VERSION_H

#include <stdio.h>

/* "weft 0.1.0 (commit 6ecf61796d07)" and a line a library, with the versions that run; of GDAL and PROJ, which are not
 * loaded for this, with those that weft was built with. */
void weft_print_version(FILE *to);

#endif
