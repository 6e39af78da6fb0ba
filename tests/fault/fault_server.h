/* A program that has come up to main() and waits there: each request is a process forked from it, which goes on into
 * main(). Loading GDAL and all that it needs takes longer than the runs of these tests do, and is done once.
 *
 * WEFT_FAULT_SERVE, "READ,WRITE", names two descriptors. A request is its length, then texts that end in '\0': settings
 * of the environment (NAME=VALUE), an empty text, and the arguments. The process writes to out.txt and err.txt, as if
 * started anew with these. The answer is its wait status.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_FAULT_SERVER_H
#define WEFT_TESTS_FAULT_SERVER_H

#define FAULT_REQUEST_BYTES 8192
#define FAULT_REQUEST_MAX   32 /* arguments */

#endif
