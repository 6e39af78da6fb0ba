/* Where a path leads, whether or not anything is there yet.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_REAL_PATH_H
#define WEFT_CORE_REAL_PATH_H

/* The path without links, ".", ".." and needless slashes, from the root. Where there is something it is realpath(3)'s;
 * parts that are not there, or may not be looked at, stand as they are written, and links to what is not there are
 * followed as well. So two paths that will name one file have one real path before that file is made. On the heap; NULL:
 * no memory, or the current folder is gone. */
char *weft_real_path(const char *path);

#endif
