/* Numbers of texts, as strtod() reads them in the C locale, and faster where they are short.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_DECIMAL_H
#define WEFT_RASTER_DECIMAL_H

#include <stdbool.h>
#include <string.h>

/* The number that `text` begins with, and at *end what follows it: value and end are strtod()'s, to the bit. Any
 * thread. */
double weft_decimal_read(const char *text, const char **end);

/* Whether it is what R writes in the place of a number that is missing. */
static inline bool weft_decimal_is_na(const char *text) {
    return strcmp(text, "NA") == 0;
}

#endif
