/* SPDX-License-Identifier: MIT
 *
 * C++ because the exception that ended the process can only be asked for there. Nothing here needs memory. */
#include "raster/gdal/library_end.h"

extern "C" {
#include "core/log.h"
#include "core/status.h"
}

#include <cstdio>
#include <exception>
#include <new>
#include <unistd.h>

static std::terminate_handler otherwise;

static void end_of_memory() {
    try {
        if (std::current_exception()) throw;
    } catch (const std::bad_alloc &failure) {
        weft_library_end(failure.what());
    } catch (...) {
    }
    otherwise();
}

void weft_library_end_setup(void) {
    otherwise = std::set_terminate(end_of_memory);
}

void weft_library_end(const char *reason) {
    static weft_error err;
    weft_error_set(&err, WEFT_ERR_MEMORY, "a library ran out of memory and cannot go on (%s)", reason);
    weft_error_hint_short_memory(&err);
    weft_log_error(&err);
    (void)std::fflush(stderr);
    _exit(weft_status_exit_code(WEFT_ERR_MEMORY));
}
