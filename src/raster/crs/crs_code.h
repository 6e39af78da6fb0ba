/* Whose a code is: "EPSG:3035" for 3035.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_CRS_CODE_H
#define WEFT_RASTER_CRS_CODE_H

/* The CRS with this code, as AUTHORITY:CODE: EPSG's where EPSG has it, else that of the first authority in PROJ's
 * database that has. Owned by the caller; NULL: nobody has it, or memory ran out. Any thread. */
char *weft_crs_code_owner(const char *code);

#endif
