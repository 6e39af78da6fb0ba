/* What SQLite keeps of the databases that libraries open in this process.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_LIBRARY_CACHE_H
#define WEFT_STORE_LIBRARY_CACHE_H

/* PROJ's database, which it opens once for each of its contexts, keeps 256 KiB of pages at most from then on, not 2 MiB.
 * Before a thread starts. */
void weft_library_cache_limit(void);

#endif
