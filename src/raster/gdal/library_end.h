/* Between the files of this folder only: how the process ends when a library ends it. GDAL and PROJ are C++: where they
 * cannot go on without memory they abort, and nobody can stop them; the exit code and the reason can be said before.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_LIBRARY_END_H
#define WEFT_RASTER_LIBRARY_END_H

#ifdef __cplusplus
extern "C" {
#endif

/* From here on, std::bad_alloc that nobody catches ends the process by weft_library_end(). */
void weft_library_end_setup(void);

/* Says that a library has run out of memory, and why, and ends the process at once with the exit code for memory.
 * Nothing is tidied up, as with a process that is killed: outputs are left as .part. Any thread. */
void weft_library_end(const char *reason) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif
