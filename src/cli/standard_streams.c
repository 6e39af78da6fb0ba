/* SPDX-License-Identifier: MIT
 *
 * A closed descriptor 1 would be given to the next file that is opened, and what is printed would go into that. So a
 * place holder stands there, opened in the direction in which nothing can be written. */
#include "cli/standard_streams.h"

#include "cli/arguments.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

void weft_standard_streams_setup(void) {
    static const int flags[] = {O_RDONLY, O_RDONLY, O_WRONLY};
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) (void)!open("/dev/null", flags[fd]);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
}

static int fail(int exit_code, int errno_value) {
    weft_error err = {0};
    if (exit_code != 0) return exit_code;
    if (errno_value != 0)
        weft_error_set_errno(&err, errno_value, "standard output cannot be written");
    else
        weft_error_set(&err, WEFT_ERR_IO, "standard output cannot be written: it is full or closed");
    err.status = WEFT_ERR_IO;
    return weft_fail(&err);
}

int weft_standard_output_check(int exit_code) {
    bool failed_before = ferror(stdout) != 0;
    errno = 0;
    bool failed = fflush(stdout) != 0 || failed_before;
    return failed ? fail(exit_code, errno) : exit_code;
}

int weft_standard_streams_finish(int exit_code) {
    exit_code = weft_standard_output_check(exit_code);
    /* A file on a network may say only now that it is full. */
    return close(STDOUT_FILENO) != 0 && errno != EINTR ? fail(exit_code, errno) : exit_code;
}
