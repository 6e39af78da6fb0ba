/* SPDX-License-Identifier: MIT
 *
 * batch --(request, descriptors)--> server --fork--> between --fork--> job --(its pid)--> batch
 *
 * The process in the middle ends at once, so that its child becomes the batch's, which adopts orphans. The job waits
 * for that before it says that it has begun: else nobody would wait for it, and it would outlive the batch.
 *
 * With each request comes the writing end of a pipe, which the job alone keeps. Whatever goes wrong closes it, so the
 * batch, which reads the pid from the other end, never waits for a job that does not exist.
 *
 * A library may have started threads when it was loaded. A forked process would lack them: then there is no server. */
#define _GNU_SOURCE /* pipe2, SOCK_CLOEXEC */
#include "pipeline/batch/process/job_server.h"

#include "raster/gdal/gdal_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM       "/proc/self/exe"
#define NOT_STARTED   126
#define TEXT_BYTES    8192 /* of all arguments: one is a path */
#define MAX_ARGUMENTS 32
#define PASSED        4 /* descriptors: output, error, kept, reply */

typedef struct request {
    sigset_t mask;
    int count;
    char arguments[TEXT_BYTES]; /* one after the other, each with its NUL */
} request;

struct weft_job_server {
    int socket; /* -1: there is none at present */
    pid_t pid;
    bool cannot; /* a new one could not fork either: it is not asked again */
};

/* --- the batch's side --- */

/* The new process; never returns. ps shows a process's arguments from the memory where they began: the last one is long,
 * so that a job's own fit there (take_arguments). */
static void become_server(int socket, const char *number, const char *room, pid_t parent) {
    char *arguments[] = {WEFT_JOB_SERVER_NAME, (char *)number, (char *)room, NULL};
    int null_fd = open("/dev/null", O_RDWR);
    (void)setpgid(0, 0);
    if (!weft_job_process_tie(parent) || null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0 ||
        dup2(null_fd, STDOUT_FILENO) < 0 || fcntl(socket, F_SETFD, 0) != 0)
        _exit(NOT_STARTED);
    (void)execv(PROGRAM, arguments);
    _exit(NOT_STARTED);
}

weft_job_server *weft_job_server_new(void) {
    weft_job_server *self = calloc(1, sizeof *self);
    if (self == NULL || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
        free(self);
        return NULL;
    }
    self->socket = -1;
    return self;
}

static bool start_server(weft_job_server *self) {
    int ends[2];
    char number[16], room[TEXT_BYTES];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return false;
    (void)snprintf(number, sizeof number, "%d", ends[1]);
    memset(room, ' ', sizeof room - 1);
    room[sizeof room - 1] = '\0';
    pid_t parent = getpid();
    self->pid = fork();
    if (self->pid == 0) become_server(ends[1], number, room, parent);
    (void)close(ends[1]);
    if (self->pid > 0)
        self->socket = ends[0];
    else
        (void)close(ends[0]);
    return self->pid > 0;
}

