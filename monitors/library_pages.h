/* Gives back the pages of libraries that were needed to start and are not needed now.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_LIBRARY_PAGES_H
#define WEFT_MONITORS_LIBRARY_PAGES_H

/* Drops the resident pages of mapped code and constants that no process has written to; they come back from the page
 * cache one by one when they are used again. Any thread, at any time; where /proc does not say enough it does nothing.
 */
void weft_library_pages_drop(void);

#endif
