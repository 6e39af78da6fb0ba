/* Sizes of memory and of files.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_MEMORY_UNITS_H
#define WEFT_CORE_MEMORY_UNITS_H

#include <stdint.h>

#define WEFT_KIB INT64_C(1024)
#define WEFT_MIB (1024 * WEFT_KIB)

#endif
