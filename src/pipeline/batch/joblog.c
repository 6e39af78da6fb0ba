/* SPDX-License-Identifier: MIT
 *
 * One write() a line, so that lines stay whole. */
#include "pipeline/batch/joblog.h"

#include "core/files/plain_file.h"
#include "core/files/process_identity.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER                                                                                                         \
    "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\tJob\tAttempt\tCause\tThreads\t"        \
    "GrantedBytes\tPeakBytes\tCpuSeconds\tRows\tMessage\n"

/* Tabs and line breaks would end a field. */
static void add_field(weft_text *out, const char *text) {
    for (; text != NULL && *text != '\0'; text++)
        weft_text_add(out, "%c", (unsigned char)*text < ' ' ? ' ' : *text);
}

weft_status weft_joblog_add(const char *path, int seq, const weft_job_attempt *attempt, const char *command,
                            weft_error *err) {
    weft_text line = {0};
    weft_process_identity own;
    struct stat info;
    int fd;
    weft_status status = weft_plain_file_open(&fd, path, O_WRONLY | O_APPEND | O_CREAT, 0666, err);
    if (status != WEFT_OK) return status;
    weft_process_identity_read(&own);
    if (fstat(fd, &info) == 0 && info.st_size == 0) weft_text_add(&line, HEADER);
    weft_text_add(&line, "%d\t%s\t%.3f\t%.3f\t0\t%lld\t%d\t%d\t", seq, own.host, (double)attempt->started_ms / 1000,
                  (double)(attempt->ended_ms - attempt->started_ms) / 1000, (long long)attempt->bytes,
                  attempt->exit_code, attempt->signal);
    add_field(&line, command);
    weft_text_add(&line, "\t%s\t%lld\t%s\t%lld\t%lld\t%lld\t%.3f\t%lld\t", attempt->job, (long long)attempt->attempt,
                  attempt->cause, (long long)attempt->threads, (long long)attempt->granted_bytes,
                  (long long)attempt->peak_bytes, attempt->cpu_seconds, (long long)attempt->rows);
    add_field(&line, attempt->message);
    weft_text_add(&line, "\n");
    if (line.failed)
        status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for a line", path);
    else if (write(fd, line.data, line.length) != (ssize_t)line.length)
        status = weft_error_set_errno(err, errno, "%s", path);
    (void)close(fd);
    weft_text_dispose(&line);
    return status;
}
