/* SPDX-License-Identifier: MIT */
#include "cli/commands/program.h"

#include "cli/arguments.h"
#include "cli/standard_streams.h"
#include "cli/version.h"
#include "core/memory/allocator.h"
#include "store/library_cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int dispatch(int argc, char **argv) {
    if (argc < 2) {
        (void)weft_print_help(NULL, stderr);
        return weft_status_exit_code(WEFT_ERR_USAGE);
    }
    const weft_command *command = weft_command_find(argv[1]);
    if (command != NULL) return command->run(argc - 1, argv + 1);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) return weft_print_help(NULL, stdout);
    if (strcmp(argv[1], "--version") == 0) {
        weft_print_version(stdout);
        return 0;
    }
    return weft_unknown_command(argv[1]);
}

/* OpenBLAS, which GDAL may be linked to for thin plate splines, starts a thread for each CPU when it is loaded, and takes some
 * 100 MiB of addresses for each: weft never calls it. */
static void keep_openblas_small(void) {
    (void)setenv("OPENBLAS_NUM_THREADS", "1", 0);
}

int weft_program(int argc, char **argv) {
    weft_standard_streams_setup();
    weft_allocator_setup();
    keep_openblas_small();
    weft_library_cache_limit();
    return weft_standard_streams_finish(dispatch(argc, argv));
}