static void end_server(weft_job_server *self) {
    if (self->socket < 0) return;
    (void)close(self->socket);
    self->socket = -1;
    while (waitpid(self->pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

void weft_job_server_free(weft_job_server *self) {
    if (self == NULL) return;
    end_server(self);
    free(self);
}

/* False: they do not fit. */
static bool fill_request(request *out, char *const *arguments, const sigset_t *mask) {
    size_t used = 0;
    *out = (request){.mask = *mask};
    for (; arguments[out->count] != NULL; out->count++) {
        size_t bytes = strlen(arguments[out->count]) + 1;
        if (out->count == MAX_ARGUMENTS || bytes > TEXT_BYTES - used) return false;
        memcpy(out->arguments + used, arguments[out->count], bytes);
        used += bytes;
    }
    return true;
}

static bool send_request(int socket, request *what, const int passed[PASSED]) {
    union {
        char bytes[CMSG_SPACE(PASSED * sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec part = {what, sizeof *what};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    *head =
        (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(PASSED * sizeof(int))};
    memcpy(CMSG_DATA(head), passed, PASSED * sizeof(int));
    ssize_t sent;
    while ((sent = sendmsg(socket, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR) {
    }
    return sent == (ssize_t)sizeof *what;
}

static bool read_pid(int fd, pid_t *out) {
    ssize_t got;
    while ((got = read(fd, out, sizeof *out)) < 0 && errno == EINTR) {
    }
    return got == (ssize_t)sizeof *out;
}

static bool ask(const weft_job_server *self, request *what, const weft_job_descriptors *given, pid_t *out) {
    int reply[2];
    if (pipe2(reply, O_CLOEXEC) != 0) return false;
    bool sent = send_request(self->socket, what, (int[]){given->output, given->error, given->kept, reply[1]});
    (void)close(reply[1]);
    bool begun = sent && read_pid(reply[0], out);
    (void)close(reply[0]);
    return begun;
}

bool weft_job_server_fork(weft_job_server *self, pid_t *out, char *const *arguments, const weft_job_descriptors *given,
                          const sigset_t *mask) {
    request what;
    if (self == NULL || self->cannot || !fill_request(&what, arguments, mask)) return false;
    /* One that was killed is replaced: jobs that start without take more memory than the plans of those before say. */
    for (int i = 0; i < 2 && !self->cannot; i++) {
        bool is_new = self->socket < 0;
        if (is_new && !start_server(self)) break;
        if (ask(self, &what, given, out)) return true;
        end_server(self);
        self->cannot = is_new;
    }
    return false;
}

/* --- the server's side --- */

typedef struct served {
    int socket;
    pid_t batch;
    char *shown; /* what ps shows */
    size_t shown_bytes;
    int (*program)(int argc, char **argv);
} served;

/* False: the batch has ended, or what came is no request. */
static bool receive_request(int socket, request *out, int passed[PASSED]) {
    union {
        char bytes[CMSG_SPACE(PASSED * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {out, sizeof *out};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t got;
    while ((got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
    }
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (got != (ssize_t)sizeof *out || head == NULL || head->cmsg_type != SCM_RIGHTS ||
        head->cmsg_len != CMSG_LEN(PASSED * sizeof(int)))
        return false;
    memcpy(passed, CMSG_DATA(head), PASSED * sizeof(int));
    return true;
}

/* Once. False: a library has started threads. */
static bool load_libraries(void) {
    static bool loaded;
    struct stat tasks;
    if (!loaded) weft_raster_load();
    loaded = true;
    return stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink == 3; /* two, and one a thread */
}

/* Points `out` at the arguments, and shows them in place of the server's own. */
static void take_arguments(const served *self, request *what, char *out[MAX_ARGUMENTS + 1]) {
    char *next = what->arguments;
    for (int i = 0; i < what->count; i++) {
        out[i] = next;
        next += strlen(next) + 1;
    }
    out[what->count] = NULL;
    size_t used = (size_t)(next - what->arguments);
    if (used >= self->shown_bytes) used = self->shown_bytes - 1;
    memset(self->shown, 0, self->shown_bytes);
    memcpy(self->shown, what->arguments, used);
    (void)prctl(PR_SET_NAME, "weft");
}

/* The job's process; never returns. between: its first parent, which is about to end. */
static void become_job(const served *self, request *what, const int passed[PASSED], pid_t between) {
    weft_job_descriptors given = {.output = passed[0], .error = passed[1], .kept = passed[2]};
    char *arguments[MAX_ARGUMENTS + 1];
    pid_t own = getpid();
    while (getppid() == between)
        (void)sched_yield();
    if (!weft_job_process_tie(self->batch) || !weft_job_process_settle(&given)) _exit(NOT_STARTED);
    take_arguments(self, what, arguments);
    (void)close(self->socket);
    (void)close(given.output);
    (void)close(given.error);
    if (write(passed[3], &own, sizeof own) != (ssize_t)sizeof own) _exit(NOT_STARTED);
    (void)close(passed[3]);
    (void)sigprocmask(SIG_SETMASK, &what->mask, NULL);
    int exit_code = self->program(what->count, arguments);
    /* All is written. What libraries do at an end touches 12 MiB of their pages, which may be over the job's limit. */
    _exit(exit_code);
}

static void start_job(const served *self, request *what, const int passed[PASSED]) {
    pid_t between = fork();
    if (between == 0) {
        between = getpid();
        if (fork() == 0) become_job(self, what, passed, between);
        _exit(0);
    }
    while (between > 0 && waitpid(between, NULL, 0) < 0 && errno == EINTR) {
    }
}

int weft_job_server_serve(int argc, char **argv, int (*program)(int argc, char **argv)) {
    static request what;
    int passed[PASSED];
    if (argc != 3) return NOT_STARTED;
    served self = {.socket = atoi(argv[1]),
                   .batch = getppid(),
                   .shown = argv[0],
                   .shown_bytes = (size_t)(argv[2] + strlen(argv[2]) + 1 - argv[0]),
                   .program = program};
    (void)fcntl(self.socket, F_SETFD, FD_CLOEXEC);
    while (receive_request(self.socket, &what, passed)) {
        bool can = load_libraries();
        if (can) start_job(&self, &what, passed);
        for (int i = 0; i < PASSED; i++)
            (void)close(passed[i]);
        if (!can) break;
    }
    return 0;
}
