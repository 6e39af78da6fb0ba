/* The files of web/, embedded at build time.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_SERVER_WEB_FILE_H
#define WEFT_SERVER_WEB_FILE_H

#include <stddef.h>

typedef struct weft_web_file {
    const char *path; /* "/page.js"; "/" is the page itself. NULL ends the list */
    const char *type; /* Content-Type */
    const unsigned char *bytes;
    size_t length;
} weft_web_file;

extern const weft_web_file weft_web_files[];

#endif
