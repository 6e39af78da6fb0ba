/* Standard input, output and error, as a shell or a scheduler may hand them over: closed, full, or a pipe that nobody
 * reads any more. Whatever they are, a command that could not say its results exits with WEFT_ERR_IO's code.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_STANDARD_STREAMS_H
#define WEFT_CLI_STANDARD_STREAMS_H

/* Before anything is opened: no file of weft's gets the number of a standard stream that is closed, and writing to a
 * broken pipe or past `ulimit -f` fails with an errno in place of a signal. */
void weft_standard_streams_setup(void);

/* Writes out what was printed so far. Returns `exit_code`, or WEFT_ERR_IO's where that was 0 and part of the output
 * could not be written, which it then says. */
int weft_standard_output_check(int exit_code);

/* The same at the end of the process: nothing is printed any more. */
int weft_standard_streams_finish(int exit_code);

#endif
