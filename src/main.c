/* The program, and the job server of a batch, which is the program under another name.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/commands/program.h"
#include "pipeline/batch/process/job_server.h"

#include <string.h>

int main(int argc, char **argv) {
    if (argc > 0 && strcmp(argv[0], WEFT_JOB_SERVER_NAME) == 0) return weft_job_server_serve(argc, argv, weft_program);
    return weft_program(argc, argv);
}
