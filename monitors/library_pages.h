/* Gives back the pages of libraries that were needed to start and are not needed now.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_LIBRARY_PAGES_H
#define WEFT_MONITORS_LIBRARY_PAGES_H

/* Drops the resident pages of mapped code and constants that no process has written to; they come back from the page
 * cache one by one when they are used again. Where /proc does not say enough it does nothing.
 *
 * root    put before /proc; what it says is believed about this process's own addresses
 * thread  any, while no other maps or unmaps: memory that takes a mapping's place after it was looked at would be lost
 */
void weft_library_pages_drop(const char *root);

#endif
