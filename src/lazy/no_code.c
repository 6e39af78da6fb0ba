/* SPDX-License-Identifier: MIT
 *
 * weft-rasters.so is nothing but the list of the libraries that it is linked to; see lazy_calls.c. */
extern const char weft_rasters_module;
const char weft_rasters_module = 0;
