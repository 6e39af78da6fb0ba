/* Numbers of texts, as strtod() reads them in the C locale, and faster where they are short.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_DECIMAL_H
#define WEFT_RASTER_DECIMAL_H

/* The number that `text` begins with, and at *end what follows it: value and end are strtod()'s, to the bit. Any
 * thread. */
double weft_decimal_read(const char *text, const char **end);

#endif
