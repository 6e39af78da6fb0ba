/* SPDX-License-Identifier: MIT
 *
 * weft-rasters.so and weft-server.so are nothing but the lists of the libraries that they are linked to; see
 * lazy_calls.c. */
extern const char weft_lazy_module;
const char weft_lazy_module = 0;
