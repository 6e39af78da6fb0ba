/* The program: a command, by its name.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_PROGRAM_H
#define WEFT_CLI_PROGRAM_H

/* Runs what the command line says, in a process with one thread. Returns its exit code, with all that was printed
 * written out. */
int weft_program(int argc, char **argv);

#endif
