/* SPDX-License-Identifier: MIT
 *
 * Names of the levels, as the store and the log write them. */
#include "core/memory/pressure.h"

const char *weft_pressure_level_name(weft_pressure_level level) {
    static const char *const names[] = {
        [WEFT_PRESSURE_NORMAL] = "normal",
        [WEFT_PRESSURE_WARNING] = "warning",
        [WEFT_PRESSURE_CRITICAL] = "critical",
        [WEFT_PRESSURE_RECOVERED] = "recovered",
    };
    return names[level];
}
