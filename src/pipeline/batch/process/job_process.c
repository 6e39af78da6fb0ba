/* SPDX-License-Identifier: MIT
 *
 * fork() and exec at once. The batch has its record open in SQLite meanwhile, whose
 * connections must not be used in a forked process: between the two the new process calls nothing but the system, and
 * its descriptors close at exec. */
#define _DEFAULT_SOURCE /* wait4 */
#include "pipeline/batch/process/job_process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM     "/proc/self/exe"
#define NOT_STARTED 126

bool weft_job_process_settle(const weft_job_descriptors *given) {
    (void)setpgid(0, 0);
    int null_fd = open("/dev/null", O_RDONLY);
    if (null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0 || dup2(given->output, STDOUT_FILENO) < 0 ||
        dup2(given->error, STDERR_FILENO) < 0 || fcntl(given->kept, F_SETFD, 0) != 0)
        return false;
    if (null_fd > STDERR_FILENO) (void)close(null_fd);
    return true;
}

bool weft_job_process_tie(pid_t parent) {
    /* It may have died before this. */
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent;
}

/* The new process; never returns. */
static void become(char *const *arguments, const weft_job_descriptors *given, const sigset_t *mask, pid_t parent) {
    if (!weft_job_process_tie(parent) || !weft_job_process_settle(given)) _exit(NOT_STARTED);
    (void)sigprocmask(SIG_SETMASK, mask, NULL);
    (void)execv(PROGRAM, arguments);
    _exit(NOT_STARTED);
}

weft_status weft_job_process_start(pid_t *out, char *const *arguments, const weft_job_descriptors *given,
                                   const sigset_t *mask, weft_error *err) {
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) become(arguments, given, mask, parent);
    *out = pid;
    if (pid > 0) return WEFT_OK;
    int errno_value = errno;
    weft_error_set_errno(err, errno_value, "a job's process cannot be started");
    return errno_value == EAGAIN ? err->status = WEFT_ERR_MEMORY : err->status;
}

bool weft_job_process_ended(pid_t pid, weft_job_end *end, weft_job_usage *usage) {
    struct rusage taken;
    int status;
    if (wait4(pid, &status, WNOHANG, &taken) != pid) return false;
    *end = (weft_job_end){.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
                          .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0};
    usage->peak_bytes = (int64_t)taken.ru_maxrss * 1024;
    usage->cpu_seconds = (double)(taken.ru_utime.tv_sec + taken.ru_stime.tv_sec) +
                         (double)(taken.ru_utime.tv_usec + taken.ru_stime.tv_usec) / 1e6;
    return true;
}

int64_t weft_job_process_resident(pid_t pid) {
    char path[64];
    long long pages = 0, resident = 0;
    (void)snprintf(path, sizeof path, "/proc/%lld/statm", (long long)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL) return 0;
    if (fscanf(file, "%lld %lld", &pages, &resident) != 2) resident = 0;
    (void)fclose(file);
    return resident * sysconf(_SC_PAGESIZE);
}
